import type { CostRange } from '../credits/projection.ts';
import type { Price } from '../fal/pricing.ts';
import { divideNano, NANO_PER_UNIT, type Nano } from '../money.ts';

/** Where a price per output comes from, best first. */
export const PRICE_SOURCES = ['unit_price', 'own_average', 'estimate', 'manual'] as const;
export type PriceSource = (typeof PRICE_SOURCES)[number];

/** What one output of a model costs, nano-USD, and how that is known. */
export interface OutputPrice {
  price: CostRange;
  source: PriceSource;
  /**
   * Of a unit price: that, and how many units an output is taken to be, in 1e-9: as somebody says, as
   * this account's own calls were billed, or one where an output is what the unit counts.
   */
  units: {
    unit: string;
    unitPrice: Nano;
    perOutput: Nano;
    from: 'plan' | 'history' | 'unit';
  } | null;
}

/** What an account's own calls of a model cost lately. */
export interface OwnCost {
  /** Of a call, on average and on days that were cheap and dear. */
  perCall: CostRange;
  /** Units billed for a call, in 1e-9 of the unit that cost most; `null` where none was. */
  unitsPerCall: { unit: string; quantity: Nano } | null;
  calls: number;
  days: number;
}

/** All that is known of a model's price. */
export interface KnownPrices {
  list: Price | null;
  own: OwnCost | null;
  /** fal's own estimate of a call. */
  estimate: Nano | null;
  /** What somebody says an output costs. */
  manual: Nano | null;
}

/** Prices are compared in this. */
const CURRENCY = 'USD';
/** An output is one of these. */
const WHOLE_OUTPUT = /^(?:image|video|request|generation|output|audio|song|track)s?$/i;

/**
 * What an output costs, from the best that is known: the unit price that fal lists, the account's own
 * average, fal's estimate, a price somebody gave. `null`: nothing is known.
 *
 * A unit price is of no use without the units of an output. What somebody says comes first, then what
 * the account's own calls were billed, and an image is an image. Where nobody says, its range reaches
 * to what the account's own calls cost: a model may bill by resolution, or for a search besides, and
 * lists one price.
 * @param unitsPerOutput in 1e-9; `null` where the plan does not say.
 */
export function outputPrice(known: KnownPrices, unitsPerOutput: Nano | null): OutputPrice | null {
  const { list, own, estimate, manual } = known;
  const units = list && list.currency === CURRENCY ? unitsOf(list, own, unitsPerOutput) : null;
  if (list && units) {
    const { unit, unitPrice } = list;
    const each = divideNano(unitPrice * units.perOutput, NANO_PER_UNIT);
    const price = own && units.from !== 'plan' ? reaching(each, own.perCall) : exactly(each);
    return { price, source: 'unit_price', units: { unit, unitPrice, ...units } };
  }
  if (own) return { price: own.perCall, source: 'own_average', units: null };
  if (estimate !== null) return { price: exactly(estimate), source: 'estimate', units: null };
  if (manual !== null) return { price: exactly(manual), source: 'manual', units: null };
  return null;
}

function unitsOf(
  list: Price,
  own: OwnCost | null,
  perOutput: Nano | null,
): { perOutput: Nano; from: 'plan' | 'history' | 'unit' } | null {
  if (perOutput !== null) return { perOutput, from: 'plan' };
  const billed = own?.unitsPerCall;
  if (billed && sameUnit(billed.unit, list.unit)) {
    return { perOutput: billed.quantity, from: 'history' };
  }
  return WHOLE_OUTPUT.test(list.unit.trim()) ? { perOutput: NANO_PER_UNIT, from: 'unit' } : null;
}

/** fal's names come in singular and plural. */
export function sameUnit(one: string, other: string): boolean {
  const name = (unit: string) => unit.trim().toLowerCase().replace(/s$/, '');
  return name(one) === name(other);
}

function reaching(amount: Nano, { low, high }: CostRange): CostRange {
  return {
    low: low < amount ? low : amount,
    expected: amount,
    high: high > amount ? high : amount,
  };
}

function exactly(amount: Nano): CostRange {
  return { low: amount, expected: amount, high: amount };
}
