import { bucketStart, bucketsOf, nextBucket } from '../../src/buckets.ts';
import type {
  HistoryAnswer,
  HistoryQuestion,
  UsageHistory,
  UsageSlotRow,
} from '../../src/history/answer.ts';
import { sumNano } from '../../src/money.ts';

/** A row with the calls that were made for it. */
export interface FakeRow extends UsageSlotRow {
  accountId: string;
  count: number;
  failures: number;
}

export interface FakeHistory extends UsageHistory {
  /** Every question, in the order asked. */
  asked: HistoryQuestion[];
  /** How many rows were taken. */
  taken: number;
}

/** An hour of one model in one account. */
export function fakeRow(start: string | Temporal.Instant, facts: Partial<FakeRow> = {}): FakeRow {
  const instant = Temporal.Instant.from(start);
  return {
    accountId: 'account-1',
    accountSlug: 'main',
    accountName: 'Principal',
    start: instant,
    end: instant.add({ hours: 1 }),
    endpointId: 'fal-ai/flux/dev',
    unit: 'megapixels',
    quantity: 2_500_000_000n,
    unitPrice: 25_000_000n,
    percentDiscount: null,
    cost: 62_500_000n,
    currency: 'USD',
    authDetail: 'Booth',
    apiKeyId: 'key-1',
    username: null,
    state: 'final',
    count: 3,
    failures: 1,
    ...facts,
  };
}

/** A local copy that holds these rows, each in the bucket where it starts, and knows nothing of the hours in `gaps`. */
export function fakeHistory(
  rows: readonly FakeRow[],
  { gaps = [], asOf = '2026-03-08T03:00:00Z' }: { gaps?: readonly string[]; asOf?: string } = {},
): FakeHistory {
  const unknown = new Set(gaps.map((gap) => Temporal.Instant.from(gap).epochMilliseconds));

  function within(question: Parameters<UsageHistory['rows']>[0]): FakeRow[] {
    const from = question.start.epochMilliseconds;
    const until = question.end.epochMilliseconds;
    return rows
      .filter(
        (row) =>
          row.start.epochMilliseconds >= from &&
          row.start.epochMilliseconds < until &&
          (question.accountId === null || question.accountId === row.accountId) &&
          (question.endpointIds.length === 0 || question.endpointIds.includes(row.endpointId)) &&
          (question.apiKeyIds.length === 0 || question.apiKeyIds.includes(row.apiKeyId ?? '')),
      )
      .toSorted((a, b) => a.start.epochMilliseconds - b.start.epochMilliseconds);
  }

  function answer(question: HistoryQuestion): HistoryAnswer {
    const { timezone, resolution } = question;
    const found = within(question);
    const dollars = found.filter(({ currency }) => currency === 'USD');
    const knowsCalls = question.groupBy !== 'api_key' && question.apiKeyIds.length === 0;
    const sums = (some: readonly FakeRow[]) => ({
      cost: sumNano(some.map(({ cost }) => cost)),
      count: knowsCalls ? some.reduce((sum, { count }) => sum + count, 0) : null,
      failures: knowsCalls ? some.reduce((sum, { failures }) => sum + failures, 0) : null,
    });
    const byKey = Map.groupBy(dollars, (row) => keyOf(row, question));
    const total = sums(dollars);
    const groups = [...byKey].map(([key, some]) => ({
      key,
      name: question.groupBy === 'account' ? (some[0]?.accountName ?? null) : null,
      ...sums(some),
      successes: null,
      units: [],
      averageCost: null,
      share: total.cost === 0n ? 0 : Number(sums(some).cost) / Number(total.cost),
      p50Ms: null,
      p95Ms: null,
    }));
    groups.sort((a, b) => Number(b.cost - a.cost));
    const index = new Map(groups.map(({ key }, place) => [key, place]));
    const byBucket = Map.groupBy(
      dollars,
      (row) => bucketStart(row.start, resolution, timezone).epochMilliseconds,
    );
    const edges = bucketsOf(question.start, question.end.epochMilliseconds, resolution, timezone);
    return {
      question,
      total: { ...total, successes: null },
      groups,
      series: edges.map((start) => {
        const some = byBucket.get(start.epochMilliseconds) ?? [];
        const isGap = unknown.has(start.epochMilliseconds);
        const known = isGap ? { cost: null, count: null, failures: null } : sums(some);
        return {
          start,
          end: nextBucket(start, resolution),
          others: null,
          state: isGap ? 'unknown' : (some[0]?.state ?? 'final'),
          ...known,
          parts: [...Map.groupBy(some, (row) => keyOf(row, question))].map(([key, part]) => ({
            group: index.get(key) ?? -1,
            ...sums(part),
          })),
        };
      }),
      state: unknown.size > 0 ? 'partial' : 'final',
      asOf: Temporal.Instant.from(asOf),
      partial: unknown.size > 0 ? ['days_not_read'] : [],
      otherCurrencies: [...Map.groupBy(found, ({ currency }) => currency)]
        .filter(([currency]) => currency !== 'USD')
        .map(([currency, some]) => ({ currency, cost: sumNano(some.map(({ cost }) => cost)) })),
    };
  }

  const history: FakeHistory = {
    asked: [],
    taken: 0,
    async usage(question) {
      history.asked.push(question);
      return answer(question);
    },
    async *rows(question) {
      for (const row of within(question)) {
        history.taken += 1;
        yield row;
      }
    },
  };
  return history;
}

function keyOf(row: FakeRow, { groupBy }: HistoryQuestion): string {
  const keys = {
    endpoint: row.endpointId,
    api_key: row.apiKeyId ?? '',
    unit: row.unit ?? '',
    account: row.accountSlug,
  };
  return keys[groupBy];
}
