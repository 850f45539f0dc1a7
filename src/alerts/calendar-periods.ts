import { bucketStart, nextBucket } from '../buckets.ts';

/** How long a period that is over is still looked at, in hours: what was used at its end comes late. */
const LATE_HOURS = 3;

/** A day, week or month of an account's calendar. */
export interface CalendarPeriod {
  /** Its first day, such as `2026-11-27`. */
  day: string;
  start: Temporal.ZonedDateTime;
  /** Not in it. */
  end: Temporal.ZonedDateTime;
  isOver: boolean;
}

/** The period of a moment, and for a while the one before it, oldest first. */
export function periodsAt(
  now: Temporal.Instant,
  resolution: 'day' | 'week' | 'month',
  timezone: string,
): CalendarPeriod[] {
  const start = bucketStart(now, resolution, timezone);
  const current = periodFrom(start, resolution, false);
  if (start.toInstant().until(now).total('hours') >= LATE_HOURS) return [current];
  const before = bucketStart(start.toInstant().subtract({ seconds: 1 }), resolution, timezone);
  return [periodFrom(before, resolution, true), current];
}

function periodFrom(
  start: Temporal.ZonedDateTime,
  resolution: 'day' | 'week' | 'month',
  isOver: boolean,
): CalendarPeriod {
  return { day: start.toPlainDate().toString(), start, end: nextBucket(start, resolution), isOver };
}
