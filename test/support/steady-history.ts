import type { BucketState, HistoryQuestion } from '../../src/history/answer.ts';
import { type FakeRow, fakeHistory, fakeRow } from './fake-history.ts';

const CENT = 10_000_000n;
const HOUR_MS = 3_600_000;

/** Models, the most expensive first: cents and calls of an hour, and which call of theirs fails. */
const MODELS = [
  { endpointId: 'fal-ai/gemini-3-pro-image-preview/edit', cents: 45n, calls: 3, failsEvery: 9 },
  { endpointId: 'fal-ai/flux/dev', cents: 20n, calls: 8, failsEvery: Infinity },
  { endpointId: 'fal-ai/fast-sdxl', cents: 5n, calls: 10, failsEvery: 5 },
];

export interface SteadyHistoryOptions {
  now: () => Temporal.Instant;
  /** What was read begins here; nothing before it is known. */
  since?: Temporal.Instant;
  /** How many times the usual was used in that hour, in Mexico City. */
  busy?: (hour: Temporal.ZonedDateTime) => number;
}

/** A local copy of usage that follows a simple rule, whichever account it is asked about. */
export function steadyHistory({
  now,
  since = now().subtract({ hours: 24 * 60 }),
  busy = () => 1,
}: SteadyHistoryOptions) {
  const rows: FakeRow[] = [];
  const [sinceMs, nowMs] = [since.epochMilliseconds, now().epochMilliseconds];
  for (let ms = Math.ceil(sinceMs / HOUR_MS) * HOUR_MS; ms < nowMs; ms += HOUR_MS) {
    const start = Temporal.Instant.fromEpochMilliseconds(ms);
    const times = busy(start.toZonedDateTimeISO('America/Mexico_City'));
    for (const { endpointId, cents, calls, failsEvery } of times > 0 ? MODELS : []) {
      const count = calls * times;
      const cost = cents * CENT * BigInt(times);
      rows.push(
        fakeRow(start, { endpointId, cost, count, failures: Math.floor(count / failsEvery) }),
      );
    }
  }
  function stateOf(start: Temporal.ZonedDateTime, end: Temporal.ZonedDateTime): BucketState {
    if (sinceMs <= start.epochMilliseconds) return nowMs < end.epochMilliseconds ? 'live' : 'final';
    return sinceMs < Math.min(end.epochMilliseconds, nowMs) ? 'partial' : 'unknown';
  }
  const asOf = now().subtract({ minutes: 3 }).toString();
  const history = fakeHistory(rows, { now, stateOf, isUnread: sinceMs >= nowMs, asOf });
  const asked: HistoryQuestion[] = [];
  return {
    asked,
    usage(question: HistoryQuestion) {
      asked.push(question);
      return history.usage({ ...question, accountId: null });
    },
  };
}
