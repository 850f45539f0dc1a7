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

/** The ids of families, in their order; series that are new are made. */
export async function idsOfFamilies(
  trx: Kysely<Tables>,
  engine: Engine,
  families: readonly SeriesFamily[],
): Promise<FamilyIds[]> {
  const across = families.flatMap(({ byAccount, byEndpoint }) => [byAccount, byEndpoint]);
  const idsAcross = await idsOf(
    trx,
    engine,
    across.map((series) => ({ series, byAccount: null, byEndpoint: null })),
  );
  const idAcross = (series: Series) => idsAcross.get(identityOf(series)) ?? 0;
  const own = families.map((family) => ({
    series: family.own,
    byAccount: idAcross(family.byAccount),
    byEndpoint: idAcross(family.byEndpoint),
  }));
  const idsOwn = await idsOf(trx, engine, own);
  return own.map(({ series, byAccount, byEndpoint }) => ({
    own: idsOwn.get(identityOf(series)) ?? 0,
    byAccount,
    byEndpoint,
  }));
}

interface NewSeries {
  series: Series;
  byAccount: number | null;
  byEndpoint: number | null;
}

async function idsOf(
  trx: Kysely<Tables>,
  engine: Engine,
  wanted: readonly NewSeries[],
): Promise<Map<string, number>> {
  const byIdentity = new Map(wanted.map((each) => [identityOf(each.series), each]));
  const known = await findIds(trx, engine, [...byIdentity.keys()]);
  // In order: of two transactions that make the same ones, one waits for the other and never both.
  const missing = [...byIdentity].filter(([identity]) => !known.has(identity)).sort(byText);
  if (missing.length === 0) return known;
  await insertSeries(trx, engine, missing);
  const identities = missing.map(([identity]) => identity);
  return new Map([...known, ...(await findIds(trx, engine, identities))]);
}

function byText([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

async function insertSeries(
  trx: Kysely<Tables>,
  engine: Engine,
  missing: readonly (readonly [string, NewSeries])[],
): Promise<void> {
  const rows = missing.map(([identity, { series, byAccount, byEndpoint }]) => [
    ...valuesOf(series),
    byAccount,
    byEndpoint,
    identity,
  ]);
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

async function findIds(
  trx: Kysely<Tables>,
  engine: Engine,
  identities: readonly string[],
): Promise<Map<string, number>> {
  const json = JSON.stringify(identities.map((identity) => [identity]));
  const { rows } = await sql<{ id: number; identity: string }>`
    select id, identity from usage_series
    where identity in (select ${textCell(0)} from ${jsonRows(engine, json)})`.execute(trx);
  return new Map(rows.map(({ id, identity }) => [identity, id]));
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
