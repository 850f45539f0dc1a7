import { bucketStart, bucketsOf, nextBucket } from '../../src/buckets.ts';
import type {
  BucketPart,
  BucketState,
  HistoryAnswer,
  HistoryQuestion,
  UsageBucket,
} from '../../src/history/answer.ts';

const CENT = 10_000_000n;
const HOUR_MS = 3_600_000;

/** Models, the most expensive first: cents and calls of an hour, and which call of theirs fails. */
const MODELS = [
  { key: 'fal-ai/gemini-3-pro-image-preview/edit', cents: 45n, calls: 3, failsEvery: 9 },
  { key: 'fal-ai/flux/dev', cents: 20n, calls: 8, failsEvery: 0 },
  { key: 'fal-ai/fast-sdxl', cents: 5n, calls: 10, failsEvery: 5 },
];

export interface SteadyHistoryOptions {
  now: () => Temporal.Instant;
  /** What was read begins here; nothing before it is known. */
  since?: Temporal.Instant;
  /** How many times the usual was used in that hour. */
  busy?: (hour: Temporal.ZonedDateTime) => number;
}

/** A local copy of usage that follows a simple rule, for pages that are made from one. */
export function steadyHistory({
  now,
  since = now().subtract({ hours: 24 * 90 }),
  busy = () => 1,
}: SteadyHistoryOptions) {
  const asked: HistoryQuestion[] = [];
  async function usage(question: HistoryQuestion): Promise<HistoryAnswer> {
    asked.push(question);
    const { start, end, resolution, timezone } = question;
    const series = bucketsOf(start, end.epochMilliseconds, resolution, timezone).map((bucket) =>
      steadyBucket(bucket, nextBucket(bucket, resolution)),
    );
    const known = series.filter(({ cost }) => cost !== null);
    const groups = MODELS.map(({ key }, index) => {
      const parts = known.flatMap((bucket) => bucket.parts.filter(({ group }) => group === index));
      const sums = { cost: 0n, count: 0, failures: 0 };
      for (const part of parts) {
        sums.cost += part.cost;
        sums.count += part.count ?? 0;
        sums.failures += part.failures ?? 0;
      }
      const { count, failures } = sums;
      const unknown = { name: null, units: [], averageCost: null, p50Ms: null, p95Ms: null };
      return { key, ...sums, successes: count - failures, share: 0, ...unknown };
    });
    const sum = (measure: 'count' | 'failures') =>
      known.reduce((total, bucket) => total + (bucket[measure] ?? 0), 0);
    const running = bucketStart(end.subtract({ nanoseconds: 1 }), 'hour', timezone);
    return {
      // Widened, as the real one is.
      question: { ...question, end: nextBucket(running, 'hour').toInstant() },
      total: {
        cost: known.reduce((total, { cost }) => total + (cost ?? 0n), 0n),
        count: sum('count'),
        successes: sum('count') - sum('failures'),
        failures: sum('failures'),
      },
      groups,
      series,
      state: known.length === series.length ? 'live' : 'unknown',
      asOf: known.length > 0 ? now().subtract({ minutes: 3 }) : null,
      partial: known.length === series.length ? [] : ['days_not_read'],
      otherCurrencies: [],
    };
  }

  function steadyBucket(start: Temporal.ZonedDateTime, end: Temporal.ZonedDateTime): UsageBucket {
    const from = Math.max(start.epochMilliseconds, since.epochMilliseconds);
    const until = Math.min(end.epochMilliseconds, now().epochMilliseconds);
    const isKnown = since.epochMilliseconds <= start.epochMilliseconds;
    const state: BucketState = isKnown
      ? until < end.epochMilliseconds
        ? 'live'
        : 'final'
      : from < until
        ? 'partial'
        : 'unknown';
    if (state === 'unknown') {
      return {
        start,
        end,
        state,
        cost: null,
        count: null,
        failures: null,
        parts: [],
        others: null,
      };
    }
    const parts = MODELS.map((_, group): BucketPart & { count: number; failures: number } => ({
      group,
      cost: 0n,
      count: 0,
      failures: 0,
    }));
    for (let ms = from; ms < until; ms += HOUR_MS) {
      const times = busy(
        Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(start.timeZoneId),
      );
      for (const [index, { cents, calls, failsEvery }] of MODELS.entries()) {
        const part = parts[index];
        if (!part || times === 0) continue;
        part.cost += cents * CENT * BigInt(times);
        part.count += calls * times;
        part.failures += failsEvery > 0 ? Math.floor((calls * times) / failsEvery) : 0;
      }
    }
    const used = parts.filter(({ count }) => count > 0);
    return {
      ...{ start, end, state },
      cost: used.reduce((total, { cost }) => total + cost, 0n),
      count: used.reduce((total, { count }) => total + count, 0),
      failures: used.reduce((total, { failures }) => total + failures, 0),
      parts: used,
      others: null,
    };
  }

  return { usage, asked };
}
