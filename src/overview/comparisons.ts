import { bucketStart } from '../buckets.ts';
import type { Span } from '../usage/spans.ts';

export function isEmpty({ start, end }: Span): boolean {
  return start.epochMilliseconds >= end.epochMilliseconds;
}

/**
 * A period that lasts until now, and what it is measured against. The hour that is running is in the
 * first and in neither of the others: half an hour is not compared with a whole one.
 */
export interface Comparison {
  soFar: Span;
  /** Its hours that are over. */
  whole: Span;
  /** The same part of the period before. */
  before: Span;
}

export const COMPARISONS = ['today', 'last_24h', 'month'] as const;
export type ComparisonName = (typeof COMPARISONS)[number];

/**
 * Today against yesterday until the same time by the clock, the last 24 hours against those before
 * them, this month against last month until the same day and time, or all of it where it is
 * shorter. Every edge but now is one of the zone's hours (`bucketStart`).
 */
export function comparisonsAt(
  now: Temporal.Instant,
  timezone: string,
): Record<ComparisonName, Comparison> {
  const hour = bucketStart(now, 'hour', timezone);
  const today = bucketStart(now, 'day', timezone);
  const yesterday = today.subtract({ days: 1 }).startOfDay();
  const month = bucketStart(now, 'month', timezone);
  const lastMonth = month.subtract({ months: 1 }).startOfDay();
  const hoursBefore = (hours: number) =>
    bucketStart(hour.toInstant().subtract({ hours }), 'hour', timezone);
  return {
    today: comparison(now, hour, today, {
      start: yesterday,
      end: sameTime(yesterday.toPlainDate(), hour),
    }),
    last_24h: comparison(now, hour, hoursBefore(24), {
      start: hoursBefore(48),
      end: hoursBefore(24),
    }),
    month: comparison(now, hour, month, {
      start: lastMonth,
      end:
        hour.day > lastMonth.daysInMonth
          ? month
          : sameTime(lastMonth.toPlainDate().with({ day: hour.day }), hour),
    }),
  };
}

type Edges = Record<'start' | 'end', Temporal.ZonedDateTime>;

/** @param start of the period; the one before it ends there at the latest. */
function comparison(
  now: Temporal.Instant,
  hour: Temporal.ZonedDateTime,
  start: Temporal.ZonedDateTime,
  before: Edges,
): Comparison {
  return {
    soFar: { start: start.toInstant(), end: now },
    whole: { start: start.toInstant(), end: within(hour, start, hour).toInstant() },
    before: {
      start: before.start.toInstant(),
      end: within(before.end, before.start, start).toInstant(),
    },
  };
}

/** That day's hour at the same time by the clock. */
function sameTime(day: Temporal.PlainDate, hour: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  const zoned = day.toZonedDateTime({ timeZone: hour.timeZoneId, plainTime: hour.toPlainTime() });
  // Where the clock skips that time, it is put forward, perhaps into the middle of an hour.
  return bucketStart(zoned.toInstant(), 'hour', hour.timeZoneId);
}

function within(
  moment: Temporal.ZonedDateTime,
  first: Temporal.ZonedDateTime,
  last: Temporal.ZonedDateTime,
): Temporal.ZonedDateTime {
  const isBefore = (a: Temporal.ZonedDateTime, b: Temporal.ZonedDateTime) =>
    Temporal.ZonedDateTime.compare(a, b) < 0;
  return isBefore(moment, first) ? first : isBefore(last, moment) ? last : moment;
}
