import pMap from 'p-map';
import { bucketStart } from '../buckets.ts';
import { type FalError, isFalError } from './errors.ts';

export type Timeframe = 'hour' | 'day';

/** A window of time to ask fal for: `start` is in it, `end` is not. */
export interface Window {
  start: Temporal.Instant;
  end: Temporal.Instant;
}

/** Buckets a question: small enough to be one page, so that a long period is read side by side. */
const BUCKETS_PER_WINDOW = 48;
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
  let edge = bucketStart(start, timeframe, timezone);
  while (Temporal.Instant.compare(from, end) < 0) {
    edge = edge.add(
      timeframe === 'hour' ? { hours: BUCKETS_PER_WINDOW } : { days: BUCKETS_PER_WINDOW },
    );
    const to = edge.toInstant();
    const until = Temporal.Instant.compare(to, end) < 0 ? to : end;
    windows.push({ start: from, end: until });
    from = until;
  }
  return windows;
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
