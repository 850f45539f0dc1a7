import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LotState } from '../../src/credits/burn-down.ts';
import { remainingLots, UNKNOWN_LOT } from '../../src/credits/remaining-lots.ts';
import { sumNano } from '../../src/money.ts';

const NOW = Temporal.Instant.from('2026-05-01T10:00Z');

function state(id: string, remaining: bigint, expiresInHours: number | null): LotState {
  const expiresAt = expiresInHours === null ? null : NOW.add({ hours: expiresInHours });
  const lot = { id, amount: remaining + 5n, from: NOW.subtract({ hours: 9 }), expiresAt };
  return { lot, spent: 5n, expired: 0n, remaining };
}

const amount = fc.bigInt({ min: 0n, max: 1_000n });

test('adds up to the balance, however far the ledger is from it', () => {
  const states = fc
    .array(fc.tuple(amount, fc.option(fc.integer({ min: 1, max: 99 }))), { maxLength: 6 })
    .map((rows) => rows.map(([left, expires], index) => state(String(index), left, expires)));
  fc.assert(
    fc.property(fc.bigInt({ min: -500n, max: 4_000n }), states, (balance, ledger) => {
      const lots = remainingLots(balance, ledger, NOW);
      expect(sumNano(lots.map((lot) => lot.amount))).toBe(balance > 0n ? balance : 0n);
      expect(lots.every((lot) => lot.amount > 0n)).toBe(true);
    }),
  );
});

test('what nobody wrote down is a lot that is not known to expire', () => {
  const [known, unknown] = remainingLots(130n, [state('known', 100n, 50)], NOW);
  expect([known?.id, known?.amount]).toEqual(['known', 100n]);
  expect(unknown).toEqual({ id: UNKNOWN_LOT, amount: 30n, from: NOW, expiresAt: null });
});

test('what was spent without being known is taken from what expires first', () => {
  const lots = remainingLots(120n, [state('soon', 40n, 5), state('late', 100n, 500)], NOW);
  expect(lots.map(({ id, amount: left }) => [id, left])).toEqual([
    ['soon', 20n],
    ['late', 100n],
  ]);
});
