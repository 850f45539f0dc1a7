import { isWhole, type UsageBucket } from '../history/answer.ts';
import type { LatestBalance, ReadBalance } from '../history/balance-samples.ts';
import { earlier } from '../instants.ts';
import { type Nano, sumNano } from '../money.ts';
import { burnDown, type Lot, leftOf, type Spend } from './burn-down.ts';
import { remainingLots } from './remaining-lots.ts';

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

/** From when on a balance is said to be old: several readings later. */
export const OLD_HOURS = 2;

/** What would be said without fal's word of now, and what from. */
interface Estimate extends Omit<EstimateBasis, 'unknownDays'> {
  left: Nano;
}

/**
 * What fal last said, with what came, was spent and expired since by the ledger; else what was bought
 * less what was spent and expired. `null`: neither is known.
 */
export function estimateOf(
  lastKnown: ReadBalance | null,
  { lots, charges }: { lots: readonly Lot[]; charges: readonly Spend[] },
  spentSince: (moment: Temporal.Instant) => Spend[],
  at: Temporal.Instant,
): Estimate | null {
  const first = firstOf(lots, at);
  const burnUntil = (until: Temporal.Instant) =>
    burnDown(lots, [...charges, ...spentSince(first)], until);
  if (lastKnown) {
    const { balance: amount, asOf: since } = lastKnown;
    const isLater = (moment: Temporal.Instant) => Temporal.Instant.compare(moment, since) > 0;
    // What came at that very moment is in the balance.
    const then = burnUntil(since.add({ milliseconds: 1 })).lots;
    const now = burnDown(
      [...remainingLots(amount, then, since), ...lots.filter(({ from }) => isLater(from))],
      [...charges.filter((charge) => isLater(charge.at)), ...spentSince(since)],
      at,
    );
    return { from: 'balance', amount, since, left: leftOf(now) + (amount < 0n ? amount : 0n) };
  }
  if (lots.length === 0) return null;
  const amount = sumNano(lots.map((lot) => lot.amount));
  return { from: 'purchases', amount, since: first, left: leftOf(burnUntil(at)) };
}

/** fal's word of now or of a moment ago, else the estimate. */
export function stateBalance(
  latestRead: LatestBalance | null,
  currency: string,
  estimate: Estimate | null,
  at: Temporal.Instant,
): StatedBalance {
  const reason = latestRead === null ? 'never_read' : (latestRead.away?.reason ?? null);
  const word = falsWord(latestRead);
  return word
    ? { amount: word.balance, currency, asOf: word.asOf, source: 'fal', reason }
    : { amount: estimate?.left ?? null, currency, asOf: at, source: 'estimate', reason };
}

/** Whether fal's word is too old to be what is left now: it is what an estimate is made from. */
export function isOutdated(latestRead: LatestBalance | null, at: Temporal.Instant): boolean {
  const word = falsWord(latestRead);
  return !word || Temporal.Instant.compare(word.asOf, at.subtract({ hours: OLD_HOURS })) < 0;
}

/** What fal last said, unless it says so no more. */
export function falsWord(latestRead: LatestBalance | null): ReadBalance | null {
  if (!latestRead) return null;
  const { known, away } = latestRead;
  return away === null || PASSING.has(away.reason) ? known : null;
}

/** What an estimate rests on, told with the days of which it does not know all. */
export function basisOf(
  { from, amount, since }: Estimate,
  days: readonly UsageBucket[],
  { timezone }: { timezone: string },
): EstimateBasis {
  return { from, amount, since, unknownDays: unknownDaysSince(since, days, timezone) };
}

/** How many days there are from that of `since` of which not all usage is known. */
export function unknownDaysSince(
  since: Temporal.Instant,
  days: readonly UsageBucket[],
  timezone: string,
): number {
  const first = since.toZonedDateTimeISO(timezone).toPlainDate();
  return days.filter(
    (day) => !isWhole(day) && Temporal.PlainDate.compare(day.start.toPlainDate(), first) >= 0,
  ).length;
}

/** When the first of them came; `at` where there are none. */
export function firstOf(lots: readonly Lot[], at: Temporal.Instant): Temporal.Instant {
  return lots.map(({ from }) => from).reduce(earlier, at);
}
