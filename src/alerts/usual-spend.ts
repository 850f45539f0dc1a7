/** What a span of hours usually costs, told from eight weeks. Estimates, so doubles, in nano-USD. */
export interface UsualSpend {
  /** What a span is said to be so many times of. */
  normal: number;
  /** Of what that is the usual cost. */
  basis: UsualBasis;
  /** Up to here it is within what happens here anyway. */
  bound: number;
}

/** The weekday and hour, or a day on which something is used at all: an event. */
type UsualBasis = 'weekday_hour' | 'used_day';

/** Costs of spans as long as the one in question. */
export interface SpendSamples {
  /** Of the same weekday, around the same hour. */
  sameWeekday: readonly number[];
  /** The most around the same hour, of each day. */
  sameHour: readonly number[];
  /** The most of each day, the latest last. */
  peaks: readonly number[];
}

/** With fewer days there is no habit to tell from. */
const MIN_DAYS = 14;
/** Who uses something on fewer of the days works by events, which may be at any hour. */
const STEADY_PART = 0.6;
/** With fewer events nobody knows what one costs. */
const MIN_EVENTS = 4;
/** With fewer of the weekday every day counts. */
const MIN_SAME_WEEKDAY = 6;
/** Days with more than that are rare: of eight weeks it is the third. */
const HIGH_PART = 0.95;
/** How far above the rare ones something must be. */
const HIGH_TIMES = 1.5;
/** In quiet hours this part of a day's usual most counts as normal: nothing would be exceeded by a cent. */
const QUIET_PART = 0.25;
/** Standard deviations, told by the median of how far samples lie from their median. */
const DEVIATIONS = 4;
const SIGMA_OF_MAD = 1.4826;
/** Who grows is compared with these days more than with those of two months ago, but not beyond measure. */
const RECENT_DAYS = 14;
const MAX_GROWTH = 1.5;

/**
 * What is usual, against outliers on both sides:
 *
 * 1. Normal is the median of the same weekday around the same hour. In hours in which little is used it is
 *    a quarter of what the most of a day usually is; of accounts that work by events, the median of the
 *    days that have one.
 * 2. The bound is half above what is rare (the 95th percentile of days): around the same hour where
 *    something is used on most days, at any hour where events come and go. Four deviations at least.
 * 3. Both grow with the account: by as much as the last two weeks' days are above all of them.
 *
 * @returns `null` where there are too few days, or events, to tell.
 */
export function usualSpend({ sameWeekday, sameHour, peaks }: SpendSamples): UsualSpend | null {
  if (peaks.length < MIN_DAYS) return null;
  const used = peaks.filter((peak) => peak > 0);
  if (used.length < MIN_EVENTS) return null;
  const isSteady = used.length >= peaks.length * STEADY_PART;
  const samples = sameWeekday.length >= MIN_SAME_WEEKDAY ? sameWeekday : sameHour;
  const growth = growthOf(peaks);
  const middle = medianOf(samples) * growth;
  const usualMost = medianOf(used) * growth;
  const deviation =
    medianOf(samples.map((sample) => Math.abs(sample * growth - middle))) *
    SIGMA_OF_MAD *
    DEVIATIONS;
  const high = quantileOf(isSteady ? sameHour : used, HIGH_PART) * HIGH_TIMES * growth;
  const bound = Math.max(high, middle + deviation);
  if (middle >= usualMost * QUIET_PART) return { normal: middle, basis: 'weekday_hour', bound };
  const quiet = isSteady ? usualMost * QUIET_PART : usualMost;
  return { normal: quiet, basis: isSteady ? 'weekday_hour' : 'used_day', bound };
}

/** By how many times the used days of late are above all of them; 1 at least. */
function growthOf(peaks: readonly number[]): number {
  const isUsed = (peak: number) => peak > 0;
  const recent = peaks.slice(-RECENT_DAYS).filter(isUsed);
  if (recent.length < MIN_EVENTS) return 1;
  const growth = medianOf(recent) / medianOf(peaks.filter(isUsed));
  return Math.min(Math.max(growth, 1), MAX_GROWTH);
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

/** The value that this part of the values does not exceed (nearest rank). */
function quantileOf(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(part * sorted.length) - 1] ?? 0;
}
