import { type Nano, toNano } from '../money.ts';
import type { Purchase } from './accounts.ts';

/**
 * What purchases have left at a moment, nano-USD; below nothing where more was spent. What expires
 * first is spent first, and what nothing was there for is owed.
 * @param charges oldest first, up to that moment.
 */
export function leftOfPurchases(
  purchases: readonly Purchase[],
  charges: Iterable<{ atMs: number; costNano: Nano }>,
  nowMs: number,
): Nano {
  const lots = purchases
    .filter(({ atMs }) => atMs <= nowMs)
    .map(({ atMs, amount, expiresAtMs = Infinity }) => ({
      atMs,
      expiresAtMs,
      left: toNano(amount),
    }))
    .sort((one, other) => one.expiresAtMs - other.expiresAtMs || one.atMs - other.atMs);
  let owed = 0n;
  for (const { atMs, costNano } of charges) {
    let open = costNano;
    for (const lot of lots) {
      if (open === 0n) break;
      if (lot.atMs > atMs || lot.expiresAtMs <= atMs) continue;
      const rest = lot.left - open;
      lot.left = rest > 0n ? rest : 0n;
      open = rest > 0n ? 0n : -rest;
    }
    owed += open;
  }
  return lots
    .filter(({ expiresAtMs }) => expiresAtMs > nowMs)
    .reduce((sum, { left }) => sum + left, -owed);
}
