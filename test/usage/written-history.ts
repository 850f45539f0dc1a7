import { bucketsOf, nextBucket } from '../../src/buckets.ts';
import type {
  BucketState,
  HistoryAnswer,
  HistoryQuestion,
  UsageBucket,
  UsageGroup,
  UsageHistory,
  UsageSlotRow,
} from '../../src/history/answer.ts';
import { divideNano, type Nano, sumNano } from '../../src/money.ts';

/** What was used in one hour, as a test writes it down. */
export interface WrittenHour {
  /** Start of the hour. */
  at: Temporal.Instant;
  endpointId: string;
  cost: Nano;
  count?: number;
  failures?: number;
  unit?: string;
  quantity?: Nano;
  unitPrice?: Nano;
  apiKeyId?: string;
  keyName?: string;
  account?: { id: string; slug: string; name: string };
}

export interface WrittenOptions {
  now: () => Temporal.Instant;
  hours: readonly WrittenHour[];
  /** How sure the hours of a bucket are; `final` unless it says otherwise. */
  stateOf?: (bucket: Temporal.ZonedDateTime) => BucketState;
  /** Nothing was read yet. */
  isUnread?: boolean;
}

/** A local copy that knows what a test wrote down, for pages to be shown without a database. */
export function writtenHistory(options: WrittenOptions): UsageHistory & {
  asked: HistoryQuestion[];
} {
  const asked: HistoryQuestion[] = [];
  const within = (
    question: Pick<HistoryQuestion, 'start' | 'end' | 'accountId' | 'endpointIds' | 'apiKeyIds'>,
  ) =>
    options.hours.filter(
      ({ at, account, endpointId, apiKeyId = '' }) =>
        Temporal.Instant.compare(question.start, at) <= 0 &&
        Temporal.Instant.compare(at, question.end) < 0 &&
        (question.accountId === null || account?.id === question.accountId) &&
        (question.endpointIds.length === 0 || question.endpointIds.includes(endpointId)) &&
        (question.apiKeyIds.length === 0 || question.apiKeyIds.includes(apiKeyId)),
    );
  return {
    asked,
    async usage(question) {
      asked.push(question);
      return answerOf(question, within(question), options);
    },
    async *rows(question) {
      for (const hour of within(question).toSorted((a, b) =>
        Temporal.Instant.compare(a.at, b.at),
      )) {
        yield slotRow(hour);
      }
    },
  };
}

function answerOf(
  question: HistoryQuestion,
  hours: readonly WrittenHour[],
  { now, stateOf = () => 'final', isUnread = false }: WrittenOptions,
): HistoryAnswer {
  const hasCalls = question.apiKeyIds.length === 0;
  const byCalls = hasCalls && question.groupBy !== 'api_key' && question.groupBy !== 'unit';
  const groups = [...Map.groupBy(hours, (hour) => keyOf(hour, question))]
    .map(([key, own]) => groupOf(key, own, hours, question, byCalls))
    .sort((a, b) => (a.cost === b.cost ? 0 : a.cost < b.cost ? 1 : -1));
  const until = Math.min(question.end.epochMilliseconds, now().epochMilliseconds);
  const series = bucketsOf(question.start, until, question.resolution, question.timezone).map(
    (start): UsageBucket => {
      const end = nextBucket(start, question.resolution);
      const own = hours.filter(
        ({ at }) =>
          at.epochMilliseconds >= start.epochMilliseconds &&
          at.epochMilliseconds < end.epochMilliseconds,
      );
      const state = isUnread ? 'unknown' : stateOf(start);
      const isUnknown = state === 'unknown';
      return {
        start,
        end,
        state,
        cost: isUnknown ? null : costOf(own),
        count: isUnknown || !hasCalls ? null : countOf(own, 'count'),
        failures: isUnknown || !hasCalls ? null : countOf(own, 'failures'),
        ...partsOf(own, groups, question, byCalls),
      };
    },
  );
  const states = ['unknown', 'partial', 'live', 'settling', 'final'] as const;
  const count = hasCalls && !isUnread ? countOf(hours, 'count') : null;
  const failures = hasCalls && !isUnread ? countOf(hours, 'failures') : null;
  const isCut = series.some(({ state }) => state === 'unknown' || state === 'partial');
  return {
    question,
    total: {
      cost: costOf(hours),
      count,
      failures,
      successes: count === null || failures === null ? null : count - failures,
    },
    groups,
    series,
    state: isUnread
      ? 'unknown'
      : isCut
        ? 'partial'
        : (states.find((state) => series.some((bucket) => bucket.state === state)) ?? 'final'),
    asOf: isUnread ? null : now().subtract({ seconds: 40 }),
    partial: isUnread || isCut ? ['days_not_read'] : [],
    otherCurrencies: [],
  };
}

function partsOf(
  hours: readonly WrittenHour[],
  groups: readonly UsageGroup[],
  question: HistoryQuestion,
  byCalls: boolean,
): Pick<UsageBucket, 'parts' | 'others'> {
  const { groupsApart = groups.length } = question;
  const sums = (own: readonly WrittenHour[]) => ({
    cost: costOf(own),
    count: byCalls ? countOf(own, 'count') : null,
    failures: byCalls ? countOf(own, 'failures') : null,
  });
  const byGroup = Map.groupBy(hours, (hour) =>
    groups.findIndex(({ key }) => key === keyOf(hour, question)),
  );
  const others = [...byGroup].flatMap(([group, own]) => (group < groupsApart ? [] : own));
  return {
    parts: [...byGroup]
      .filter(([group]) => group < groupsApart)
      .map(([group, own]) => ({ group, ...sums(own) })),
    others: groupsApart < groups.length ? sums(others) : null,
  };
}

function groupOf(
  key: string,
  own: readonly WrittenHour[],
  all: readonly WrittenHour[],
  { groupBy }: HistoryQuestion,
  hasCalls: boolean,
): UsageGroup {
  const cost = costOf(own);
  const count = hasCalls ? countOf(own, 'count') : null;
  const failures = hasCalls ? countOf(own, 'failures') : null;
  const total = costOf(all);
  const names = { account: own[0]?.account?.name, api_key: own[0]?.keyName };
  return {
    key,
    name: groupBy === 'account' || groupBy === 'api_key' ? (names[groupBy] ?? null) : null,
    cost,
    count,
    failures,
    successes: count === null || failures === null ? null : count - failures,
    units: [...Map.groupBy(own, ({ unit, unitPrice }) => `${unit} ${unitPrice}`).values()].map(
      (same) => ({
        unit: same[0]?.unit ?? null,
        unitPrice: same[0]?.unitPrice ?? null,
        quantity: sumNano(same.map(({ quantity }) => quantity ?? 0n)),
      }),
    ),
    averageCost: count ? divideNano(cost, count) : null,
    share: total === 0n ? 0 : Number(cost) / Number(total),
    p50Ms: hasCalls ? 4_200 : null,
    p95Ms: hasCalls ? 18_700 : null,
  };
}

function keyOf(hour: WrittenHour, { groupBy }: HistoryQuestion): string {
  switch (groupBy) {
    case 'endpoint':
      return hour.endpointId;
    case 'api_key':
      return hour.apiKeyId ?? '';
    case 'unit':
      return hour.unit ?? '';
    case 'account':
      return hour.account?.slug ?? '';
  }
}

function costOf(hours: readonly WrittenHour[]): Nano {
  return sumNano(hours.map(({ cost }) => cost));
}

function countOf(hours: readonly WrittenHour[], field: 'count' | 'failures'): number {
  return hours.reduce((sum, hour) => sum + (hour[field] ?? 0), 0);
}

function slotRow(hour: WrittenHour): UsageSlotRow {
  const { at, endpointId, cost, account, unit, unitPrice, quantity, apiKeyId, keyName } = hour;
  return {
    accountSlug: account?.slug ?? '',
    accountName: account?.name ?? '',
    start: at,
    end: at.add({ hours: 1 }),
    endpointId,
    unit: unit ?? null,
    quantity: quantity ?? 0n,
    unitPrice: unitPrice ?? null,
    percentDiscount: null,
    cost,
    currency: 'USD',
    authDetail: keyName ?? null,
    apiKeyId: apiKeyId ?? null,
    username: null,
    state: 'final',
  };
}
