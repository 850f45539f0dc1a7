import { type Cadence, exists, periodBefore, type ReportPeriod } from './period.ts';

/** When a report is due, by the clock of a zone. */
export interface Timing {
  cadence: Cadence;
  localTime: Temporal.PlainTime;
  /** IANA name. */
  timezone: string;
  /** 1 is Monday; counts for weekly ones. */
  weekday: number;
  /** 1 to 31, or the month's last where it is shorter; counts for monthly ones. */
  monthDay: number;
}

/** A report that is due, about the last period that was over when its day began. */
export interface DueReport {
  at: Temporal.Instant;
  period: ReportPeriod;
}

/**
 * What came due after one instant and until another, the latest first. A time that clocks skip is as
 * much later as they skip, one that comes twice is the first: each day is due once.
 * @param most as many at most.
 */
export function dueReports(
  timing: Timing,
  after: Temporal.Instant,
  until: Temporal.Instant,
  most: number,
): DueReport[] {
  const found: DueReport[] = [];
  // A time that is skipped may be due on the day after its own.
  let day = until.toZonedDateTimeISO(timing.timezone).toPlainDate().add({ days: 1 });
  for (day = dayOf(timing, day); found.length < most; day = dayBefore(timing, day)) {
    const due = dueOn(timing, day);
    if (!due || Temporal.Instant.compare(due.at, until) > 0) continue;
    if (Temporal.Instant.compare(due.at, after) <= 0) break;
    found.push(due);
  }
  return found;
}

/** The first that comes due after an instant. */
export function nextDue(timing: Timing, after: Temporal.Instant): DueReport {
  const start = after.toZonedDateTimeISO(timing.timezone).toPlainDate().subtract({ days: 1 });
  for (let day = dayOf(timing, start); ; day = dayAfter(timing, day)) {
    const due = dueOn(timing, day);
    if (due && Temporal.Instant.compare(due.at, after) > 0) return due;
  }
}

function dueOn({ cadence, localTime, timezone }: Timing, day: Temporal.PlainDate) {
  // The day after stands in for a day that a zone left out, but is due itself, too.
  if (cadence === 'daily' && !exists(day, timezone)) return null;
  const at = day.toZonedDateTime({ timeZone: timezone, plainTime: localTime }).toInstant();
  return { at, period: periodBefore(cadence, day, timezone) };
}

/** The day of that day's own week or month on which it is due. */
function dayOf({ cadence, weekday, monthDay }: Timing, day: Temporal.PlainDate) {
  switch (cadence) {
    case 'daily':
      return day;
    case 'weekly':
      return day.add({ days: weekday - day.dayOfWeek });
    case 'monthly':
      return day.with({ day: Math.min(monthDay, day.daysInMonth) });
  }
}

function dayAfter(timing: Timing, day: Temporal.PlainDate): Temporal.PlainDate {
  return dayOf(timing, anchor(timing, day).add(STEPS[timing.cadence]));
}

function dayBefore(timing: Timing, day: Temporal.PlainDate): Temporal.PlainDate {
  return dayOf(timing, anchor(timing, day).subtract(STEPS[timing.cadence]));
}

const STEPS = { daily: { days: 1 }, weekly: { days: 7 }, monthly: { months: 1 } };

/** From the last of a month on, steps of a month would end on other days than they began. */
function anchor({ cadence }: Timing, day: Temporal.PlainDate): Temporal.PlainDate {
  return cadence === 'monthly' ? day.with({ day: 1 }) : day;
}
