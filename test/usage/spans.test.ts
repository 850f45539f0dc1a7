import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  COMPARISONS,
  daysUntil,
  presetSpan,
  SPAN_PRESETS,
  type Span,
  spanBefore,
} from '../../src/usage/spans.ts';

const ZONES = [
  'America/Mexico_City',
  'America/New_York',
  'Europe/Madrid',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'UTC',
];
const zones = fc.constantFrom(...ZONES);
const moments = fc
  .integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2027, 0, 1) })
  .map((ms) => Temporal.Instant.fromEpochMilliseconds(ms));

const local = (instant: Temporal.Instant, timezone: string) =>
  instant.toZonedDateTimeISO(timezone).toPlainDateTime().toString();

function shown({ start, end }: Span, timezone: string) {
  return [local(start, timezone), local(end, timezone)];
}

describe('a span by a word', () => {
  const now = Temporal.Instant.from('2026-03-08T03:20:30Z');

  test.each([
    ['America/Mexico_City', 'today', '2026-03-07T00:00:00', '2026-03-07T21:20:30'],
    ['America/Mexico_City', 'this_month', '2026-03-01T00:00:00', '2026-03-07T21:20:30'],
    ['America/Mexico_City', 'last_month', '2026-02-01T00:00:00', '2026-03-01T00:00:00'],
    ['Asia/Kolkata', 'today', '2026-03-08T00:00:00', '2026-03-08T08:50:30'],
    ['Asia/Kathmandu', 'today', '2026-03-08T00:00:00', '2026-03-08T09:05:30'],
    ['UTC', '24h', '2026-03-07T03:20:30', '2026-03-08T03:20:30'],
    ['UTC', '30d', '2026-02-06T03:20:30', '2026-03-08T03:20:30'],
  ] as const)('in %s, %s is %s to %s', (timezone, preset, start, end) => {
    expect(shown(presetSpan(preset, timezone, now), timezone)).toEqual([start, end]);
  });

  test('begins before it ends, at midnight where it is of the calendar, and ends by now', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SPAN_PRESETS), zones, moments, (preset, timezone, at) => {
        const { start, end } = presetSpan(preset, timezone, at);
        expect(Temporal.Instant.compare(start, end)).toBeLessThanOrEqual(0);
        expect(Temporal.Instant.compare(end, at)).toBeLessThanOrEqual(0);
        if (['today', 'this_month', 'last_month'].includes(preset)) {
          const zoned = start.toZonedDateTimeISO(timezone);
          expect(zoned.equals(zoned.startOfDay())).toBe(true);
        }
      }),
    );
  });
});

describe('what a span is compared with', () => {
  const now = Temporal.Instant.from('2026-03-31T12:00:00Z');
  const comparedWith = (
    preset: 'today' | 'this_month' | '7d',
    comparison: 'previous' | 'weekdays',
  ) => {
    const timezone = 'Europe/Madrid';
    const span = presetSpan(preset, timezone, now);
    return shown(spanBefore(span, { preset, comparison, timezone }, now), timezone);
  };

  test('is of today yesterday, until the same time', () => {
    expect(comparedWith('today', 'previous')).toEqual([
      '2026-03-30T00:00:00',
      '2026-03-30T14:00:00',
    ]);
  });

  test('is of today the same weekday a week ago', () => {
    expect(comparedWith('today', 'weekdays')).toEqual([
      '2026-03-24T00:00:00',
      '2026-03-24T14:00:00',
    ]);
  });

  test('is of a month all of a shorter one before it, and no day of its own', () => {
    expect(comparedWith('this_month', 'previous')).toEqual([
      '2026-02-01T00:00:00',
      '2026-02-28T14:00:00',
    ]);
  });

  test('is of the last days as many hours before them, whatever clocks did', () => {
    expect(comparedWith('7d', 'previous')).toEqual(['2026-03-17T13:00:00', '2026-03-24T13:00:00']);
  });

  test('is of whole days as many whole days, also where one has 23 hours', () => {
    const timezone = 'Europe/Madrid';
    const day = (text: string) =>
      Temporal.PlainDate.from(text).toZonedDateTime(timezone).toInstant();
    const span = { start: day('2026-03-28'), end: day('2026-03-31') };
    const compared = spanBefore(span, { preset: 'custom', comparison: 'previous', timezone }, now);
    expect(shown(compared, timezone)).toEqual(['2026-03-25T00:00:00', '2026-03-28T00:00:00']);
  });

  test('never overlaps it, lies before it and is not longer than it by a day', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SPAN_PRESETS),
        fc.constantFrom(...COMPARISONS),
        zones,
        moments,
        (preset, comparison, timezone, at) => {
          const span = presetSpan(preset, timezone, at);
          const { start, end } = spanBefore(span, { preset, comparison, timezone }, at);
          expect(Temporal.Instant.compare(end, span.start)).toBeLessThanOrEqual(0);
          expect(Temporal.Instant.compare(start, end)).toBeLessThanOrEqual(0);
          const longer =
            start.until(end).total('hours') - span.start.until(span.end).total('hours');
          const isMonth = preset === 'last_month' && comparison === 'previous';
          expect(longer).toBeLessThanOrEqual(isMonth ? 3 * 24 + 1 : 1);
        },
      ),
    );
  });

  test('of the same weekdays begins on the same weekday at the same time', () => {
    fc.assert(
      fc.property(zones, moments, fc.integer({ min: 1, max: 60 }), (timezone, at, days) => {
        const end = at.toZonedDateTimeISO(timezone).startOfDay();
        const start = end.subtract({ days });
        const span = { start: start.toInstant(), end: end.toInstant() };
        const asked = { preset: 'custom', comparison: 'weekdays', timezone } as const;
        const found = spanBefore(span, asked, at).start.toZonedDateTimeISO(timezone);
        expect(found.dayOfWeek).toBe(start.dayOfWeek);
        expect(found.equals(found.startOfDay())).toBe(true);
        expect(daysUntil(start, span.end, timezone)).toBe(days);
      }),
    );
  });
});
