import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  apportion,
  apportionTo,
  displayStep,
  divideNano,
  NANO_PER_UNIT,
  roundTo,
  sumNano,
  toDecimal,
  toJsonNumber,
  toNano,
} from '../src/money.ts';

const nano = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
const positive = fc.bigInt({ min: 0n, max: 10n ** 15n });
const step = fc.constantFrom(1n, 1_000n, 1_000_000n, 10_000_000n, NANO_PER_UNIT);

describe('numbers from fal', () => {
  test.each([
    [0.225, 225_000_000n],
    [0.000000001, 1n],
    [40_500, 40_500_000_000_000n],
    [0.1 + 0.2, 300_000_000n],
    [4_294_895.334743178, 4_294_895_334_743_178n],
    [9_007_199.254740993, 9_007_199_254_740_993n],
  ])('%d is %d nano', (amount, expected) => {
    expect(toNano(amount)).toBe(expected);
  });

  test('any amount with nine decimals comes back as the number it was', () => {
    const amount = fc.integer({ min: 0, max: 9_000_000_000_000_000 }).map((n) => n / 1e9);
    fc.assert(
      fc.property(amount, (n) => {
        expect(toJsonNumber(toNano(n))).toBe(n);
      }),
    );
  });

  test('amounts too large for nine exact decimals keep their whole dollars', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000_000, max: Number.MAX_SAFE_INTEGER }), (n) => {
        expect(toNano(n)).toBe(BigInt(n) * NANO_PER_UNIT);
      }),
    );
    expect(toNano(1e22)).toBe(10n ** 31n);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('%d is not an amount', (amount) => {
    expect(() => toNano(amount)).toThrow(RangeError);
  });
});

describe('decimals', () => {
  test('the decimal form says exactly the nanos', () => {
    fc.assert(
      fc.property(nano, (n) => {
        const [whole = '', fraction = ''] = toDecimal(n).split('.');
        expect(BigInt(whole + fraction.padEnd(9, '0'))).toBe(n);
        expect(fraction.endsWith('0')).toBe(false);
      }),
    );
  });

  test('many small costs add up without float noise', () => {
    const costs = Array.from({ length: 3_000 }, () => toNano(0.000075));
    expect(JSON.stringify(toJsonNumber(sumNano(costs)))).toBe('0.225');
  });
});

test('division rounds to the nearest nano, halves away from zero', () => {
  expect(divideNano(10n, 4)).toBe(3n);
  expect(divideNano(-10n, 4)).toBe(-3n);
  expect(divideNano(9n, 4)).toBe(2n);
  fc.assert(
    fc.property(positive, fc.integer({ min: 1, max: 1_000_000 }), (n, by) => {
      const off = divideNano(n, by) * BigInt(by) - n;
      expect((off < 0n ? -off : off) * 2n <= BigInt(by)).toBe(true);
    }),
  );
});

describe('rounding for display', () => {
  test('rounded parts add up to the rounded total, each within a step of its true value', () => {
    fc.assert(
      fc.property(fc.array(positive, { maxLength: 40 }), step, (parts, by) => {
        const shown = apportion(parts, by);
        expect(sumNano(shown)).toBe(roundTo(sumNano(parts), by));
        shown.forEach((part, index) => {
          const off = part - (parts[index] ?? 0n);
          expect(part % by).toBe(0n);
          expect(off < by && -off < by).toBe(true);
        });
      }),
    );
  });

  test.each([
    [12_400_000_000n, 10_000_000n],
    [225_000_000n, 1_000_000n],
    [5_000_000n, 10_000n],
    [123n, 1n],
    [0n, 10_000_000n],
  ])('%d nano are shown in steps of %d', (amount, expected) => {
    expect(displayStep(amount)).toBe(expected);
  });
});

test('parts add up to a total that was rounded with others, none off by a step or more', () => {
  const steps = fc.constantFrom(1n, 1_000_000n, 10_000_000n);
  const parts = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(parts, steps, fc.boolean(), (each, step, isUp) => {
      const sum = sumNano(each);
      const down = (sum / step) * step;
      const target = isUp && sum > down ? down + step : down;
      const shown = apportionTo(each, step, target);
      expect(sumNano(shown)).toBe(target);
      for (const [index, part] of each.entries()) {
        const off = (shown[index] ?? 0n) - part;
        expect(off < step && -off < step).toBe(true);
      }
    }),
  );
});
