import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Reading, roundest, topUpsBetween } from '../../src/credits/top-ups.ts';

const DOLLAR = 1_000_000_000n;
const START = Temporal.Instant.from('2026-05-01T10:00Z');

function minute(number: number): Temporal.Instant {
  return START.add({ minutes: number });
}

function reading(from: number, until: number, balance: bigint): Reading {
  return { from: minute(from), until: minute(until), balance };
}

const nothing = () => ({ low: 0n, high: 0n });

test('a balance that rises was topped up, between its last reading before and its first after', () => {
  const readings = [reading(0, 0, 20n * DOLLAR), reading(5, 30, 70n * DOLLAR)];
  expect(topUpsBetween(readings, nothing)).toEqual([
    {
      after: minute(0),
      before: minute(5),
      amount: 50n * DOLLAR,
      low: 50n * DOLLAR,
      high: 50n * DOLLAR,
    },
  ]);
});

test('what was spent meanwhile makes it more, and the roundest amount is proposed', () => {
  const readings = [reading(0, 0, 20n * DOLLAR), reading(5, 30, 69n * DOLLAR + 730_000_000n)];
  const [topUp] = topUpsBetween(readings, () => ({ low: 0n, high: 2n * DOLLAR }));
  expect(topUp).toMatchObject({
    amount: 50n * DOLLAR,
    low: 49_730_000_000n,
    high: 51_730_000_000n,
  });
});

test('is found behind spending, too, when fal could not be asked for hours', () => {
  const readings = [reading(0, 0, 80n * DOLLAR), reading(600, 600, 75n * DOLLAR)];
  const spent = () => ({ low: 104n * DOLLAR, high: 106n * DOLLAR });
  expect(topUpsBetween(readings, spent)[0]?.amount).toBe(100n * DOLLAR);
});

test('no spending, however late it is known, passes for a top-up', () => {
  const falls = fc.array(fc.bigInt({ min: 0n, max: 9n * DOLLAR }), { maxLength: 20 });
  fc.assert(
    fc.property(falls, (amounts) => {
      let left = 500n * DOLLAR;
      const readings = amounts.map((amount, index) => {
        left -= amount;
        return reading(5 * index, 5 * index, left);
      });
      // Nothing but whole hours is certain to lie between two readings.
      expect(topUpsBetween(readings, () => ({ low: 0n, high: 50n * DOLLAR }))).toEqual([]);
    }),
  );
});

test('a charge that is taken back is none', () => {
  const readings = [reading(0, 0, 20n * DOLLAR), reading(5, 30, 20n * DOLLAR + 400_000_000n)];
  expect(topUpsBetween(readings, nothing)).toEqual([]);
});

describe('the roundest amount', () => {
  test('lies within its bounds', () => {
    const amounts = fc.bigInt({ min: DOLLAR, max: 9_000n * DOLLAR });
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 0n, max: 40n * DOLLAR }), (low, width) => {
        const amount = roundest(low, low + width);
        expect(low <= amount && amount <= low + width).toBe(true);
      }),
    );
  });

  test.each([
    ['49.20', '50.90', '50'],
    ['9.8', '10.4', '10'],
    ['24.9', '25.1', '25'],
    ['20.6', '20.9', '20.75'],
    ['7.123456789', '7.123456789', '7.123456789'],
  ])('of %s to %s is %s', (low, high, amount) => {
    const nano = (decimal: string) => BigInt(Math.round(Number(decimal) * 1e9));
    expect(roundest(nano(low), nano(high))).toBe(nano(amount));
  });
});
