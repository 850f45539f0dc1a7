import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketsOf } from '../../src/buckets.ts';
import { type COMPARISONS, comparisonsAt } from '../../src/overview/comparisons.ts';
import type { Span } from '../../src/usage/spans.ts';

const ZONES = [
  'America/Mexico_City',
  'Europe/Madrid',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/Havana',
];

/** Any moment of some years, and often one near a change of the clocks or a new day. */
const moment = fc
  .record({
    day: fc.oneof(
      fc.integer({ min: 0, max: 1_500 }),
      fc.constantFrom(87, 88, 89, 94, 95, 275, 276, 277, 297, 298, 303, 304, 59, 60, 425),
    ),
    minute: fc.integer({ min: 0, max: 24 * 60 - 1 }),
  })
  .map(({ day, minute }) =>
    Temporal.Instant.from('2026-01-01T00:00:30Z').add({ hours: day * 24, minutes: minute }),
  );

const hours = ({ start, end }: Span) => start.until(end).total('hours');
const order = Temporal.Instant.compare;

test.each(ZONES)('every edge but now is one of the hours of %s, and all are in order', (zone) => {
  fc.assert(
    fc.property(moment, (now) => {
      for (const { soFar, whole, before } of Object.values(comparisonsAt(now, zone))) {
        expect(soFar.end).toBe(now);
        expect(order(soFar.start, whole.start)).toBe(0);
        const edges = [before.start, before.end, whole.start, whole.end, now];
        expect(edges.toSorted(order).map(String)).toEqual(edges.map(String));
        for (const edge of edges.slice(0, 4)) {
          const day = edge.toZonedDateTimeISO(zone).startOfDay().toInstant();
          const buckets = bucketsOf(day, edge.epochMilliseconds + 1, 'hour', zone);
          expect(buckets.at(-1)?.epochMilliseconds).toBe(edge.epochMilliseconds);
        }
        expect(hours({ start: whole.end, end: now })).toBeLessThan(1.5);
      }
    }),
  );
});

test.each(ZONES)('both parts are as long as each other in %s, but for moved clocks', (zone) => {
  fc.assert(
    fc.property(moment, (now) => {
      const { today, last_24h, month } = comparisonsAt(now, zone);
      for (const { whole, before } of [today, last_24h]) {
        expect(Math.abs(hours(whole) - hours(before))).toBeLessThanOrEqual(1);
      }
      expect(Math.abs(hours(last_24h.whole) - 24)).toBeLessThanOrEqual(0.5);
      // The end of a long month has no counterpart in a short one.
      expect(hours(month.before) - hours(month.whole)).toBeLessThanOrEqual(1);
      const local = now.toZonedDateTimeISO(zone);
      if (local.day <= 28) {
        expect(Math.abs(hours(month.whole) - hours(month.before))).toBeLessThanOrEqual(1);
      }
    }),
  );
});

/** The period before, as the zone's clock has it. */
function clock(now: string, zone: string, name: (typeof COMPARISONS)[number]): string[] {
  const { before } = comparisonsAt(Temporal.Instant.from(now), zone)[name];
  return [before.start, before.end].map((edge) =>
    edge.toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'minute' }),
  );
}

describe('what it is measured against', () => {
  test('is yesterday until the same hour by the clock, whatever the clocks did', () => {
    // 11 o'clock on the day Madrid's clocks went forward: ten hours of it are over.
    expect(clock('2026-03-29T09:20:00Z', 'Europe/Madrid', 'today')).toEqual([
      '2026-03-28T00:00',
      '2026-03-28T11:00',
    ]);
    expect(clock('2026-03-10T03:20:00Z', 'Asia/Kolkata', 'today')).toEqual([
      '2026-03-09T00:00',
      '2026-03-09T08:00',
    ]);
  });

  test('is the whole of a last month that has no such day', () => {
    expect(clock('2026-03-31T20:00:00Z', 'America/Mexico_City', 'month')).toEqual([
      '2026-02-01T00:00',
      '2026-03-01T00:00',
    ]);
    expect(clock('2026-01-05T18:30:00Z', 'America/Mexico_City', 'month')).toEqual([
      '2025-12-01T00:00',
      '2025-12-05T12:00',
    ]);
  });

  test('is nothing in the first minutes of a day', () => {
    const now = Temporal.Instant.from('2026-05-11T06:20:00Z');
    const { today } = comparisonsAt(now, 'America/Mexico_City');
    expect([hours(today.whole), hours(today.before)]).toEqual([0, 0]);
  });
});
