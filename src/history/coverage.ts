import { toInstant, toMs } from '../store/values.ts';
import type { BucketState } from './answer.ts';
import type { DayCoverage } from './queries.ts';
import { type EpochDay, MS_PER_DAY } from './slots.ts';

/** Usage appears at fal with a delay of minutes: until then a bucket is still filling. */
export const LIVE_MS = 15 * 60_000;

/** What was read of a period. Pure. */
export interface Coverage {
  /** Of a bucket or a period: both in epoch ms, the end not in it. */
  stateOf(startMs: number, endMs: number): BucketState;
  /** Up to where there is something to say: buckets that begin later are not listed. Epoch ms. */
  untilMs: number;
  asOf: Temporal.Instant | null;
  /** Why sums over the whole period are lower bounds. */
  hasGaps: boolean;
  isIncomplete: boolean;
}

/**
 * @param days what was read of each UTC day that the period touches.
 * @param accounts how many accounts there are to be read.
 */
export function coverage(
  days: readonly DayCoverage[],
  accounts: number,
  period: { start: Temporal.Instant; end: Temporal.Instant },
  now: Temporal.Instant,
): Coverage {
  const nowMs = now.epochMilliseconds;
  const byDay = new Map(days.map((day) => [day.day, new CoveredDay(day, accounts, nowMs)]));
  const reachedMs = Math.min(nowMs, period.end.epochMilliseconds);
  const presentMs = presentOf(byDay, reachedMs, nowMs);
  const lastReadMs = Math.max(
    ...[reachedMs, presentMs].map((ms) => byDay.get(dayOf(ms - 1))?.lastReadMs ?? 0),
  );
  const isFresh = nowMs - lastReadMs < LIVE_MS;
  const untilMs = isFresh ? Math.min(reachedMs, lastReadMs) : reachedMs;

  function stateOf(startMs: number, endMs: number): BucketState {
    const until = Math.min(endMs, presentMs);
    if (until <= startMs) return 'live';
    let isSeen = false;
    let isWhole = true;
    let isFinal = true;
    for (let day = dayOf(startMs); dayStartMs(day) < until; day += 1) {
      const covered = byDay.get(day);
      const fromMs = Math.max(startMs, dayStartMs(day));
      const toMs = Math.min(until, dayStartMs(day + 1));
      isSeen ||= covered?.isSeen(fromMs) ?? false;
      isWhole &&= covered?.isWhole(toMs) ?? false;
      isFinal &&= covered?.isFinal ?? false;
    }
    if (!isSeen) return 'unknown';
    if (!isWhole) return 'partial';
    if (isFinal) return 'final';
    return endMs > nowMs - LIVE_MS ? 'live' : 'settling';
  }

  const startMs = period.start.epochMilliseconds;
  const state = stateOf(startMs, period.end.epochMilliseconds);
  const isIncomplete = [...byDay.values()].some((day) => !day.isComplete);
  return {
    stateOf,
    untilMs,
    asOf: asOf(days),
    hasGaps: state === 'unknown' || (state === 'partial' && hasGap(byDay, startMs, presentMs)),
    isIncomplete,
  };
}

/**
 * Up to where there is something to know, epoch ms. What was read a moment before a day began counts
 * up to now as at any other hour, so of a day that just began nothing is missing yet.
 */
function presentOf(
  days: ReadonlyMap<EpochDay, CoveredDay>,
  reachedMs: number,
  nowMs: number,
): number {
  const today = dayOf(reachedMs - 1);
  const beganMs = dayStartMs(today);
  const isNew = nowMs - beganMs < LIVE_MS && !days.get(today)?.isRead(reachedMs);
  return isNew && days.get(today - 1)?.isRead(nowMs) ? beganMs : reachedMs;
}

class CoveredDay {
  readonly lastReadMs: number;
  readonly isComplete: boolean;
  readonly isFinal: boolean;
  /** Up to where every account was read; a reading that is fresh counts as up to now. */
  readonly #readToMs: number;

  constructor(day: DayCoverage, accounts: number, nowMs: number) {
    const firstReadMs = toMs(day.firstReadAt);
    this.lastReadMs = toMs(day.lastReadAt);
    this.isComplete = day.isComplete;
    this.isFinal = day.isFinal;
    const isEverybody = day.accounts >= accounts;
    const readToMs = nowMs - firstReadMs < LIVE_MS ? nowMs : firstReadMs;
    this.#readToMs = isEverybody ? readToMs : -Infinity;
  }

  /** Whether some account was read beyond that moment. */
  isSeen(fromMs: number): boolean {
    return this.lastReadMs > fromMs;
  }

  isRead(toMs: number): boolean {
    return this.#readToMs >= toMs;
  }

  isWhole(toMs: number): boolean {
    return this.isComplete && this.isRead(toMs);
  }
}

function hasGap(days: ReadonlyMap<EpochDay, CoveredDay>, startMs: number, endMs: number): boolean {
  for (let day = dayOf(startMs); dayStartMs(day) < endMs; day += 1) {
    if (!days.get(day)?.isRead(Math.min(endMs, dayStartMs(day + 1)))) return true;
  }
  return false;
}

/** When the oldest part that may still change was read; where all is final, when it last was. */
function asOf(days: readonly DayCoverage[]): Temporal.Instant | null {
  const open = days.filter((day) => !day.isFinal).map((day) => day.firstReadAt);
  const oldest = open.sort()[0];
  const newest = days
    .map((day) => day.lastReadAt)
    .sort()
    .at(-1);
  const text = oldest ?? newest;
  return text === undefined ? null : toInstant(text);
}

function dayOf(ms: number): EpochDay {
  return Math.floor(ms / MS_PER_DAY);
}

function dayStartMs(day: EpochDay): number {
  return day * MS_PER_DAY;
}
