import { type Nano, sumNano } from '../money.ts';
import type { BilledUnits } from './report.ts';

/** Adds units of one kind and price up; those without a price first, then the cheapest. */
export function sumUnits(
  billed: readonly Pick<BilledUnits, 'unit' | 'unitPrice' | 'quantity'>[],
): BilledUnits[] {
  const byPrice = Map.groupBy(billed, ({ unit, unitPrice }) => `${unitPrice} ${unit}`);
  const sums = [...byPrice.values()].flatMap((group): BilledUnits[] => {
    const [first] = group;
    if (!first) return [];
    const quantity = sumIfKnown(group.map((each) => each.quantity));
    return [{ unit: first.unit, unitPrice: first.unitPrice, quantity }];
  });
  return sums.sort((a, b) => compare(a.unitPrice ?? -1n, b.unitPrice ?? -1n));
}

/** The sum when every part is known, else `null`. */
function sumIfKnown(parts: readonly (Nano | null)[]): Nano | null {
  return parts.some((part) => part === null)
    ? null
    : sumNano(parts.filter((part) => part !== null));
}

function compare(a: Nano, b: Nano): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
