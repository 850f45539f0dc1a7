import { setImmediate as othersFirst } from 'node:timers/promises';
import type { Span } from '../usage/spans.ts';
import type { PastReading } from './kind.ts';

const HOUR_MS = 3_600_000;
/** So many readings are made before others have their turn. */
const AT_ONCE = 12;

/** The whole hours of a span, with those that it begins and ends at. */
export function hoursIn({ start, end }: Span): Temporal.Instant[] {
  const hours: Temporal.Instant[] = [];
  const [startMs, endMs] = [start.epochMilliseconds, end.epochMilliseconds];
  for (let ms = Math.ceil(startMs / HOUR_MS) * HOUR_MS; ms <= endMs; ms += HOUR_MS) {
    hours.push(Temporal.Instant.fromEpochMilliseconds(ms));
  }
  return hours;
}

/** What would have been read at every hour of a span that is over, in order. */
export async function readEveryHour<Reading>(
  span: Span,
  readAt: (at: Temporal.Instant) => Reading,
): Promise<PastReading<Reading>[]> {
  const readings: PastReading<Reading>[] = [];
  for (const at of hoursIn(span)) {
    readings.push({ at, reading: readAt(at) });
    if (readings.length % AT_ONCE === 0) await othersFirst();
  }
  return readings;
}
