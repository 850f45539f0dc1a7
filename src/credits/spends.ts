import { bucketStart, nextBucket } from '../buckets.ts';
import type { HistoryAnswer, HistoryQuestion, UsageBucket } from '../history/answer.ts';
import { later } from '../instants.ts';
import type { DayCost } from '../usage/pace.ts';
import type { Spend } from './burn-down.ts';
import type { SpendBounds } from './top-ups.ts';

/** What an account spent on usage, from its local copy, in US dollars. */
export interface SpendHistory {
  /** In order, each at the start of its day, or of its hour where a day was cut. */
  spends: Spend[];
  /** Whether all of it is known: otherwise more may have been spent. */
  isWhole: boolean;
  days: DayCost[];
}

type AskUsage = (question: HistoryQuestion) => Promise<HistoryAnswer>;

interface Account {
  id: string;
  timezone: string;
}

/**
 * What was spent from the day of `since` until `now`, by days of the account's zone. Days in which a
 * lot came or expired are told by the hour, so that it pays for what came after it.
 */
export async function readSpends(
  usage: AskUsage,
  account: Account,
  since: Temporal.Instant,
  now: Temporal.Instant,
  cuts: readonly Temporal.Instant[],
): Promise<SpendHistory> {
  const { timezone } = account;
  const start = bucketStart(since, 'day', timezone).toInstant();
  const dayOf = (at: Temporal.Instant) => bucketStart(at, 'day', timezone);
  const cutDays = new Map(
    cuts
      .filter((at) => isBetween(at, start, now))
      .map((at) => [dayOf(at).epochMilliseconds, dayOf(at)]),
  );
  const [days, ...hours] = await Promise.all([
    ask(usage, account, start, now, 'day'),
    ...[...cutDays.values()].map((day) =>
      ask(usage, account, day.toInstant(), nextBucket(day, 'day').toInstant(), 'hour'),
    ),
  ]);
  const buckets = [
    ...days.series.filter((bucket) => !cutDays.has(bucket.start.epochMilliseconds)),
    ...hours.flatMap(({ series }) => series),
  ];
  const spends = buckets
    .map((bucket) => ({ at: bucket.start.toInstant(), amount: bucket.cost ?? 0n }))
    .filter(({ amount }) => amount > 0n)
    .sort((one, other) => Temporal.Instant.compare(one.at, other.at));
  return {
    spends,
    isWhole: days.series.every(isWhole),
    days: days.series.map((bucket) => ({
      date: bucket.start.toPlainDate(),
      cost: bucket.cost,
      isWhole: isWhole(bucket),
    })),
  };
}

/** What usage cost between two instants: its whole hours at least, all hours it touches at most. */
export async function spendBounds(
  usage: AskUsage,
  account: Account,
  from: Temporal.Instant,
  until: Temporal.Instant,
): Promise<SpendBounds> {
  const start = bucketStart(from, 'hour', account.timezone).toInstant();
  const { series } = await ask(
    usage,
    account,
    start,
    later(until, start.add({ hours: 1 })),
    'hour',
  );
  let [low, high] = [0n, 0n];
  for (const bucket of series) {
    const cost = bucket.cost ?? 0n;
    high += cost;
    const isInside =
      bucket.start.epochMilliseconds >= from.epochMilliseconds &&
      bucket.end.epochMilliseconds <= until.epochMilliseconds;
    if (isInside) low += cost;
  }
  return { low, high };
}

function ask(
  usage: AskUsage,
  account: Account,
  start: Temporal.Instant,
  end: Temporal.Instant,
  resolution: 'hour' | 'day',
): Promise<HistoryAnswer> {
  return usage({
    ...{ start, end, timezone: account.timezone, resolution, accountId: account.id },
    ...{ groupBy: 'endpoint', groupsApart: 0, endpointIds: [], apiKeyIds: [] },
  });
}

function isWhole({ state }: UsageBucket): boolean {
  return state !== 'partial' && state !== 'unknown';
}

function isBetween(at: Temporal.Instant, from: Temporal.Instant, to: Temporal.Instant): boolean {
  return Temporal.Instant.compare(from, at) <= 0 && Temporal.Instant.compare(at, to) < 0;
}
