import pMap from 'p-map';
import { bucketStart } from '../buckets.ts';
import { type FalError, isFalError } from './errors.ts';

/** Of fal's timeframes those that are asked for. Minutes are for zones whose hours are not UTC's. */
export type Timeframe = 'minute' | 'hour' | 'day';

/** A window of time to ask fal for: `start` is in it, `end` is not. */
export interface Window {
  start: Temporal.Instant;
  end: Temporal.Instant;
}

/**
 * Time a question: 48 hours or days are one page, so that a long period is read side by side. Most
 * minutes are empty, and half a day of them is a few pages.
 */
const WINDOW_LENGTH = {
  minute: { hours: 12 },
  hour: { hours: 48 },
  day: { days: 48 },
} as const satisfies Record<Timeframe, Temporal.DurationLike>;
const WINDOWS_AT_ONCE = 8;

/**
 * Cuts a period into windows at bucket edges of a zone, so that no bucket is asked for twice.
 * @returns windows in order, touching, covering exactly the period.
 */
export function splitPeriod(
  { start, end }: Window,
  timeframe: Timeframe,
  timezone: string,
): Window[] {
  const windows: Window[] = [];
  let from = start;
  let edge = startOf(start, timeframe, timezone);
  while (Temporal.Instant.compare(from, end) < 0) {
    // Cut again: clocks may have shifted by half an hour, and not every day begins at midnight.
    edge = startOf(edge.add(WINDOW_LENGTH[timeframe]).toInstant(), timeframe, timezone);
    const to = edge.toInstant();
    const until = Temporal.Instant.compare(to, end) < 0 ? to : end;
    windows.push({ start: from, end: until });
    from = until;
  }
  return windows;
}

/** Where the bucket begins that an instant falls in. Clocks shift by whole minutes. */
function startOf(
  instant: Temporal.Instant,
  timeframe: Timeframe,
  timezone: string,
): Temporal.ZonedDateTime {
  return timeframe === 'minute'
    ? instant.round({ smallestUnit: 'minute', roundingMode: 'floor' }).toZonedDateTimeISO(timezone)
    : bucketStart(instant, timeframe, timezone);
}

export interface WindowAnswers<T> {
  answers: T[];
  /** Windows that could not be read although others could. */
  failed: { window: Window; error: FalError }[];
}

/**
 * Asks for all windows side by side. One that fails leaves a hole, said in `failed`.
 * @throws the first failure when no window was answered, or at once when fal refuses the key.
 */
export async function askInWindows<T>(
  windows: readonly Window[],
  ask: (window: Window) => Promise<T>,
): Promise<WindowAnswers<T>> {
  const failed: WindowAnswers<T>['failed'] = [];
  const answers = await pMap(
    windows,
    async (window) => {
      try {
        return [await ask(window)];
      } catch (error) {
        if (!isFalError(error) || !leavesAHole(error)) throw error;
        failed.push({ window, error });
        return [];
      }
    },
    { concurrency: WINDOWS_AT_ONCE },
  );
  const [first] = failed;
  if (first && failed.length === windows.length) throw first.error;
  return { answers: answers.flat(), failed };
}

function leavesAHole({ code }: FalError): boolean {
  return ['rate_limited', 'fal_bad_response', 'fal_unavailable', 'fal_timeout'].includes(code);
}
