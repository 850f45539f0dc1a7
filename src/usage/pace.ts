import type { Nano } from '../money.ts';

/** What a calendar day cost. */
export interface DayCost {
  date: Temporal.PlainDate;
  /** What is known of it; `null` where nothing is. */
  cost: Nano | null;
  /** Whether that is all of it. Today's never is. */
  isWhole: boolean;
}

/**
 * What days usually cost, and how sure that is. Estimates, so doubles, in nano-USD.
 */
export interface Pace {
  /** What a weekday costs, 1 being Monday. */
  usual: (weekday: number) => number;
  /** By how much so many days, and parts of days, together may cost more or less. */
  spread: (days: number) => number;
}

/** Why there is none. */
export type NoPaceReason = 'history_too_short';

/** The days it is made from: eight of every weekday. */
export const BASIS_DAYS = 56;
/** With fewer there would be a weekday that nobody has seen. */
const MIN_KNOWN_DAYS = 7;
/** A day this much older counts half. */
const HALF_LIFE_DAYS = 14;
/** Costs above that of this part of the days count as much as that one. */
const USUAL_PART = 0.9;
/** How much of a day's weight the mean of all days has in each weekday's. */
const COMMON_WEIGHT = 0.5;
/** Standard deviations either way: four times of five the cost lies within. */
const SPREAD = 1.28;

/**
 * The recent pace of spending:
 *
 * 1. The whole days of the eight weeks before `today` are the basis; seven at least.
 * 2. A day above the 90th percentile counts as much as the day there, and the highest never more
 *    than the second: a single event, however large, is no habit. One that comes every week is.
 * 3. Each weekday's cost is the mean of its days and, lightly, of all days. A day two weeks older
 *    counts half.
 * 4. The spread is 1.28 standard deviations of the days around their weekday's mean, over the days
 *    asked for and over the mean itself, which is known the worse the fewer days there are.
 */
export function paceOf(days: readonly DayCost[], today: Temporal.PlainDate): Pace | NoPaceReason {
  const basis = usualDays(days, today);
  if (basis.length < MIN_KNOWN_DAYS) return 'history_too_short';
  const usual = weekdayCosts(basis);
  const variance = weightedMean(
    basis.map(({ cost, weekday, weight }) => ({ cost: (cost - usual(weekday)) ** 2, weight })),
  );
  const effectiveDays = totalWeight(basis) ** 2 / sum(basis.map(({ weight }) => weight * weight));
  return {
    usual,
    spread: (count) => SPREAD * Math.sqrt(variance * (count + count ** 2 / effectiveDays)),
  };
}

/** From 1 as the day begins to 0 as it ends, whether it has 23, 24 or 25 hours. */
export function leftOfDay(now: Temporal.ZonedDateTime): number {
  const start = now.startOfDay();
  const end = start.add({ days: 1 }).startOfDay();
  return (
    (end.epochMilliseconds - now.epochMilliseconds) /
    (end.epochMilliseconds - start.epochMilliseconds)
  );
}

/** A day of the basis: what it counts for. */
interface UsualDay {
  cost: number;
  weekday: number;
  /** 1 for a day that just ended, half of that two weeks earlier. */
  weight: number;
}

function usualDays(days: readonly DayCost[], today: Temporal.PlainDate): UsualDay[] {
  const basis = days.flatMap(({ date, cost, isWhole }) => {
    const age = date.until(today).days;
    if (cost === null || !isWhole || age < 1 || age > BASIS_DAYS) return [];
    const weight = 0.5 ** ((age - 1) / HALF_LIFE_DAYS);
    return [{ cost: Number(cost), weekday: date.dayOfWeek, weight }];
  });
  const ordered = basis.map(({ cost }) => cost).sort((a, b) => a - b);
  const rank = Math.min(Math.ceil(USUAL_PART * ordered.length), ordered.length - 1);
  const most = ordered[rank - 1] ?? Infinity;
  return basis.map((day) => ({ ...day, cost: Math.min(day.cost, most) }));
}

/** What a weekday usually costs, 1 being Monday. */
function weekdayCosts(basis: readonly UsualDay[]): (weekday: number) => number {
  const common = { cost: weightedMean(basis), weight: COMMON_WEIGHT };
  const byWeekday = Map.groupBy(basis, ({ weekday }) => weekday);
  const costs = new Map(
    byWeekday.entries().map(([weekday, days]) => [weekday, weightedMean([...days, common])]),
  );
  return (weekday) => costs.get(weekday) ?? common.cost;
}

function weightedMean(days: readonly Pick<UsualDay, 'cost' | 'weight'>[]): number {
  return sum(days.map(({ cost, weight }) => cost * weight)) / totalWeight(days);
}

function totalWeight(days: readonly Pick<UsualDay, 'weight'>[]): number {
  return sum(days.map(({ weight }) => weight));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
