import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
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
  const messages = await messagesOf(db, incidents);
  return new Map(
    incidents.map((incident) => {
      const { id, toldWith } = incident;
      const own = messages.filter(({ leadId, about, isCut }) =>
        about.includes(id) ? isOf(incident, leadId) : isCut && leadId === toldWith,
      );
      const namesOf = (state: string) => [
        ...new Set(own.filter((each) => each.state === state).map(({ channel }) => channel)),
      ];
      const told = namesOf('sent');
      return [id, { told, waiting: namesOf('pending').filter((name) => !told.includes(name)) }];
    }),
  );
}

/** What its message left behind does not know any more whose it was. */
function isLeftBehind({ toldAt, toldWith }: Incident): boolean {
  return toldAt !== null && toldWith === null;
}

function isOf(incident: Incident, leadId: string): boolean {
  return isLeftBehind(incident) || incident.toldWith === leadId;
}

/** Messages that these incidents may be in, but for notices that something is over. */
async function messagesOf(db: Kysely<Tables>, incidents: readonly Incident[]) {
  const leads = [...new Set(incidents.flatMap(({ toldWith }) => toldWith ?? []))];
  const left = incidents.filter(isLeftBehind);
  const [first] = left.map(({ openedAt }) => toText(openedAt)).sort();
  if (leads.length === 0 && first === undefined) return [];
  const accounts = [...new Set(left.map(({ accountId }) => accountId))];
  const rows = await db
    .selectFrom('deliveries')
    .select(['source_id', 'channel_name', 'state', 'occasion', 'content'])
    .where('source_kind', '=', 'incident')
    .where('state', 'in', ['sent', 'pending'])
    .where(({ and, eb, or, selectFrom }) => {
      const own = selectFrom('incidents').select('id').where('account_id', 'in', accounts);
      return or([
        ...(leads.length > 0 ? [eb('source_id', 'in', leads)] : []),
        ...(first ? [and([eb('created_at', '>=', first), eb('source_id', 'in', own)])] : []),
      ]);
    })
    .orderBy('channel_name')
    .execute();
  return rows
    .filter(({ occasion }) => !isNotice(occasion))
    .map((row) => ({
      ...{ leadId: row.source_id, channel: row.channel_name, state: row.state },
      ...subjectsOf(row.content),
    }));
}
