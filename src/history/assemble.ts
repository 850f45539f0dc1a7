import { setImmediate as othersTurn } from 'node:timers/promises';
import { divideNano, type Nano } from '../money.ts';
import { sumUnits } from '../usage/billed-units.ts';
import type { BilledUnits } from '../usage/report.ts';
import type {
  BucketPart,
  BucketState,
  HistoryAnswer,
  HistoryQuestion,
  UsageBucket,
  UsageGroup,
  UsageSums,
} from './answer.ts';
import type { Coverage } from './coverage.ts';
import { areCallsKnownBy, type SeriesGroup } from './groups.ts';
import { addMeasures, type Measures, noMeasures } from './measures.ts';
import type { StoredSeries, Uncounted } from './queries.ts';
import { type EpochDay, MS_PER_DAY } from './slots.ts';
import type { Cell, Cells } from './sum-queries.ts';

/** A group with all its measures. */
export interface GroupSums extends SeriesGroup {
  sum: Measures;
}

/** What was read of a period. */
export interface Found {
  question: HistoryQuestion;
  coverage: Coverage;
  buckets: readonly { start: Temporal.ZonedDateTime; end: Temporal.ZonedDateTime }[];
  /** In their order. */
  groups: readonly GroupSums[];
  /** What the first of them have in each bucket, by its index. */
  apart: readonly Cells[];
  /** Series of other currencies. */
  foreign: readonly StoredSeries[];
  /** By the id of the series. */
  sums: ReadonlyMap<number, Measures>;
  /** What everything has in each bucket. */
  total: Cells;
  uncounted: readonly Uncounted[];
  accounts: ReadonlyMap<string, { slug: string }>;
}

/** Groups that have something, most expensive first. */
export function groupSums(
  groups: readonly SeriesGroup[],
  sums: ReadonlyMap<number, Measures>,
): GroupSums[] {
  return groups
    .map((group) => ({ ...group, sum: sumOf(group.series, sums) }))
    .filter(({ sum: [cost, quantity, requests] }) => cost || quantity || requests)
    .sort((a, b) => compare(b.sum[0], a.sum[0]) || compare(b.sum[2], a.sum[2]) || byKey(a, b));
}

/** Puts an answer together from what was read. Exact: all kinds of parts add up to the total. */
export async function assemble(found: Found): Promise<HistoryAnswer> {
  const { question, coverage, groups } = found;
  const uncounted = uncountedIn(found);
  const foreign = foreignIn(found);
  const { epochMilliseconds: startMs } = question.start;
  const state = coverage.stateOf(startMs, question.end.epochMilliseconds);
  const total = totalOf(found, state);
  const isCounted = question.apiKeyIds.length === 0 && state !== 'unknown';
  const lacksCounts = isCounted && (uncounted.size > 0 || total.count === null);
  return {
    question,
    total,
    groups: groups.map((group) => ({
      ...groupUsage(group, question, uncounted, total.cost, found.sums),
      // Its calls are those that cost something else, too.
      ...(foreign.has(group.key) && { averageCost: null }),
    })),
    series: await seriesOf(found, uncounted),
    state,
    asOf: coverage.asOf,
    partial: [
      ...(coverage.hasGaps ? (['days_not_read'] as const) : []),
      ...(coverage.isIncomplete ? (['usage_pages_missing'] as const) : []),
      ...(lacksCounts ? (['counts_missing'] as const) : []),
    ],
    otherCurrencies: otherCurrencies(found),
  };
}

function sumOf(series: readonly StoredSeries[], sums: ReadonlyMap<number, Measures>): Measures {
  const sum = noMeasures();
  for (const { id } of series) addMeasures(sum, sums.get(id) ?? []);
  return sum;
}

/** Groups whose calls are not known in full, by their keys, and on which UTC days. */
type UncountedDays = ReadonlyMap<string, ReadonlySet<EpochDay>>;

function uncountedIn({ question, uncounted, accounts }: Found): UncountedDays {
  const { groupBy, endpointIds } = question;
  const byKey = new Map<string, Set<EpochDay>>();
  for (const { accountId, endpointId, days } of uncounted) {
    if (endpointIds.length > 0 && !endpointIds.includes(endpointId)) continue;
    const key = groupBy === 'account' ? (accounts.get(accountId)?.slug ?? accountId) : endpointId;
    byKey.set(key, (byKey.get(key) ?? new Set()).union(new Set(days)));
  }
  return byKey;
}

/** Groups that cost something in another currency as well, by their keys. */
function foreignIn({ question, foreign, sums, accounts }: Found): Set<string> {
  const costly = foreign.filter(({ id }) => sums.get(id)?.[0]);
  return new Set(
    costly.map(({ accountId, endpointId }) =>
      question.groupBy === 'account'
        ? (accounts.get(accountId ?? '')?.slug ?? accountId ?? '')
        : (endpointId ?? ''),
    ),
  );
}

/** Keys of the groups whose calls are not known in full in a span. Epoch ms, the end not in it. */
function uncountedWithin(uncounted: UncountedDays, startMs: number, endMs: number): Set<string> {
  const first = Math.floor(startMs / MS_PER_DAY);
  const last = Math.floor((endMs - 1) / MS_PER_DAY);
  const keys = new Set<string>();
  for (const [key, days] of uncounted) {
    for (let day = first; day <= last; day += 1) {
      if (days.has(day)) keys.add(key);
    }
  }
  return keys;
}

/** Whether calls are known for the parts of a question at all. */
function areCallsAsked({ groupBy, apiKeyIds }: HistoryQuestion): boolean {
  return areCallsKnownBy(groupBy) && apiKeyIds.length === 0;
}

function groupUsage(
  { key, name, series, sum }: GroupSums,
  question: HistoryQuestion,
  uncounted: UncountedDays,
  totalCost: Nano,
  sums: ReadonlyMap<number, Measures>,
): UsageGroup {
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
  // What was billed has been called: a count of zero is a count that fal does not have.
  const isKnown = areCallsAsked(question) && !uncounted.has(key) && (requests > 0n || cost === 0n);
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

function unitsOf(
  series: readonly StoredSeries[],
  sums: ReadonlyMap<number, Measures>,
): BilledUnits[] {
  const quantityOf = ({ id }: StoredSeries) => sums.get(id)?.[1] ?? 0n;
  const billed = series.filter(
    (each) => each.measure === 'billed' && each.endpointId !== null && quantityOf(each) !== 0n,
  );
  return sumUnits(
    billed.map((each) => ({
      unit: each.unit,
      unitPrice: each.unitPrice === null ? null : BigInt(each.unitPrice),
      quantity: quantityOf(each),
    })),
  );
}

function totalOf({ question, total }: Found, state: BucketState): UsageSums {
  const cells = [...total.values()];
  const sum = (name: keyof Cell) => cells.reduce((all, cell) => all + cell[name], 0n);
  const [cost, requests, successes, failures] = [
    sum('cost'),
    sum('requests'),
    sum('successes'),
    sum('failures'),
  ];
  const isCounted = question.apiKeyIds.length === 0 && state !== 'unknown';
  const isKnown = isCounted && (requests > 0n || cost === 0n);
  const known = (count: bigint) => (isKnown ? Number(count) : null);
  return {
    cost,
    count: known(requests),
    successes: known(successes),
    failures: known(failures),
  };
}

/** So many parts of buckets in a row: a month of hours by key may have half a million. */
const PARTS_AT_ONCE = 2_000;

async function seriesOf(found: Found, uncounted: UncountedDays): Promise<UsageBucket[]> {
  const series: UsageBucket[] = [];
  let parts = 0;
  for (const index of found.buckets.keys()) {
    series.push(bucketOf(found, index, uncounted));
    parts += found.apart.length;
    if (parts < PARTS_AT_ONCE) continue;
    parts = 0;
    await othersTurn();
  }
  return series;
}

function bucketOf(found: Found, index: number, uncounted: UncountedDays): UsageBucket {
  const { question, coverage, apart, groups } = found;
  const { start, end } = found.buckets[index] as Found['buckets'][number];
  const startMs = Math.max(start.epochMilliseconds, question.start.epochMilliseconds);
  const endMs = Math.min(end.epochMilliseconds, question.end.epochMilliseconds);
  const state = coverage.stateOf(startMs, endMs);
  if (state === 'unknown') {
    return { start, end, state, cost: null, count: null, failures: null, parts: [], others: null };
  }
  const { cost, requests, failures } = found.total.get(index) ?? NOTHING;
  const asked = areCallsAsked(question);
  const unknown = uncountedWithin(uncounted, startMs, endMs);
  const counts = (isKnown: boolean, cell: Pick<Cell, 'requests' | 'failures'>) => ({
    count: isKnown ? Number(cell.requests) : null,
    failures: isKnown ? Number(cell.failures) : null,
  });
  const isCounted = unknown.size === 0;
  const areOthersCounted = groups.slice(apart.length).every(({ key }) => !unknown.has(key));
  const parts: BucketPart[] = [];
  const others = { cost, requests, failures };
  for (const [group, cells] of apart.entries()) {
    const cell = cells.get(index);
    if (!cell || (cell.cost === 0n && cell.requests === 0n)) continue;
    const isKnown = asked && !unknown.has(groups[group]?.key ?? '');
    parts.push({ group, cost: cell.cost, ...counts(isKnown, cell) });
    others.cost -= cell.cost;
    others.requests -= cell.requests;
    others.failures -= cell.failures;
  }
  return {
    start,
    end,
    state,
    cost,
    ...counts(question.apiKeyIds.length === 0 && isCounted, { requests, failures }),
    parts,
    others:
      apart.length < groups.length
        ? { cost: others.cost, ...counts(asked && areOthersCounted, others) }
        : null,
  };
}

const NOTHING = { cost: 0n, requests: 0n, failures: 0n };

function otherCurrencies({ foreign, sums }: Found): HistoryAnswer['otherCurrencies'] {
  return [...Map.groupBy(foreign, ({ currency }) => currency ?? '')]
    .map(([currency, series]) => ({ currency, cost: sumOf(series, sums)[0] ?? 0n }))
    .filter(({ cost }) => cost !== 0n);
}

function compare(a = 0n, b = 0n): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byKey(a: SeriesGroup, b: SeriesGroup): number {
  return a.key < b.key ? -1 : 1;
}
