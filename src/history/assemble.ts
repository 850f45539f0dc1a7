import { divideNano, type Nano, sumNano } from '../money.ts';
import type { BilledUnits } from '../usage/report.ts';
import type {
  BucketPart,
  HistoryAnswer,
  HistoryQuestion,
  UsageBucket,
  UsageGroup,
  UsageSums,
} from './answer.ts';
import type { Coverage } from './coverage.ts';
import type { Grouping } from './groups.ts';
import { addMeasures, type Measures, noMeasures } from './measures.ts';
import type { Cell, StoredSeries } from './queries.ts';

/** What was read of a period. */
export interface Found {
  question: HistoryQuestion;
  coverage: Coverage;
  buckets: readonly Temporal.ZonedDateTime[];
  bucketEnds: readonly Temporal.ZonedDateTime[];
  grouping: Grouping;
  /** By the id of the series. */
  sums: ReadonlyMap<number, Measures>;
  /** By group and index of the bucket. */
  cells: readonly Cell[];
  uncounted: readonly { accountId: string; endpointId: string }[];
}

/** Puts an answer together from what was read. Exact: all kinds of parts add up to the total. */
export function assemble(found: Found): HistoryAnswer {
  const { question, coverage, grouping } = found;
  const areCallsKnown = question.apiKeyIds.length === 0;
  const uncounted = uncountedIn(found);
  const totalCost = sumNano(
    grouping.groups.flatMap(({ series }) => series.map(({ id }) => costOf(found.sums, id))),
  );
  const groups = grouping.groups.map((group, number) => ({
    number,
    usage: groupUsage(found, group, uncounted.has(group.key), totalCost),
  }));
  const shown = groups
    .filter(({ usage }) => usage.cost !== 0n || usage.count !== 0)
    .sort((a, b) => compareGroups(a.usage, b.usage));
  const order = new Map(shown.map(({ number }, index) => [number, index]));
  const total = totals(found, totalCost, areCallsKnown);
  const counts = areCallsKnown && (uncounted.size > 0 || total.count === null);
  const start = question.start.epochMilliseconds;
  const end = question.end.epochMilliseconds;
  return {
    question,
    total,
    groups: shown.map(({ usage }) => usage),
    series: bucketsOfAnswer(found, order, uncounted, areCallsKnown),
    state: coverage.stateOf(start, end),
    asOf: coverage.asOf,
    partial: [
      ...(coverage.hasGaps ? (['days_not_read'] as const) : []),
      ...(coverage.isIncomplete ? (['usage_pages_missing'] as const) : []),
      ...(counts ? (['counts_missing'] as const) : []),
    ],
    otherCurrencies: otherCurrencies(found),
  };
}

/** Keys of the groups whose calls are not known in full. */
function uncountedIn({ question, grouping, uncounted }: Found): Set<string> {
  const { groupBy, endpointIds } = question;
  const wanted = uncounted.filter(
    ({ endpointId }) => endpointIds.length === 0 || endpointIds.includes(endpointId),
  );
  if (groupBy !== 'account') return new Set(wanted.map(({ endpointId }) => endpointId));
  const slugs = new Map(
    grouping.groups.map(({ key, series }) => [series[0]?.accountId ?? '', key]),
  );
  return new Set(wanted.map(({ accountId }) => slugs.get(accountId) ?? accountId));
}

function costOf(sums: Found['sums'], id: number): Nano {
  return sums.get(id)?.[0] ?? 0n;
}

function groupUsage(
  { question, sums }: Found,
  { key, name, series }: Grouping['groups'][number],
  isUncounted: boolean,
  totalCost: Nano,
): UsageGroup {
  const sum = noMeasures();
  for (const { id } of series) addMeasures(sum, sums.get(id) ?? []);
  const [
    cost = 0n,
    ,
    requests = 0n,
    successes = 0n,
    failures = 0n,
    timed = 0n,
    p50 = 0n,
    p95 = 0n,
  ] = sum;
  const byCalls = question.groupBy === 'endpoint' || question.groupBy === 'account';
  const isKnown =
    byCalls && question.apiKeyIds.length === 0 && !isUncounted && (requests > 0n || cost === 0n);
  const known = (count: bigint) => (isKnown ? Number(count) : null);
  return {
    key,
    name,
    cost,
    count: known(requests),
    successes: known(successes),
    failures: known(failures),
    units: unitsOf(series, sums),
    averageCost: isKnown && requests > 0n ? divideNano(cost, requests) : null,
    share: totalCost === 0n ? 0 : Number((cost * 1_000_000_000n) / totalCost) / 1e9,
    p50Ms: timed > 0n ? Number(p50 / timed) : null,
    p95Ms: timed > 0n ? Number(p95 / timed) : null,
  };
}

function unitsOf(series: readonly StoredSeries[], sums: Found['sums']): BilledUnits[] {
  const billed = series.filter(({ id, measure, endpointId }) => {
    return measure === 'billed' && endpointId !== null && (sums.get(id)?.[1] ?? 0n) !== 0n;
  });
  const byPrice = Map.groupBy(billed, ({ unit, unitPrice }) => `${unitPrice} ${unit}`);
  return [...byPrice.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const quantity = sumNano(group.map(({ id }) => sums.get(id)?.[1] ?? 0n));
    const unitPrice = first.unitPrice === null ? null : BigInt(first.unitPrice);
    return [{ unit: first.unit, unitPrice, quantity }];
  });
}

function compareGroups(a: UsageGroup, b: UsageGroup): number {
  if (a.cost !== b.cost) return a.cost < b.cost ? 1 : -1;
  return (b.count ?? 0) - (a.count ?? 0) || (a.key < b.key ? -1 : 1);
}

function totals({ grouping, sums }: Found, cost: Nano, areCallsKnown: boolean): UsageSums {
  if (!areCallsKnown) return { cost, count: null, successes: null, failures: null };
  const sum = noMeasures();
  const called = [...grouping.groups.flatMap(({ series }) => series), ...grouping.ungrouped].filter(
    ({ measure }) => measure === 'called',
  );
  for (const { id } of called) addMeasures(sum, sums.get(id) ?? []);
  const [, , requests = 0n, successes = 0n, failures = 0n] = sum;
  if (requests === 0n && cost > 0n) {
    return { cost, count: null, successes: null, failures: null };
  }
  return {
    cost,
    count: Number(requests),
    successes: Number(successes),
    failures: Number(failures),
  };
}

function bucketsOfAnswer(
  { question, buckets, bucketEnds, cells, coverage, grouping }: Found,
  order: ReadonlyMap<number, number>,
  uncounted: ReadonlySet<string>,
  areCallsKnown: boolean,
): UsageBucket[] {
  const byBucket = Map.groupBy(cells, ({ at }) => at);
  const startMs = question.start.epochMilliseconds;
  const endMs = question.end.epochMilliseconds;
  const partCounts = question.groupBy === 'endpoint' || question.groupBy === 'account';
  return buckets.flatMap((start, index): UsageBucket[] => {
    const end = bucketEnds[index] ?? start;
    const state = coverage.stateOf(
      Math.max(start.epochMilliseconds, startMs),
      Math.min(end.epochMilliseconds, endMs),
    );
    if (state === 'unknown') {
      return [{ start, end, state, cost: null, count: null, failures: null, parts: [] }];
    }
    const found = byBucket.get(index) ?? [];
    const parts = found.flatMap(({ group, cost, requests, failures }): BucketPart[] => {
      const place = order.get(group);
      if (place === undefined || (cost === 0n && requests === 0n)) return [];
      const key = grouping.groups[group]?.key ?? '';
      const isKnown = partCounts && areCallsKnown && !uncounted.has(key);
      return [
        {
          group: place,
          cost,
          count: isKnown ? Number(requests) : null,
          failures: isKnown ? Number(failures) : null,
        },
      ];
    });
    parts.sort((a, b) => a.group - b.group);
    const sum = (measure: (cell: Cell) => bigint) => sumNano(found.map(measure));
    const known = (count: bigint) => (areCallsKnown ? Number(count) : null);
    return [
      {
        start,
        end,
        state,
        cost: sum(({ cost }) => cost),
        count: known(sum(({ requests }) => requests)),
        failures: known(sum(({ failures }) => failures)),
        parts,
      },
    ];
  });
}

function otherCurrencies({ grouping, sums }: Found): HistoryAnswer['otherCurrencies'] {
  const foreign = grouping.ungrouped.filter(({ measure }) => measure === 'billed');
  return [...Map.groupBy(foreign, ({ currency }) => currency ?? '')]
    .map(([currency, series]) => ({
      currency,
      cost: sumNano(series.map(({ id }) => costOf(sums, id))),
    }))
    .filter(({ cost }) => cost !== 0n);
}
