import { bucketStart, bucketsOf, nextBucket } from '../buckets.ts';
import type {
  BucketState,
  HistoryAnswer,
  HistoryPartialReason,
  HistoryQuestion,
  UsageHistory,
} from '../history/answer.ts';
import { RequestError } from '../http/failure.ts';
import { earlier, later } from '../instants.ts';
import type { Nano } from '../money.ts';
import type { OtherCurrency } from './report.ts';

/** What one group used in one bucket. */
export interface TableRow {
  /** Start of the bucket, in the zone asked for. */
  bucket: Temporal.ZonedDateTime;
  state: BucketState;
  /** `null` for a bucket in which nothing was used, or of which nothing is known. */
  key: string | null;
  name: string | null;
  /** nano-USD; `null` is unknown. */
  cost: Nano | null;
  count: number | null;
  failures: number | null;
}

/** What was used in all rows that were read so far. */
interface TableSums {
  cost: Nano;
  count: number | null;
  failures: number | null;
}

/** Of one group: a count is unknown when a part of it is. */
export interface TableTotal extends TableSums {
  key: string;
  name: string | null;
}

/** What is known of a table once its last row was read. */
export interface TableSummary {
  /** Most expensive first. */
  totals: TableTotal[];
  /** Of everything; its counts are sums of the known ones. */
  total: TableSums;
  state: BucketState;
  asOf: Temporal.Instant | null;
  partial: HistoryPartialReason[];
  otherCurrencies: OtherCurrency[];
}

export interface HistoryTable {
  rows: AsyncIterable<TableRow>;
  /** Of the rows read until now. */
  summary(): TableSummary;
}

/**
 * The answer of the local copy as a table: a row a bucket and group. Hours are asked for day by day
 * and only when their rows are wanted, so that a year of them takes the memory of one day.
 */
export function historyTable(
  history: Pick<UsageHistory, 'usage'>,
  question: HistoryQuestion,
  now: Temporal.Instant,
): HistoryTable {
  const summary = createSummary();

  async function* rows(): AsyncGenerator<TableRow> {
    let isFirst = true;
    for (const part of questionParts(question, now)) {
      const answer = await answerOrGap(part, isFirst);
      isFirst = false;
      if (answer) summary.add(answer);
      else summary.addGap();
      yield* answer ? answerRows(answer) : gapRows(part);
    }
  }

  /** A day may be kept too coarsely for a zone where others are not: it counts as not read. */
  async function answerOrGap(
    part: HistoryQuestion,
    isFirst: boolean,
  ): Promise<HistoryAnswer | null> {
    try {
      return await history.usage(part);
    } catch (error) {
      if (isFirst || !(error instanceof RequestError)) throw error;
      return null;
    }
  }

  return { rows: rows(), summary: summary.read };
}

function createSummary() {
  const groups = new Map<string, TableTotal>();
  const total: TableSums = { cost: 0n, count: null, failures: null };
  const currencies = new Map<string, Nano>();
  const partial = new Set<HistoryPartialReason>();
  const states = new Set<BucketState>();
  /** When the oldest part that may still change was read, and the newest of those that will not. */
  let openAsOf: Temporal.Instant | null = null;
  let closedAsOf: Temporal.Instant | null = null;

  function addGroup({ key, name, cost, count, failures }: TableTotal): void {
    const known = groups.get(key) ?? { cost: 0n, count: 0, failures: 0 };
    groups.set(key, {
      key,
      name,
      cost: known.cost + cost,
      count: addWhole(known.count, count),
      failures: addWhole(known.failures, failures),
    });
  }

  return {
    add(answer: HistoryAnswer): void {
      states.add(answer.state);
      const { asOf } = answer;
      if (asOf && answer.state !== 'final') openAsOf = openAsOf ? earlier(openAsOf, asOf) : asOf;
      else if (asOf) closedAsOf = closedAsOf ? later(closedAsOf, asOf) : asOf;
      for (const reason of answer.partial) partial.add(reason);
      for (const { currency, cost } of answer.otherCurrencies) {
        currencies.set(currency, (currencies.get(currency) ?? 0n) + cost);
      }
      answer.groups.forEach(addGroup);
      total.cost += answer.total.cost;
      total.count = addKnown(total.count, answer.total.count);
      total.failures = addKnown(total.failures, answer.total.failures);
    },
    addGap(): void {
      states.add('unknown');
      partial.add('days_not_read');
    },
    read: (): TableSummary => ({
      totals: [...groups.values()].sort((a, b) => Number(b.cost - a.cost)),
      total: { ...total },
      state: leastSure(states),
      asOf: openAsOf ?? closedAsOf,
      partial: [...partial],
      otherCurrencies: [...currencies].map(([currency, cost]) => ({ currency, cost })),
    }),
  };
}

function* answerRows({ series, groups }: HistoryAnswer): Generator<TableRow> {
  for (const { start: bucket, state, parts, cost, count, failures } of series) {
    if (parts.length === 0) yield { bucket, state, key: null, name: null, cost, count, failures };
    for (const { group, ...part } of parts) {
      const { key = '', name = null } = groups[group] ?? {};
      yield { bucket, state, key, name, ...part };
    }
  }
}

function* gapRows({ start, end, resolution, timezone }: HistoryQuestion): Generator<TableRow> {
  const nothing = { key: null, name: null, cost: null, count: null, failures: null };
  for (const bucket of bucketsOf(start, end.epochMilliseconds, resolution, timezone)) {
    yield { bucket, state: 'unknown', ...nothing };
  }
}

/** Hours are cut where days begin, which is where hours begin too; none of them in the future. */
function* questionParts(
  question: HistoryQuestion,
  now: Temporal.Instant,
): Generator<HistoryQuestion> {
  const { start, end, timezone, resolution } = question;
  if (resolution !== 'hour') return yield question;
  let from = start;
  let day = bucketStart(start, 'day', timezone);
  do {
    day = nextBucket(day, 'day');
    const until = earlier(day.toInstant(), end);
    yield { ...question, start: from, end: until };
    from = until;
  } while (Temporal.Instant.compare(from, earlier(now, end)) < 0);
}

/** Of parts of a period: it is unknown only when all of them are. */
function leastSure(states: ReadonlySet<BucketState>): BucketState {
  if (states.size === 1 && states.has('unknown')) return 'unknown';
  if (states.has('unknown') || states.has('partial')) return 'partial';
  return (['live', 'settling'] as const).find((state) => states.has(state)) ?? 'final';
}

function addWhole(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}

function addKnown(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : one + other;
}
