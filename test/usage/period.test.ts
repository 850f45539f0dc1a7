import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { presetPeriod, resolvePeriod } from '../../src/usage/period.ts';

const now = Temporal.Instant.from('2026-03-10T18:20:30.5Z');
const timezone = 'America/Mexico_City';

function resolve(start?: string, end?: string, zone = timezone) {
  const period = resolvePeriod({ start, end, timezone: zone }, now);
  return [period.start.toString(), period.end.toString(), period.resolution];
}

describe('a period from dates', () => {
  test('without dates is exactly the last 24 hours', () => {
    expect(resolve()).toEqual(['2026-03-09T18:20:30.5Z', '2026-03-10T18:20:30.5Z', 'hour']);
  });

  test('a bare end date is a whole day in the zone, so the end day is included', () => {
    expect(resolve('2026-01-01', '2026-01-12')).toEqual([
      '2026-01-01T06:00:00Z',
      '2026-01-13T06:00:00Z',
      'day',
    ]);
  });

  test('the same start and end date is that one day', () => {
    const day = ['2026-01-05T06:00:00Z', '2026-01-06T06:00:00Z', 'hour'];
    expect(resolve('2026-01-05', '2026-01-05')).toEqual(day);
    expect(resolve(undefined, '2026-01-05')).toEqual(day);
  });

  test('a date-time is an instant, and an end instant is exclusive', () => {
    expect(resolve('2026-01-01T00:00:00Z', '2026-01-12T23:59:59Z')).toEqual([
      '2026-01-01T00:00:00Z',
      '2026-01-12T23:59:59Z',
      'day',
    ]);
    expect(resolve('2026-01-05T10:00-05:00', '2026-01-05T18:00+01:00').slice(0, 2)).toEqual([
      '2026-01-05T15:00:00Z',
      '2026-01-05T17:00:00Z',
    ]);
  });

  test('a date-time without an offset is local time in the zone', () => {
    expect(resolve('2026-01-05T10:00', '2026-01-05 12:00').slice(0, 2)).toEqual([
      '2026-01-05T16:00:00Z',
      '2026-01-05T18:00:00Z',
    ]);
  });

  test('without an end lasts until now', () => {
    expect(resolve('2026-03-10T18:00:00Z')[1]).toBe('2026-03-10T18:20:30.5Z');
  });

  test('a day on which clocks change has 23 or 25 hours', () => {
    expect(resolve('2025-03-09', '2025-03-09', 'America/New_York').slice(0, 2)).toEqual([
      '2025-03-09T05:00:00Z',
      '2025-03-10T04:00:00Z',
    ]);
    expect(resolve('2025-11-02', '2025-11-02', 'America/New_York').slice(0, 2)).toEqual([
      '2025-11-02T04:00:00Z',
      '2025-11-03T05:00:00Z',
    ]);
  });

  test('366 days are the most, whole leap years included', () => {
    expect(resolve('2024-01-01', '2024-12-31')[2]).toBe('day');
    expect(() => resolve('2024-01-01', '2025-01-01')).toThrow('end_date: period_too_long');
  });

  test.each([
    ['2026-02-02', '2026-02-01', 'end_date: start_not_before_end'],
    ['2026-02-01T10:00:00Z', '2026-02-01T10:00:00Z', 'end_date: start_not_before_end'],
    ['2026-03-11', '2026-03-12', 'start_date: start_in_future'],
    ['yesterday', undefined, 'start_date: date_not_understood'],
    ['2026-02-30', undefined, 'start_date: date_not_understood'],
    [undefined, '20260201', 'end_date: date_not_understood'],
    ['2026-03-05T10:00-05:00[America/New_York]', undefined, 'start_date: date_not_understood'],
    ['2026-01-01T25:00:00Z', undefined, 'start_date: date_not_understood'],
  ])('%s to %s is refused: %s', (start, end, message) => {
    expect(() => resolve(start, end)).toThrow(message);
  });

  test('whatever is written, the answer is a period that ends after it starts, or a clear refusal', () => {
    const date = fc
      .date({ min: new Date('2024-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })
      .chain((d) => fc.constantFrom(d.toISOString(), d.toISOString().slice(0, 10)));
    const zone = fc.constantFrom('UTC', 'America/Mexico_City', 'Europe/Madrid', 'Asia/Kathmandu');
    fc.assert(
      fc.property(fc.option(date), fc.option(date), zone, (start, end, inZone) => {
        try {
          const period = resolvePeriod(
            { start: start ?? undefined, end: end ?? undefined, timezone: inZone },
            now,
          );
          expect(Temporal.Instant.compare(period.start, period.end)).toBe(-1);
        } catch (error) {
          expect((error as Error).name).toBe('PeriodError');
        }
      }),
    );
  });
});

test.each([
  ['24h', '2026-03-09T18:20:30.5Z', 'hour'],
  ['7d', '2026-03-03T18:20:30.5Z', 'hour'],
  ['30d', '2026-02-08T18:20:30.5Z', 'day'],
] as const)('the preset %s starts at %s, by %s', (preset, start, resolution) => {
  const period = presetPeriod(preset, timezone, now);
  expect(period.start.toString()).toBe(start);
  expect(period.resolution).toBe(resolution);
});
