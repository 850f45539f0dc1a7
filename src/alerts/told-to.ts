import { type Kysely, sql } from 'kysely';
import type { Tables } from '../store/tables.ts';
import type { Incident } from './incident.ts';

/** Names of the channels that got a message, or will get it. */
export interface ToldTo {
  told: string[];
  waiting: string[];
}

/**
 * Whom the messages of these incidents reached, by the incident's id. A message tells each channel only of
 * what its rules send there, and that something is over may be told along with what others were told of.
 */
export async function toldTo(
  db: Kysely<Tables>,
  incidents: readonly Incident[],
): Promise<Map<string, ToldTo>> {
  if (incidents.length === 0) return new Map();
  const ids = incidents.map(({ id }) => id);
  const rows = await db
    .selectFrom('incidents')
    .innerJoin('deliveries', 'deliveries.source_id', 'incidents.told_with')
    .select(['incidents.id', 'deliveries.channel_name', 'deliveries.state'])
    .distinct()
    .where('incidents.id', 'in', ids)
    .where('deliveries.source_kind', '=', 'incident')
    .where('deliveries.state', 'in', ['sent', 'pending'])
    .where('deliveries.occasion', 'not like', '% resolved %')
    .where(({ eb, or, val }) =>
      or([
        eb('deliveries.content', 'like', sql<string>`'%"incident_id":"' || incidents.id || '"%'`),
        // It tells of others that it does not name.
        eb('deliveries.content', 'not like', val('%"more":0}%')),
      ]),
    )
    .orderBy('deliveries.channel_name')
    .execute();
  const namesOf = (id: string, state: string) =>
    rows
      .filter((row) => row.id === id && row.state === state)
      .map(({ channel_name: name }) => name);
  return new Map(
    ids.map((id) => {
      const told = namesOf(id, 'sent');
      return [id, { told, waiting: namesOf(id, 'pending').filter((name) => !told.includes(name)) }];
    }),
  );
}
