import { isWhole, type UsageBucket } from '../history/answer.ts';
import type { LatestBalance, ReadBalance } from '../history/balance-samples.ts';
import { earlier } from '../instants.ts';
import { type Nano, sumNano } from '../money.ts';
import type { Lot, Spend } from './burn-down.ts';

/** What is left of an account's credits. */
export interface StatedBalance {
  /** In 1e-9 of `currency`; `null`: nobody knows. An estimate may be below nothing. */
  amount: Nano | null;
  currency: string;
  /** When fal said so, or until when usage is counted. */
  asOf: Temporal.Instant | null;
  /** fal's own word, or credits bought minus spent. */
  source: 'fal' | 'estimate';
  /** Why fal's word of now could not be had; `null` where it could. */
  reason: string | null;
}

/** What an estimate takes what was spent off from, and how sure that is. */
export interface EstimateBasis {
  /** The last balance that fal stated, or what was bought. */
  from: 'balance' | 'purchases';
  amount: Nano;
  since: Temporal.Instant;
  /** Days since then whose usage is not all known: more may have been spent. */
  unknownDays: number;
}

/** What passes by itself: until then fal's last word is the best there is. */
const PASSING = new Set(['fal_unavailable', 'fal_timeout', 'fal_bad_response', 'rate_limited']);

/** What would be said without fal's word of now, and what from. */
export interface Estimate extends Omit<EstimateBasis, 'unknownDays'> {
  left: Nano;
}

/** What fal last said, else what was bought, less what was spent since; `null`: neither is known. */
export function estimateOf(
  lastKnown: ReadBalance | null,
  lots: readonly Lot[],
  left: Nano,
  spentSince: (moment: Temporal.Instant) => Spend[],
  at: Temporal.Instant,
): Estimate | null {
  if (lastKnown) {
    const { balance: amount, asOf: since } = lastKnown;
    const spent = sumNano(spentSince(since).map((spend) => spend.amount));
    return { from: 'balance', amount, since, left: amount - spent };
  }
  if (lots.length === 0) return null;
  const amount = sumNano(lots.map((lot) => lot.amount));
  return { from: 'purchases', amount, since: firstOf(lots, at), left };
}

/** fal's word of now or of a moment ago, else the estimate. */
export function stateBalance(
  latestRead: LatestBalance | null,
  currency: string,
  estimate: Estimate | null,
  at: Temporal.Instant,
): StatedBalance {
  const reason = latestRead === null ? 'never_read' : (latestRead.away?.reason ?? null);
  const lastKnown = latestRead?.known ?? null;
  return lastKnown && (reason === null || PASSING.has(reason))
    ? { amount: lastKnown.balance, currency, asOf: lastKnown.asOf, source: 'fal', reason }
    : { amount: estimate?.left ?? null, currency, asOf: at, source: 'estimate', reason };
}

/** What an estimate rests on, told with the days of which it does not know all. */
export function basisOf(
  { from, amount, since }: Estimate,
  days: readonly UsageBucket[],
  { timezone }: { timezone: string },
): EstimateBasis {
  const first = since.toZonedDateTimeISO(timezone).toPlainDate();
  const unknown = days.filter(
    (day) => !isWhole(day) && Temporal.PlainDate.compare(day.start.toPlainDate(), first) >= 0,
  );
  return { from, amount, since, unknownDays: unknown.length };
}

/** When the first of them came; `at` where there are none. */
export function firstOf(lots: readonly Lot[], at: Temporal.Instant): Temporal.Instant {
  return lots.map(({ from }) => from).reduce(earlier, at);
}
