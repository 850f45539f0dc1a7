import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { isNotice, subjectsOf } from './heard.ts';
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
  const leads = [...new Set(incidents.flatMap(({ toldWith }) => toldWith ?? []))];
  if (leads.length === 0) return new Map();
  const rows = await db
    .selectFrom('deliveries')
    .select(['source_id', 'channel_name', 'state', 'occasion', 'content'])
    .where('source_kind', '=', 'incident')
    .where('source_id', 'in', leads)
    .where('state', 'in', ['sent', 'pending'])
    .orderBy('channel_name')
    .execute();
  const messages = Map.groupBy(
    rows.filter(({ occasion }) => !isNotice(occasion)),
    ({ source_id }) => source_id,
  );
  const about = new Map(rows.map(({ content }) => [content, subjectsOf(content)]));
  return new Map(
    incidents.map(({ id, toldWith }) => {
      const own = (messages.get(toldWith ?? '') ?? []).filter(({ content }) => {
        const subjects = about.get(content);
        return subjects?.isCut || subjects?.about.includes(id);
      });
      const namesOf = (state: string) => [
        ...new Set(own.filter((each) => each.state === state).map((each) => each.channel_name)),
      ];
      const told = namesOf('sent');
      return [id, { told, waiting: namesOf('pending').filter((name) => !told.includes(name)) }];
    }),
  );
}
