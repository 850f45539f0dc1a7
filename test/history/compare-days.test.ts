import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CHECKED_DAYS,
  closedDays,
  compareDay,
  type DayFacts,
  daysForEvents,
  type EventsSum,
  isComparable,
  type ReadWindow,
  type Reconciliation,
  utcDaysOf,
} from '../../src/history/compare-days.ts';
import type { Nano } from '../../src/money.ts';

const NOW = Temporal.Instant.from('2026-03-08T03:20:30.5Z');
const YESTERDAY = NOW.subtract({ hours: 24 });

const read = (facts: Partial<ReadWindow> = {}): ReadWindow => ({
  slotMinutes: 60,
  readAt: YESTERDAY.subtract({ hours: 1 }),
  isFinal: true,
  isStale: false,
  isComplete: true,
  ...facts,
});
const window = fc.record({
  slotMinutes: fc.constant(60),
  readAt: fc.constantFrom(YESTERDAY.subtract({ hours: 1 }), YESTERDAY.add({ hours: 1 })),
  isFinal: fc.boolean(),
  isStale: fc.constant(false),
  isComplete: fc.boolean(),
});
const cost = fc.constantFrom(0n, 1n, 2n);
const events = fc.oneof(
  fc.record({ cost, reason: fc.constant(null) }),
  fc.record({ cost: fc.constant(null), reason: fc.constantFrom(null, 'fal_timeout') }),
);
/** What a chain of checks knows; each one's `last` is what the one before found. */
const checks = fc.array(
  fc.record({
    windows: fc.array(window, { minLength: 2, maxLength: 3 }),
    localCost: cost,
    falCost: cost,
    events: fc.option(events),
  }),
  { minLength: 1, maxLength: 6 },
);

function facts(given: Partial<DayFacts>): DayFacts {
  const base = { day: '2026-03-01', windows: [read(), read()], localCost: 5n, falCost: 5n };
  return { ...base, events: null, last: null, ...given };
}

function found(given: Partial<DayFacts>, at = YESTERDAY): Reconciliation {
  return compareDay(facts(given), at).found;
}

describe('a check of a day', () => {
  test('is open only where sums differ, is never alarming before the day is final, and closes', () => {
    fc.assert(
      fc.property(checks, (chain) => {
        let last: Reconciliation | null = null;
        for (const [index, given] of chain.entries()) {
          const verdict = compareDay(facts({ ...given, last }), NOW.add({ hours: 24 * index }));
          const { localCost, falCost, events, cause, repairedAt } = verdict.found;
          const isFinal = given.windows.every((each) => each.isFinal);
          const agrees = localCost === falCost && (events.cost === null || events.cost === falCost);
          expect(verdict.isDrift).toBe(given.localCost !== given.falCost);
          expect(verdict.isToBeReread).toBe(verdict.isDrift && isFinal);
          if (!isFinal) expect(verdict.isNews).toBe(false);
          if (isFinal) expect(cause !== null && repairedAt === null).toBe(!agrees);
          if (agrees) expect(cause === null).toBe(repairedAt === null);
          if (!agrees) expect(repairedAt).toBe(null);
          if (cause === 'late_rows' && !repairedAt && isFinal)
            expect(localCost < falCost).toBe(true);
          if (cause === 'corrected' && !repairedAt && isFinal)
            expect(localCost > falCost).toBe(true);
          // The same found again is said once.
          const again = { ...facts(given), events, last: verdict.found };
          if (cause !== 'unknown' && verdict.isNews) {
            const next = compareDay(again, NOW.add({ hours: 24 * index + 1 }));
            expect(next.isNews && next.found.cause === cause).toBe(false);
          }
          last = verdict.found;
        }
      }),
    );
  });

  test.each<[string, Partial<DayFacts>, Reconciliation['cause']]>([
    ['fal has more', { localCost: 4n }, 'late_rows'],
    ['fal has less', { localCost: 6n }, 'corrected'],
    [
      'pages are missing',
      { localCost: 4n, windows: [read(), read({ isComplete: false })] },
      'partial_window',
    ],
    ['charges do not add up to usage', { events: { cost: 6n, reason: null } }, 'events_differ'],
    [
      'it was read again, and fal’s total is the same',
      {
        localCost: 4n,
        windows: [read({ readAt: NOW }), read({ readAt: NOW })],
        last: found({ localCost: 4n }),
      },
      'unknown',
    ],
    [
      'it was read again, but fal’s total has grown since',
      {
        localCost: 4n,
        windows: [read({ readAt: NOW }), read({ readAt: NOW })],
        last: found({ localCost: 3n, falCost: 4n }),
      },
      'late_rows',
    ],
  ])('when %s says so', (_, given, cause) => {
    expect(compareDay(facts(given), NOW)).toMatchObject({ isNews: true, found: { cause } });
  });

  test('that agrees again after a drift says when, once, and keeps why it was', () => {
    const drifted = found({ localCost: 4n });
    const repaired = compareDay(facts({ last: drifted }), NOW).found;
    expect(repaired).toMatchObject({ cause: 'late_rows', repairedAt: NOW });
    const later = compareDay(facts({ last: repaired }), NOW.add({ hours: 24 })).found;
    expect(later).toMatchObject({ cause: 'late_rows', repairedAt: NOW });
  });

  test('forgets the sum of charges when fal’s total of the day is another one', () => {
    const last = found({ events: { cost: 5n, reason: null } });
    expect(compareDay(facts({ last }), NOW).found.events.cost).toBe(5n);
    expect(compareDay(facts({ last, falCost: 6n }), NOW).found.events.cost).toBe(null);
  });
});

describe('single charges', () => {
  test('of every day are added up in turn, also where fal refuses those of some', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), (works) => {
        const days = works.map((_, index) => `2026-03-${String(index + 10)}`);
        const known = new Map<string, Reconciliation>();
        const asked = new Map(days.map((day) => [day, 0]));
        const rounds = days.length * 2;
        for (let turn = 0; turn < rounds; turn += 1) {
          const wanted = daysForEvents(
            days.map((day) => ({ day, falCost: 5n, last: known.get(day) ?? null })),
            2,
            turn,
          );
          expect(wanted.length).toBeLessThanOrEqual(2);
          expect(new Set(wanted).size).toBe(wanted.length);
          for (const day of wanted) {
            asked.set(day, (asked.get(day) ?? 0) + 1);
            known.set(day, found({ day, events: sumOf(works[days.indexOf(day)] ?? false, 5n) }));
          }
        }
        for (const [index, day] of days.entries()) {
          if (works[index]) expect(asked.get(day)).toBe(1);
          else expect(asked.get(day)).toBeGreaterThan(1);
        }
      }),
    );
  });
});

function sumOf(works: boolean, cost: Nano): EventsSum {
  return works ? { cost, reason: null } : { cost: null, reason: 'fal_unavailable' };
}

describe('closed days', () => {
  test.each(['UTC', 'America/Mexico_City', 'Asia/Kathmandu', 'Europe/Madrid', 'Pacific/Apia'])(
    'touch, ended a day ago at least, and go back 35 days, in %s',
    (timezone) => {
      fc.assert(
        fc.property(fc.nat(366 * 24 * 60), (minutes) => {
          const now = NOW.add({ minutes });
          const days = closedDays(now, timezone);
          // One more on the day after one of 25 hours.
          expect([CHECKED_DAYS, CHECKED_DAYS - 1, CHECKED_DAYS - 2]).toContain(days.length);
          for (const [index, { start, end }] of days.entries()) {
            expect([23, 24, 25]).toContain(start.until(end).total('hours'));
            expect(end.until(days[index + 1]?.start ?? end).total('hours')).toBe(0);
            expect(end.until(now).total('hours')).toBeGreaterThanOrEqual(24);
          }
          expect(days.at(-1)?.end.until(now).total('hours')).toBeLessThan(49.5);
        }),
      );
    },
  );

  test('are compared when all of them was read, by slots that fit, before fal was asked', () => {
    const [day] = closedDays(NOW, 'Asia/Kathmandu');
    if (!day) throw new Error('no closed day');
    expect(utcDaysOf(day)).toHaveLength(2);
    const quarter = read({ slotMinutes: 15 });
    const can = (...windows: ReadWindow[]) => isComparable(day, windows, NOW);
    expect(can(quarter, quarter)).toBe(true);
    expect(can(quarter)).toBe(false);
    expect(can(quarter, read())).toBe(false);
    expect(can(quarter, { ...quarter, isStale: true })).toBe(false);
    expect(can(quarter, { ...quarter, readAt: NOW.add({ seconds: 1 }) })).toBe(false);
  });
});
