import { randomUUID } from 'node:crypto';
import { findAccount } from '../../src/accounts/accounts.ts';
import { writeEntry } from '../../src/alerts/change-incidents.ts';
import type { IncidentEvent } from '../../src/alerts/incident-message.ts';
import type { Services } from '../../src/services.ts';
import { toText } from '../../src/store/values.ts';

export interface PlantedIncident {
  account: string;
  ruleId?: string;
  kind?: string;
  severity?: 'info' | 'warning' | 'critical';
  state?: 'open' | 'acknowledged' | 'resolved';
  subject?: string;
  /** Hours before now. */
  hoursAgo?: number;
  spent?: string;
  /** What fal answered. */
  said?: string;
  /** Names of channels that were told, or could not be. */
  told?: { channel: string; state: 'pending' | 'sent' | 'dead'; what?: IncidentEvent }[];
  /** Id of the incident whose message tells of it: itself where nothing is said. */
  toldWith?: string;
}

/** Something that a rule found, as it is written down when it is found. @returns its id */
export async function plantIncident(
  { store: { db }, now }: Pick<Services, 'store' | 'now'>,
  planted: PlantedIncident,
): Promise<string> {
  const { account: slug, state = 'open', hoursAgo = 2, spent = '7.25', told = [] } = planted;
  const account = await findAccount(db, slug);
  if (!account) throw new Error(`no account ${slug}`);
  const id = randomUUID();
  const opened = now().subtract({ minutes: Math.round(hoursAgo * 60) });
  const facts = (value: string) =>
    JSON.stringify({
      spent: { as: 'money', value, currency: 'USD' },
      amount: { as: 'money', value: '5', currency: 'USD' },
      ...(planted.said && { said: { as: 'text', value: planted.said } }),
    });
  await db
    .insertInto('incidents')
    .values({
      id,
      state,
      rule_id: planted.ruleId ?? randomUUID(),
      account_id: account.id,
      kind: planted.kind ?? 'spend_above',
      rule_name: '',
      subject: planted.subject ?? id,
      nature: 'state',
      cause: 'spend',
      severity: planted.severity ?? 'warning',
      facts: facts('5.10'),
      latest_facts: facts(spent),
      opened_at: toText(opened),
      seen_at: toText(now()),
      acknowledged_at: state === 'acknowledged' ? toText(now()) : null,
      acknowledged_by: state === 'acknowledged' ? 'ana@example.com' : null,
      resolved_at: state === 'resolved' ? toText(now()) : null,
      told_at: told.length > 0 ? toText(opened) : null,
      told_with: planted.toldWith ?? (told.length > 0 ? id : null),
    })
    .execute();
  await writeEntry(db, opened, id, 'opened');
  for (const { channel, state, what = 'opened' } of told) {
    await db
      .insertInto('deliveries')
      .values({
        ...{ id: randomUUID(), channel_id: channel, channel_name: channel, channel_kind: 'slack' },
        ...{ source_kind: 'incident', source_id: id, occasion: `${id} ${what} 1` },
        content: JSON.stringify({ event: { data: { incident_id: id } } }),
        ...{ state, attempts: state === 'pending' ? 0 : 1 },
        created_at: toText(opened),
        next_attempt_at: toText(opened),
        ended_at: state === 'pending' ? null : toText(opened),
      })
      .execute();
  }
  return id;
}
