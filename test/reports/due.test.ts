import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueReports, nextDue, type Timing } from '../../src/reports/due.ts';
import { CADENCES, periodBefore, periodWith, previous, spanOf } from '../../src/reports/period.ts';

const ZONES = [
  'UTC',
  'America/Mexico_City',
  'America/New_York',
  'Europe/Madrid',
  'America/Nuuk',
  'America/Havana',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kwajalein',
  'Asia/Kathmandu',
];

function timing(fields: Partial<Timing> = {}): Timing {
  return {
    ...{ cadence: 'daily', localTime: Temporal.PlainTime.from('09:00'), timezone: 'UTC' },
    ...{ weekday: 1, monthDay: 1 },
    ...fields,
  };
}

const at = Temporal.Instant.from;
/** Times of Temporal have no fields that could be compared. */
const plain = (value: unknown) => JSON.stringify(value);

/** `at` and first day of what comes due between two instants, the first first. */
function due(fields: Partial<Timing>, after: string, until: string) {
  const zone = fields.timezone ?? 'UTC';
  return dueReports(timing(fields), at(after), at(until), 100)
    .reverse()
    .map(({ at, period }) => {
      const local = at.toZonedDateTimeISO(zone).toString({ timeZoneName: 'never' });
      return [local, period.firstDay.toString()];
    });
}

describe('a report is due', () => {
  test('every day at its time, about the day before', () => {
    const zone = { timezone: 'America/Mexico_City' };
    expect(due(zone, '2026-11-25T15:00Z', '2026-11-27T15:00Z')).toEqual([
      ['2026-11-26T09:00:00-06:00', '2026-11-25'],
      ['2026-11-27T09:00:00-06:00', '2026-11-26'],
    ]);
  });

  test('on its weekday, about the last week from Monday to Sunday', () => {
    const weekly = { cadence: 'weekly' as const };
    expect(due({ ...weekly, weekday: 1 }, '2026-11-20T00:00Z', '2026-11-27T00:00Z')).toEqual([
      ['2026-11-23T09:00:00+00:00', '2026-11-16'],
    ]);
    // On a Sunday that week is not over.
    expect(due({ ...weekly, weekday: 7 }, '2026-11-20T00:00Z', '2026-11-27T00:00Z')).toEqual([
      ['2026-11-22T09:00:00+00:00', '2026-11-09'],
    ]);
  });

  test('on its day of the month, or the last of a shorter one, about the month before', () => {
    const monthly = { cadence: 'monthly' as const, monthDay: 31 };
    expect(due(monthly, '2028-01-15T00:00Z', '2028-05-01T00:00Z')).toEqual([
      ['2028-01-31T09:00:00+00:00', '2027-12-01'],
      ['2028-02-29T09:00:00+00:00', '2028-01-01'],
      ['2028-03-31T09:00:00+00:00', '2028-02-01'],
      ['2028-04-30T09:00:00+00:00', '2028-03-01'],
    ]);
  });

  test('once where clocks skip its time, and once where it comes twice', () => {
    const zone = { timezone: 'America/New_York', localTime: Temporal.PlainTime.from('02:30') };
    expect(due(zone, '2026-03-07T12:00Z', '2026-03-09T12:00Z')).toEqual([
      ['2026-03-08T03:30:00-04:00', '2026-03-07'],
      ['2026-03-09T02:30:00-04:00', '2026-03-08'],
    ]);
    const twice = { ...zone, localTime: Temporal.PlainTime.from('01:30') };
    expect(due(twice, '2026-10-31T12:00Z', '2026-11-02T12:00Z')).toEqual([
      ['2026-11-01T01:30:00-04:00', '2026-10-31'],
      ['2026-11-02T01:30:00-05:00', '2026-11-01'],
    ]);
  });

  test('on the day after where clocks skip the last hour of one', () => {
    const zone = { timezone: 'America/Nuuk', localTime: Temporal.PlainTime.from('23:30') };
    const days = due(zone, '2024-03-30T00:00Z', '2024-04-01T12:00Z').map(([, day]) => day);
    expect(days).toEqual(['2024-03-28', '2024-03-29', '2024-03-30']);
  });

  test('not about a day that a zone never had', () => {
    const zone = { timezone: 'Pacific/Apia' };
    expect(due(zone, '2011-12-28T00:00Z', '2012-01-01T12:00Z')).toEqual([
      ['2011-12-28T09:00:00-10:00', '2011-12-27'],
      ['2011-12-29T09:00:00-10:00', '2011-12-28'],
      ['2011-12-31T09:00:00+14:00', '2011-12-29'],
      ['2012-01-01T09:00:00+14:00', '2011-12-31'],
    ]);
  });
});

const timings = fc.record({
  cadence: fc.constantFrom(...CADENCES),
  timezone: fc.constantFrom(...ZONES),
  localTime: fc
    .record({ hour: fc.nat(23), minute: fc.nat(59) })
    .map((fields) => Temporal.PlainTime.from(fields)),
  weekday: fc.integer({ min: 1, max: 7 }),
  monthDay: fc.integer({ min: 1, max: 31 }),
});
/** From 1992, when Kwajalein left a day out, to 2035. */
const moments = fc
  .integer({ min: 694_224_000, max: 2_051_222_400 })
  .map((seconds) => Temporal.Instant.fromEpochMilliseconds(seconds * 1_000));
/** Weeks around the moments at which these zones do what others don't. */
const oddMoments = fc
  .tuple(
    fc.constantFrom(
      '2011-12-30T00:00Z',
      '1993-08-21T00:00Z',
      '2024-03-31T00:00Z',
      '2028-02-29T00:00Z',
    ),
    fc.integer({ min: -240, max: 240 }),
  )
  .map(([moment, hours]) => Temporal.Instant.from(moment).add({ hours }));
const anyMoment = fc.oneof(moments, oddMoments);

describe('whatever the cadence, time and zone', () => {
  test('each period that is over is due once, in order, and none is left out', () => {
    fc.assert(
      fc.property(timings, anyMoment, (each, start) => {
        const found = dueReports(each, start, start.add({ hours: 24 * 100 }), 1_000).reverse();
        expect(found.length).toBeGreaterThanOrEqual(2);
        for (const [index, { at, period }] of found.entries()) {
          expect(Temporal.Instant.compare(spanOf(period).end, at)).toBeLessThanOrEqual(0);
          expect(Temporal.Instant.compare(spanOf(period).start, spanOf(period).end)).toBe(-1);
          const before = found[index - 1];
          if (!before) continue;
          expect(Temporal.Instant.compare(before.at, at)).toBe(-1);
          expect(plain(previous(period))).toEqual(plain(before.period));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('the next one is the first of those after', () => {
    fc.assert(
      fc.property(timings, anyMoment, (each, start) => {
        const next = nextDue(each, start);
        const [first] = dueReports(each, start, next.at, 10).reverse();
        expect(plain(first)).toEqual(plain(next));
        expect(dueReports(each, start, next.at.subtract({ nanoseconds: 1 }), 10)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('no more than asked for are given, and those are the latest', () => {
    fc.assert(
      fc.property(timings, anyMoment, fc.integer({ min: 1, max: 5 }), (each, start, most) => {
        const until = start.add({ hours: 24 * 100 });
        expect(plain(dueReports(each, start, until, most))).toEqual(
          plain(dueReports(each, start, until, 1_000).slice(0, most)),
        );
      }),
      { numRuns: 100 },
    );
  });

  test('periods follow each other without a gap', () => {
    fc.assert(
      fc.property(timings, anyMoment, ({ cadence, timezone }, moment) => {
        const day = moment.toZonedDateTimeISO(timezone).toPlainDate();
        const period = periodWith(cadence, day, timezone);
        const { start, end } = spanOf(period);
        expect(Temporal.Instant.compare(start, moment)).toBeLessThanOrEqual(0);
        expect(Temporal.Instant.compare(moment, end)).toBe(-1);
        expect(plain(spanOf(previous(period)).end)).toEqual(plain(start));
        expect(plain(periodBefore(cadence, day, timezone))).toEqual(plain(previous(period)));
      }),
      { numRuns: 300 },
    );
  });
});
