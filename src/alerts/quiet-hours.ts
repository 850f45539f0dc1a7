import type { QuietHours } from './rule.ts';

/**
 * When the quiet hours end that it is now; `null` outside of them. They go by the clocks of the zone, from
 * one moment to another: a change of the clocks makes them an hour longer or shorter, never has them begin
 * twice or not end. Of a time that clocks skip, the one after counts; of one that comes twice, the first.
 */
export function quietUntil(
  quiet: QuietHours | null,
  timezone: string,
  now: Temporal.Instant,
): Temporal.Instant | null {
  if (!quiet) return null;
  const [from, until] = [quiet.from, quiet.until].map((time) => Temporal.PlainTime.from(time)) as [
    Temporal.PlainTime,
    Temporal.PlainTime,
  ];
  const order = Temporal.PlainTime.compare(from, until);
  if (order === 0) return null;
  const today = now.toZonedDateTimeISO(timezone).toPlainDate();
  const instant = (day: Temporal.PlainDate, time: Temporal.PlainTime) =>
    day.toZonedDateTime({ timeZone: timezone, plainTime: time }).toInstant();
  // Those that began the day before may last until today.
  for (const day of [today.subtract({ days: 1 }), today]) {
    const begins = instant(day, from);
    const ends = instant(order < 0 ? day : day.add({ days: 1 }), until);
    const isNow =
      Temporal.Instant.compare(begins, now) <= 0 && Temporal.Instant.compare(now, ends) < 0;
    if (isNow) return ends;
  }
  return null;
}
