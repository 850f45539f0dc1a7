import type { Price } from '../fal/pricing.ts';
import { divideNano, NANO_PER_UNIT, type Nano } from '../money.ts';
import { outputPrice, sameUnit } from '../planner/output-price.ts';
import type { BilledUnits } from '../usage/report.ts';

/** A model's use in a period, in US dollars. */
export interface BilledModel {
  cost: Nano;
  units: readonly BilledUnits[];
}

/** Why nobody knows what the use would have cost. */
export type NotRepriced =
  | 'no_price'
  | 'other_currency'
  | 'units_unknown'
  | 'unit_differs'
  | 'not_listed';

/** A model's use at a list price. */
export interface Repriced {
  /** With the discounts that it was billed with, nano-USD; `null`: not known, `reason` says why. */
  cost: Nano | null;
  reason: NotRepriced | null;
  /** What of it is counted at the price it was billed at, for fal lists none for it. */
  kept: BilledUnits[];
  /** What discounts took off the bill; `null` where fal did not say all prices. */
  discount: Nano | null;
}

/** What fal is known to have listed for a model, in the unit and the currency of its price. */
export interface ListedPrices {
  prices: ReadonlySet<Nano>;
  /** Whether that is all it listed since the use began: what was billed at another price is no older one. */
  isWhole: boolean;
}

const CURRENCY = 'USD';

/**
 * What billed units would have cost at the price that fal lists. fal lists one price a model, but bills
 * some in several: for sizes and classes, and for extras such as searches. Units of the listed price
 * go by it, those of others stay as they were billed. What discounts took off
 * in all they take off again, so that a difference is one of prices.
 * @param listed units billed at one of these go by the price, too.
 */
export function atListPrice(
  { cost: billed, units }: BilledModel,
  price: Price | null,
  listed: ListedPrices,
): Repriced {
  const gross = grossOf(units);
  const discount = gross === null ? null : gross - billed;
  const unknown = (reason: NotRepriced): Repriced => ({ cost: null, reason, kept: [], discount });
  if (!price) return unknown('no_price');
  if (price.currency !== CURRENCY) return unknown('other_currency');
  const same = units.filter(({ unit }) => unit !== null && sameUnit(unit, price.unit));
  if (same.length === 0) return unknown(units.length === 0 ? 'units_unknown' : 'unit_differs');
  // Before prices were read, the only one billed was the listed one as far as anybody knows.
  const isAnyPrice = same.length === 1 && (!listed.isWhole || same[0]?.unitPrice === null);
  const goesBy = isAnyPrice
    ? same
    : same.filter(({ unitPrice }) => unitPrice !== null && isListed(unitPrice, price, listed));
  if (goesBy.length === 0) return unknown('not_listed');
  const kept = units.filter((each) => !goesBy.includes(each));
  const sum = productsOf(goesBy.map(({ quantity }) => ({ quantity, unitPrice: price.unitPrice })));
  const rest = productsOf(kept);
  if (sum === null || rest === null) return unknown('units_unknown');
  return { cost: discounted(sum + rest, units, billed), reason: null, kept, discount };
}

function isListed(unitPrice: Nano, price: Price, { prices }: ListedPrices): boolean {
  return unitPrice === price.unitPrice || prices.has(unitPrice);
}

function grossOf(units: readonly BilledUnits[]): Nano | null {
  const sum = units.length === 0 ? null : productsOf(units);
  return sum === null ? null : divideNano(sum, NANO_PER_UNIT);
}

/** Takes off what was taken off the bill. @param now in 1e-18. */
function discounted(now: bigint, units: readonly BilledUnits[], billed: Nano): Nano {
  const before = productsOf(units);
  const isDiscounted =
    before !== null && before > 0n && divideNano(before, NANO_PER_UNIT) !== billed;
  return isDiscounted ? divideNano(now * billed, before) : divideNano(now, NANO_PER_UNIT);
}

/** Sum of units times prices, in 1e-18: rounded once, at the end. */
function productsOf(lines: readonly Pick<BilledUnits, 'quantity' | 'unitPrice'>[]): bigint | null {
  let sum = 0n;
  for (const { quantity, unitPrice } of lines) {
    if (quantity === null || unitPrice === null) return null;
    sum += quantity * unitPrice;
  }
  return sum;
}

/** What is known of another model that calls could have been made of. */
export interface OtherModel {
  /** What its own calls cost in the period; `null`: it had none, or they could not be counted. */
  used: { cost: Nano; count: number } | null;
  list: Price | null;
}

/** Calls priced as if they had been made of another model. */
export interface OnOtherModel {
  cost: Nano;
  perCall: Nano;
  /** Its own calls' average in the period, or one unit a call at the listed price. */
  source: 'own_average' | 'unit_price';
  /** Of the listed price. */
  unit: string | null;
}

/**
 * What calls would have cost on another model: at the average of its own calls, or where it had none
 * at the listed price if a call makes one unit, as of images. `null`: neither is known.
 */
export function onOtherModel(calls: number, { used, list }: OtherModel): OnOtherModel | null {
  if (used && used.count > 0) {
    return {
      cost: divideNano(used.cost * BigInt(calls), used.count),
      perCall: divideNano(used.cost, used.count),
      ...{ source: 'own_average', unit: null },
    };
  }
  const output = outputPrice({ list, own: null, estimate: null, manual: null }, null);
  if (!output?.units) return null;
  const { unit, unitPrice } = output.units;
  return { cost: unitPrice * BigInt(calls), perCall: unitPrice, source: 'unit_price', unit };
}
