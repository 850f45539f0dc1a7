import type { Nano } from '../money.ts';
import type { NoPaceReason } from '../usage/pace.ts';
import type { CreditEntry } from './ledger.ts';
import { expiresUnused } from './projection.ts';
import { type Runway, runwayOf } from './runway.ts';
import type { CreditStatement } from './statement.ts';

/** Why nobody can say how long credits last. */
export type NoRunwayReason = NoPaceReason | 'balance_unknown' | 'other_currency';

/** How long an account's credits last, or why that is not known. */
export function statedRunway({ balance, outlook, pace }: CreditStatement): Runway | NoRunwayReason {
  if (!outlook) return balance.amount === null ? 'balance_unknown' : 'other_currency';
  return typeof pace === 'string' ? pace : runwayOf(outlook);
}

/** What of an entry's credits will be lost unused. */
export interface Expiring {
  entry: CreditEntry;
  amount: Nano;
  expiresAt: Temporal.Instant;
}

/** Soonest first; empty where nobody knows how long they last. */
export function expiringOf(
  { outlook, entries }: CreditStatement,
  runway: Runway | NoRunwayReason,
): Expiring[] {
  if (!outlook || typeof runway === 'string') return [];
  // Once nothing is left nothing expires.
  return expiresUnused(outlook, runway.until ?? runway.horizon).flatMap(({ lot, amount }) => {
    const entry = entries.find(({ id }) => id === lot.id);
    return entry && lot.expiresAt ? [{ entry, amount, expiresAt: lot.expiresAt }] : [];
  });
}
