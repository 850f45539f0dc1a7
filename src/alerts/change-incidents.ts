import { type Kysely, sql } from 'kysely';
import { type Actor, type AuditAction, recordAudit } from '../audit/audit.ts';
import { cancelDeliveries } from '../deliveries/outbox.ts';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import type { Facts, Finding } from './finding.ts';
import type { EntryKind } from './incident.ts';

/** What became of a person's wish. */
export type ChangeOutcome =
  | 'changed'
  /** It was so already. */
  | 'unchanged'
  /** It is over, and there is nothing to acknowledge. */
  | 'resolved'
  | 'not_found';

/** Somebody sees to it: no more reminders. */
export function acknowledgeIncident(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  id: string,
  actor: Actor,
): Promise<ChangeOutcome> {
  return db.transaction().execute(async (trx) => {
    const at = toText(now);
    const { numUpdatedRows } = await trx
      .updateTable('incidents')
      .set({ state: 'acknowledged', acknowledged_at: at, acknowledged_by: actor.name })
      .where('id', '=', id)
      .where('state', '=', 'open')
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 1n) {
      await writeEntry(trx, now, id, 'acknowledged', { actor: actor.name });
      await audit(trx, now, id, 'incident.acknowledged', actor);
      return 'changed';
    }
    const row = await stateOf(trx, id);
    if (!row) return 'not_found';
    return row.state === 'resolved' ? 'resolved' : 'unchanged';
  });
}

/**
 * Somebody says that it is over. What is still found stays resolved for a day, unless it worsens or
 * was gone in between. Nobody is told.
 */
export function resolveIncident(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  id: string,
  actor: Actor,
): Promise<ChangeOutcome> {
  return db.transaction().execute(async (trx) => {
    if (await resolveQuietly(trx, now, id, 'resolved_by_hand', actor.name)) {
      await audit(trx, now, id, 'incident.resolved', actor);
      return 'changed';
    }
    return (await stateOf(trx, id)) ? 'unchanged' : 'not_found';
  });
}

/**
 * Lets changes of accounts' incidents follow each other: whoever settles them locks the account's row
 * first, too, so that neither waits for a row that the other has.
 */
export async function holdIncidentsOf(
  trx: Kysely<Tables>,
  accountIds: readonly string[],
): Promise<void> {
  for (const id of accountIds.toSorted()) {
    await trx
      .updateTable('fal_accounts')
      .set((eb) => ({ version: eb.ref('version') }))
      .where('id', '=', id)
      .execute();
  }
}

/**
 * Resolves what a rule has open, and tells nobody: it is deleted, switched off or watches something else now.
 * @param nature only what is of it.
 */
export async function closeIncidentsOf(
  trx: Kysely<Tables>,
  now: Temporal.Instant,
  ruleId: string,
  nature: Finding['nature'] | null = null,
): Promise<void> {
  let query = trx
    .selectFrom('incidents')
    .select(['id', 'account_id'])
    .where('rule_id', '=', ruleId)
    .where('state', '<>', 'resolved');
  if (nature !== null) query = query.where('nature', '=', nature);
  const rows = await query.orderBy('id').execute();
  await holdIncidentsOf(trx, [...new Set(rows.map(({ account_id }) => account_id))]);
  for (const { id } of rows) await resolveQuietly(trx, now, id, 'rule_gone');
}

/** What is over waits behind no message any more. */
export const leadWhereTold = sql<string | null>`case when told_at is not null then told_with end`;

/** @returns whether it was open until now. */
export async function resolveQuietly(
  trx: Kysely<Tables>,
  now: Temporal.Instant,
  id: string,
  what: Extract<EntryKind, 'resolved_by_hand' | 'rule_gone' | 'past' | 'lapsed' | 'turned'>,
  actor: string | null = null,
): Promise<boolean> {
  const row = await trx
    .updateTable('incidents')
    .set({ state: 'resolved', resolved_at: toText(now), told_with: leadWhereTold })
    .where('id', '=', id)
    .where('state', '<>', 'resolved')
    .returning(['nature', 'told_with'])
    .executeTakeFirst();
  if (!row) return false;
  await writeEntry(trx, now, id, what, { actor });
  // What is on its way of something whose time is over did happen, and nothing else will tell of it.
  if (row.nature === 'state' && row.told_with !== null && what !== 'lapsed') {
    await takeBack(trx, now, row.told_with);
  }
  return true;
}

/**
 * Of a message that tells of nothing that is still open, what has not been sent is not; but for notices,
 * which tell of what was over by itself.
 */
async function takeBack(trx: Kysely<Tables>, now: Temporal.Instant, leadId: string): Promise<void> {
  const open = await trx
    .selectFrom('incidents')
    .select('id')
    .where('told_with', '=', leadId)
    .where('state', '<>', 'resolved')
    .limit(1)
    .executeTakeFirst();
  if (open) return;
  const pending = await trx
    .selectFrom('deliveries')
    .select('id')
    .where('source_kind', '=', 'incident')
    .where('source_id', '=', leadId)
    .where('state', '=', 'pending')
    .where('occasion', 'not like', '% resolved %')
    .execute();
  await cancelDeliveries(
    trx,
    now,
    pending.map(({ id }) => id),
  );
}

/** Writes the next line of an incident's history. @returns its number. */
export async function writeEntry(
  trx: Kysely<Tables>,
  now: Temporal.Instant,
  incidentId: string,
  what: EntryKind,
  { actor = null, facts = null }: { actor?: string | null; facts?: Facts | null } = {},
): Promise<number> {
  const { number } = await trx
    .insertInto('incident_entries')
    .values({
      incident_id: incidentId,
      number: sql<number>`(select coalesce(max(number), 0) + 1 from incident_entries where incident_id = ${incidentId})`,
      at: toText(now),
      what,
      actor,
      facts: facts && JSON.stringify(facts),
    })
    .returning('number')
    .executeTakeFirstOrThrow();
  return number;
}

/** On an account, by its name; the incident's number leads to all else there is to know. */
async function audit(
  trx: Kysely<Tables>,
  now: Temporal.Instant,
  id: string,
  action: AuditAction,
  actor: Actor,
): Promise<void> {
  const { name, kind } = await trx
    .selectFrom('incidents')
    .innerJoin('fal_accounts', 'fal_accounts.id', 'incidents.account_id')
    .select(['fal_accounts.name', 'incidents.kind'])
    .where('incidents.id', '=', id)
    .executeTakeFirstOrThrow();
  await recordAudit(trx, now, { actor, action, target: name, detail: { alert_kind: kind, id } });
}

function stateOf(trx: Kysely<Tables>, id: string) {
  return trx.selectFrom('incidents').select('state').where('id', '=', id).executeTakeFirst();
}
