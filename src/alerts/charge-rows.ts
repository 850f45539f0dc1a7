import { type Kysely, sql } from 'kysely';
import type { Nano } from '../money.ts';
import { digits } from '../store/big-numbers.ts';
import type { Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import { KEPT_CHARGES, type RequestCharge } from './usual-charges.ts';

/** Models of an account whose usual charges are remembered. */
const MOST_MODELS = 200;
const CHARGES_KEPT_DAYS = 180;

/** A request that cost far more than its model's do. */
export interface CostlyCharge {
  accountId: string;
  requestId: string;
  endpointId: string;
  at: Temporal.Instant;
  foundAt: Temporal.Instant;
  cost: Nano;
  /** What others cost; 0: nobody knows. */
  usualCost: Nano;
}

/** What is compared of one that was found lately. */
export type RecentCharge = Pick<CostlyCharge, 'requestId' | 'endpointId' | 'cost' | 'usualCost'>;

/** What requests of each of these models lately cost, oldest first. */
export async function readUsual(
  db: Kysely<Tables>,
  accountId: string,
  endpointIds: readonly string[],
): Promise<Map<string, Nano[]>> {
  if (endpointIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('usual_charges')
    .select(['endpoint_id', 'costs'])
    .where('account_id', '=', accountId)
    .where('endpoint_id', 'in', endpointIds)
    .execute();
  return new Map(
    rows.map((row) => [row.endpoint_id, (JSON.parse(row.costs) as string[]).map(BigInt)]),
  );
}

/** Remembers more of them. @param usual what is remembered of those models. @param learnt oldest first. */
export async function learnCharges(
  trx: Kysely<Tables>,
  accountId: string,
  usual: ReadonlyMap<string, readonly Nano[]>,
  learnt: ReadonlyMap<string, readonly Nano[]>,
): Promise<void> {
  for (const [endpointId, costs] of learnt) {
    const all = [...(usual.get(endpointId) ?? []), ...costs].slice(-KEPT_CHARGES);
    const row = { costs: JSON.stringify(all.map(String)) };
    await trx
      .insertInto('usual_charges')
      .values({ ...row, account_id: accountId, endpoint_id: endpointId })
      .onConflict((conflict) => conflict.columns(['account_id', 'endpoint_id']).doUpdateSet(row))
      .execute();
  }
  if ([...learnt.keys()].some((endpointId) => !usual.has(endpointId))) {
    await makeRoom(trx, accountId, learnt);
  }
}

/** Models that least is known of go, but for those that were used just now. */
async function makeRoom(
  trx: Kysely<Tables>,
  accountId: string,
  learnt: ReadonlyMap<string, unknown>,
): Promise<void> {
  const rows = await trx
    .selectFrom('usual_charges')
    .select('endpoint_id')
    .where('account_id', '=', accountId)
    .orderBy(sql`length(costs)`)
    .orderBy('endpoint_id')
    .execute();
  const least = rows
    .map((row) => row.endpoint_id)
    .filter((endpointId) => !learnt.has(endpointId))
    .slice(0, Math.max(0, rows.length - MOST_MODELS));
  if (least.length === 0) return;
  await trx
    .deleteFrom('usual_charges')
    .where('account_id', '=', accountId)
    .where('endpoint_id', 'in', least)
    .execute();
}

/** What was found of an account since then. */
export async function recentlyCostly(
  db: Kysely<Tables>,
  accountId: string,
  since: Temporal.Instant,
): Promise<RecentCharge[]> {
  const rows = await costlyCharges(db)
    .where('account_id', '=', accountId)
    .where('at', '>=', toText(since))
    .execute();
  return rows.map(toCharge);
}

/** Writes down what was found; what is known already stays, but for a cost that has risen. */
export async function writeCostly(
  trx: Kysely<Tables>,
  accountId: string,
  charges: readonly (RequestCharge & { usual: Nano })[],
  foundAt: Temporal.Instant,
): Promise<void> {
  for (const { requestId, endpointId, atMs, cost, usual } of charges) {
    await trx
      .insertInto('costly_charges')
      .values({
        account_id: accountId,
        request_id: requestId,
        endpoint_id: endpointId,
        at: toText(Temporal.Instant.fromEpochMilliseconds(atMs)),
        found_at: toText(foundAt),
        cost,
        usual_cost: usual,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['account_id', 'request_id'])
          .doUpdateSet((row) => ({ cost: row.ref('excluded.cost') }))
          .whereRef('costly_charges.cost', '<', 'excluded.cost' as never),
      )
      .execute();
  }
}

/** What was found since then, of all accounts, by account. */
export async function costlySince(
  db: Kysely<Tables>,
  since: Temporal.Instant,
): Promise<Map<string, CostlyCharge[]>> {
  const rows = await costlyCharges(db)
    .where('found_at', '>=', toText(since))
    .orderBy('found_at')
    .orderBy('request_id')
    .execute();
  return Map.groupBy(rows.map(toCharge), ({ accountId }) => accountId);
}

/** What was found of an account in a span, oldest first. */
export async function costlyIn(
  db: Kysely<Tables>,
  accountId: string,
  { start, end }: { start: Temporal.Instant; end: Temporal.Instant },
): Promise<CostlyCharge[]> {
  const rows = await costlyCharges(db)
    .where('account_id', '=', accountId)
    .where('found_at', '>=', toText(start))
    .where('found_at', '<', toText(end))
    .orderBy('found_at')
    .execute();
  return rows.map(toCharge);
}

/** Forgets what was found of an account and is older than it is kept. */
export async function dropOldCharges(
  trx: Kysely<Tables>,
  accountId: string,
  now: Temporal.Instant,
): Promise<void> {
  await trx
    .deleteFrom('costly_charges')
    .where('account_id', '=', accountId)
    .where('found_at', '<', toText(now.subtract({ hours: CHARGES_KEPT_DAYS * 24 })))
    .execute();
}

function costlyCharges(db: Kysely<Tables>) {
  return db
    .selectFrom('costly_charges')
    .select(['account_id', 'request_id', 'endpoint_id', 'at', 'found_at'])
    .select([digits(sql.ref('cost')).as('cost'), digits(sql.ref('usual_cost')).as('usual_cost')]);
}

function toCharge(row: {
  account_id: string;
  request_id: string;
  endpoint_id: string;
  at: string;
  found_at: string;
  cost: string;
  usual_cost: string;
}): CostlyCharge {
  return {
    accountId: row.account_id,
    requestId: row.request_id,
    endpointId: row.endpoint_id,
    at: toInstant(row.at),
    foundAt: toInstant(row.found_at),
    cost: BigInt(row.cost),
    usualCost: BigInt(row.usual_cost),
  };
}
