import { expect } from 'vitest';
import type { BillingRequest } from '../../../src/demo/billing-request.ts';
import { bucketAt } from '../../../src/demo/window.ts';
import type { BucketState, HistoryAnswer, HistoryQuestion } from '../../../src/history/answer.ts';
import { type Nano, sumNano, toNano } from '../../../src/money.ts';

/** What something cost and how many calls there were; `null` is not known. */
interface Sums {
  cost: Nano;
  count: number | null;
  failures: number | null;
}

/** What any face of the panel shows of a period. */
export interface Shown {
  total: Sums;
  /** `quantity` is of all units together, in 1e-9. */
  groups: (Sums & { key: string; quantity: Nano })[];
  buckets: {
    startMs: number;
    state: BucketState;
    cost: Nano | null;
    count: number | null;
    failures: number | null;
    parts: (Sums & { key: string })[];
  }[];
}

export function shownByAnswer({ total, groups, series }: HistoryAnswer): Shown {
  const sums = ({ cost, count, failures }: Sums): Sums => ({ cost, count, failures });
  return {
    total: sums(total),
    groups: groups.map((group) => ({
      key: group.key,
      quantity: sumNano(group.units.map(({ quantity }) => quantity ?? 0n)),
      ...sums(group),
    })),
    buckets: series.map(({ start, state, cost, count, failures, parts }) => ({
      startMs: start.epochMilliseconds,
      state,
      cost,
      count,
      failures,
      parts: parts.map((part) => ({ key: groups[part.group]?.key ?? '', ...sums(part) })),
    })),
  };
}

/** What is read of the JSON of `/api/v1/usage`. */
interface JsonSums {
  cost: number;
  count: number | null;
  failures: number | null;
}

export interface JsonUsage {
  start: string;
  end: string;
  freshness: BucketState;
  partial_reason: string | null;
  total_cost: number;
  total_requests: number | null;
  failed_requests: number | null;
  groups: (JsonSums & { key: string; units: { quantity: number }[] })[];
  series: (Omit<JsonSums, 'cost'> & {
    bucket: string;
    state: Shown['buckets'][number]['state'];
    cost: number | null;
    groups: (JsonSums & { key: string })[];
  })[];
}

export function shownByJson(usage: JsonUsage): Shown {
  const sums = ({ cost, count, failures }: JsonSums) => ({ cost: toNano(cost), count, failures });
  return {
    total: {
      cost: toNano(usage.total_cost),
      count: usage.total_requests,
      failures: usage.failed_requests,
    },
    groups: usage.groups.map((group) => ({
      key: group.key,
      quantity: sumNano(group.units.map(({ quantity }) => toNano(quantity))),
      ...sums(group),
    })),
    buckets: usage.series.map(({ bucket, state, cost, count, failures, groups }) => ({
      startMs: Temporal.Instant.from(bucket).epochMilliseconds,
      state,
      cost: cost === null ? null : toNano(cost),
      count,
      failures,
      parts: groups.map((part) => ({ key: part.key, ...sums(part) })),
    })),
  };
}

/** A charge with the account it is of. */
export type Charge = BillingRequest & { slug: string };

/** How a charge is told by each grouping. */
export function keyOf(charge: Charge, groupBy: HistoryQuestion['groupBy']): string {
  const { billedId, unit, slug } = charge;
  return { endpoint: billedId, unit, account: slug, api_key: callerOf(charge) }[groupBy];
}

function callerOf({ caller }: BillingRequest): string {
  return caller.apiKeyId ?? caller.loginUsername ?? caller.detail;
}

/** The charges that a question is about. */
export function chargesIn(
  charges: readonly Charge[],
  {
    start,
    end,
    endpointIds,
    apiKeyIds,
    slug,
  }: Omit<HistoryQuestion, 'accountId'> & { slug: string | null },
): Charge[] {
  return charges.filter(
    (charge) =>
      charge.atMs >= start.epochMilliseconds &&
      charge.atMs < end.epochMilliseconds &&
      (slug === null || charge.slug === slug) &&
      (endpointIds.length === 0 || endpointIds.includes(charge.billedId)) &&
      (apiKeyIds.length === 0 || apiKeyIds.includes(callerOf(charge))),
  );
}

/** The sums of charges, one by one. @param counts whether calls can be told of them at all. */
export function sumsOf(charges: readonly Charge[], counts: boolean): Sums {
  const calls = charges.filter(({ call }) => call);
  return {
    cost: sumNano(charges.map(({ costNano }) => costNano)),
    count: counts ? calls.length : null,
    failures: counts ? calls.filter(({ outcome }) => outcome !== 'success').length : null,
  };
}

/** Where buckets begin, cut by the simulator and not by the panel's own functions. */
export function edgesOf({ start, end, timezone, resolution }: HistoryQuestion): number[] {
  const window = {
    startMs: start.epochMilliseconds,
    endMs: end.epochMilliseconds,
    timezone,
    timeframe: resolution,
  };
  const edges: number[] = [];
  let { startMs, endMs } = bucketAt(window.startMs, window);
  while (startMs < window.endMs) {
    edges.push(startMs);
    ({ startMs, endMs } = bucketAt(endMs, window));
  }
  return edges;
}

/**
 * All that is shown of a settled period is what happened, and its parts make up its whole.
 * @param question with the period as it was answered.
 */
export function expectTruth(
  shown: Shown,
  charges: readonly Charge[],
  question: HistoryQuestion & { slug: string | null },
  { areCallsKnown }: { areCallsKnown: boolean },
): void {
  const { groupBy, apiKeyIds } = question;
  const inside = chargesIn(charges, question);
  const isCounted = apiKeyIds.length === 0;
  const isCountedApart = isCounted && (groupBy === 'endpoint' || groupBy === 'account');
  const seen = (sums: Sums): Sums =>
    areCallsKnown ? sums : { ...sums, count: null, failures: null };
  const expected = (of: readonly Charge[], counts: boolean) => seen(sumsOf(of, counts));
  const keyed = (list: readonly (Sums & { key: string })[]) =>
    Object.fromEntries(
      list.map(({ key, cost, count, failures }) => [key, seen({ cost, count, failures })]),
    );
  const expectedParts = (of: readonly Charge[], areAllListed: boolean) => {
    const told = of.filter(({ quantityNano }) => quantityNano > 0n || isCountedApart);
    const groups = [...Map.groupBy(told, (charge) => keyOf(charge, groupBy))];
    return Object.fromEntries(
      groups
        .map(([key, list]) => [key, expected(list, isCountedApart), sumsOf(list, true)] as const)
        .filter(([, , { cost, count }]) => areAllListed || cost > 0n || (isCountedApart && count))
        .map(([key, sums]) => [key, sums]),
    );
  };

  expect(seen(shown.total)).toEqual(expected(inside, isCounted));
  const groups = keyed(shown.groups);
  const trueGroups = expectedParts(inside, true);
  if (areCallsKnown) expect(groups).toEqual(trueGroups);
  else expect(costs(groups)).toEqual(costs(trueGroups));
  expect(sumNano(shown.groups.map(({ cost }) => cost))).toBe(shown.total.cost);

  if (groupBy === 'endpoint' || groupBy === 'unit') {
    expect(quantities(shown.groups.map(({ key, quantity }) => [key, quantity]))).toEqual(
      quantities(inside.map((charge) => [keyOf(charge, groupBy), charge.quantityNano])),
    );
  }

  const edges = edgesOf(question);
  expect(shown.buckets.map(({ startMs }) => startMs)).toEqual(edges);
  for (const [index, bucket] of shown.buckets.entries()) {
    const nextMs = edges[index + 1] ?? Infinity;
    const ofBucket = inside.filter(({ atMs }) => atMs >= bucket.startMs && atMs < nextMs);
    const { state, parts } = bucket;
    const { cost, ...counts } = expected(ofBucket, isCounted);
    expect({ state, cost: bucket.cost }).toEqual({ state: 'final', cost });
    if (areCallsKnown) {
      expect({ count: bucket.count, failures: bucket.failures }).toEqual(counts);
      expect(keyed(parts)).toEqual(expectedParts(ofBucket, false));
    } else expect(costs(keyed(parts))).toEqual(costs(expectedParts(ofBucket, false)));
    expect(sumNano(parts.map((part) => part.cost))).toBe(cost);
  }
}

/** Those that cost something. */
function costs(groups: Record<string, Sums>): Record<string, Nano> {
  return Object.fromEntries(
    Object.entries(groups)
      .filter(([, { cost }]) => cost > 0n)
      .map(([key, { cost }]) => [key, cost]),
  );
}

/** Added up by key; only what is something. */
function quantities(list: readonly (readonly [key: string, quantity: Nano])[]) {
  return Object.fromEntries(
    [...Map.groupBy(list, ([key]) => key)]
      .map(([key, group]) => [key, sumNano(group.map(([, quantity]) => quantity))] as const)
      .filter(([, quantity]) => quantity > 0n),
  );
}
