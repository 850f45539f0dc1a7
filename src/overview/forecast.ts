import type { Nano } from '../money.ts';

/** What a calendar day cost. */
export interface DayCost {
  date: Temporal.PlainDate;
  /** What is known of it; `null` where nothing is. */
  cost: Nano | null;
  /** Whether that is all of it. Today's never is. */
  isWhole: boolean;
}

/** What the month will have cost when it is over, nano-USD: `low <= expected <= high`. */
export interface Forecast {
  low: Nano;
  expected: Nano;
  high: Nano;
}

/** Why there is no forecast. */
export type NoForecastReason = 'history_too_short';

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
/** Standard deviations either way: four times of five the month ends within. */
const SPREAD = 1.28;

/**
 * Forecasts what the month of `now` will have cost.
 *
 * What was spent stays as it is. To it comes, for what is left of today, for every day to come and
 * for those of which something is missing, what such a weekday usually costs:
 *
 * 1. The whole days of the last eight weeks are the basis; seven at least.
 * 2. A day above the 90th percentile counts as much as the day there, and the highest never more
 *    than the second: a single event, however large, is no habit. One that comes every week is.
 * 3. Each weekday's cost is the mean of its days and, lightly, of all days. A day two weeks older
 *    counts half.
 * 4. The range is 1.28 standard deviations of the days around their weekday's mean, over the days
 *    still to come and over the mean itself, which is known the worse the fewer days there are.
 *
 * An estimate, so made with doubles; what was spent is added exactly, and nothing lies below it.
 */
export function monthForecast(
  days: readonly DayCost[],
  now: Temporal.ZonedDateTime,
): Forecast | NoForecastReason {
  const today = now.toPlainDate();
  const basis = usualDays(days, today);
  if (basis.length < MIN_KNOWN_DAYS) return 'history_too_short';
  const usual = weekdayCosts(basis);

  const known = new Map(days.map((day) => [day.date.toString(), day]));
  let spent = 0n;
  let rest = 0;
  let openDays = 0;
  for (let number = 1; number <= today.daysInMonth; number += 1) {
    const date = today.with({ day: number });
    const day = known.get(date.toString());
    spent += day?.cost ?? 0n;
    const isToday = date.equals(today);
    if (day?.isWhole && !isToday) continue;
    const left = isToday ? leftOfDay(now) : 1;
    // Of a day that is partly known, what is known has been counted already.
    const counted = isToday ? 0 : Number(day?.cost ?? 0n);
    rest += Math.max(0, usual(date.dayOfWeek) * left - counted);
    openDays += left;
  }

  const spread = SPREAD * spreadOf(basis, usual, openDays);
  const above = (amount: number) => spent + BigInt(Math.round(Math.max(0, amount)));
  return { low: above(rest - spread), expected: above(rest), high: above(rest + spread) };
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
  return (weekday) => weightedMean([...(byWeekday.get(weekday) ?? []), common]);
}

function weightedMean(days: readonly Pick<UsualDay, 'cost' | 'weight'>[]): number {
  return sum(days.map(({ cost, weight }) => cost * weight)) / totalWeight(days);
}

/** The standard deviation of what `openDays` days will cost. */
function spreadOf(
  basis: readonly UsualDay[],
  usual: (weekday: number) => number,
  openDays: number,
): number {
  const squares = basis.map(({ cost, weekday, weight }) => ({
    cost: (cost - usual(weekday)) ** 2,
    weight,
  }));
  const effectiveDays = totalWeight(basis) ** 2 / sum(basis.map(({ weight }) => weight * weight));
  return Math.sqrt(weightedMean(squares) * (openDays + openDays ** 2 / effectiveDays));
}

function totalWeight(days: readonly Pick<UsualDay, 'weight'>[]): number {
  return sum(days.map(({ weight }) => weight));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** From 1 as it begins to 0 as it ends, whether it has 23, 24 or 25 hours. */
function leftOfDay(now: Temporal.ZonedDateTime): number {
  const start = now.startOfDay();
  const end = start.add({ days: 1 }).startOfDay();
  return (
    (end.epochMilliseconds - now.epochMilliseconds) /
    (end.epochMilliseconds - start.epochMilliseconds)
  );
}
