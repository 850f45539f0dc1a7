import { type Nano, sumNano } from '../money.ts';
import { type Lot, type LotState, startBurn } from './burn-down.ts';

/** The lot of credits that are there and of which no purchase is known. */
export const UNKNOWN_LOT = 'unknown';

/**
 * What a balance consists of: what the ledger's lots have left. Where the balance is more, the rest is
 * of a purchase nobody wrote down, and when it expires is not known; where it is less, something was
 * spent that nobody knows of, and whatever expires first paid for it. They add up to the balance; of a debt there are none.
 */
export function remainingLots(
  balance: Nano,
  states: readonly LotState[],
  now: Temporal.Instant,
): Lot[] {
  const lots = states.flatMap(({ lot, remaining }) =>
    remaining > 0n ? [{ ...lot, amount: remaining }] : [],
  );
  const known = sumNano(lots.map(({ amount }) => amount));
  if (balance > known) {
    return [...lots, { id: UNKNOWN_LOT, amount: balance - known, from: now, expiresAt: null }];
  }
  if (balance === known) return lots;
  const burn = startBurn(lots);
  burn.spend(now.epochMilliseconds, known - balance);
  return burn
    .now()
    .lots.flatMap(({ lot, remaining }) => (remaining > 0n ? [{ ...lot, amount: remaining }] : []));
}
