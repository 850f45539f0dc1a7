import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JITTER, nextAttemptAt } from '../../src/deliveries/retries.ts';
import { NOW } from '../support/panel.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const wait = (attempts: number, random = 0.5, retryAfterMs: number | null = null) => {
  const next = nextAttemptAt({ attempts, firstAttemptAt: NOW, now: NOW, retryAfterMs }, random);
  return next && NOW.until(next).total('milliseconds');
};

test('waits longer after each failure, up to an hour', () => {
  expect([1, 2, 3, 4, 5, 6, 40].map((attempts) => wait(attempts))).toEqual(
    [0.5, 2, 8, 30, 60, 60, 60].map((minutes) => minutes * MINUTE),
  );
});

test('does not ask sooner than the receiver wishes', () => {
  expect(wait(1, 0.5, 10 * MINUTE)).toBe(10 * MINUTE);
  expect(wait(5, 0.5, 10)).toBe(60 * MINUTE);
});

test('waits no longer than an hour, whatever the receiver wishes', () => {
  expect(wait(1, 0.5, DAY)).toBe(60 * MINUTE);
});

test('the last attempt is a day after the first, whatever happens', () => {
  const failing = fc.record({
    seconds: fc.array(fc.integer({ min: 0, max: 7_200 }), { minLength: 80, maxLength: 80 }),
    random: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 80, maxLength: 80 }),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 2 * DAY })),
  });
  fc.assert(
    fc.property(failing, ({ seconds, random, retryAfterMs }) => {
      let now = NOW;
      for (let attempts = 1; ; attempts += 1) {
        const chance = random[attempts % 80] ?? 0;
        const next = nextAttemptAt({ attempts, firstAttemptAt: NOW, now, retryAfterMs }, chance);
        const tried = NOW.until(now).total('milliseconds');
        if (next === null) {
          expect(tried).toBeGreaterThanOrEqual(DAY);
          expect(attempts).toBeGreaterThan(1);
          return;
        }
        expect(tried).toBeLessThan(DAY);
        const waited = now.until(next).total('milliseconds');
        expect(waited).toBeGreaterThan(0);
        expect(NOW.until(next).total('milliseconds')).toBeLessThanOrEqual(DAY);
        const longest = 60 * MINUTE * (1 + JITTER);
        expect(waited).toBeLessThanOrEqual(longest + 1);
        const shortest = Math.min(0.5 * MINUTE * (1 - JITTER), DAY - tried);
        expect(waited).toBeGreaterThanOrEqual(shortest - 1);
        // A job is never early; it may be late.
        now = next.add({ milliseconds: (seconds[attempts % 80] ?? 0) * 10 });
      }
    }),
  );
});
