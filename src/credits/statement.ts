import type { FalAccount } from '../accounts/accounts.ts';
import { bucketStart } from '../buckets.ts';
import { latestBalance } from '../history/balance-samples.ts';
import { earlier } from '../instants.ts';
import { NANO_PER_UNIT, type Nano, sumNano } from '../money.ts';
import type { Services } from '../services.ts';
import { BASIS_DAYS, type NoPaceReason, type Pace, paceOf } from '../usage/pace.ts';
import { type BurnDown, burnDown } from './burn-down.ts';
import { type CreditEntry, latest, lotsAndCharges } from './ledger.ts';
import type { EventCost, Outlook } from './projection.ts';
import { dismissedTopUps, entriesOf, notableSteps } from './queries.ts';
import { remainingLots } from './remaining-lots.ts';
import { readSpends, type SpendHistory, spendBounds } from './spends.ts';
import { type TopUp, topUpOf, unexplained } from './top-ups.ts';

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

/** By how much the ledger is off, and the likely cause. */
export interface Difference {
  /** The balance minus what the ledger has left. */
  amount: Nano;
  /**
   * `top_up_to_confirm` and `purchase_missing`: credits came that are not written down;
   * `usage_not_known`: days of usage are missing in the local copy; `other_spend`: something else was
   * spent, such as fal's compute, which the usage of models leaves out.
   */
  cause: 'top_up_to_confirm' | 'purchase_missing' | 'usage_not_known' | 'other_spend';
}

/** All that is known of an account's credits, from the local copy alone. */
export interface CreditStatement {
  account: FalAccount;
  now: Temporal.Instant;
  balance: StatedBalance;
  /** Every entry as it stands, those taken back too, oldest first. */
  entries: CreditEntry[];
  /** Of the entries in the balance's currency. */
  burned: BurnDown;
  /** `null`: ledger and balance agree, or one of them is missing. */
  difference: Difference | null;
  /** Newest first. */
  proposals: TopUp[];
  pace: Pace | NoPaceReason;
  /** What the time to come is judged by; `null` where nobody knows what is left in US dollars. */
  outlook: Outlook | null;
}

/** Usage is counted in this. */
const USAGE_CURRENCY = 'USD';
/** How far back rises of the balance are looked for. */
const PROPOSAL_DAYS = 90;
/** A balance and the usage that explains it may be so far apart: fal counts usage minutes later. */
const TOLERANCE = NANO_PER_UNIT;
/** What passes by itself: until then fal's last word is the best there is. */
const PASSING = new Set(['fal_unavailable', 'fal_timeout', 'fal_bad_response', 'rate_limited']);

/** Reads it. @param events planned ones, which the outlook takes into account. */
export async function readStatement(
  { store, history, now }: Pick<Services, 'store' | 'history' | 'now'>,
  account: FalAccount,
  events: readonly EventCost[] = [],
): Promise<CreditStatement> {
  const at = now();
  const { db, engine } = store;
  const [entries, dismissed, latestRead] = await Promise.all([
    entriesOf(db, account.id),
    dismissedTopUps(db, account.id),
    latestBalance(db, account.id),
  ]);
  const lastKnown = latestRead?.known ?? null;
  const currency = lastKnown?.currency ?? USAGE_CURRENCY;
  const { lots, charges } = lotsAndCharges(entries, currency);
  const since = [...lots.map(({ from }) => from), ...charges.map((charge) => charge.at)].reduce(
    earlier,
    at.subtract({ hours: 24 * BASIS_DAYS }),
  );
  const cuts = [
    ...lots.flatMap(({ from, expiresAt }) => (expiresAt ? [from, expiresAt] : [from])),
    ...(lastKnown ? [lastKnown.asOf] : []),
  ];
  const usage = await readSpends(history.usage, account, since, at, cuts);
  const isComparable = currency === USAGE_CURRENCY;
  const spentSince = (moment: Temporal.Instant) => {
    const from = bucketStart(moment, 'hour', account.timezone).toInstant();
    return usage.spends.filter((spend) => Temporal.Instant.compare(spend.at, from) >= 0);
  };
  // What was spent before anything was written down was spent of something else.
  const spent = isComparable ? spentSince(lots.map(({ from }) => from).reduce(earlier, at)) : [];
  const burned = burnDown(lots, [...charges, ...spent], at);

  const steps = await notableSteps(
    db,
    engine,
    account.id,
    currency,
    at.subtract({ hours: 24 * PROPOSAL_DAYS }),
  );
  const topUps = await Promise.all(
    steps.map(async (step) =>
      topUpOf(
        step,
        isComparable
          ? await spendBounds(history.usage, account, step.after, step.until)
          : { low: 0n, high: 0n },
      ),
    ),
  );
  const proposals = unexplained(
    topUps.filter((topUp) => topUp !== null),
    entries,
    dismissed,
  ).reverse();

  const left = leftOf(burned);
  const reason = latestRead === null ? 'never_read' : (latestRead.away?.reason ?? null);
  const isTold = lastKnown !== null && (reason === null || PASSING.has(reason));
  const balance: StatedBalance = isTold
    ? { amount: lastKnown.balance, currency, asOf: lastKnown.asOf, source: 'fal', reason }
    : { amount: estimate(), currency, asOf: at, source: 'estimate', reason };
  function estimate(): Nano | null {
    if (lastKnown && isComparable) {
      return lastKnown.balance - sumNano(spentSince(lastKnown.asOf).map(({ amount }) => amount));
    }
    return lots.length > 0 ? left : null;
  }
  const pace = paceOf(usage.days, at.toZonedDateTimeISO(account.timezone).toPlainDate());
  return {
    account,
    now: at,
    balance,
    entries: latest(entries),
    burned,
    difference:
      balance.source === 'fal' && balance.amount !== null && lots.length > 0 && isComparable
        ? differenceOf(balance.amount, left, usage, proposals)
        : null,
    proposals,
    pace,
    outlook:
      balance.amount === null || !isComparable
        ? null
        : {
            now: at.toZonedDateTimeISO(account.timezone),
            lots: remainingLots(balance.amount > 0n ? balance.amount : 0n, burned.lots, at),
            pace: typeof pace === 'string' ? null : pace,
            events,
          },
  };
}

/** What a ledger has left; below nothing where more was spent than it knows of. */
function leftOf({ lots, unfunded }: BurnDown): Nano {
  return sumNano(lots.map(({ remaining }) => remaining)) - unfunded;
}

function differenceOf(
  balance: Nano,
  left: Nano,
  { isWhole }: SpendHistory,
  proposals: readonly TopUp[],
): Difference | null {
  // fal's balance is never below nothing, whatever is owed.
  const amount = balance - (balance === 0n && left < 0n ? balance : left);
  if (amount <= TOLERANCE && amount >= -TOLERANCE) return null;
  if (amount > 0n) {
    return { amount, cause: proposals.length > 0 ? 'top_up_to_confirm' : 'purchase_missing' };
  }
  return { amount, cause: isWhole ? 'other_spend' : 'usage_not_known' };
}
