/** A day of a zone's calendar. */
export interface CalendarDay {
  /** When it begins, epoch ms. */
  startMs: number;
  /** Which one it is: days since 1970-01-01. */
  day: number;
}

const MS_PER_DAY = 86_400_000;
const NS_PER_MS = 1_000_000;

/**
 * The days of a zone from one on, without end. The zone is asked where its clocks change alone: between
 * two such moments days are equally long, and asking for each takes longer than what is done with it.
 * @param start of a day.
 */
export function* daysFrom(start: Temporal.ZonedDateTime): Generator<CalendarDay, never> {
  for (let zoned = start; ; ) {
    const { epochMilliseconds, timeZoneId } = zoned;
    const changeMs = zoned.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity;
    let day = calendarDayOf(zoned);
    // Where clocks go forward at midnight, a day begins later.
    let midnightMs = day * MS_PER_DAY - zoned.offsetNanoseconds / NS_PER_MS;
    yield { startMs: epochMilliseconds, day };
    while (midnightMs + MS_PER_DAY < changeMs) {
      midnightMs += MS_PER_DAY;
      day += 1;
      yield { startMs: midnightMs, day };
    }
    const last = Temporal.Instant.fromEpochMilliseconds(Math.max(midnightMs, epochMilliseconds));
    zoned = last.toZonedDateTimeISO(timeZoneId).add({ days: 1 }).startOfDay();
  }
}

/** Which day of its zone's calendar a moment is in: days since 1970-01-01. */
export function calendarDayOf(zoned: Temporal.ZonedDateTime): number {
  const localMs = zoned.epochMilliseconds + zoned.offsetNanoseconds / NS_PER_MS;
  return Math.floor(localMs / MS_PER_DAY);
}
