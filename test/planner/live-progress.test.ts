import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  courseOf,
  creditsLastUntil,
  elapsedAt,
  perEach,
  projectedEnd,
} from '../../src/planner/live-progress.ts';

const HOUR = 3_600_000;
const DOLLAR = 1_000_000_000n;
const START = Temporal.Instant.from('2026-03-07T18:00Z');
const event = { start: START, end: START.add({ hours: 8 }) };
const gone = (minutes: number) => elapsedAt(event, START.add({ minutes }));

const money = fc.bigInt({ min: 0n, max: 10n ** 15n });
const elapsed = fc
  .tuple(fc.nat(31 * 24 * HOUR), fc.nat(31 * 24 * HOUR))
  .map(([one, other]) => ({ elapsedMs: Math.min(one, other), lengthMs: Math.max(one, other) }));

describe('what an event will have cost', () => {
  test('is the pace so far over all of it, and surer the less of it is left', () => {
    expect(projectedEnd(10n * DOLLAR, gone(120))).toEqual({
      low: 25n * DOLLAR,
      expected: 40n * DOLLAR,
      high: 55n * DOLLAR,
    });
    expect(projectedEnd(10n * DOLLAR, gone(480))?.high).toBe(10n * DOLLAR);
  });

  test('is not known before it begins, and what was spent once it is over', () => {
    expect(projectedEnd(0n, gone(-10))).toBeNull();
    expect(projectedEnd(5n, gone(10_000))).toEqual({ low: 5n, expected: 5n, high: 5n });
    expect(projectedEnd(5n, { elapsedMs: 0, lengthMs: 0 })?.expected).toBe(5n);
  });

  test('is never below what was spent, and its bounds are in order', () => {
    fc.assert(
      fc.property(money, elapsed, (spent, part) => {
        const end = projectedEnd(spent, part);
        if (!end) {
          expect(part.elapsedMs).toBe(0);
          return;
        }
        expect(end.low >= spent && end.expected >= end.low && end.high >= end.expected).toBe(true);
      }),
    );
  });

  test('is never less where more was spent', () => {
    fc.assert(
      fc.property(money, money, elapsed, (one, other, part) => {
        const [less, more] = one < other ? [one, other] : [other, one];
        const [low, high] = [projectedEnd(less, part), projectedEnd(more, part)];
        if (!low || !high) return;
        expect(low.low <= high.low).toBe(true);
        expect(low.expected <= high.expected).toBe(true);
        expect(low.high <= high.high).toBe(true);
      }),
    );
  });
});

describe('how it is doing', () => {
  const plan = { low: 36n * DOLLAR, expected: 40n * DOLLAR, high: 46n * DOLLAR };

  test.each([
    [10n, 'as_planned', 0],
    [13n, 'above', 30],
    [5n, 'below', -50],
  ])('$%s after a quarter of it is %s', (dollars, state, percent) => {
    expect(courseOf(dollars * DOLLAR, gone(120), plan)).toMatchObject({ state, percent });
  });

  test('is not said of its first minutes, unless all is spent already', () => {
    expect(courseOf(30n * DOLLAR, gone(5), plan)).toEqual({ state: 'too_early' });
    expect(courseOf(47n * DOLLAR, gone(5), plan).state).toBe('above');
    expect(courseOf(0n, gone(0), plan)).toEqual({ state: 'too_early' });
  });

  test('is only a cost where nobody knows what was planned', () => {
    const nothing = { low: 0n, expected: 0n, high: 0n };
    for (const unknown of [null, nothing]) {
      expect(courseOf(10n * DOLLAR, gone(120), unknown)).toEqual({
        state: 'no_plan',
        cost: 40n * DOLLAR,
      });
    }
  });

  test('is a whole per cent or nothing, never NaN', () => {
    fc.assert(
      fc.property(money, elapsed, money, money, money, (spent, part, a, b, c) => {
        const [low = 0n, expected = 0n, high = 0n] = [a, b, c].sort((x, y) => Number(x - y));
        const course = courseOf(spent, part, { low, expected, high });
        if ('percent' in course) expect(Number.isInteger(course.percent)).toBe(true);
        if (course.state === 'above') expect(course.cost > high).toBe(true);
        if (course.state === 'below') expect(course.cost < low).toBe(true);
      }),
    );
  });
});

describe('credits', () => {
  test('last as long as the pace so far lets them', () => {
    const at = START.add({ hours: 2 });
    const until = creditsLastUntil(15n * DOLLAR, 10n * DOLLAR, gone(120), at);
    expect(until?.toString()).toBe('2026-03-07T23:00:00Z');
    expect(creditsLastUntil(0n, 0n, gone(0), at)).toEqual(at);
    expect(creditsLastUntil(-5n, 1n, gone(120), at)).toEqual(at);
  });

  test('are not in sight of their end where nothing is spent', () => {
    fc.assert(
      fc.property(money, money, elapsed, (balance, spent, part) => {
        const until = creditsLastUntil(balance, spent, part, START);
        if (until) expect(Temporal.Instant.compare(until, START)).toBeGreaterThanOrEqual(0);
        if (balance > 0n && (spent === 0n || part.elapsedMs === 0)) expect(until).toBeNull();
      }),
    );
  });
});

test('a part for each is not known of nobody', () => {
  expect([perEach(10n, 4), perEach(10n, 0), perEach(10n, null)]).toEqual([3n, null, null]);
});
