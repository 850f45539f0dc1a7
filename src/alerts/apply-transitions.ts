import { type Insertable, type Kysely, sql } from 'kysely';
import type { IncidentsTable, Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import { leadWhereTold, resolveQuietly, writeEntry } from './change-incidents.ts';
import type { Incident, IncidentState } from './incident.ts';
import type { Plan } from './tellings.ts';
import type { Transition } from './transitions.ts';

/** Writes what becomes of incidents. @returns what was not done by somebody else already. */
export async function applyTransitions(
  trx: Kysely<Tables>,
  now: Temporal.Instant,
  changes: readonly Transition[],
): Promise<Transition[]> {
  const done: Transition[] = [];
  for (const change of changes) if (await apply(trx, now, change)) done.push(change);
  return done;
}

async function apply(
  trx: Kysely<Tables>,
  now: Temporal.Instant,
  { what, incident }: Transition,
): Promise<boolean> {
  if (what === 'past' || what === 'lapsed' || what === 'turned' || what === 'rule_gone') {
    return resolveQuietly(trx, now, incident.id, what);
  }
  const isDone =
    what === 'opened' ? await insert(trx, incident) : await update(trx, what, incident);
  if (isDone && what !== 'seen') {
    await writeEntry(trx, now, incident.id, what, { facts: incident.latestFacts });
  }
  return isDone;
}

async function insert(trx: Kysely<Tables>, incident: Incident): Promise<boolean> {
  const row = await trx
    .insertInto('incidents')
    .values(incidentRow(incident))
    // Whichever of the two indexes says that it is there.
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Only what the step changes: people may acknowledge it meanwhile. */
async function update(
  trx: Kysely<Tables>,
  what: 'seen' | 'worsened' | 'reopened' | 'resolved',
  incident: Incident,
): Promise<boolean> {
  const { state, cause, severity, latestFacts, seenAt, resolvedAt } = incident;
  const seen = { cause, latest_facts: JSON.stringify(latestFacts), seen_at: toText(seenAt) };
  const sets = {
    seen,
    worsened: {
      ...seen,
      severity,
      // Of what is only wider people may have seen to it meanwhile.
      ...(incident.toldAt === null && {
        state: sql<IncidentState>`case when severity = ${severity} then state else ${state} end`,
      }),
    },
    reopened: { ...seen, state, resolved_at: null },
    // Nobody is told any more of what waits behind another's message.
    resolved: { state, resolved_at: resolvedAt && toText(resolvedAt), told_with: leadWhereTold },
  };
  const query = trx.updateTable('incidents').set(sets[what]).where('id', '=', incident.id);
  const { numUpdatedRows } = await (what === 'seen'
    ? query
    : query.where('state', what === 'reopened' ? '=' : '<>', 'resolved')
  ).executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Puts incidents behind the message of another. */
export async function attach(
  trx: Kysely<Tables>,
  now: Temporal.Instant,
  attached: Plan['attached'],
): Promise<void> {
  for (const { incident, leadId } of attached) {
    await trx
      .updateTable('incidents')
      .set({ told_with: leadId })
      .where('id', '=', incident.id)
      .execute();
    await writeEntry(trx, now, incident.id, 'attached');
  }
}

function incidentRow(incident: Incident): Insertable<IncidentsTable> {
  const text = (at: Temporal.Instant | null) => at && toText(at);
  return {
    id: incident.id,
    rule_id: incident.ruleId,
    account_id: incident.accountId,
    kind: incident.kind,
    rule_name: incident.ruleName,
    subject: incident.subject,
    nature: incident.nature,
    cause: incident.cause,
    severity: incident.severity,
    state: incident.state,
    facts: JSON.stringify(incident.facts),
    latest_facts: JSON.stringify(incident.latestFacts),
    opened_at: toText(incident.openedAt),
    seen_at: toText(incident.seenAt),
    acknowledged_at: text(incident.acknowledgedAt),
    acknowledged_by: incident.acknowledgedBy,
    resolved_at: text(incident.resolvedAt),
    told_at: text(incident.toldAt),
    told_with: incident.toldWith,
  };
}
