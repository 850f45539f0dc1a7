import type { CostRange } from '../credits/projection.ts';
import { earlier, later } from '../instants.ts';
import { NANO_PER_UNIT, type Nano } from '../money.ts';

/**
 * Whether credits are enough: `enough` even if all goes as badly as planned for, `tight` if it goes
 * as expected, `top_up` not even then.
 */
export type Verdict = 'enough' | 'tight' | 'top_up';

export interface Judgement {
  verdict: Verdict;
  /** What to add so that it is enough, in whole units of the currency; 0 where it is. */
  topUp: Nano;
}

/** A top-up has taken days to unlock an account that had run dry. */
export const TOP_UP_LEAD = { hours: 72 };

/**
 * Judges what an event will cost by the credits that will be there.
 * @param left below nothing where they run out before: what is spent until then has to be added, too.
 */
export function judge(cost: CostRange, left: Nano): Judgement {
  const available = left > 0n ? left : 0n;
  if (cost.high <= available) return { verdict: 'enough', topUp: 0n };
  const missing = cost.high - left;
  return {
    verdict: cost.expected <= available ? 'tight' : 'top_up',
    topUp: ((missing + NANO_PER_UNIT - 1n) / NANO_PER_UNIT) * NANO_PER_UNIT,
  };
}

/**
 * The latest sensible moment to top up: three days before the event, or before credits may run out,
 * whichever comes first, and now where that is over.
 * @param runsOut when, spending as much as may be expected; `null`: not before the event.
 */
export function topUpBy(
  now: Temporal.Instant,
  start: Temporal.Instant,
  runsOut: Temporal.Instant | null,
): Temporal.Instant {
  const needed = runsOut ? earlier(start, runsOut) : start;
  return later(now, needed.subtract(TOP_UP_LEAD));
}
