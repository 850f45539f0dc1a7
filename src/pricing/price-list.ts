import {
  type KnownPrice,
  modelsInUse,
  type PriceChange,
  priceChanges,
  pricesOf,
} from '../history/model-prices.ts';
import { later } from '../instants.ts';
import { sameUnit } from '../planner/output-price.ts';
import type { Services } from '../services.ts';

/** What models cost, from the daily snapshots: fal is not asked. */
export interface PriceList {
  /** Ids of the models that were asked for, or are in use. */
  listed: readonly string[];
  /** Of them and those wanted beside them, by id; `null`: fal has none, or was not asked yet. */
  prices: ReadonlyMap<string, KnownPrice | null>;
  /** Of all of these, newest first; another spelling of the same unit is none. */
  changes: PriceChange[];
  /** Since when prices are known without a gap, by id, of those that have one. */
  knownSince: ReadonlyMap<string, Temporal.Instant>;
  /** When fal was last asked; `null`: never. */
  asOf: Temporal.Instant | null;
}

/** As long as the snapshots ask for a model's price after it was used. */
const IN_USE_DAYS = 30;
const CHANGES_DAYS = 366;
/** A price that was not seen for longer than this was not asked for, or is not listed any more. */
const STALE_HOURS = 36;

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
    const wanted = new Set(ids);
    const seen = await priceChanges(db, daysAgo(CHANGES_DAYS));
    const changes = seen.filter(({ endpointId }) => wanted.has(endpointId)).reverse();
    // The oldest are the last.
    const spans = [...known.values(), ...changes.map(({ before }) => before)];
    return {
      listed,
      prices: new Map(ids.map((id) => [id, known.get(id) ?? null])),
      changes: changes.filter(isChange),
      knownSince: new Map(spans.map(({ endpointId, from }) => [endpointId, from])),
      asOf: lastLook([...known.values()]),
    };
  });
}

/** Whether a price was not seen lately, as of a look at others. */
export function isStale({ until }: KnownPrice, asOf: Temporal.Instant): boolean {
  return until.until(asOf).total('hours') > STALE_HOURS;
}

function isChange({ before, after }: PriceChange): boolean {
  return (
    before.unitPrice !== after.unitPrice ||
    before.currency !== after.currency ||
    !sameUnit(before.unit, after.unit)
  );
}

function lastLook(prices: readonly KnownPrice[]): Temporal.Instant | null {
  return prices.reduce<Temporal.Instant | null>(
    (last, { until }) => (last ? later(last, until) : until),
    null,
  );
}
