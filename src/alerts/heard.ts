import type { Kysely } from 'kysely';
import type { DeliveryContent } from '../deliveries/message.ts';
import type { DeliveriesTable, Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import type { Incident } from './incident.ts';

/** A message about an account's incidents to one channel. */
export interface Sent {
  id: string;
  channelId: string;
  /** Id of the incident whose message it is. */
  leadId: string;
  /** Whether it says that they are over. */
  isNotice: boolean;
  state: DeliveriesTable['state'];
  /** Pending, and whoever sends it may be at it. */
  isBegun: boolean;
  /** Ids of the incidents it tells of, the gravest first. */
  about: readonly string[];
  /** Whether it tells of others as well, which it does not name. */
  isCut: boolean;
  endedAt: string | null;
}

/** What was put into the outbox of an account since then, and all that is pending; the oldest first. */
export async function sentSince(
  trx: Kysely<Tables>,
  accountId: string,
  since: Temporal.Instant,
  now: Temporal.Instant,
): Promise<Sent[]> {
  const rows = await trx
    .selectFrom('deliveries')
    .select(['id', 'channel_id', 'source_id', 'occasion', 'state', 'attempts', 'next_attempt_at'])
    .select(['content', 'ended_at'])
    .where('source_kind', '=', 'incident')
    .where('source_id', 'in', (eb) =>
      eb.selectFrom('incidents').select('id').where('account_id', '=', accountId),
    )
    .where((eb) => eb.or([eb('created_at', '>=', toText(since)), eb('state', '=', 'pending')]))
    .orderBy('created_at')
    .execute();
  return rows.map((row) => {
    const { about, isCut } = subjectsOf(row.content);
    return {
      ...{ id: row.id, channelId: row.channel_id, leadId: row.source_id, state: row.state },
      ...{ about, isCut, endedAt: row.ended_at },
      isNotice: isNotice(row.occasion),
      isBegun: row.state === 'pending' && (row.attempts > 0 || row.next_attempt_at <= toText(now)),
    };
  });
}

/** Whether a message for that occasion says that something is over. */
export function isNotice(occasion: string): boolean {
  return occasion.split(' ')[1] === 'resolved';
}

export function tellsOf(sent: Sent, { id, toldWith }: Incident): boolean {
  return sent.about.includes(id) || (sent.isCut && sent.leadId === toldWith);
}

/** What each channel was last told of an incident, or is just being told, by the channel's id. */
export function heardOf(all: readonly Sent[], incident: Incident): Map<string, 'open' | 'over'> {
  const heard = new Map<string, 'open' | 'over'>();
  for (const sent of all) {
    if (!tellsOf(sent, incident)) continue;
    const { channelId, isNotice, state, isBegun } = sent;
    if (isNotice && (state === 'sent' || isBegun)) heard.set(channelId, 'over');
    if (!isNotice && (state === 'sent' || state === 'pending')) heard.set(channelId, 'open');
  }
  return heard;
}

/**
 * Channels that are to be told that an incident is over: they were told that it opened, or are to be told
 * of both at once.
 */
export function awaitingNotice(
  all: readonly Sent[],
  incident: Incident,
  now: Temporal.Instant,
): Set<string> {
  const heard = heardOf(all, incident);
  const own = all.filter(
    (sent) =>
      sent.isNotice &&
      tellsOf(sent, incident) &&
      ((sent.state === 'pending' && !sent.isBegun) ||
        // Just now, as it tells of others that are not over after all.
        (sent.state === 'cancelled' && sent.endedAt === toText(now))),
  );
  const told = [...heard.keys()].filter((channelId) => heard.get(channelId) === 'open');
  const asked = own
    .map(({ channelId }) => channelId)
    .filter((channelId) => heard.get(channelId) !== 'over');
  return new Set([...told, ...asked]);
}

/** What a message tells of, by what was put into the outbox. */
export function subjectsOf(content: string): Pick<Sent, 'about' | 'isCut'> {
  const { event }: Partial<DeliveryContent> = JSON.parse(content);
  const data = (event?.data ?? {}) as {
    incident_id?: string;
    also?: { incident_id: string }[];
    more?: number;
  };
  const { incident_id, also = [], more = 0 } = data;
  const others = also.map((other) => other.incident_id);
  return { about: incident_id === undefined ? [] : [incident_id, ...others], isCut: more > 0 };
}
