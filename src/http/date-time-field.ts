import { z } from 'zod';
import { refuse } from './failure.ts';

/** A date-time as somebody wrote it, for `instantOf` to understand. */
export const dateTimeField = z.string('date_not_understood').trim().max(64, 'date_not_understood');

/**
 * A date-time is in the zone unless it has an offset; where clocks skip it, it is the moment they
 * skip to, and where it comes twice the first.
 * @throws RequestError of that field.
 */
export function instantOf(field: string, text: string, timezone: string): Temporal.Instant {
  try {
    if (/[T ]\d\d:\d\d.*(?:z|[+-]\d\d(?::?\d\d)?)$/i.test(text)) {
      return Temporal.Instant.from(text).round({
        smallestUnit: 'millisecond',
        roundingMode: 'floor',
      });
    }
    if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?$/.test(text)) throw new RangeError(text);
    return Temporal.PlainDateTime.from(text).toZonedDateTime(timezone).toInstant();
  } catch {
    refuse(field, 'date_not_understood');
  }
}

/**
 * As a field of date and time has it: without an offset, and without seconds where there are none.
 * @param finest what is finer is left out.
 */
export function wallTime(
  at: Temporal.Instant,
  timezone: string,
  finest: 'minute' | 'second' = 'second',
): string {
  const wall = at.toZonedDateTimeISO(timezone).toPlainDateTime();
  return wall.toString({ smallestUnit: wall.second === 0 ? 'minute' : finest });
}
