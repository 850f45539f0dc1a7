import { type Kysely, type RawBuilder, sql } from 'kysely';
import { CALLER, type DayCoverage } from '../history/queries.ts';
import type { EpochDay } from '../history/slots.ts';
import type { Engine } from '../store/engine.ts';
import { jsonRows, textCell } from '../store/json-rows.ts';
import type { Tables } from '../store/tables.ts';

/** Only what was billed for a model, or by a key, or both. */
export interface UsageFilter {
  endpointId: string | null;
  apiKeyId: string | null;
}

/**
 * What accounts used, by id, as `SlotSums` reads it: one row an account, for each costs more than all
 * that is in it. Accounts that used nothing are left out.
 * @param from the first slot, in epoch minutes. @param to the first that is not meant.
 */
export async function readSlots(
  db: Kysely<Tables>,
  engine: Engine,
  ids: readonly string[],
  from: number,
  to: number,
  { endpointId, apiKeyId }: UsageFilter = { endpointId: null, apiKeyId: null },
): Promise<Map<string, string>> {
  const isAll = endpointId === null && apiKeyId === null;
  const { rows } = await sql<{ id: string; slots: string }>`
    select id, string_agg(
      cast(slot as text) || ' ' || cast(cost as text) || ' ' || cast(calls as text) || ' ' || cast(failures as text),
      ',' order by slot) as slots
    from (
      select series.account_id as id, sums.slot, sum(sums.cost) as cost, sum(sums.requests) as calls,
        sum(sums.failures) as failures
      from usage_series series cross join usage_slots sums
      where series.scope = ${sql.lit(isAll ? 'by_account' : 'account')}
        and ${isOneOf(sql`series.account_id`, engine, ids)} and (series.measure = 'called' or series.currency = 'USD')
        ${endpointId === null ? sql`` : sql`and series.endpoint_id = ${endpointId}`}
        ${apiKeyId === null ? sql`` : sql`and series.measure = 'billed' and ${CALLER} = ${apiKeyId}`}
        and sums.series_id = series.id and sums.slot >= ${from} and sums.slot < ${to}
      group by series.account_id, sums.slot) added
    group by id`.execute(db);
  return new Map(rows.map(({ id, slots }) => [id, slots]));
}

/** What was read of accounts' days, by id, in order. @param to the first day that is not meant. */
export async function readDays(
  db: Kysely<Tables>,
  engine: Engine,
  ids: readonly string[],
  from: EpochDay,
  to: EpochDay,
): Promise<Map<string, DayCoverage[]>> {
  const rows = await db
    .selectFrom('sync_windows')
    .select(['account_id', 'day', 'slot_minutes', 'read_at', 'is_final', 'is_complete'])
    .select(sql<number>`case when uncounted is null then 0 else 1 end`.as('is_uncounted'))
    .where('day', '>=', from)
    .where('day', '<', to)
    .where(isOneOf(sql`account_id`, engine, ids))
    .orderBy('day')
    .execute();
  const days = new Map<string, DayCoverage[]>();
  for (const row of rows) {
    const own = days.get(row.account_id) ?? [];
    days.set(row.account_id, own);
    own.push({
      day: row.day,
      accounts: 1,
      isFinal: row.is_final === 1,
      isComplete: row.is_complete === 1,
      isCoarse: row.slot_minutes > 15,
      isInZone: false,
      zoneId: null,
      hasUncounted: row.is_uncounted === 1,
      firstReadAt: row.read_at,
      lastReadAt: row.read_at,
    });
  }
  return days;
}

/** By account id what changes when one of its days does. @param to the first day that is not meant. */
export async function readVersions(
  db: Kysely<Tables>,
  from: EpochDay,
  to: EpochDay,
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('sync_windows')
    .select((row) => [
      'account_id',
      row.fn.countAll<number | string>().as('days'),
      row.fn.max('changed_at').as('changed_at'),
      row.fn.sum<number | string>('is_complete').as('complete'),
      row.fn.sum<number | string>('is_final').as('final'),
      row.fn.sum<number | string>('slot_minutes').as('minutes'),
    ])
    .where('day', '>=', from)
    .where('day', '<', to)
    .groupBy('account_id')
    .execute();
  return new Map(
    rows.map(({ account_id: id, ...row }) => [id, JSON.stringify([from, ...Object.values(row)])]),
  );
}

/** However many there are: one parameter has them all. */
function isOneOf(accountId: RawBuilder<unknown>, engine: Engine, ids: readonly string[]) {
  const given = jsonRows(engine, JSON.stringify(ids.map((id) => [id])));
  return sql<boolean>`${accountId} in (select ${textCell(0)} from ${given})`;
}
