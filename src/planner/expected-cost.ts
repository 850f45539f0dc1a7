import type { CostRange } from '../credits/projection.ts';
import { divideNano, NANO_PER_UNIT, type Nano, sumNano } from '../money.ts';

/** How much is wanted, and what to allow for. Decimals are integers of 1e-9. */
export interface Demand {
  /** Guests who take part: a whole number. */
  participants: number;
  /** Outputs each of them gets. */
  outputsPerParticipant: Nano;
  /** Calls on top of those whose output is kept, in per cent: retries, and failures that are billed. */
  allowancePercent: Nano;
  /** By how much more or less it may all come to, in per cent: what makes the bounds. */
  marginPercent: Nano;
}

/** A model's part of the outputs, and what one of them costs. */
export interface PricedShare {
  /** In per cent, 1e-9 of it. */
  share: Nano;
  price: CostRange;
}

/** What an event will cost; every bound of `total` is the sum of that bound of `parts`. */
export interface ExpectedCost {
  total: CostRange;
  /** By share, in their order. */
  parts: CostRange[];
}

export const WHOLE_PERCENT = 100n * NANO_PER_UNIT;

/**
 * Outputs times price. The lower bound has the lower price, nothing to be made twice and guests that
 * stay away as the margin allows; the upper one the upper price, the allowance and the margin. More
 * outputs or retries never cost less, and a larger margin never makes the range narrower.
 */
export function expectedCost(demand: Demand, shares: readonly PricedShare[]): ExpectedCost {
  const { marginPercent } = demand;
  const fewer = marginPercent < WHOLE_PERCENT ? -marginPercent : -WHOLE_PERCENT;
  const parts = shares.map(
    ({ share, price }): CostRange => ({
      low: costOf(demand, share, price.low, 0n, fewer),
      expected: costOf(demand, share, price.expected, demand.allowancePercent, 0n),
      high: costOf(demand, share, price.high, demand.allowancePercent, demand.marginPercent),
    }),
  );
  const sum = (bound: keyof CostRange) => sumNano(parts.map((part) => part[bound]));
  return { total: { low: sum('low'), expected: sum('expected'), high: sum('high') }, parts };
}

/** Outputs that guests will hold, in 1e-9. */
export function outputsOf({ participants, outputsPerParticipant }: Demand): Nano {
  return BigInt(participants) * outputsPerParticipant;
}

/** Rounded once, at the end. */
function costOf(demand: Demand, share: Nano, price: Nano, allowance: Nano, margin: Nano): Nano {
  const percents = share * (WHOLE_PERCENT + allowance) * (WHOLE_PERCENT + margin);
  return divideNano(outputsOf(demand) * price * percents, NANO_PER_UNIT * WHOLE_PERCENT ** 3n);
}
