import { hash as digest, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { FalClient } from '../fal/client.ts';
import { FalError, isFalError } from '../fal/errors.ts';
import { explainRefusal } from '../fal/refusal.ts';
import { openQuestion, type Question } from '../fal/transport.ts';
import type { UsageAnswer } from '../fal/usage.ts';
import { createSingleFlight } from '../single-flight.ts';
import type { Catalogue } from './catalogue.ts';
import { createCallCounts } from './counts.ts';
import { createLedger } from './ledger.ts';
import type { Period } from './period.ts';
import type { Balance, UsageReport } from './report.ts';
import { totals } from './totals.ts';

const ACCOUNTS_REMEMBERED = 1_000;
const ENDPOINTS_REMEMBERED = 200;
/** How long new endpoints wait for fal's list of models before they are counted, in ms. */
const LISTING_GRACE_MS = 10;
/** And how long those wait that have no calls under the id they are billed by, in ms. */
const LISTING_PATIENCE_MS = 2_000;
/** How long a finished answer waits for the balance, in ms. */
const BALANCE_GRACE_MS = 2_000;

export interface LiveUsageOptions {
  fal: FalClient;
  catalogue: Catalogue;
  now: () => Temporal.Instant;
  /** How long fal may take for one question, retries included, in ms. */
  timeoutMs: number;
  /** How long the same question gets the same answer, in ms: fal's rate limit is ours to spend. */
  cacheMs: number;
}

/** What to ask fal. */
export interface UsageQuestion {
  key: string;
  /** Resolved when fal is asked, so that "the last 24 hours" end at that moment. */
  period: (now: Temporal.Instant) => Period;
  /** Names the period: equal names are the same question. */
  periodName: string;
  /** Only these endpoints; all when empty. */
  endpointIds: readonly string[];
}

/**
 * Answers what fal says was used in a period.
 * @param caller aborts when the caller goes away; only made when fal has to be asked.
 */
export type LiveUsage = (
  question: UsageQuestion,
  caller?: () => AbortSignal,
) => Promise<UsageReport>;

/**
 * Asks fal live, in as few round trips as it allows: usage and balance side by side, with the call
 * counts of the endpoints this account is known to use; one more only for endpoints that are new.
 */
export function createLiveUsage(options: LiveUsageOptions): LiveUsage {
  const { fal, catalogue, now, timeoutMs, cacheMs } = options;
  const share = createSingleFlight<UsageReport>();
  const answers = new LRUCache<string, UsageReport>({
    max: 500,
    ttl: Math.max(1, cacheMs),
    ttlAutopurge: true,
  });
  const knownEndpoints = new LRUCache<string, Set<string>>({ max: ACCOUNTS_REMEMBERED });
  // Keys are remembered only as a salted hash that means nothing outside this process.
  const salt = randomBytes(32).toString('hex');
  const hash = (text: string) => digest('sha256', salt + text, 'base64url');

  async function ask(asked: UsageQuestion, signal: AbortSignal): Promise<UsageReport> {
    // It is closed when usage can't be had: nobody needs the counts and the balance any more then.
    using question = openQuestion(asked.key, timeoutMs, signal);
    const account = hash(asked.key);
    const known = knownEndpoints.get(account) ?? new Set<string>();
    const asOf = now();
    const period = asked.period(asOf);
    const cut = { ...period, timeframe: period.resolution };
    const counts = createCallCounts(fal, catalogue, question, cut);
    const listWasKnown = catalogue.known() !== null;
    const counting = counts.ask(asked.endpointIds.length > 0 ? asked.endpointIds : [...known]);
    const listing = catalogue.load();
    const balance = readBalance(fal, question);
    // All may be left behind when usage fails, and must not crash the process then.
    for (const pending of [listing, counting, balance]) pending.catch(() => {});
    try {
      const usage = await readUsage(fal, question, period, asked.endpointIds);
      const billed = new Set(usage.rows.map((row) => row.endpointId));
      const isNew = [...billed].some((id) => !known.has(id) && !asked.endpointIds.includes(id));
      if (isNew) await Promise.race([listing, pause(LISTING_GRACE_MS)]);
      await Promise.all([counting, counts.ask([...billed])]);
      const silent = [...billed].filter((id) => !counts.knows(id));
      if (silent.length > 0 && !listWasKnown) {
        // They may be called by other ids, which fal's list of models tells.
        await Promise.race([listing, pause(LISTING_PATIENCE_MS)]);
        await counts.ask(silent);
      }
      const { rows: analytics, unanswered } = counts.read(billed);
      const isWanted = (id: string) => billed.has(id) || asked.endpointIds.includes(id);
      // An endpoint of long ago that can't be counted must not spoil every answer from then on;
      // but where nothing at all was counted, it is not known to be of long ago only.
      const missed = [...unanswered].filter((id) => isWanted(id) || analytics.length === 0);
      remember(account, billed, unanswered);
      const usageComplete = usage.stops.length === 0;
      const readings = { usage: usage.rows, usageComplete, analytics, missed };
      const sums = totals(readings, period, asOf);
      return {
        ...sums,
        period,
        asOf,
        source: usage.source,
        awayReason: null,
        balance: await Promise.race([balance, balanceTooLate()]),
        partial: [
          ...(usageComplete ? [] : (['usage_pages_missing'] as const)),
          ...(sums.uncounted.length > 0 ? (['counts_missing'] as const) : []),
        ],
      };
    } catch (error) {
      throw isFalError(error, 'unauthorized', 'forbidden')
        ? await explainRefusal(fal, question, error)
        : error;
    }
  }

  /** Keeps in mind for the next question what was billed, and what was before and can be counted. */
  function remember(
    account: string,
    billed: ReadonlySet<string>,
    uncountable: ReadonlySet<string>,
  ): void {
    const before = [...(knownEndpoints.get(account) ?? [])].filter((id) => !uncountable.has(id));
    const ids = new Set([...billed, ...before].slice(0, ENDPOINTS_REMEMBERED));
    knownEndpoints.set(account, ids);
  }

  return async function liveUsage(asked, caller) {
    const { key, periodName, endpointIds } = asked;
    const name = hash([key, periodName, ...endpointIds.toSorted()].join('\n'));
    const cached = cacheMs > 0 ? answers.get(name) : undefined;
    if (cached) return cached;
    return share(name, caller?.(), async (signal) => {
      const report = await ask(asked, signal);
      answers.set(name, report);
      return report;
    });
  };
}

/**
 * What was billed. Where fal fails at usage itself, and not altogether, the single charges of the
 * same period say the same: one of the two has been broken for days for some accounts.
 */
async function readUsage(
  fal: FalClient,
  question: Question,
  period: Period,
  endpointIds: readonly string[],
): Promise<UsageAnswer & { source: UsageReport['source'] }> {
  const { start, end, timezone, resolution } = period;
  try {
    const query = { start, end, timezone, timeframe: resolution, endpointIds };
    return { ...(await fal.usage(question, query)), source: 'usage' };
  } catch (error) {
    const brokenHere = isFalError(error, 'fal_unavailable') && error.status === 500;
    if (!brokenHere && !isFalError(error, 'fal_bad_response')) throw error;
    const ledger = createLedger(period);
    try {
      const stops = await fal.billingEvents(question, { start, end, endpointIds }, (events) => {
        ledger.add(events);
        return undefined;
      });
      return { rows: ledger.rows(), stops, source: 'billing_events' };
    } catch (second) {
      // What went wrong first says more than that the way around it was closed too.
      throw isFalError(second) ? error : second;
    }
  }
}

/** A wait that does not keep a stopping process alive. */
function pause(ms: number): Promise<void> {
  return sleep(ms, undefined, { ref: false });
}

async function balanceTooLate(): Promise<Balance> {
  await pause(BALANCE_GRACE_MS);
  return { amount: null, currency: null, reason: 'fal_timeout' };
}

/** The balance is a help, not the answer: where it can't be read the reason stands in its place. */
async function readBalance(fal: FalClient, question: Question): Promise<Balance> {
  try {
    const { credits } = await fal.accountBilling(question);
    return credits
      ? { amount: credits.balance, currency: credits.currency, reason: null }
      : { amount: null, currency: null, reason: 'not_stated' };
  } catch (error) {
    if (!(error instanceof FalError)) throw error;
    const refused = error.code === 'unauthorized' || error.code === 'forbidden';
    return {
      amount: null,
      currency: null,
      reason: refused ? 'admin_scope_required' : error.code,
    };
  }
}
