import { LRUCache } from 'lru-cache';
import { type FalAccount, reopenAccount } from '../accounts/accounts.ts';
import { FalError } from '../fal/errors.ts';
import type { UsageSums } from '../history/answer.ts';
import { lastKnownBalance, type ReadBalance } from '../history/balance-samples.ts';
import { toFailure } from '../http/failure.ts';
import { earlier, later } from '../instants.ts';
import type { Nano } from '../money.ts';
import { SealError } from '../secrets/seal.ts';
import type { Services } from '../services.ts';
import type { Period } from '../usage/period.ts';
import type { Balance, UsageReport } from '../usage/report.ts';
import { askByKeys } from './ask-by-keys.ts';
import { readEventUsage } from './event-usage.ts';
import type { PlannedEvent } from './planned-event.ts';

/** What an event used up to a moment, and what is left of the account's credits. */
export interface LiveReading extends UsageSums {
  asOf: Temporal.Instant;
  /** fal itself, or the local copy, by whole hours. */
  source: 'live' | 'local_copy';
  /** From when on it is counted. */
  start: Temporal.Instant;
  /** Some of it is missing: costs are lower bounds. */
  isPartial: boolean;
  /** Calls and how many minutes they were made in, the last ones; `null`: only fal knows. */
  lately: { calls: number | null; minutes: number } | null;
  /** What all of the account spent in that time. */
  accountCost: Nano;
  balance: ReadBalance | null;
}

/** The best reading there is; `null` where nothing was ever read. */
export interface LiveAnswer {
  reading: LiveReading | null;
  /** Why fal itself did not answer, a code; `null` where it did, or was not asked. */
  awayReason: string | null;
}

export interface LiveReadings {
  /** Asks fal, and falls back on what is known. */
  ask(event: PlannedEvent, account: FalAccount, caller: AbortSignal): Promise<LiveAnswer>;
  /** What is known without fal. */
  known(event: PlannedEvent, account: FalAccount): Promise<LiveReading | null>;
}

const EVENTS_REMEMBERED = 200;
/** "Lately" is so long. */
const LATELY = { minutes: 15 };
/** Up to this long fal is asked by the hour. */
const MAX_HOURLY_HOURS = 8 * 24;

/** What fal said so long ago is not asked again: its rate limit is ours to spend. */
const FRESH = { seconds: 10 };

/**
 * Reads what an event that has begun used. The last good numbers of fal are kept until the local copy
 * has newer ones.
 */
export function createLiveReadings(services: Services): LiveReadings {
  const { store, seal, now, liveUsage } = services;
  const lastGood = new LRUCache<string, LiveReading>({ max: EVENTS_REMEMBERED });
  const nameOf = ({ id, version }: PlannedEvent) => `event ${id} ${version}`;

  async function askFal(
    event: PlannedEvent,
    account: FalAccount,
    caller: AbortSignal,
  ): Promise<LiveReading> {
    const { key } = await reopenAccount(store.db, seal, account);
    if (event.apiKeyIds) return askFalByKeys(event, account, key, event.apiKeyIds, caller);
    const ask = (periodName: string, from: (at: Temporal.Instant) => Temporal.Instant) =>
      liveUsage(
        {
          key,
          period: (at) => periodOf(event, from(at), earlier(at, event.end)),
          periodName: `${nameOf(event)} ${periodName}`,
          endpointIds: [],
        },
        () => caller,
      );
    const [report, lately] = await Promise.all([
      ask('so far', () => event.start),
      ask('lately', (at) => later(event.start, at.subtract(LATELY))),
    ]);
    return {
      ...sumsOf(report),
      asOf: report.asOf,
      source: 'live',
      start: event.start,
      isPartial: report.partial.length > 0,
      lately: {
        calls: lately.partial.length > 0 ? null : lately.totalRequests,
        minutes: lately.period.start.until(lately.period.end).total('minutes'),
      },
      accountCost: report.totalCost,
      balance: await balanceOf(report.balance, report.asOf, account),
    };
  }

  async function askFalByKeys(
    event: PlannedEvent,
    account: FalAccount,
    key: string,
    apiKeyIds: readonly string[],
    caller: AbortSignal,
  ): Promise<LiveReading> {
    const kept = lastGood.get(nameOf(event));
    const asOf = now();
    if (kept && Temporal.Instant.compare(kept.asOf, asOf.subtract(FRESH)) > 0) return kept;
    const period = periodOf(event, event.start, earlier(asOf, event.end));
    const answer = await askByKeys(services, key, period, apiKeyIds, caller);
    return {
      ...{ cost: answer.cost, count: null, successes: null, failures: null },
      asOf,
      source: 'live',
      start: event.start,
      isPartial: answer.isPartial,
      lately: null,
      accountCost: answer.accountCost,
      balance: await balanceOf(answer.balance, asOf, account),
    };
  }

  async function balanceOf(
    balance: Balance | null,
    asOf: Temporal.Instant,
    account: FalAccount,
  ): Promise<ReadBalance | null> {
    if (!balance || balance.amount === null) return lastKnownBalance(store.db, account.id);
    return { balance: balance.amount, currency: balance.currency, asOf };
  }

  async function known(event: PlannedEvent, account: FalAccount): Promise<LiveReading | null> {
    const until = earlier(now(), event.end);
    const [own, all, balance] = await Promise.all([
      readEventUsage(services, event, event.apiKeyIds ?? [], until),
      event.apiKeyIds ? readEventUsage(services, event, [], until) : null,
      lastKnownBalance(store.db, account.id),
    ]);
    const kept = lastGood.get(nameOf(event)) ?? null;
    if (own.asOf === null || own.state === 'unknown') return kept;
    const { asOf } = own;
    if (kept && Temporal.Instant.compare(kept.asOf, asOf) >= 0) return kept;
    return {
      ...own.total,
      asOf,
      source: 'local_copy',
      start: own.question.start,
      isPartial: own.partial.length > 0,
      lately: null,
      accountCost: (all ?? own).total.cost,
      balance,
    };
  }

  return {
    known,
    async ask(event, account, caller) {
      try {
        const reading = await askFal(event, account, caller);
        lastGood.set(nameOf(event), reading);
        return { reading, awayReason: null };
      } catch (error) {
        caller.throwIfAborted();
        if (!(error instanceof FalError) && !(error instanceof SealError)) throw error;
        return { reading: await known(event, account), awayReason: toFailure(error).code };
      }
    },
  };
}

function periodOf(
  { timezone }: PlannedEvent,
  start: Temporal.Instant,
  end: Temporal.Instant,
): Period {
  const isShort = start.until(end).total('hours') <= MAX_HOURLY_HOURS;
  return { start, end, timezone, resolution: isShort ? 'hour' : 'day', preset: 'custom' };
}

function sumsOf(report: UsageReport): UsageSums {
  return {
    cost: report.totalCost,
    count: report.totalRequests,
    successes: report.successfulRequests,
    failures: report.failedRequests,
  };
}
