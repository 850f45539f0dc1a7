import type { FalClient } from '../fal/client.ts';
import type { FalError } from '../fal/errors.ts';
import type { Question } from '../fal/transport.ts';
import type { Catalogue } from '../usage/catalogue.ts';
import { COUNT_METRICS, createCallCounts } from '../usage/counts.ts';
import type { Chunk } from './plan.ts';
import { type EpochDay, utcDayOf, utcDayStart } from './slots.ts';
import type { WindowReading } from './store-window.ts';

const METRICS = [...COUNT_METRICS, 'p50_duration', 'p95_duration'] as const;

/** What fal answered for one UTC day; whose it is and what becomes of it is not its matter. */
export type DayReading = Pick<
  WindowReading,
  'day' | 'slotMinutes' | 'readAt' | 'usage' | 'calls' | 'isComplete' | 'uncounted' | 'missed'
>;

export interface DaysAnswer {
  readings: DayReading[];
  /** What kept a page from being read, where it was a failure and not a guard. */
  failure: FalError | null;
}

/**
 * Asks fal for neighbouring days: what was billed, and side by side the calls of endpoints that the
 * account is known to be billed for; one more round trip only for new ones.
 * @param billedIds ids that were billed before, once they are known; those that are new now are added.
 * @throws FalError where nothing could be read.
 */
export async function readDays(
  {
    fal,
    catalogue,
    now,
  }: {
    fal: Pick<FalClient, 'usage' | 'analytics'>;
    catalogue: Catalogue;
    now: () => Temporal.Instant;
  },
  question: Question,
  { days, slotMinutes }: Chunk,
  billedIds: Promise<Set<string>>,
): Promise<DaysAnswer> {
  const readAt = now();
  const timeframe = slotMinutes === 15 ? 'minute' : 'hour';
  const query = { ...windowOf(days, readAt), timezone: 'UTC', timeframe } as const;
  const counts = createCallCounts(fal, catalogue, question, query, METRICS);
  const counting = billedIds.then((ids) => counts.ask([...ids]));
  // It may be left behind when usage fails, and must not crash the process then.
  counting.catch(() => {});
  const { rows, stops } = await fal.usage(question, query);
  const billed = new Set(rows.map((row) => row.endpointId));
  const known = await billedIds;
  await Promise.all([counting, counts.ask([...billed])]);
  for (const id of billed) known.add(id);
  const { rows: calls, unanswered } = counts.read(known);

  // What was billed has been called: none at all is a count that fal, or its list, does not have.
  const silent = [...billed].filter((id) => !counts.knows(id));
  const missed = new Set([...unanswered, ...silent]);

  const usageOf = Map.groupBy(rows, (row) => utcDayOf(row.bucket));
  const callsOf = Map.groupBy(calls, (row) => utcDayOf(row.bucket));
  return {
    readings: days.map((day) => {
      const usage = usageOf.get(day) ?? [];
      const billedThatDay = new Set(usage.map((row) => row.endpointId));
      return {
        day,
        slotMinutes,
        readAt,
        usage,
        calls: callsOf.get(day) ?? [],
        isComplete: stops.length === 0,
        // One of long ago that fal can't count any more must not spoil every day from then on; but
        // where nothing at all was counted, it is not known to be of long ago only.
        uncounted: [...missed]
          .filter((id) => billedThatDay.has(id) || calls.length === 0)
          .toSorted(),
        missed: [...missed],
      };
    }),
    failure: stops.flatMap(({ cause }) => cause ?? [])[0] ?? null,
  };
}

/**
 * The ids an account was billed for in a span of days, in one or two questions: then the calls of
 * every day can be asked for beside its usage, of endpoints too that only failed that day.
 * @throws FalError
 */
export async function findBilledIds(
  { fal, now }: { fal: Pick<FalClient, 'usage'>; now: () => Temporal.Instant },
  question: Question,
  days: readonly EpochDay[],
): Promise<Set<string>> {
  const window = windowOf(
    days.toSorted((a, b) => a - b),
    now(),
  );
  const query = { ...window, timezone: 'UTC', timeframe: 'day', byCaller: false } as const;
  const { rows } = await fal.usage(question, query);
  return new Set(rows.map((row) => row.endpointId));
}

/** From the first day's start to the last one's end, but not beyond now. */
function windowOf(days: readonly EpochDay[], now: Temporal.Instant) {
  const [first = 0, last = first] = [days[0], days.at(-1)];
  const [start, end] = [utcDayStart(first), utcDayStart(last + 1)];
  return { start, end: Temporal.Instant.compare(end, now) < 0 ? end : now };
}
