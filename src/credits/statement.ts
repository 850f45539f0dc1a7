import type { Kysely } from 'kysely';
import type { FalAccount } from '../accounts/accounts.ts';
import { bucketStart } from '../buckets.ts';
import type { UsageBucket } from '../history/answer.ts';
import { latestBalance } from '../history/balance-samples.ts';
import { LIVE_MS } from '../history/coverage.ts';
import { earlier } from '../instants.ts';
import { NANO_PER_UNIT, type Nano, sumNano } from '../money.ts';
import type { Services } from '../services.ts';
import type { Store } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import { BASIS_DAYS, type NoPaceReason, type Pace, paceOf } from '../usage/pace.ts';
import { readSteps } from './balance-steps.ts';
import { type BurnDown, burnDown, leftOf, type Spend } from './burn-down.ts';
import { type CreditEntry, latest, lotsAndCharges } from './ledger.ts';
import { dismissedTopUps, entriesOf } from './ledger-rows.ts';
import type { EventCost, Outlook } from './projection.ts';
import { eventSpans, readingsBefore, slotCosts } from './queries.ts';
import { remainingLots } from './remaining-lots.ts';
import { daysAround, everydayCosts, readDays, type Span, spendBounds, spendsOf } from './spends.ts';
import {
  basisOf,
  type EstimateBasis,
  estimateOf,
  firstOf,
  isOutdated,
  type StatedBalance,
  stateBalance,
  unknownDaysSince,
} from './stated-balance.ts';
import {
  type BalanceStep,
  type TopUp,
  topUpOf,
  unclearDays,
  unexplained,
  unseenTopUps,
} from './top-ups.ts';

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
  /** `null` where the balance is no estimate, or nobody knows it. */
  estimate: EstimateBasis | null;
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
export const USAGE_CURRENCY = 'USD';
/** How far back rises of the balance are looked for. */
const PROPOSAL_DAYS = 90;
/** A balance and the usage that explains it are never the same to the cent, */
const LEAST_DIFFERENCE = NANO_PER_UNIT;
/** and fal counts usage minutes later: what was spent in so many hours may be in one of them alone. */
const UNSURE_HOURS = 2;

/** Reads it. @param events planned ones, which the outlook takes into account. */
export async function readStatement(
  { store, history, now }: Pick<Services, 'store' | 'history' | 'now'>,
  account: FalAccount,
  events: readonly EventCost[] = [],
): Promise<CreditStatement> {
  const at = now();
  const known = await store.reader.snapshot((db) => readKept(store, db, account, at));
  const { entries, latestRead, currency, lots, charges, costs } = known;
  const days = await readDays(history.usage, account, known.since, at);
  const spends = spendsOf(days, known.cutDays, costs);
  const isComparable = currency === USAGE_CURRENCY;
  const spentSince = (moment: Temporal.Instant) => {
    const from = bucketStart(moment, 'hour', account.timezone).toInstant();
    return spends.filter((spend) => Temporal.Instant.compare(spend.at, from) >= 0);
  };
  // What was spent before anything was written down was spent of something else.
  const first = firstOf(lots, at);
  const spent = isComparable ? spentSince(first) : [];
  const burned = burnDown(lots, [...charges, ...spent], at);

  const seen = known.steps
    .map((step) =>
      topUpOf(
        step,
        isComparable ? spendBounds(costs, step.after, step.until) : { low: 0n, high: 0n },
      ),
    )
    .filter((topUp) => topUp !== null);
  const unseen = isComparable ? await readUnseen(store, account, days, at, seen) : [];
  const topUps = [...seen, ...unseen].sort((one, other) =>
    Temporal.Instant.compare(one.until, other.until),
  );
  const proposals = unexplained(topUps, entries, known.dismissed, currency).reverse();

  const estimate =
    isComparable && isOutdated(latestRead, at)
      ? estimateOf(latestRead?.known ?? null, { lots, charges }, spentSince, at)
      : null;
  const balance = stateBalance(latestRead, currency, estimate, at);
  // Hours after fal said so, more was spent.
  const credits = estimate?.left ?? balance.amount;
  const today = at.toZonedDateTimeISO(account.timezone).toPlainDate();
  // With today, which is no part of it.
  const basis = days.slice(-BASIS_DAYS - 1);
  const pace = paceOf(everydayCosts(basis, known.past, costs, account.timezone), today);
  return {
    account,
    now: at,
    balance,
    estimate: balance.source === 'fal' ? null : estimate && basisOf(estimate, days, account),
    entries: latest(entries),
    burned,
    difference:
      balance.source === 'fal' &&
      balance.asOf &&
      credits !== null &&
      lots.length > 0 &&
      isComparable
        ? differenceOf(credits, leftOf(burned), {
            unsure: spentBefore(balance.asOf, spends),
            isWhole: unknownDaysSince(first, days, account.timezone) === 0,
            isProposed: proposals.length > 0,
            wasEmpty: latestRead?.known?.balance === 0n,
          })
        : null,
    proposals,
    pace,
    outlook:
      credits === null || !isComparable
        ? null
        : {
            now: at.toZonedDateTimeISO(account.timezone),
            lots: remainingLots(credits, burned.lots, at),
            pace: typeof pace === 'string' ? null : pace,
            events,
          },
  };
}

/** What is kept of an account's credits, and what its calls cost around the moments that matter. */
async function readKept(
  store: Store,
  db: Kysely<Tables>,
  { id, timezone }: FalAccount,
  at: Temporal.Instant,
) {
  const entries = await entriesOf(db, id);
  const latestRead = await latestBalance(db, id);
  const currency = latestRead?.known?.currency ?? USAGE_CURRENCY;
  const { lots, charges } = lotsAndCharges(entries, currency);
  const read = latestRead?.known ? [latestRead.known.asOf] : [];
  const since = [
    ...lots.map(({ from }) => from),
    ...charges.map((charge) => charge.at),
    ...read,
  ].reduce(earlier, daysAgo(at, PROPOSAL_DAYS));
  const cuts = [
    ...lots.flatMap(({ from, expiresAt }) => (expiresAt ? [from, expiresAt] : [from])),
    ...read.flatMap((asOf) => [asOf, asOf.subtract({ hours: UNSURE_HOURS })]),
  ].filter((cut) => Temporal.Instant.compare(cut, at) < 0);
  const cutDays = daysAround(cuts, timezone);
  const steps = await readSteps(store, db, id, currency, daysAgo(at, PROPOSAL_DAYS));
  const past = await eventSpans(db, id, { from: daysAgo(at, BASIS_DAYS), to: at });
  return {
    ...{ entries, latestRead, currency, lots, charges, since, cutDays, steps, past },
    dismissed: await dismissedTopUps(db, id),
    costs: await slotCosts(db, store.engine, id, [...cutDays, ...spansOf(steps), ...past]),
  };
}

/** Top-ups of the days in which a balance fell all the same. */
function readUnseen(
  { engine, reader }: Store,
  { id }: FalAccount,
  all: readonly UsageBucket[],
  now: Temporal.Instant,
  seen: readonly TopUp[],
): Promise<TopUp[]> {
  const days = all.slice(-PROPOSAL_DAYS);
  const edges = days.map(({ start }) => start.toInstant());
  return reader.snapshot(async (db) => {
    const readings = await readingsBefore(db, engine, id, USAGE_CURRENCY, [...edges, now]);
    const steps = unclearDays(
      readings,
      days.map(({ cost }) => cost),
      seen,
    );
    const costs = await slotCosts(db, engine, id, spansOf(steps.flat()));
    return unseenTopUps(steps, ({ after, until }) => spendBounds(costs, after, until), seen);
  });
}

/** With the minutes before, which a balance may lack. */
function spansOf(steps: readonly BalanceStep[]): Span[] {
  return steps.map(({ after, until }) => ({
    from: after.subtract({ milliseconds: LIVE_MS }),
    to: until,
  }));
}

function daysAgo(at: Temporal.Instant, days: number): Temporal.Instant {
  return at.subtract({ hours: 24 * days });
}

/** What was spent in the hour a balance was read in and in the one before. */
function spentBefore(asOf: Temporal.Instant, spends: readonly Spend[]): Nano {
  const from = asOf.subtract({ hours: UNSURE_HOURS });
  const before = spends.filter(
    ({ at }) => Temporal.Instant.compare(at, from) > 0 && Temporal.Instant.compare(at, asOf) <= 0,
  );
  return sumNano(before.map(({ amount }) => amount));
}

/**
 * @param left what the ledger has left; below nothing where more was spent than it knows of.
 * @param circumstances `unsure`: what was spent so lately that balance and usage may not both have it.
 * `wasEmpty`: fal's last word was nothing, which is never below it, whatever was owed then.
 */
function differenceOf(
  balance: Nano,
  left: Nano,
  {
    unsure,
    isWhole,
    isProposed,
    wasEmpty,
  }: { unsure: Nano; isWhole: boolean; isProposed: boolean; wasEmpty: boolean },
): Difference | null {
  const amount = wasEmpty && balance > left ? 0n : balance - left;
  const tolerance = LEAST_DIFFERENCE + unsure;
  if (amount <= tolerance && amount >= -tolerance) return null;
  if (amount > 0n) return { amount, cause: isProposed ? 'top_up_to_confirm' : 'purchase_missing' };
  return { amount, cause: isWhole ? 'other_spend' : 'usage_not_known' };
}
