import type { FalAccount } from '../../src/accounts/accounts.ts';
import { listAccounts } from '../../src/accounts/accounts.ts';
import { type EpochDay, utcDayOf } from '../../src/history/slots.ts';
import type { Services } from '../../src/services.ts';
import { toText } from '../../src/store/values.ts';
import { plantAccount, plantWindows } from '../support/planted-history.ts';

/** An hour of a model of an account. */
export interface PlantedHour {
  at: Temporal.Instant;
  /** Nano-USD. */
  cost: bigint;
  endpointId?: string;
  apiKeyId?: string;
  calls?: number;
  failures?: number;
}

export const DOLLAR = 1_000_000_000n;
const MODEL = 'fal-ai/flux/dev';
const KEY = 'key-1';

/** An account whose days until now were all read, now as well; a zone of its own where it is given. */
export async function plantReadAccount(
  { store, now }: Pick<Services, 'store' | 'now'>,
  id: string,
  { timezone = 'UTC', days = 92 }: { timezone?: string; days?: number } = {},
): Promise<FalAccount> {
  await plantAccount(store.db, id);
  await store.db.updateTable('fal_accounts').set({ timezone }).where('id', '=', id).execute();
  const today = utcDayOf(now());
  await plantRead(
    { store, now },
    id,
    Array.from({ length: days }, (_, index) => today - index),
  );
  const account = (await listAccounts(store.db)).find((each) => each.id === id);
  if (!account) throw new Error(`${id} was not stored`);
  return account;
}

/** Days of an account that were read whole a moment ago. */
export async function plantRead(
  { store, now }: Pick<Services, 'store' | 'now'>,
  id: string,
  days: readonly EpochDay[],
): Promise<void> {
  if (days.length === 0) return;
  const read_at = toText(now().subtract({ seconds: 30 }));
  await plantWindows(store.db, id, days, { read_at, changed_at: read_at, is_final: 0 });
}

/** What an account used, as the sync would have left it. */
export async function plantUsage(
  { store: { db } }: Pick<Services, 'store'>,
  accountId: string,
  hours: readonly PlantedHour[],
): Promise<void> {
  for (const [model, ofModel] of Map.groupBy(hours, ({ endpointId = MODEL }) => endpointId)) {
    for (const [key, own] of Map.groupBy(ofModel, ({ apiKeyId = KEY }) => apiKeyId)) {
      await plantMeasure(db, { accountId, model, key, measure: 'billed' }, own);
    }
    await plantMeasure(db, { accountId, model, key: null, measure: 'called' }, ofModel);
  }
}

interface PlantedSeries {
  accountId: string;
  model: string | null;
  key: string | null;
  measure: 'billed' | 'called';
}

type Db = Services['store']['db'];

async function plantMeasure(db: Db, series: PlantedSeries, hours: readonly PlantedHour[]) {
  const across = await seriesId(db, { ...series, model: null }, 'by_account', null);
  const own = await seriesId(db, series, 'account', across);
  for (const id of [own, across]) {
    for (let first = 0; first < hours.length; first += 500) {
      await db
        .insertInto('usage_slots')
        .values(hours.slice(first, first + 500).map((hour) => slotRow(id, series.measure, hour)))
        .onConflict((conflict) =>
          conflict.columns(['series_id', 'slot']).doUpdateSet((row) => ({
            cost: row('usage_slots.cost', '+', row.ref('excluded.cost')),
            requests: row('usage_slots.requests', '+', row.ref('excluded.requests')),
            failures: row('usage_slots.failures', '+', row.ref('excluded.failures')),
          })),
        )
        .execute();
    }
  }
}

function slotRow(
  seriesId: number,
  measure: PlantedSeries['measure'],
  { at, cost, calls = 3, failures = 0 }: PlantedHour,
) {
  const isBilled = measure === 'billed';
  return {
    series_id: seriesId,
    slot: at.epochMilliseconds / 60_000,
    cost: isBilled ? cost : 0n,
    units: isBilled ? BigInt(calls) : 0n,
    unit_nanos: 0n,
    requests: isBilled ? 0n : BigInt(calls),
    successes: isBilled ? 0n : BigInt(calls - failures),
    failures: isBilled ? 0n : BigInt(failures),
    ...{ timed: 0n, p50_ms: 0n, p95_ms: 0n },
  };
}

async function seriesId(
  db: Db,
  { accountId, model, key, measure }: PlantedSeries,
  scope: 'account' | 'by_account',
  across: number | null,
): Promise<number> {
  const identity = JSON.stringify([scope, measure, accountId, model, key]);
  const isOwnBilled = measure === 'billed' && scope === 'account';
  await db
    .insertInto('usage_series')
    .values({
      ...{ scope, measure, identity },
      account_id: accountId,
      endpoint_id: model,
      unit: isOwnBilled ? 'images' : null,
      unit_price: isOwnBilled ? 25_000_000n : null,
      currency: measure === 'billed' ? 'USD' : null,
      api_key_id: key,
      by_account_id: across,
    })
    .onConflict((conflict) => conflict.column('identity').doNothing())
    .execute();
  const row = await db
    .selectFrom('usage_series')
    .select('id')
    .where('identity', '=', identity)
    .executeTakeFirstOrThrow();
  return row.id;
}
