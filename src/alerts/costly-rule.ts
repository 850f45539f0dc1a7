import { z } from 'zod';
import type { Nano } from '../money.ts';
import { amountOf, amountParam, wholeParam } from './param-fields.ts';
import { LEAST_COST, LEAST_TIMES, MUCH_FOR_ANY } from './usual-charges.ts';

export const MOST_TIMES = 10_000;

/** What a rule of kind `costly_request` says. */
export const costlyParams = z.object({
  times: wholeParam(LEAST_TIMES, MOST_TIMES),
  min_amount: amountParam({ least: LEAST_COST, max: 1_000_000 }),
});
export type CostlyParams = z.output<typeof costlyParams>;

/** From which cost on a rule tells of a request. @param usual what others cost; 0: nobody knows. */
export function tellsFrom(usual: Nano, { times, min_amount }: CostlyParams): Nano {
  const least = amountOf(min_amount);
  // Of what nobody knows to be usual only what is much for any model counts.
  const above = usual === 0n ? MUCH_FOR_ANY : usual * BigInt(times);
  return above > least ? above : least;
}
