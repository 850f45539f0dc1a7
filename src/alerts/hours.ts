import { setImmediate as othersFirst } from 'node:timers/promises';
import type { Span } from '../usage/spans.ts';
import type { PastReading } from './kind.ts';

const HOUR_MS = 3_600_000;
/** So many readings are made before others have their turn. */
const AT_ONCE = 12;

/** What would have been read at every hour of a span that is over, in order. */
export async function readEveryHour<Reading>(
  { start, end }: Span,
  readAt: (at: Temporal.Instant) => Reading,
): Promise<PastReading<Reading>[]> {
  const readings: PastReading<Reading>[] = [];
  const [startMs, endMs] = [start.epochMilliseconds, end.epochMilliseconds];
  for (let ms = Math.ceil(startMs / HOUR_MS) * HOUR_MS; ms <= endMs; ms += HOUR_MS) {
    const at = Temporal.Instant.fromEpochMilliseconds(ms);
    readings.push({ at, reading: readAt(at) });
    if (readings.length % AT_ONCE === 0) await othersFirst();
  }
  return readings;
}
