import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketStart } from '../../src/buckets.ts';
import { splitPeriod, type Timeframe } from '../../src/fal/windows.ts';
import { moments } from '../support/zones.ts';

const HOURS = { minute: 12, hour: 48, day: 48 * 24 } as const;

/** Periods of a few windows' length, and how they are cut. */
const questions = fc
  .record({
    moment: moments,
    timeframe: fc.constantFrom<Timeframe>('minute', 'hour', 'day'),
    length: fc.double({ min: 0, max: 4, noNaN: true }),
  })
  .map(({ moment: { instant: start, timezone }, timeframe, length }) => {
    const milliseconds = Math.round(length * HOURS[timeframe] * 3_600_000);
    const period = { start, end: start.add({ milliseconds }) };
    return { period, timeframe, timezone, windows: splitPeriod(period, timeframe, timezone) };
  });

/** Whether a bucket of the timeframe begins here; local time says so for minutes. */
function isEdge(instant: Temporal.Instant, timeframe: Timeframe, timezone: string): boolean {
  if (timeframe === 'minute') return instant.epochMilliseconds % 60_000 === 0;
  return bucketStart(instant, timeframe, timezone).toInstant().equals(instant);
}

test('windows touch and cover exactly the period', () => {
  fc.assert(
    fc.property(questions, ({ period, windows }) => {
      const edges = [period.start, ...windows.map(({ end }) => end)].map(String);
      expect(windows.map(({ start }) => String(start))).toEqual(edges.slice(0, -1));
      expect(edges.at(-1)).toBe(String(period.end));
      for (const { start, end } of windows) {
        expect(end.epochMilliseconds).toBeGreaterThan(start.epochMilliseconds);
      }
    }),
    { numRuns: 500 },
  );
});

test('no bucket is asked for twice', () => {
  fc.assert(
    fc.property(questions, ({ windows, timeframe, timezone }) => {
      for (const { start } of windows.slice(1)) {
        expect(isEdge(start, timeframe, timezone)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['minute', '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z', 2],
  ['hour', '2026-03-01T00:00:00Z', '2026-03-31T00:00:00Z', 15],
  ['day', '2026-01-01T00:00:00Z', '2026-04-07T00:00:00Z', 2],
] as const)('by %s, %s to %s are %i questions', (timeframe, start, end, count) => {
  const period = { start: Temporal.Instant.from(start), end: Temporal.Instant.from(end) };
  expect(splitPeriod(period, timeframe, 'UTC')).toHaveLength(count);
});

test('half hours and quarters of them are edges of minutes, not of hours of UTC', () => {
  const start = Temporal.Instant.from('2026-03-01T18:15:00Z');
  const period = { start, end: start.add({ hours: 13 }) };
  expect(splitPeriod(period, 'minute', 'Asia/Kathmandu').map(({ end }) => String(end))).toEqual([
    '2026-03-02T06:15:00Z',
    '2026-03-02T07:15:00Z',
  ]);
});
