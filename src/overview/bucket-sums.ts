import type { HistoryAnswer, UsageBucket } from '../history/answer.ts';
import { type Nano, sumNano } from '../money.ts';
import type { Span } from './comparisons.ts';

/** What is known of a sum. */
export interface KnownSum<Value> {
  /** `null`: nothing. */
  value: Value | null;
  /** Whether that is all; otherwise it is a lower bound. */
  isWhole: boolean;
}

export interface SpanSums {
  cost: KnownSum<Nano>;
  count: KnownSum<number>;
  failures: KnownSum<number>;
}

/** What one group used in the buckets added up. */
export interface GroupSums {
  key: string;
  cost: Nano;
  /** `null`: not known in some bucket. So are failures. */
  count: number | null;
  failures: number | null;
}

/** The buckets that begin within a period. */
export function bucketsWithin(series: readonly UsageBucket[], { start, end }: Span): UsageBucket[] {
  return series.filter(
    (bucket) =>
      bucket.start.epochMilliseconds >= start.epochMilliseconds &&
      bucket.start.epochMilliseconds < end.epochMilliseconds,
  );
}

/** Whether all of a bucket was read, be it for good or not. */
export function isWhole({ state }: UsageBucket): boolean {
  return state !== 'partial' && state !== 'unknown';
}

/** Of no bucket nothing is known: not even that it is zero. */
export function sumBuckets(buckets: readonly UsageBucket[]): SpanSums {
  const cost = sumKnown(
    buckets.map((bucket) => bucket.cost),
    sumNano,
  );
  return {
    cost: { ...cost, isWhole: cost.isWhole && buckets.every(isWhole) },
    count: sumKnown(
      buckets.map((bucket) => bucket.count),
      sumNumbers,
    ),
    failures: sumKnown(
      buckets.map((bucket) => bucket.failures),
      sumNumbers,
    ),
  };
}

/** What each group used in those buckets of the answer, the most expensive first. */
export function sumGroups(
  { groups }: Pick<HistoryAnswer, 'groups'>,
  buckets: readonly UsageBucket[],
): GroupSums[] {
  const sums = new Map<number, GroupSums>();
  for (const part of buckets.flatMap(({ parts }) => parts)) {
    const sum = sums.get(part.group) ?? {
      key: groups[part.group]?.key ?? '',
      cost: 0n,
      count: 0,
      failures: 0,
    };
    sums.set(part.group, {
      key: sum.key,
      cost: sum.cost + part.cost,
      count: addKnown(sum.count, part.count),
      failures: addKnown(sum.failures, part.failures),
    });
  }
  return [...sums.values()].sort(
    (a, b) =>
      Number(b.cost - a.cost) || (b.count ?? 0) - (a.count ?? 0) || (a.key < b.key ? -1 : 1),
  );
}

function addKnown(sum: number | null, part: number | null): number | null {
  return sum === null || part === null ? null : sum + part;
}

function sumKnown<Value>(
  parts: readonly (Value | null)[],
  sum: (known: Value[]) => Value,
): KnownSum<Value> {
  const known = parts.filter((part) => part !== null);
  if (known.length === 0) return { value: null, isWhole: false };
  return { value: sum(known), isWhole: known.length === parts.length };
}

function sumNumbers(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
