import { daysFrom } from './calendar-days.ts';

/** How finely a period is cut. */
export type Resolution = 'hour' | 'day' | 'week' | 'month';

/** From the finest to the coarsest. */
export const RESOLUTIONS = ['hour', 'day', 'week', 'month'] as const satisfies Resolution[];

/**
 * The start of the bucket an instant falls in, in a zone; days may have 23 or 25 hours, weeks begin
 * on Monday (ISO 8601). Where clocks shift by half an hour (Lord Howe Island), an hour is cut in two.
 */
export function bucketStart(
  instant: Temporal.Instant,
  resolution: Resolution,
  timezone: string,
): Temporal.ZonedDateTime {
  const zoned = instant.toZonedDateTimeISO(timezone);
  switch (resolution) {
    case 'hour':
      return hourStart(zoned);
    case 'day':
      return zoned.startOfDay();
    case 'week':
      return zoned.subtract({ days: zoned.dayOfWeek - 1 }).startOfDay();
    case 'month':
      return zoned.with({ day: 1 }).startOfDay();
  }
}

function hourStart(zoned: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  const start = zoned.subtract({
    minutes: zoned.minute,
    seconds: zoned.second,
    milliseconds: zoned.millisecond,
    microseconds: zoned.microsecond,
    nanoseconds: zoned.nanosecond,
  });
  if (start.minute === 0) return start;
  // As many minutes back, beyond a shift of half an hour, is the middle of another hour.
  return zoned.add({ nanoseconds: 1 }).getTimeZoneTransition('previous') ?? start;
}

/** The start of the bucket after the one that begins at `bucket`. */
export function nextBucket(
  bucket: Temporal.ZonedDateTime,
  resolution: Resolution,
): Temporal.ZonedDateTime {
  // Cut again: where clocks shift by half an hour, an hour later is not where an hour begins.
  return bucketStart(
    bucket.add({ [`${resolution}s`]: 1 }).toInstant(),
    resolution,
    bucket.timeZoneId,
  );
}

/**
 * The buckets that a period touches, in order.
 * @param untilMs exclusive, epoch ms.
 */
export function bucketsOf(
  start: Temporal.Instant,
  untilMs: number,
  resolution: Resolution,
  timezone: string,
): Temporal.ZonedDateTime[] {
  const buckets: Temporal.ZonedDateTime[] = [];
  let bucket = bucketStart(start, resolution, timezone);
  if (resolution === 'day') {
    for (const { startMs } of daysFrom(bucket)) {
      if (startMs >= untilMs) return buckets;
      buckets.push(Temporal.Instant.fromEpochMilliseconds(startMs).toZonedDateTimeISO(timezone));
    }
  }
  while (bucket.epochMilliseconds < untilMs) {
    buckets.push(bucket);
    bucket = nextBucket(bucket, resolution);
  }
  return buckets;
}
