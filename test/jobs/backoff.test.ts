import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs } from '../../src/jobs/backoff.ts';

test('the wait begins with half a minute, doubles, and stops at a quarter of an hour', () => {
  expect([1, 2, 3, 4, 5, 6, 7].map(backoffMs)).toEqual([
    30_000, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000,
  ]);
});

test('after any number of failures it is a whole number within those, and never gets shorter', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (failures) => {
      const wait = backoffMs(failures);
      expect(Number.isInteger(wait)).toBe(true);
      expect(wait).toBeGreaterThanOrEqual(30_000);
      expect(wait).toBeLessThanOrEqual(900_000);
      expect(backoffMs(failures + 1)).toBe(Math.min(wait * 2, 900_000));
    }),
  );
});
