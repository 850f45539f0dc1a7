import type { ExpressionBuilder, Kysely } from 'kysely';
import type { DeliveriesTable, Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import {
  type EntryKind,
  type Incident,
  type IncidentEntry,
  type IncidentState,
  toEntry,
  toIncident,
} from './incident.ts';
import type { RuleKind } from './rule.ts';

const UNRESOLVED: IncidentState[] = ['open', 'acknowledged'];

/**
 * Subjects of what rules have open, by `<rule id> <account id>`. Moments as well: an account with one that
 * is not told or not past yet has to be settled again.
 */
export async function firingSubjects(
  db: Kysely<Tables>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const rows = await db
    .selectFrom('incidents')
    .select(['rule_id', 'account_id', 'subject'])
    .where('state', 'in', UNRESOLVED)
    .execute();
  const subjects = new Map<string, Set<string>>();
  for (const { rule_id, account_id, subject } of rows) {
    const name = `${rule_id} ${account_id}`;
    const known = subjects.get(name);
    if (known) known.add(subject);
    else subjects.set(name, new Set([subject]));
  }
  return subjects;
}

interface IncidentsQuestion {
  accountId?: string | null;
  /** `unresolved`: open or acknowledged. */
  state?: IncidentState | 'unresolved' | null;
  /** The `next` of the page before. */
  before?: string | null;
  limit: number;
}

/** A page of incidents, the newest first; `next` leads to the one after it, where there is one. */
export async function listIncidents(
  db: Kysely<Tables>,
  { accountId = null, state = null, before = null, limit }: IncidentsQuestion,
): Promise<{ incidents: Incident[]; next: string | null }> {
  let query = db.selectFrom('incidents').selectAll();
  if (accountId !== null) query = query.where('account_id', '=', accountId);
  if (state === 'unresolved') query = query.where('state', 'in', UNRESOLVED);
  else if (state !== null) query = query.where('state', '=', state);
  if (before !== null) {
    const [at = '', id = ''] = before.split('~');
    query = query.where((eb) =>
      eb.or([eb('opened_at', '<', at), eb.and([eb('opened_at', '=', at), eb('id', '<', id)])]),
    );
  }
  const rows = await query
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const last = rows[limit - 1];
  return {
    incidents: rows.slice(0, limit).flatMap(toIncident),
    next: rows.length > limit && last ? `${last.opened_at}~${last.id}` : null,
  };
}

/** Those that are open or acknowledged, of all accounts or of one; in no order. */
export async function openIncidents(
  db: Kysely<Tables>,
  accountId: string | null = null,
): Promise<Incident[]> {
  let query = db.selectFrom('incidents').selectAll().where('state', 'in', UNRESOLVED);
  if (accountId !== null) query = query.where('account_id', '=', accountId);
  return (await query.execute()).flatMap(toIncident);
}

/** A delivery that tells of an incident. */
export interface IncidentDelivery {
  id: string;
  channelName: string;
  channelKind: string;
  /** What it says, such as `opened`. */
  occasion: string;
  state: DeliveriesTable['state'];
  createdAt: Temporal.Instant;
  nextAttemptAt: Temporal.Instant;
  attempts: number;
  lastError: string | null;
  endedAt: Temporal.Instant | null;
}

export interface IncidentHistory {
  incident: Incident;
  /** The first first. */
  entries: IncidentEntry[];
  /** The first first; also those of the message that it was told with. */
  deliveries: IncidentDelivery[];
  /** Others that the same message tells of. */
  together: Incident[];
}

/** @param id any text; what is no id finds nothing. */
export async function findIncident(
  db: Kysely<Tables>,
  id: string,
): Promise<IncidentHistory | null> {
  const row = await db.selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirst();
  const [incident] = row ? toIncident(row) : [];
  if (!incident) return null;
  const entries = await db
    .selectFrom('incident_entries')
    .selectAll()
    .where('incident_id', '=', id)
    .orderBy('number')
    .execute();
  const { accountId, openedAt } = incident;
  const lead = incident.toldWith ?? id;
  const deliveries = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('source_kind', '=', 'incident')
    .where((eb) =>
      eb.or([
        eb('source_id', 'in', [...new Set([id, lead])]),
        // That it is over may be told along with what had messages of its own.
        eb.and([
          eb('created_at', '>=', toText(openedAt)),
          eb('content', 'like', `%"incident_id":"${id}"%`),
          eb('source_id', 'in', (eb) =>
            eb.selectFrom('incidents').select('id').where('account_id', '=', accountId),
          ),
        ]),
      ]),
    )
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return {
    incident,
    entries: entries.flatMap(toEntry),
    deliveries: deliveries.map((row) => ({
      id: row.id,
      channelName: row.channel_name,
      channelKind: row.channel_kind,
      occasion: row.occasion.split(' ')[1] ?? '',
      state: row.state,
      createdAt: toInstant(row.created_at),
      nextAttemptAt: toInstant(row.next_attempt_at),
      attempts: row.attempts,
      lastError: row.last_error,
      endedAt: row.ended_at === null ? null : toInstant(row.ended_at),
    })),
    together: (await toldWith(db, lead)).filter((other) => other.id !== id),
  };
}

/** Incidents that the message of one tells of, itself among them; those it keeps waiting as well. */
async function toldWith(db: Kysely<Tables>, leadId: string): Promise<Incident[]> {
  const rows = await db
    .selectFrom('incidents')
    .selectAll()
    .where('told_with', '=', leadId)
    .orderBy('opened_at')
    .orderBy('id')
    .execute();
  return rows.flatMap(toIncident);
}

/** In no order; those that are gone are left out. */
export async function incidentsByIds(
  db: Kysely<Tables>,
  ids: readonly string[],
): Promise<Incident[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('incidents').selectAll().where('id', 'in', ids).execute();
  return rows.flatMap(toIncident);
}

/** Of what the message of one told, what is over as it was not found any more. */
export async function notFoundAnyMore(db: Kysely<Tables>, leadId: string): Promise<Incident[]> {
  const rows = await db
    .selectFrom('incidents')
    .selectAll()
    .where('told_with', '=', leadId)
    .where('state', '=', 'resolved')
    .where((eb) => eb.exists(endedBy(eb, 'resolved')))
    .execute();
  return rows.flatMap(toIncident);
}

/** The line of history that says why an incident is over, if it is that one. */
function endedBy(eb: ExpressionBuilder<Tables, 'incidents'>, what: EntryKind) {
  return eb
    .selectFrom('incident_entries')
    .select('number')
    .whereRef('incident_id', '=', 'incidents.id')
    .where('what', '=', what)
    .whereRef('at', '=', 'incidents.resolved_at');
}

/** What rules found of an account lately and is over; `isByHand` where a person said so. */
export async function resolvedSince(
  db: Kysely<Tables>,
  accountId: string,
  since: Temporal.Instant,
): Promise<{ incident: Incident; isByHand: boolean }[]> {
  const rows = await db
    .selectFrom('incidents')
    .selectAll()
    .select((eb) => eb.exists(endedBy(eb, 'resolved_by_hand')).as('is_by_hand'))
    .where('state', '=', 'resolved')
    .where('account_id', '=', accountId)
    .where('resolved_at', '>', toText(since))
    .orderBy('resolved_at', 'desc')
    .execute();
  return rows.flatMap((row) =>
    toIncident(row).map((incident) => ({ incident, isByHand: Boolean(row.is_by_hand) })),
  );
}

/** Subjects of a kind that these accounts have open, or that were found since then, by the account's id. */
export async function foundSince(
  db: Kysely<Tables>,
  kind: RuleKind,
  accountIds: readonly string[],
  since: Temporal.Instant,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  if (accountIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('incidents')
    .select(['account_id', 'subject'])
    .where('kind', '=', kind)
    .where('account_id', 'in', accountIds)
    .where((eb) =>
      eb.or([
        eb('state', 'in', UNRESOLVED),
        eb('resolved_at', '>=', toText(since)),
        // What a person resolved may have gone on.
        eb('seen_at', '>=', toText(since)),
      ]),
    )
    .execute();
  const found = Map.groupBy(rows, ({ account_id }) => account_id);
  return new Map([...found].map(([id, own]) => [id, new Set(own.map(({ subject }) => subject))]));
}

/** As many subjects as one statement asks for: every database takes that many parameters. */
const SUBJECTS_AT_ONCE = 500;

/** Which of these moments have been found before, as `<rule id> <subject>`. */
export async function knownMoments(
  db: Kysely<Tables>,
  accountId: string,
  moments: readonly { ruleId: string; subject: string }[],
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const [ruleId, own] of Map.groupBy(moments, ({ ruleId }) => ruleId)) {
    for (let from = 0; from < own.length; from += SUBJECTS_AT_ONCE) {
      const subjects = own.slice(from, from + SUBJECTS_AT_ONCE).map(({ subject }) => subject);
      const rows = await db
        .selectFrom('incidents')
        .select('subject')
        .where('nature', '=', 'moment')
        .where('rule_id', '=', ruleId)
        .where('account_id', '=', accountId)
        .where('subject', 'in', subjects)
        .execute();
      for (const { subject } of rows) known.add(`${ruleId} ${subject}`);
    }
  }
  return known;
}

/** When incidents were last found anew, or became worse, by id. */
export async function lastNews(
  db: Kysely<Tables>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Temporal.Instant>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('incident_entries')
    .select(['incident_id', (eb) => eb.fn.max('at').as('at')])
    .where('incident_id', 'in', ids)
    .where('what', 'in', ['opened', 'reopened', 'worsened'])
    .groupBy('incident_id')
    .execute();
  return new Map(rows.map(({ incident_id, at }) => [incident_id, toInstant(at)]));
}

/** Which of them did not end by themselves: what they found may still be so, or became something else. */
export async function cutShortOf(
  db: Kysely<Tables>,
  incidents: readonly Incident[],
): Promise<Set<string>> {
  const over = incidents.filter(({ state }) => state === 'resolved').map(({ id }) => id);
  if (over.length === 0) return new Set();
  const rows = await db
    .selectFrom('incident_entries')
    .innerJoin('incidents', 'incidents.id', 'incident_entries.incident_id')
    .select('incidents.id')
    .where('incidents.id', 'in', over)
    .where('incident_entries.what', 'in', ['resolved_by_hand', 'rule_gone', 'turned'])
    .whereRef('incident_entries.at', '=', 'incidents.resolved_at')
    .execute();
  return new Set(rows.map(({ id }) => id));
}
