import type { UsageGroup, UsageSlotRow } from '../history/answer.ts';
import type { Nano } from '../money.ts';

/**
 * A unit of a model for which accounts were billed at another unit price, before discounts. What fal
 * lists for everybody is kept in `model_prices`.
 */
export interface PriceChange extends PricedUnit {
  from: Nano;
  to: Nano;
  /** Start of the first slot billed at the new price. */
  at: Temporal.Instant;
}

/** What has a price. */
export interface PricedUnit {
  endpointId: string;
  unit: string | null;
}

/** Rows looked through at most: beyond that a page would have to wait for them. */
const MAX_ROWS = 5_000;

/** The units of models that were billed at several prices: after one another, or side by side. */
export function unitsWithSeveralPrices(models: readonly UsageGroup[]): PricedUnit[] {
  return models.flatMap(({ key, units }) =>
    [...Map.groupBy(units, ({ unit }) => unit)]
      .filter(([, same]) => new Set(same.map(({ unitPrice }) => unitPrice)).size > 1)
      .map(([unit]) => ({ endpointId: key, unit })),
  );
}

/**
 * Finds the changes of price in rows in order of time. A price is only changed where the old one is
 * never billed again: models with a price for each size have several at once.
 * @returns newest first; none where there are too many rows to look through.
 */
export async function findPriceChanges(
  units: readonly PricedUnit[],
  rows: AsyncIterable<Pick<UsageSlotRow, 'endpointId' | 'unit' | 'unitPrice' | 'start'>>,
): Promise<PriceChange[]> {
  const open = new Map(units.map((each) => [nameOf(each), [] as PriceSpan[]]));
  let read = 0;
  for await (const row of rows) {
    read += 1;
    if (read > MAX_ROWS) return [];
    const name = nameOf(row);
    const spans = open.get(name);
    const { unitPrice, start } = row;
    if (!spans || unitPrice === null) continue;
    const span = spans.find(({ price }) => price === unitPrice);
    if (!span) spans.push({ price: unitPrice, first: start, last: start });
    else if (span === spans.at(-1)) span.last = start;
    else open.delete(name);
    // Most models with several prices show it at once, and no row more has to be read for them.
    if (open.size === 0) return [];
  }
  return units
    .flatMap((each) => changesIn(each, open.get(nameOf(each)) ?? []))
    .sort((a, b) => Temporal.Instant.compare(b.at, a.at));
}

interface PriceSpan {
  price: Nano;
  first: Temporal.Instant;
  last: Temporal.Instant;
}

/** @param spans in the order in which they began. */
function changesIn(unit: PricedUnit, spans: readonly PriceSpan[]): PriceChange[] {
  // Two prices in one slot: which came first is not known, nor whether one did.
  const isMixed = spans.some(
    ({ first }, index) => index > 0 && spans[index - 1]?.last.equals(first),
  );
  if (isMixed) return [];
  return spans.slice(1).map(({ price, first }, index) => {
    const { endpointId, unit: name } = unit;
    return { endpointId, unit: name, from: spans[index]?.price ?? price, to: price, at: first };
  });
}

function nameOf({ endpointId, unit }: PricedUnit): string {
  return JSON.stringify([endpointId, unit]);
}
