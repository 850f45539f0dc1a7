import {
  type KnownPrice,
  modelsInUse,
  type PriceChange,
  priceChanges,
  pricesOf,
} from '../history/model-prices.ts';
import { later } from '../instants.ts';
import type { Services } from '../services.ts';

/** What models cost, from the daily snapshots: fal is not asked. */
export interface PriceList {
  /** Ids of the models that were asked for, or are in use. */
  listed: readonly string[];
  /** Of them and those wanted beside them, by id; `null`: fal has none, or was not asked yet. */
  prices: ReadonlyMap<string, KnownPrice | null>;
  /** Of all of these, newest first. */
  changes: PriceChange[];
  /** When fal was last asked; `null`: never. */
  asOf: Temporal.Instant | null;
}

/** As long as the snapshots ask for a model's price after it was used. */
const IN_USE_DAYS = 30;
const CHANGES_DAYS = 366;

/**
 * Prices of these models, or where none are named of those in use.
 * @param asked `accountId`: whose use counts, `null` everybody's. `also`: models wanted beside those in use.
 */
export async function readPriceList(
  { store, now }: Pick<Services, 'store' | 'now'>,
  asked: { endpointIds: readonly string[] } | { accountId: string | null; also: readonly string[] },
): Promise<PriceList> {
  const daysAgo = (days: number) => now().subtract({ hours: 24 * days });
  return store.reader.snapshot(async (db) => {
    const [listed, also] =
      'endpointIds' in asked
        ? [asked.endpointIds, []]
        : [await modelsInUse(db, daysAgo(IN_USE_DAYS), asked.accountId), asked.also];
    const ids = [...new Set([...listed, ...also])];
    const known = await pricesOf(db, ids);
    const changes = await priceChanges(db, daysAgo(CHANGES_DAYS));
    const wanted = new Set(ids);
    return {
      listed,
      prices: new Map(ids.map((id) => [id, known.get(id) ?? null])),
      changes: changes.filter(({ endpointId }) => wanted.has(endpointId)).reverse(),
      asOf: lastLook([...known.values()]),
    };
  });
}

function lastLook(prices: readonly KnownPrice[]): Temporal.Instant | null {
  return prices.reduce<Temporal.Instant | null>(
    (last, { until }) => (last ? later(last, until) : until),
    null,
  );
}
