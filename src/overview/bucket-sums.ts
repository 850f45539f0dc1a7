import { isWhole, type UsageBucket } from '../history/answer.ts';
import { type Nano, sumNano } from '../money.ts';
import type { Span } from '../usage/spans.ts';

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

/** The buckets that begin within a period. */
export function bucketsWithin(series: readonly UsageBucket[], { start, end }: Span): UsageBucket[] {
  return series.filter(
    (bucket) =>
      bucket.start.epochMilliseconds >= start.epochMilliseconds &&
      bucket.start.epochMilliseconds < end.epochMilliseconds,
  );
}

/** Of no bucket nothing is known: not even that it is zero. Of one read in part nothing is known whole. */
export function sumBuckets(buckets: readonly UsageBucket[]): SpanSums {
  const isRead = buckets.every(isWhole);
  return {
    cost: sumKnown(
      buckets.map(({ cost }) => cost),
      isRead,
      sumNano,
    ),
    count: sumKnown(
      buckets.map(({ count }) => count),
      isRead,
      sumNumbers,
    ),
    failures: sumKnown(
      buckets.map(({ failures }) => failures),
      isRead,
      sumNumbers,
    ),
  };
}

function sumKnown<Value>(
  parts: readonly (Value | null)[],
  isRead: boolean,
  sum: (known: Value[]) => Value,
): KnownSum<Value> {
  const known = parts.filter((part) => part !== null);
  if (known.length === 0) return { value: null, isWhole: false };
  return { value: sum(known), isWhole: isRead && known.length === parts.length };
}

function sumNumbers(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
