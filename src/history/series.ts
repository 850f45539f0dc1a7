import { type Kysely, sql } from 'kysely';
import type { UsageRow } from '../fal/usage.ts';
import type { Engine } from '../store/engine.ts';
import { cell, jsonRows, textCell } from '../store/json-rows.ts';
import type { Tables } from '../store/tables.ts';

/** What sums are kept of: usage as fal cuts it, or added up across accounts. */
export interface Series {
  scope: 'account' | 'by_account' | 'by_endpoint';
  measure: 'billed' | 'called';
  accountId: string | null;
  endpointId: string | null;
  unit: string | null;
  /** In 1e-9 of `currency`, as digits. */
  unitPrice: string | null;
  percentDiscount: number | null;
  currency: string | null;
  authDetail: string | null;
  apiKeyId: string | null;
  username: string | null;
}

/** A series as fal cuts usage, and the two across accounts that it counts in. */
export interface SeriesFamily {
  own: Series;
  byAccount: Series;
  byEndpoint: Series;
}

/** The ids of a family. */
export interface FamilyIds {
  own: number;
  byAccount: number;
  byEndpoint: number;
}

const NOTHING: Series = {
  scope: 'account',
  measure: 'billed',
  accountId: null,
  endpointId: null,
  unit: null,
  unitPrice: null,
  percentDiscount: null,
  currency: null,
  authDetail: null,
  apiKeyId: null,
  username: null,
};

/** The series of a billed row. */
export function billedFamily(accountId: string, row: UsageRow): SeriesFamily {
  const { endpointId, unit, percentDiscount, currency, auth } = row;
  const unitPrice = row.unitPrice === null ? null : String(row.unitPrice);
  const caller = {
    authDetail: auth?.detail ?? null,
    apiKeyId: auth?.apiKeyId ?? null,
    username: auth?.username ?? null,
  };
  const billed = { endpointId, unit, unitPrice, currency };
  return {
    own: { ...NOTHING, ...billed, ...caller, percentDiscount, accountId },
    byAccount: { ...NOTHING, scope: 'by_account', accountId, currency, ...caller },
    byEndpoint: { ...NOTHING, scope: 'by_endpoint', ...billed },
  };
}

/** The series of an endpoint's calls: fal does not say by which key they were made. */
export function calledFamily(accountId: string, endpointId: string): SeriesFamily {
  const called: Series = { ...NOTHING, measure: 'called' };
  return {
    own: { ...called, accountId, endpointId },
    byAccount: { ...called, scope: 'by_account', accountId },
    byEndpoint: { ...called, scope: 'by_endpoint', endpointId },
  };
}

/**
 * The ids of families, in their order; series that are new are made. The transaction holds the
 * account, so that the series found stay, and with them those that they count in.
 */
export async function idsOfFamilies(
  trx: Kysely<Tables>,
  engine: Engine,
  families: readonly SeriesFamily[],
): Promise<FamilyIds[]> {
  const identities = families.map(({ own }) => identityOf(own));
  const known = await findFamilies(trx, engine, identities);
  const added = families.filter((_, index) => !known.has(identities[index] ?? ''));
  for (const each of await makeFamilies(trx, engine, added)) known.set(...each);
  return identities.map((identity) => {
    const ids = known.get(identity);
    if (!ids) throw new Error(`there is no series ${identity}`);
    return ids;
  });
}

interface NewSeries {
  series: Series;
  byAccount: number | null;
  byEndpoint: number | null;
}

async function makeFamilies(
  trx: Kysely<Tables>,
  engine: Engine,
  families: readonly SeriesFamily[],
): Promise<Map<string, FamilyIds>> {
  if (families.length === 0) return new Map();
  const across = families.flatMap(({ byAccount, byEndpoint }) => [byAccount, byEndpoint]);
  const ids = await holdAcross(trx, engine, across);
  const idOf = (series: Series) => ids.get(identityOf(series)) ?? 0;
  const own = families.map((family) => ({
    series: family.own,
    byAccount: idOf(family.byAccount),
    byEndpoint: idOf(family.byEndpoint),
  }));
  await insertSeries(trx, engine, own);
  return findFamilies(
    trx,
    engine,
    families.map((family) => identityOf(family.own)),
  );
}

/** The ids of series across accounts, which stay until the commit; those that are new are made. */
async function holdAcross(
  trx: Kysely<Tables>,
  engine: Engine,
  series: readonly Series[],
): Promise<Map<string, number>> {
  const byIdentity = new Map(series.map((each) => [identityOf(each), each]));
  const identities = [...byIdentity.keys()];
  const known = await holdIds(trx, engine, identities);
  const missing = [...byIdentity].filter(([identity]) => !known.has(identity));
  if (missing.length === 0) return known;
  await insertSeries(
    trx,
    engine,
    missing.map(([, each]) => ({ series: each, byAccount: null, byEndpoint: null })),
  );
  return holdIds(trx, engine, identities);
}

async function insertSeries(
  trx: Kysely<Tables>,
  engine: Engine,
  added: readonly NewSeries[],
): Promise<void> {
  const byIdentity = new Map(added.map((each) => [identityOf(each.series), each]));
  // In order: of two transactions that make the same ones, one waits for the other and never both.
  const rows = [...byIdentity]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([identity, { series, byAccount, byEndpoint }]) => {
      return [...valuesOf(series), byAccount, byEndpoint, identity];
    });
  await sql`
    insert into usage_series (scope, measure, account_id, endpoint_id, unit, unit_price,
      percent_discount, currency, auth_detail, api_key_id, username, by_account_id, by_endpoint_id,
      identity)
    select ${textCell(0)}, ${textCell(1)}, ${textCell(2)}, ${textCell(3)}, ${textCell(4)}, ${cell(5)},
      cast(${textCell(6)} as double precision), ${textCell(7)}, ${textCell(8)}, ${textCell(9)},
      ${textCell(10)}, ${cell(11)}, ${cell(12)}, ${textCell(13)}
    from ${jsonRows(engine, JSON.stringify(rows))} where true
    on conflict (identity) do nothing`.execute(trx);
}

async function findFamilies(
  trx: Kysely<Tables>,
  engine: Engine,
  identities: readonly string[],
): Promise<Map<string, FamilyIds>> {
  const { rows } = await sql<FamilyIds & { identity: string }>`
    select identity, id as own, by_account_id as "byAccount", by_endpoint_id as "byEndpoint"
    from usage_series where ${isOneOf(engine, identities)}`.execute(trx);
  return new Map(rows.map(({ identity, ...ids }) => [identity, ids]));
}

/** On SQLite, which has one writer at a time, they stay anyway. */
async function holdIds(
  trx: Kysely<Tables>,
  engine: Engine,
  identities: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: number; identity: string }>`
    select id, identity from usage_series where ${isOneOf(engine, identities)}
    ${engine === 'postgres' ? sql`order by id for key share` : sql``}`.execute(trx);
  return new Map(rows.map(({ id, identity }) => [identity, id]));
}

function isOneOf(engine: Engine, identities: readonly string[]) {
  const json = JSON.stringify(identities.map((identity) => [identity]));
  return sql`identity in (select ${textCell(0)} from ${jsonRows(engine, json)})`;
}

/** Equal for equal series. */
function identityOf(series: Series): string {
  return JSON.stringify(valuesOf(series));
}

/** In the order of the table's columns. */
function valuesOf(series: Series) {
  return [
    series.scope,
    series.measure,
    series.accountId,
    series.endpointId,
    series.unit,
    series.unitPrice,
    series.percentDiscount,
    series.currency,
    series.authDetail,
    series.apiKeyId,
    series.username,
  ];
}
