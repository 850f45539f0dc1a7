import { NANO_PER_UNIT, type Nano } from '../money.ts';

/** A balance that stayed the same from its first to its last reading. */
export interface Reading {
  from: Temporal.Instant;
  until: Temporal.Instant;
  balance: Nano;
}

/** What usage cost between two instants, as far as hours tell: between `low` and `high`. */
export interface SpendBounds {
  low: Nano;
  high: Nano;
}

/** Credits that seem to have come, nano-USD: `low <= amount <= high`. */
export interface TopUp {
  /** After this reading, */
  after: Temporal.Instant;
  /** and before this one. */
  before: Temporal.Instant;
  /** The roundest amount within the bounds: credits are bought in round ones. */
  amount: Nano;
  low: Nano;
  high: Nano;
}

/** A rise of less is a charge taken back, or usage that came late. */
const LEAST = NANO_PER_UNIT;

/**
 * Top-ups that explain how a balance went: between two readings it rose, or fell by less than usage
 * alone would have made it fall.
 * @param readings in order, of one currency; those that said nothing are left out.
 * @param spent what usage cost between two instants; `null` where that is not known.
 */
export function topUpsBetween(
  readings: readonly Reading[],
  spent: (from: Temporal.Instant, until: Temporal.Instant) => SpendBounds | null,
): TopUp[] {
  return readings.flatMap((reading, index): TopUp[] => {
    const before = readings[index - 1];
    if (!before) return [];
    const rise = reading.balance - before.balance;
    const bounds = spent(before.until, reading.from) ?? { low: 0n, high: 0n };
    const low = rise + bounds.low;
    if (low < LEAST) return [];
    const high = rise + bounds.high;
    const amount = roundest(low, high);
    return [{ after: before.until, before: reading.from, amount, low, high }];
  });
}

/** The amount within the bounds with the fewest digits that matter; the nearest such to `low`. */
export function roundest(low: Nano, high: Nano): Nano {
  for (let step = 10n ** BigInt(high.toString().length); step > 1n; step /= 10n) {
    for (const part of [step, step / 2n, step / 4n]) {
      if (part === 0n) continue;
      const rounded = ((low + part - 1n) / part) * part;
      if (rounded <= high) return rounded;
    }
  }
  return low;
}
