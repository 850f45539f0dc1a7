import type { Nano } from '../money.ts';
import { type DayCost, leftOfDay, type NoPaceReason, paceOf } from '../usage/pace.ts';

/** What a period will have cost when it is over, nano-USD: `low <= expected <= high`. */
export interface Forecast {
  low: Nano;
  expected: Nano;
  high: Nano;
}

/** Forecasts what the month of `now` will have cost. */
export function monthForecast(
  days: readonly DayCost[],
  now: Temporal.ZonedDateTime,
): Forecast | NoPaceReason {
  const today = now.toPlainDate();
  return periodForecast(days, now, { first: today.with({ day: 1 }), days: today.daysInMonth });
}

/**
 * Forecasts what some days, of which `now` is in one, will have cost: what was spent stays as it is; to it comes, for
 * what is left of today, for every day to come and for those of which something is missing, what
 * such a weekday usually costs, and as far either way as the pace is unsure.
 *
 * An estimate, so made with doubles; what was spent is added exactly, and nothing lies below it.
 */
export function periodForecast(
  days: readonly DayCost[],
  now: Temporal.ZonedDateTime,
  period: { first: Temporal.PlainDate; days: number },
): Forecast | NoPaceReason {
  const today = now.toPlainDate();
  const pace = paceOf(days, today);
  if (typeof pace === 'string') return pace;

  const known = new Map(days.map((day) => [day.date.toString(), day]));
  let spent = 0n;
  let rest = 0;
  let openDays = 0;
  for (let number = 0; number < period.days; number += 1) {
    const date = period.first.add({ days: number });
    const day = known.get(date.toString());
    spent += day?.cost ?? 0n;
    const isToday = date.equals(today);
    if (day?.isWhole && !isToday) continue;
    const left = isToday ? leftOfDay(now) : 1;
    // Of a day that is partly known, what is known has been counted already.
    const counted = isToday ? 0 : Number(day?.cost ?? 0n);
    rest += Math.max(0, pace.usual(date.dayOfWeek) * left - counted);
    openDays += left;
  }

  const spread = pace.spread(openDays);
  const above = (amount: number) => spent + BigInt(Math.round(Math.max(0, amount)));
  return { low: above(rest - spread), expected: above(rest), high: above(rest + spread) };
}
