import type { Kysely } from 'kysely';
import type { FalAccount } from '../accounts/accounts.ts';
import type { Channel } from '../deliveries/channel.ts';
import { enqueue } from '../deliveries/outbox.ts';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import { writeEntry } from './change-incidents.ts';
import type { Incident } from './incident.ts';
import { composer, type IncidentEvent } from './incident-message.ts';
import type { Rule } from './rule.ts';
import type { SettleServices } from './settle.ts';
import { quietEnd, type Telling } from './tellings.ts';

/** Who is told of an account's incidents, and with what. */
export interface Receiving {
  services: SettleServices;
  account: FalAccount;
  rules: ReadonlyMap<string, Rule>;
  /** Of those that are enabled, the ones the rule of an incident tells. */
  channelsOf: (incident: Incident) => Channel[];
  enabled: readonly Channel[];
  now: Temporal.Instant;
}

/** Puts messages into the outbox, and writes down that people are told. */
export async function tell(
  trx: Kysely<Tables>,
  receiving: Receiving,
  tellings: readonly Telling[],
): Promise<void> {
  const { now } = receiving;
  for (const { type, leadId, members, notBefore } of tellings) {
    if (type === 'opened') await leaveBehind(trx, leadId);
    const numbers = new Map<string, number>();
    for (const { id } of members) {
      await trx
        .updateTable('incidents')
        .set({ told_at: toText(now), told_with: leadId })
        .where('id', '=', id)
        .execute();
      numbers.set(id, await writeEntry(trx, now, id, type === 'reminder' ? 'reminded' : 'told'));
    }
    const [gravest] = members;
    if (!gravest) continue;
    // What each of its lines of history is told by is told once.
    const occasion = `${gravest.id} ${type} ${numbers.get(gravest.id)}`;
    await put(trx, receiving, { type, leadId, members, occasion, notBefore });
  }
}

/** What an earlier message of an incident told of, and is over, is not told of again with the next. */
async function leaveBehind(trx: Kysely<Tables>, leadId: string): Promise<void> {
  await trx
    .updateTable('incidents')
    .set({ told_with: null })
    .where('told_with', '=', leadId)
    .where('state', '=', 'resolved')
    .execute();
}

export interface Letter {
  type: IncidentEvent;
  leadId: string;
  members: readonly Incident[];
  occasion: string;
  notBefore: Temporal.Instant | null;
  /** Of the channels that the rule of a member tells, which are told of it; every one when left out. */
  reaches?: (member: Incident, channel: Channel) => boolean;
}

/** Puts one message into the outbox, for each channel with what it is to know of. */
export async function put(
  trx: Kysely<Tables>,
  receiving: Receiving,
  { type, leadId, members, occasion, notBefore, reaches = () => true }: Letter,
): Promise<void> {
  const { enabled, channelsOf, now } = receiving;
  const compose = await composer(trx, receiving);
  const deliveries = enabled.flatMap((channel) => {
    const own = members.filter(
      (member) => channelsOf(member).includes(channel) && reaches(member, channel),
    );
    if (own.length === 0) return [];
    return [
      {
        channel,
        source: { kind: 'incident', id: leadId } as const,
        occasion,
        content: compose(type, own, channel.locale),
        ...(notBefore && { notBefore }),
      },
    ];
  });
  await enqueue(trx, now, deliveries);
}

/** A moment, or where it is in the quiet hours of an incident's rule, when they end. */
export function afterQuiet(
  incident: Incident,
  earliest: Temporal.Instant,
  { rules, account: { timezone } }: Receiving,
): Temporal.Instant {
  return quietEnd(incident, { rules, timezone, now: earliest }) ?? earliest;
}
