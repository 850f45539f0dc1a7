import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import type { Incident } from './incident.ts';

/** Names of the channels that got a message, or will get it. */
export interface ToldTo {
  told: string[];
  waiting: string[];
}

/** Whom the messages of these incidents reached, by the id of the incident whose message it was. */
export async function toldTo(
  db: Kysely<Tables>,
  incidents: readonly Incident[],
): Promise<Map<string, ToldTo>> {
  const leads = [...new Set(incidents.flatMap(({ toldWith }) => toldWith ?? []))];
  if (leads.length === 0) return new Map();
  const rows = await db
    .selectFrom('deliveries')
    .select(['source_id', 'channel_name', 'state'])
    .distinct()
    .where('source_kind', '=', 'incident')
    .where('source_id', 'in', leads)
    .where('state', 'in', ['sent', 'pending'])
    .orderBy('channel_name')
    .execute();
  const namesOf = (id: string, state: string) =>
    rows
      .filter((row) => row.source_id === id && row.state === state)
      .map((row) => row.channel_name);
  return new Map(
    leads.map((id) => {
      const told = namesOf(id, 'sent');
      return [id, { told, waiting: namesOf(id, 'pending').filter((name) => !told.includes(name)) }];
    }),
  );
}
