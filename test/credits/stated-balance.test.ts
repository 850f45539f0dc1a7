import { describe, expect, test } from 'vitest';
import type { Lot, Spend } from '../../src/credits/burn-down.ts';
import { estimateOf, isOutdated, stateBalance } from '../../src/credits/stated-balance.ts';

const READ = Temporal.Instant.from('2026-05-01T10:00Z');
const NOW = READ.add({ hours: 24 });

function lot(hours: number, amount: bigint, expiresInHours: number | null = null): Lot {
  const expiresAt = expiresInHours === null ? null : READ.add({ hours: expiresInHours });
  return { id: String(hours), amount, from: READ.add({ hours }), expiresAt };
}

function spend(hours: number, amount: bigint): Spend {
  return { at: READ.add({ hours }), amount };
}

/** What is left of a balance that was read, by a ledger and what usage cost. */
function leftOf(balance: bigint | null, lots: Lot[], charges: Spend[] = [], usage: Spend[] = []) {
  const read = balance === null ? null : { balance, currency: 'USD', asOf: READ };
  const spentSince = (moment: Temporal.Instant) =>
    usage.filter(({ at }) => Temporal.Instant.compare(at, moment) >= 0);
  return estimateOf(read, { lots, charges }, spentSince, NOW)?.left;
}

describe('an estimate', () => {
  test('is the balance less what was spent since', () => {
    expect(leftOf(20n, [], [], [spend(-5, 7n), spend(0, 2n), spend(3, 4n)])).toBe(14n);
    expect(leftOf(20n, [], [], [spend(3, 24n)])).toBe(-4n);
  });

  test('has what came and was paid back after the balance was read, and not what is in it', () => {
    const lots = [lot(-9, 50n), lot(0, 5n), lot(2, 100n)];
    expect(leftOf(20n, lots, [spend(-9, 8n), spend(0, 3n), spend(2, 30n)])).toBe(90n);
  });

  test('lacks what of the balance expired since', () => {
    expect(leftOf(20n, [lot(-9, 6n, 5)])).toBe(14n);
    expect(leftOf(20n, [lot(-9, 6n, 5)], [], [spend(2, 4n)])).toBe(14n);
    expect(leftOf(20n, [lot(-9, 6n, 5)], [], [spend(7, 4n)])).toBe(10n);
    expect(leftOf(20n, [lot(0, 6n, 5)])).toBe(14n);
    expect(leftOf(20n, [lot(2, 6n, 5)])).toBe(20n);
    expect(leftOf(20n, [lot(-9, 6n, 50)])).toBe(20n);
  });

  test('of a debt is paid by what came', () => {
    expect(leftOf(-3n, [lot(2, 10n)], [], [spend(4, 1n)])).toBe(6n);
  });

  test('is what was bought less what was spent and expired, where no balance was ever read', () => {
    const lots = [lot(-9, 10n), lot(-5, 6n, 3)];
    expect(leftOf(null, lots, [], [spend(-20, 100n), spend(-2, 2n), spend(5, 1n)])).toBe(9n);
    expect(leftOf(null, [])).toBeUndefined();
  });
});

test('fal’s word is what is left for two hours, and while it is away for the moment its last one', () => {
  const known = { balance: 20n, currency: 'USD', asOf: READ };
  const away = (reason: string) => ({ known, away: { reason, since: READ } });
  const minutes = (count: number) => READ.add({ minutes: count });
  expect(isOutdated({ known, away: null }, minutes(120))).toBe(false);
  expect(isOutdated({ known, away: null }, minutes(121))).toBe(true);
  expect(isOutdated(away('fal_timeout'), minutes(20))).toBe(false);
  expect(isOutdated(away('admin_scope_required'), minutes(20))).toBe(true);
  expect(isOutdated(null, READ)).toBe(true);
  expect(stateBalance(away('fal_timeout'), 'USD', null, NOW)).toMatchObject({
    ...{ amount: 20n, source: 'fal', asOf: READ, reason: 'fal_timeout' },
  });
  expect(stateBalance(away('admin_scope_required'), 'USD', null, NOW)).toMatchObject({
    ...{ amount: null, source: 'estimate', asOf: NOW, reason: 'admin_scope_required' },
  });
});
