import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketStart, bucketsOf, nextBucket, RESOLUTIONS } from '../src/buckets.ts';
import { moments } from './support/zones.ts';

test('an instant lies in its bucket, and the bucket begins where it begins', () => {
  fc.assert(
    fc.property(moments, fc.constantFrom(...RESOLUTIONS), ({ instant, timezone }, resolution) => {
      const start = bucketStart(instant, resolution, timezone);
      const { epochMilliseconds } = instant;
      expect(start.epochMilliseconds).toBeLessThanOrEqual(epochMilliseconds);
      expect(nextBucket(start, resolution).epochMilliseconds).toBeGreaterThan(epochMilliseconds);
      expect(bucketStart(start.toInstant(), resolution, timezone).equals(start)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['2026-04-05', ['01:00:00+11:00', '01:30:00+10:30', '02:00:00+10:30']],
  ['2026-10-04', ['01:00:00+10:30', '02:30:00+11:00', '03:00:00+11:00']],
])('where clocks shift by half an hour, on %s, an hour is cut in two', (day, hours) => {
  const midnight = Temporal.PlainDate.from(day).toZonedDateTime('Australia/Lord_Howe');
  const buckets = bucketsOf(
    midnight.toInstant(),
    midnight.add({ hours: 5 }).epochMilliseconds,
    'hour',
    'Australia/Lord_Howe',
  );
  const stamps = buckets.map((bucket) => bucket.toString({ timeZoneName: 'never' }));
  expect(stamps.slice(1, 4)).toEqual(hours.map((hour) => `${day}T${hour}`));
});
