import { bucketStart, bucketsOf, nextBucket } from '../../src/buckets.ts';
import type {
  BucketState,
  HistoryAnswer,
  HistoryQuestion,
  RowsQuestion,
  UsageBucket,
  UsageGroup,
  UsageHistory,
  UsageSlotRow,
} from '../../src/history/answer.ts';
import { divideNano, sumNano } from '../../src/money.ts';
import { sumUnits } from '../../src/usage/billed-units.ts';

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

export interface FakeOptions {
  /** Buckets are listed up to then; to the end of the period when left out. */
  now?: () => Temporal.Instant;
  /** How sure a bucket is; as its first row, or *final*, when left out. */
  stateOf?: (start: Temporal.ZonedDateTime, end: Temporal.ZonedDateTime) => BucketState;
  /** Starts of buckets of which nothing is known. */
  gaps?: readonly string[];
  /** Nothing was read yet. */
  isUnread?: boolean;
  asOf?: string;
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

/** A local copy that holds these rows, each in the bucket where it starts. */
export function fakeHistory(rows: readonly FakeRow[], options: FakeOptions = {}): FakeHistory {
  function within({ start, end, accountId, endpointIds, apiKeyIds }: RowsQuestion): FakeRow[] {
    return rows
      .filter(
        (row) =>
          isWithin(row, start, end) &&
          (accountId === null || accountId === row.accountId) &&
          (endpointIds.length === 0 || endpointIds.includes(row.endpointId)) &&
          (apiKeyIds.length === 0 || apiKeyIds.includes(row.apiKeyId ?? '')),
      )
      .toSorted((a, b) => Temporal.Instant.compare(a.start, b.start));
  }

  const history: FakeHistory = {
    asked: [],
    taken: 0,
    async usage(question) {
      history.asked.push(question);
      const answer = answerOf(question, within(question), options);
      const everything = { ...question, endpointIds: [], apiKeyIds: [] };
      const all = answerOf(everything, within(everything), options);
      return { ...answer, ...(question.isRanked && { ranking: all.groups.map(({ key }) => key) }) };
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

function answerOf(
  question: HistoryQuestion,
  found: readonly FakeRow[],
  options: FakeOptions,
): HistoryAnswer {
  const { isUnread = false, now } = options;
  const { asOf = now?.().subtract({ seconds: 40 }) ?? '2026-03-08T03:00:00Z' } = options;
  const dollars = found.filter(({ currency }) => currency === 'USD');
  const hasCalls = question.apiKeyIds.length === 0;
  const total = sumsOf(dollars, hasCalls && !isUnread);
  const groups = [...Map.groupBy(dollars, (row) => keyOf(row, question))]
    .map(([key, own]) => groupOf(key, own, question, Number(total.cost)))
    .sort((a, b) => (a.cost === b.cost ? 0 : a.cost < b.cost ? 1 : -1));
  const series = seriesOf(question, dollars, groups, options);
  const isCut = series.some(({ state }) => state === 'unknown' || state === 'partial');
  return {
    question,
    total,
    groups,
    series,
    state: isUnread ? 'unknown' : isCut ? 'partial' : leastSure(series),
    asOf: isUnread ? null : Temporal.Instant.from(asOf),
    partial: isUnread || isCut ? ['days_not_read'] : [],
    otherCurrencies: [...Map.groupBy(found, ({ currency }) => currency)]
      .filter(([currency]) => currency !== 'USD')
      .map(([currency, some]) => ({ currency, cost: sumNano(some.map(({ cost }) => cost)) })),
    keyNames: new Map(
      hasCalls ? [] : found.map(({ apiKeyId, authDetail }) => [apiKeyId ?? '', authDetail ?? '']),
    ),
  };
}

function seriesOf(
  question: HistoryQuestion,
  rows: readonly FakeRow[],
  groups: readonly UsageGroup[],
  { now, stateOf, gaps = [], isUnread = false }: FakeOptions,
): UsageBucket[] {
  const { start, end, resolution, timezone, apiKeyIds } = question;
  const until = now && Temporal.Instant.compare(now(), end) < 0 ? now() : end;
  const byBucket = Map.groupBy(
    rows,
    (row) => bucketStart(row.start, resolution, timezone).epochMilliseconds,
  );
  return bucketsOf(start, until.epochMilliseconds, resolution, timezone).map((bucket) => {
    const next = nextBucket(bucket, resolution);
    const own = byBucket.get(bucket.epochMilliseconds) ?? [];
    const isGap = gaps.some((gap) => bucket.toInstant().equals(gap));
    const state =
      isUnread || isGap ? 'unknown' : (stateOf?.(bucket, next) ?? own[0]?.state ?? 'final');
    const known =
      state === 'unknown'
        ? { cost: null, count: null, failures: null }
        : sumsOf(own, apiKeyIds.length === 0);
    return { start: bucket, end: next, state, ...known, ...partsOf(own, groups, question) };
  });
}

function partsOf(
  rows: readonly FakeRow[],
  groups: readonly UsageGroup[],
  question: HistoryQuestion,
): Pick<UsageBucket, 'parts' | 'others'> {
  const { groupsApart = groups.length } = question;
  const isCounted = knowsCalls(question);
  const index = new Map(groups.map(({ key }, place) => [key, place]));
  const byGroup = Map.groupBy(rows, (row) => index.get(keyOf(row, question)) ?? -1);
  const isApart = ([group]: [number, FakeRow[]]) => group < groupsApart;
  const others = [...byGroup].flatMap((each) => (isApart(each) ? [] : each[1]));
  return {
    parts: [...byGroup]
      .filter(isApart)
      .map(([group, own]) => ({ group, ...sumsOf(own, isCounted) })),
    others: groupsApart < groups.length ? sumsOf(others, isCounted) : null,
  };
}

function groupOf(
  key: string,
  own: readonly FakeRow[],
  question: HistoryQuestion,
  totalCost: number,
): UsageGroup {
  const isCounted = knowsCalls(question);
  const { cost, count, ...sums } = sumsOf(own, isCounted);
  const names = { account: own[0]?.accountName, api_key: own[0]?.authDetail };
  const { groupBy } = question;
  return {
    key,
    name: groupBy === 'account' || groupBy === 'api_key' ? (names[groupBy] ?? null) : null,
    cost,
    count,
    ...sums,
    units: sumUnits(own),
    averageCost: count ? divideNano(cost, count) : null,
    share: totalCost === 0 ? 0 : Number(cost) / totalCost,
    p50Ms: isCounted ? 4_200 : null,
    p95Ms: isCounted ? 18_700 : null,
  };
}

/** fal counts no calls by key, and none by unit. */
function knowsCalls({ groupBy, apiKeyIds }: HistoryQuestion): boolean {
  return apiKeyIds.length === 0 && groupBy !== 'api_key' && groupBy !== 'unit';
}

function sumsOf(rows: readonly FakeRow[], isCounted: boolean) {
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const failures = rows.reduce((sum, row) => sum + row.failures, 0);
  return {
    cost: sumNano(rows.map(({ cost }) => cost)),
    ...(isCounted
      ? { count, failures, successes: count - failures }
      : { count: null, failures: null, successes: null }),
  };
}

function leastSure(series: readonly UsageBucket[]): BucketState {
  const states = ['live', 'settling'] as const;
  return states.find((state) => series.some((bucket) => bucket.state === state)) ?? 'final';
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

function isWithin({ start }: FakeRow, from: Temporal.Instant, to: Temporal.Instant): boolean {
  return Temporal.Instant.compare(from, start) <= 0 && Temporal.Instant.compare(start, to) < 0;
}
