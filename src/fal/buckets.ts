import { FalError } from './errors.ts';
import type { Timeframe, Window } from './windows.ts';

const LONGEST_BUCKET = {
  minute: { minutes: 1 },
  hour: { hours: 1 },
  day: { hours: 25 },
} as const satisfies Record<Timeframe, Temporal.DurationLike>;

/**
 * A bucket stamp to the instant the bucket begins. fal's documentation says both "UTC" and "the
 * user's zone with offset", so the offset is read, never cut off; without one it is local time.
 */
function parseBucket(stamp: string, timezone: string): Temporal.Instant {
  return /(?:z|[+-]\d\d:?\d\d)$/i.test(stamp)
    ? Temporal.Instant.from(stamp)
    : Temporal.PlainDateTime.from(stamp).toZonedDateTime(timezone).toInstant();
}

/**
 * Reads a bucket stamp and makes sure it answers the window asked for: fal seems to ignore
 * parameters it does not know and then sends the last 24 hours.
 * @throws FalError `fal_bad_response`
 */
export function bucketInWindow(
  stamp: string,
  { timeframe, timezone }: { timeframe: Timeframe; timezone: string },
  window: Window,
  path: string,
): Temporal.Instant {
  let bucket: Temporal.Instant;
  try {
    bucket = parseBucket(stamp, timezone);
  } catch (cause) {
    throw new FalError('fal_bad_response', `${path}: not a bucket: ${stamp.slice(0, 40)}`, {
      cause,
    });
  }
  // The first bucket may begin before the window: it is the one the window begins in.
  const before = Temporal.Instant.compare(bucket.add(LONGEST_BUCKET[timeframe]), window.start) <= 0;
  const after = Temporal.Instant.compare(bucket, window.end) >= 0;
  if (before || after) {
    throw new FalError(
      'fal_bad_response',
      `${path}: answered another period than asked (${stamp})`,
    );
  }
  return bucket;
}
