import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Forecast, monthForecast } from '../../src/overview/forecast.ts';
import { BASIS_DAYS, type DayCost } from '../../src/usage/pace.ts';

const DOLLAR = 1_000_000_000n;
/** A Wednesday at noon: 20.5 days of May are still to come. */
const NOW = Temporal.ZonedDateTime.from('2026-05-11T12:00[America/Mexico_City]');

/** Days that end yesterday, the last cost being yesterday's. */
function daysOf(costs: readonly (bigint | null)[], now = NOW): DayCost[] {
  return costs.map((cost, index) => ({
    date: now.toPlainDate().subtract({ days: costs.length - index }),
    cost,
    isWhole: cost !== null,
  }));
}

function forecast(days: readonly DayCost[], now = NOW): Forecast {
  const result = monthForecast(days, now);
  if (typeof result === 'string') throw new Error(result);
  return result;
}

function spentIn(days: readonly DayCost[], { year, month } = NOW): bigint {
  return days
    .filter(({ date }) => date.year === year && date.month === month)
    .reduce((sum, { cost }) => sum + (cost ?? 0n), 0n);
}

const cost = fc.bigInt({ min: 0n, max: 5_000n * DOLLAR });
const moment = fc
  .integer({ min: 0, max: 500 * 24 * 60 })
  .map((minutes) => NOW.add({ minutes }).withTimeZone('Australia/Lord_Howe'));
const costs = (minLength: number) =>
  fc.array(fc.option(cost, { freq: 8 }), { minLength, maxLength: 90 });

test('is never below what is spent, and low, expected and high stand in order', () => {
  fc.assert(
    fc.property(costs(0), cost, moment, (past, spentToday, now) => {
      const days = [
        ...daysOf(past, now),
        { date: now.toPlainDate(), cost: spentToday, isWhole: false },
      ];
      const known = past.slice(-BASIS_DAYS).filter((each) => each !== null).length;
      const result = monthForecast(days, now);
      expect(typeof result).toBe(known < 7 ? 'string' : 'object');
      if (typeof result === 'string') return;
      const { low, expected, high } = result;
      const spent = spentIn(days, now);
      expect([spent <= low, low <= expected, expected <= high]).toEqual([true, true, true]);
    }),
  );
});

test('a cost that is the same every day goes on, and is all the range there is', () => {
  fc.assert(
    fc.property(cost, fc.integer({ min: 7, max: 80 }), (daily, length) => {
      const days = daysOf(Array.from({ length }, () => daily));
      const { low, expected, high } = forecast(days);
      // From the 1st, or from the first day there is: those before it are estimated, too.
      const whole = (daily * 61n) / 2n;
      const off = (amount: bigint) => Math.abs(Number(amount - whole));
      expect(off(expected)).toBeLessThanOrEqual(Number(daily) / 1e6 + 2);
      expect(Number(high - low)).toBeLessThanOrEqual(Number(daily) / 1e6 + 2);
    }),
  );
});

test('a burst counts no more than the largest of the other days, however large it is', () => {
  fc.assert(
    fc.property(
      fc.array(cost, { minLength: 7, maxLength: 60 }),
      fc.nat(),
      cost,
      (past, place, more) => {
        const most = past.toSorted((a, b) => Number(b - a))[0] ?? 0n;
        const withBurst = (burst: bigint) => {
          const days = daysOf(past.with(place % past.length, burst));
          const { low, expected, high } = forecast(days);
          return [low, expected, high].map((amount) => amount - spentIn(days));
        };
        expect(withBurst(most + more)).toEqual(withBurst(most));
      },
    ),
  );
});

test('what is spent today is added to what was expected, and takes nothing from it', () => {
  const past = daysOf(Array.from({ length: 56 }, (_, index) => BigInt(index % 5) * DOLLAR));
  const { expected } = forecast(past);
  const today = { date: NOW.toPlainDate(), cost: 300n * DOLLAR, isWhole: false };
  expect(forecast([...past, today]).expected).toBe(expected + 300n * DOLLAR);
});

test('what happens every weekend is expected of the weekends to come', () => {
  const saturdays = (count: number): DayCost[] =>
    daysOf(Array.from({ length: count }, () => 0n)).map((day) => ({
      ...day,
      cost: day.date.dayOfWeek === 6 ? 100n * DOLLAR : 0n,
    }));
  const days = saturdays(56);
  const { expected, low } = forecast(days);
  // Three Saturdays of May are still to come.
  const toCome = Number((expected - spentIn(days)) / DOLLAR);
  expect(toCome).toBeGreaterThan(260);
  expect(toCome).toBeLessThan(340);
  expect(low).toBeGreaterThan(spentIn(days));
});

test('recent weeks count more than older ones', () => {
  const rising = [...Array(28).fill(DOLLAR), ...Array(28).fill(3n * DOLLAR)];
  const falling = rising.toReversed();
  const rest = (days: DayCost[]) => forecast(days).expected - spentIn(days);
  expect(rest(daysOf(rising))).toBeGreaterThan(rest(daysOf(falling)));
  expect(rest(daysOf(rising))).toBeGreaterThan((2n * DOLLAR * 41n) / 2n);
});

test('a day of the month that is not known is estimated, and one known in part at least that', () => {
  const all = daysOf(Array.from({ length: 40 }, () => 4n * DOLLAR));
  const place = all.length - 3;
  const { expected } = forecast(all);
  const without = (part: bigint | null) =>
    forecast(
      all.map((day, index) => (index === place ? { ...day, cost: part, isWhole: false } : day)),
    ).expected;
  for (const part of [null, 0n, DOLLAR]) {
    expect(Number(without(part) - expected)).toBeCloseTo(0, -2);
  }
  expect(Number(without(9n * DOLLAR) - expected)).toBeCloseTo(Number(5n * DOLLAR), -2);
});

describe('the last evening of a month', () => {
  const evening = Temporal.ZonedDateTime.from('2026-05-31T23:59:59.999[America/Mexico_City]');

  test('is forecast to what is spent', () => {
    const days = daysOf(
      Array.from({ length: 40 }, (_, index) => BigInt(index) * DOLLAR),
      evening,
    );
    const { low, high } = forecast(days, evening);
    expect(high - spentIn(days)).toBeLessThan(DOLLAR / 100n);
    expect(low).toBe(spentIn(days));
  });
});
