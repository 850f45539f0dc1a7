import { bucketsOf } from '../buckets.ts';
import type { AnalyticsRow } from '../fal/analytics.ts';
import type { UsageRow } from '../fal/usage.ts';
import { divideNano, type Nano, sumNano } from '../money.ts';
import { sumUnits } from './billed-units.ts';
import type { Period } from './period.ts';
import type { EndpointUsage, SeriesPoint, UsageTotals } from './report.ts';

/** What was read of a period, and what is known to be missing from it. */
export interface Readings {
  usage: readonly UsageRow[];
  /** Whether every row of the period is there. */
  usageComplete: boolean;
  /** By the id that is billed. */
  analytics: readonly AnalyticsRow[];
  /** Endpoints whose calls could not be read. */
  missed: readonly string[];
}

/**
 * Adds up what was read. Exact: costs are integers, each endpoint's parts sum to its cost and the
 * endpoints' costs to the total. What could not be counted is `null`, never zero.
 */
export function totals(readings: Readings, period: Period, asOf: Temporal.Instant): UsageTotals {
  const dollars = readings.usage.filter((row) => row.currency === 'USD');
  const totalCost = sumNano(dollars.map((row) => row.cost));
  const endpoints = endpointUsages(dollars, readings, totalCost);
  const uncounted = uncountedIds(endpoints, readings.missed);
  // With nothing counted and something missed even zero would be a guess.
  const sum = (counts: (number | null)[]) =>
    sumKnown(uncounted.length > 0 ? [...counts, null] : counts);
  return {
    totalCost,
    totalRequests: sum(endpoints.map((endpoint) => endpoint.count)),
    successfulRequests: sum(endpoints.map((endpoint) => endpoint.successes)),
    failedRequests: sum(endpoints.map((endpoint) => endpoint.failures)),
    endpoints,
    uncounted,
    series: series(dollars, readings, period, asOf, uncounted.length === 0),
    mostUsed: mostUsed(endpoints),
    otherCurrencies: otherCurrencies(readings.usage),
  };
}

function uncountedIds(endpoints: readonly EndpointUsage[], missed: readonly string[]): string[] {
  const gaps = endpoints.filter(
    ({ count, successes, failures }) => count === null || successes === null || failures === null,
  );
  return [...new Set([...gaps.map((endpoint) => endpoint.endpointId), ...missed])];
}

/** Endpoints that cost nothing in the period but were called stand in the list too. */
function endpointUsages(
  dollars: readonly UsageRow[],
  { usage, usageComplete, analytics, missed }: Readings,
  totalCost: Nano,
): EndpointUsage[] {
  const billed = Map.groupBy(dollars, (row) => row.endpointId);
  const called = Map.groupBy(analytics, (row) => row.endpointId);
  const ids = new Set([...usage.map((row) => row.endpointId), ...calledIds(analytics)]);
  const paidOtherwise = new Set(
    usage.filter((row) => row.currency !== 'USD').map((row) => row.endpointId),
  );
  return [...ids]
    .map((endpointId): EndpointUsage => {
      const rows = billed.get(endpointId) ?? [];
      const cost = sumNano(rows.map((row) => row.cost));
      const counts = countsOf(missed.includes(endpointId) ? undefined : called.get(endpointId));
      // What was billed has been called: a count of zero is a count that fal does not have.
      const known = counts.count === 0 && cost > 0n ? UNKNOWN : counts;
      // Which of its calls were paid in another currency is not known.
      const isAll = usageComplete && rows.length > 0 && !paidOtherwise.has(endpointId);
      const comparable = isAll && known.count;
      return {
        endpointId,
        cost,
        ...known,
        units: sumUnits(rows),
        averageCost: comparable ? divideNano(cost, comparable) : null,
        share: totalCost === 0n ? 0 : Number((cost * 1_000_000_000n) / totalCost) / 1e9,
      };
    })
    .sort(
      (a, b) =>
        compare(b.cost, a.cost) ||
        (b.count ?? 0) - (a.count ?? 0) ||
        a.endpointId.localeCompare(b.endpointId, 'en'),
    );
}

function calledIds(analytics: readonly AnalyticsRow[]): string[] {
  return analytics.filter((row) => countOf(row) !== 0).map((row) => row.endpointId);
}

type Counts = Pick<EndpointUsage, 'count' | 'successes' | 'failures'>;

const UNKNOWN: Counts = { count: null, successes: null, failures: null };

/** No rows at all is "fal did not say". */
function countsOf(rows: readonly AnalyticsRow[] | undefined): Counts {
  if (!rows || rows.length === 0) return UNKNOWN;
  return {
    count: sumAll(rows.map(countOf)),
    successes: sumAll(rows.map((row) => row.metrics.success_count ?? null)),
    failures: sumAll(rows.map(failuresOf)),
  };
}

function countOf({ metrics }: AnalyticsRow): number | null {
  return (
    metrics.request_count ??
    sumAll([
      metrics.success_count ?? null,
      metrics.user_error_count ?? null,
      metrics.error_count ?? null,
    ])
  );
}

function failuresOf({ metrics }: AnalyticsRow): number | null {
  return sumAll([metrics.user_error_count ?? null, metrics.error_count ?? null]);
}

/** The sum when every part is known, else `null`. */
function sumAll(parts: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const part of parts) {
    if (part === null) return null;
    sum += part;
  }
  return sum;
}

/** The sum of the known parts, a lower bound; `null` when there are parts and none is known. */
function sumKnown(parts: readonly (number | null)[]): number | null {
  const known = parts.filter((part) => part !== null);
  return known.length === 0 && parts.length > 0 ? null : sumAll(known);
}

/**
 * Every bucket of the period up to `asOf`; one without rows is zero only when nothing is missing.
 * No row is lost: one that begins before the first bucket, or between two because fal cuts hours
 * where the zone does not, belongs to the last bucket begun by then.
 */
function series(
  dollars: readonly UsageRow[],
  { usageComplete, analytics }: Readings,
  period: Period,
  asOf: Temporal.Instant,
  countsComplete: boolean,
): SeriesPoint[] {
  const present = Math.min(asOf.epochMilliseconds, period.end.epochMilliseconds);
  const untilMs = [...dollars, ...analytics].reduce(
    (latest, row) => Math.max(latest, row.bucket.epochMilliseconds + 1),
    present,
  );
  const { start, resolution, timezone } = period;
  const buckets = bucketsOf(start, untilMs, resolution, timezone);
  const starts = buckets.map((bucket) => bucket.epochMilliseconds);
  const indexOf = (row: { bucket: Temporal.Instant }) =>
    Math.max(
      0,
      starts.findLastIndex((start) => start <= row.bucket.epochMilliseconds),
    );
  const costs = Map.groupBy(dollars, indexOf);
  const calls = Map.groupBy(analytics, indexOf);
  return buckets.map((bucket, index) => {
    const rows = costs.get(index);
    const counts = calls.get(index) ?? [];
    return {
      bucket,
      cost: rows || usageComplete ? sumNano((rows ?? []).map((row) => row.cost)) : null,
      count: usageComplete && countsComplete ? sumAll(counts.map(countOf)) : null,
    };
  });
}

/** By calls; by cost as long as some count is unknown, for then calls can't be compared. */
export function mostUsed(endpoints: readonly EndpointUsage[]): string | null {
  const counted = endpoints.every((endpoint) => endpoint.count !== null);
  const most = endpoints.reduce<EndpointUsage | undefined>(
    (best, endpoint) =>
      best && (!counted || (best.count ?? 0) >= (endpoint.count ?? 0)) ? best : endpoint,
    undefined,
  );
  return most?.endpointId ?? null;
}

function otherCurrencies(usage: readonly UsageRow[]): UsageTotals['otherCurrencies'] {
  const foreign = usage.filter((row) => row.currency !== 'USD');
  return [...Map.groupBy(foreign, (row) => row.currency)].map(([currency, rows]) => ({
    currency,
    cost: sumNano(rows.map((row) => row.cost)),
  }));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
