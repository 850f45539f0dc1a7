import { type Kysely, sql } from 'kysely';
import { digits } from '../store/big-numbers.ts';
import type { Engine } from '../store/engine.ts';
import type { Tables } from '../store/tables.ts';
import type { Series } from './series.ts';
import type { EpochDay } from './slots.ts';

/** A series with its id. */
export type StoredSeries = Series & { id: number };

export interface SeriesFilter {
  scopes: readonly Series['scope'][];
  accountId: string | null;
  endpointIds: readonly string[];
  apiKeyIds: readonly string[];
}

/** By whom a row was billed, as far as fal says: a key's id, a person's name, or what fal calls it. */
export const CALLER = sql<string>`coalesce(api_key_id, username, auth_detail, '')`;

export async function findSeries(
  db: Kysely<Tables>,
  filter: SeriesFilter,
): Promise<StoredSeries[]> {
  const { scopes, accountId, endpointIds, apiKeyIds } = filter;
  let query = db
    .selectFrom('usage_series')
    .select((row) => [
      'id',
      'scope',
      'measure',
      'account_id as accountId',
      'endpoint_id as endpointId',
      'unit',
      digits<string | null>(row.ref('unit_price')).as('unitPrice'),
      'percent_discount as percentDiscount',
      'currency',
      'auth_detail as authDetail',
      'api_key_id as apiKeyId',
      'username',
    ])
    .where('scope', 'in', scopes);
  if (accountId !== null) query = query.where('account_id', '=', accountId);
  if (endpointIds.length > 0) query = query.where('endpoint_id', 'in', endpointIds);
  // Calls are not known by key.
  if (apiKeyIds.length > 0) {
    query = query.where('measure', '=', 'billed').where(CALLER, 'in', apiKeyIds);
  }
  return query.execute();
}

/** What was read of a UTC day, over all the accounts in question. */
export interface DayCoverage {
  day: EpochDay;
  /** How many accounts were read. */
  accounts: number;
  isFinal: boolean;
  isComplete: boolean;
  /** Whether some of it is kept by whole hours only. */
  isCoarse: boolean;
  /** Whether all of it is counted in the days of the zone asked for. */
  isInZone: boolean;
  /** The id of that zone; `null` where its days are not kept. */
  zoneId: number | null;
  /** Whether the calls of some endpoint are not known in full. */
  hasUncounted: boolean;
  /** First and last of the accounts' readings. */
  firstReadAt: string;
  lastReadAt: string;
}

/** @param from in it; `to` is not. UTC days. */
export async function coverageOf(
  db: Kysely<Tables>,
  {
    accountId,
    from,
    to,
    timezone,
  }: { accountId: string | null; from: EpochDay; to: EpochDay; timezone: string },
): Promise<DayCoverage[]> {
  const zone = sql`usage_zones where name = ${timezone}`;
  let query = db
    .selectFrom('sync_windows')
    .select((row) => [
      'day',
      row.fn.countAll<number | string>().as('accounts'),
      row.fn.min('is_final').as('isFinal'),
      row.fn.min('is_complete').as('isComplete'),
      row.fn.max('slot_minutes').as('slotMinutes'),
      sql<number | null>`(select id from ${zone})`.as('zoneId'),
      sql<number | string>`
        min(case when zones like (select '%,' || id || ',%' from ${zone}) then 1 else 0 end)`.as(
        'isInZone',
      ),
      row.fn.count<number | string>('uncounted').as('uncounted'),
      row.fn.min('read_at').as('firstReadAt'),
      row.fn.max('read_at').as('lastReadAt'),
    ])
    .where('day', '>=', from)
    .where('day', '<', to)
    .groupBy('day')
    .orderBy('day');
  if (accountId !== null) query = query.where('account_id', '=', accountId);
  const rows = await query.execute();
  return rows.map((row) => ({
    day: row.day,
    accounts: Number(row.accounts),
    isFinal: Number(row.isFinal) === 1,
    isComplete: Number(row.isComplete) === 1,
    isCoarse: row.slotMinutes > 15,
    isInZone: Number(row.isInZone) === 1,
    zoneId: row.zoneId,
    hasUncounted: Number(row.uncounted) > 0,
    firstReadAt: row.firstReadAt,
    lastReadAt: row.lastReadAt,
  }));
}

/** An endpoint of an account whose calls are not known in full, and on which UTC days. */
export interface Uncounted {
  accountId: string;
  endpointId: string;
  days: EpochDay[];
}

/** @param from in it; `to` is not. UTC days. */
export async function uncountedOf(
  db: Kysely<Tables>,
  engine: Engine,
  { accountId, from, to }: { accountId: string | null; from: EpochDay; to: EpochDay },
): Promise<Uncounted[]> {
  // As one text, for an endpoint that can't be counted at all stands in every day.
  const joined = engine === 'postgres' ? sql`string_agg` : sql`group_concat`;
  let query = db
    .selectFrom('sync_windows')
    .select(['account_id', 'uncounted'])
    .select(sql<string>`${joined}(cast(day as text), ',')`.as('days'))
    .where('uncounted', 'is not', null)
    .where('day', '>=', from)
    .where('day', '<', to)
    .groupBy(['account_id', 'uncounted']);
  if (accountId !== null) query = query.where('account_id', '=', accountId);
  const rows = await query.execute();
  return rows.flatMap((row) => {
    const days = row.days.split(',').map(Number);
    const ids = JSON.parse(row.uncounted ?? '[]') as string[];
    return ids.map((endpointId) => ({ accountId: row.account_id, endpointId, days }));
  });
}

/** Names of accounts by their ids. @param accountId `null`: of all. */
export async function accountNames(
  db: Kysely<Tables>,
  accountId: string | null,
): Promise<Map<string, { slug: string; name: string }>> {
  let query = db.selectFrom('fal_accounts').select(['id', 'slug', 'name']);
  if (accountId !== null) query = query.where('id', '=', accountId);
  const rows = await query.execute();
  return new Map(rows.map(({ id, slug, name }) => [id, { slug, name }]));
}
