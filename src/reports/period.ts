import type { Span } from '../usage/spans.ts';

/** How often a report is made, and how long what it is about. */
export const CADENCES = ['daily', 'weekly', 'monthly'] as const;
export type Cadence = (typeof CADENCES)[number];

export function isCadence(value: unknown): value is Cadence {
  return CADENCES.some((cadence) => cadence === value);
}

/** A day, an ISO week (Monday to Sunday) or a calendar month in a zone. */
export interface ReportPeriod {
  cadence: Cadence;
  firstDay: Temporal.PlainDate;
  /** The day after the last. */
  endDay: Temporal.PlainDate;
  /** IANA name. */
  timezone: string;
}

/** The period that a day is in. */
export function periodWith(
  cadence: Cadence,
  day: Temporal.PlainDate,
  timezone: string,
): ReportPeriod {
  const firstDay = firstDayOf(cadence, day);
  const length = { daily: { days: 1 }, weekly: { days: 7 }, monthly: { months: 1 } }[cadence];
  return { cadence, firstDay, endDay: firstDay.add(length), timezone };
}

function firstDayOf(cadence: Cadence, day: Temporal.PlainDate): Temporal.PlainDate {
  switch (cadence) {
    case 'daily':
      return day;
    case 'weekly':
      return day.subtract({ days: day.dayOfWeek - 1 });
    case 'monthly':
      return day.with({ day: 1 });
  }
}

/** The last one that was over before a day began. */
export function periodBefore(
  cadence: Cadence,
  day: Temporal.PlainDate,
  timezone: string,
): ReportPeriod {
  let last = firstDayOf(cadence, day).subtract({ days: 1 });
  // A zone that moved across the date line never had that day.
  while (!exists(last, timezone)) last = last.subtract({ days: 1 });
  return periodWith(cadence, last, timezone);
}

/** The one before it, which it is compared with. */
export function previous({ cadence, firstDay, timezone }: ReportPeriod): ReportPeriod {
  return periodBefore(cadence, firstDay, timezone);
}

/** From the first moment of its first day to that of the day after its last. */
export function spanOf({ firstDay, endDay, timezone }: ReportPeriod): Span {
  const start = firstDay.toZonedDateTime(timezone).toInstant();
  return { start, end: endDay.toZonedDateTime(timezone).toInstant() };
}

/** Whether a zone's calendar has that day at all. */
export function exists(day: Temporal.PlainDate, timezone: string): boolean {
  return day.toZonedDateTime(timezone).toPlainDate().equals(day);
}
