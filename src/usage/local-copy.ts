import type { FalAccount } from '../accounts/accounts.ts';
import type { HistoryAnswer } from '../history/answer.ts';
import { lastKnownBalance } from '../history/balance-samples.ts';
import type { Services } from '../services.ts';
import type { Period } from './period.ts';
import type { Balance, EndpointUsage, UsageReport } from './report.ts';
import { mostUsed } from './totals.ts';

/**
 * What the local copy says of a period, in the shape of a live answer. The period is widened to whole
 * hours, by which the copy is kept.
 * @param awayReason why fal itself could not be asked, a code.
 * @returns `null` where nothing of it was ever read.
 */
export async function readLocalCopy(
  { history, store }: Pick<Services, 'history' | 'store'>,
  account: FalAccount,
  { period, endpointIds }: { period: Period; endpointIds: readonly string[] },
  awayReason: string,
): Promise<UsageReport | null> {
  const { start, end, timezone, resolution } = period;
  const answer = await history.usage({
    ...{ start, end, timezone, resolution, endpointIds },
    groupBy: 'endpoint',
    accountId: account.id,
    apiKeyIds: [],
    groupsApart: 0,
  });
  if (answer.asOf === null || answer.state === 'unknown') return null;
  const known = await lastKnownBalance(store.db, account.id);
  const balance: Balance = known
    ? { amount: known.balance, currency: known.currency, reason: null, asOf: known.asOf }
    : { amount: null, currency: null, reason: awayReason };
  return {
    ...reportOf(answer),
    period: { ...period, start: answer.question.start, end: answer.question.end },
    asOf: answer.asOf,
    source: 'local_copy',
    awayReason,
    balance,
  };
}

function reportOf({ total, groups, series, partial, otherCurrencies }: HistoryAnswer) {
  const endpoints = groups.map(
    ({ key, name: _name, p50Ms: _p50, p95Ms: _p95, ...usage }): EndpointUsage => {
      return { endpointId: key, ...usage };
    },
  );
  const uncounted = endpoints.filter(({ count, failures }) => count === null || failures === null);
  return {
    totalCost: total.cost,
    totalRequests: total.count,
    successfulRequests: total.successes,
    failedRequests: total.failures,
    endpoints,
    series: series.map(({ start, cost, count, state }) => ({
      ...{ bucket: start, cost, count },
      ...(state === 'partial' && { isPartial: true }),
    })),
    mostUsed: mostUsed(endpoints),
    otherCurrencies,
    uncounted: uncounted.map(({ endpointId }) => endpointId),
    partial,
  };
}
