import type { CostRange } from '../credits/projection.ts';
import { divideNano, type Nano } from '../money.ts';

/** How much of an event is over, in ms: from 0 to its length. */
export interface Elapsed {
  elapsedMs: number;
  lengthMs: number;
}

/** How an event is doing against its plan. */
export type Course =
  /** Too little of it is over to say. */
  | { state: 'too_early' }
  /** Nobody knows what was planned for. */
  | { state: 'no_plan'; cost: Nano }
  /** `percent` from what was expected: below its lower or above its upper bound. */
  | { state: 'as_planned' | 'above' | 'below'; cost: Nano; percent: number };

/** Of an event, but never more than a tenth of it, so much has to be over before its pace counts. */
const EARLY_MS = 15 * 60_000;
/** Beyond that nobody can say how long credits last. */
const HORIZON_MS = 400 * 24 * 3_600_000;

export function elapsedAt(
  { start, end }: { start: Temporal.Instant; end: Temporal.Instant },
  at: Temporal.Instant,
): Elapsed {
  const lengthMs = Math.max(0, end.epochMilliseconds - start.epochMilliseconds);
  const sinceMs = at.epochMilliseconds - start.epochMilliseconds;
  return { elapsedMs: Math.min(Math.max(0, sinceMs), lengthMs), lengthMs };
}

/**
 * What an event will have cost: the rest of it at the pace so far, or half or one and a half times as
 * much. Never less than was spent. `null`: nothing of it is over yet.
 */
export function projectedEnd(spent: Nano, { elapsedMs, lengthMs }: Elapsed): CostRange | null {
  if (elapsedMs >= lengthMs) return { low: spent, expected: spent, high: spent };
  if (elapsedMs <= 0) return null;
  const rest = spent > 0n ? divideNano(spent * BigInt(lengthMs - elapsedMs), elapsedMs) : 0n;
  return { low: spent + rest / 2n, expected: spent + rest, high: spent + (rest * 3n + 1n) / 2n };
}

/** How it is doing: what it will have cost against what it was to cost. */
export function courseOf(spent: Nano, elapsed: Elapsed, plan: CostRange | null): Course {
  const end = projectedEnd(spent, elapsed);
  // What is spent already is too much at any hour.
  const isOver = plan !== null && spent > plan.high;
  if (!end || (isEarly(elapsed) && !isOver)) return { state: 'too_early' };
  const cost = end.expected;
  if (!plan || plan.expected <= 0n) return { state: 'no_plan', cost };
  const percent = Number(divideNano(100n * (cost - plan.expected), plan.expected));
  const state = cost > plan.high ? 'above' : cost < plan.low ? 'below' : 'as_planned';
  return { state, cost, percent };
}

function isEarly({ elapsedMs, lengthMs }: Elapsed): boolean {
  return elapsedMs < Math.min(EARLY_MS, lengthMs / 10);
}

/**
 * When credits run out if as much goes on being spent as since the event began.
 * @param balance at `at`. @param spent of all the account.
 * @returns `null`: not in sight.
 */
export function creditsLastUntil(
  balance: Nano,
  spent: Nano,
  { elapsedMs }: Elapsed,
  at: Temporal.Instant,
): Temporal.Instant | null {
  if (balance <= 0n) return at;
  if (spent <= 0n || elapsedMs <= 0) return null;
  const leftMs = (balance * BigInt(elapsedMs)) / spent;
  return leftMs > HORIZON_MS ? null : at.add({ milliseconds: Number(leftMs) });
}

/** A part of a cost for each of so many; `null` where there is none. */
export function perEach(cost: Nano, count: number | null): Nano | null {
  return count === null || count <= 0 ? null : divideNano(cost, count);
}
