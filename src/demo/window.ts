import { Refusal } from './answer.ts';
import { choiceOf } from './query.ts';

const TIMEFRAMES = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The period asked for, in epoch milliseconds; `endMs` is exclusive. */
export interface Period {
  startMs: number;
  endMs: number;
}

export interface Window extends Period {
  timezone: string;
  timeframe: Timeframe;
}

/** One bucket's edges and its stamp: local time with the zone's offset. */
export interface Bucket extends Period {
  stamp: string;
}

/**
 * Reads `start`, `end`, `timezone`, `timeframe` and `bound_to_timeframe` as the contract says.
 * @throws Refusal 400
 */
export function parseWindow(query: URLSearchParams, nowMs: number): Window {
  const timezone = parseTimezone(query.get('timezone') ?? 'UTC');
  const { startMs, endMs } = parsePeriod(query, nowMs, timezone);
  const timeframe = choiceOf(query, 'timeframe', TIMEFRAMES) ?? automaticTimeframe(endMs - startMs);
  const exact = choiceOf(query, 'bound_to_timeframe', ['true', 'false']) === 'false';
  const window = { startMs, endMs, timezone, timeframe };
  return exact ? window : snapOutwards(window);
}

/** `start` and `end`; by default the last 24 hours. @throws Refusal 400 */
export function parsePeriod(query: URLSearchParams, nowMs: number, timezone = 'UTC'): Period {
  const endMs = parseMoment(query, 'end', timezone) ?? nowMs;
  const startMs = parseMoment(query, 'start', timezone) ?? nowMs - DAY_MS;
  if (startMs > endMs) throw new Refusal(400, 'start: must not be after end');
  return { startMs, endMs };
}

/** The query as if fal had not understood its period. */
export function withoutPeriod(query: URLSearchParams): URLSearchParams {
  const rest = new URLSearchParams(query);
  rest.delete('start');
  rest.delete('end');
  return rest;
}

/** The bucket a moment falls in. */
export function bucketAt(ms: number, { timeframe, timezone }: Window, inUtc = false): Bucket {
  const start = floor(zoned(ms, timezone), timeframe);
  // Cut again: clocks may shift by half an hour, and not every day begins at midnight.
  const end = floor(start.add({ [`${timeframe}s`]: 1 }), timeframe);
  return {
    startMs: start.epochMilliseconds,
    endMs: end.epochMilliseconds,
    stamp: inUtc
      ? start.toInstant().toString({ smallestUnit: 'second' })
      : start.toString({ smallestUnit: 'second', timeZoneName: 'never' }),
  };
}

function snapOutwards(window: Window): Window {
  const { startMs } = bucketAt(window.startMs, window);
  const last = bucketAt(window.endMs, window);
  const endMs = last.startMs === window.endMs ? window.endMs : last.endMs;
  return { ...window, startMs, endMs };
}

function floor(time: Temporal.ZonedDateTime, timeframe: Timeframe): Temporal.ZonedDateTime {
  switch (timeframe) {
    case 'minute':
      return time.round({ smallestUnit: 'minute', roundingMode: 'floor' });
    case 'hour':
      return floorToHour(time);
    case 'day':
      return time.startOfDay();
    case 'week':
      return time.subtract({ days: time.dayOfWeek - 1 }).startOfDay();
    case 'month':
      return time.with({ day: 1 }).startOfDay();
  }
}

/** An hour in which clocks shift by half an hour (Lord Howe Island) is two buckets. */
function floorToHour(time: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  const hour = time.round({ smallestUnit: 'hour', roundingMode: 'floor' });
  if (hour.offsetNanoseconds === time.offsetNanoseconds) return hour;
  return time.add({ nanoseconds: 1 }).getTimeZoneTransition('previous') ?? hour;
}

function automaticTimeframe(lengthMs: number): Timeframe {
  if (lengthMs < 2 * HOUR_MS) return 'minute';
  if (lengthMs < 2 * DAY_MS) return 'hour';
  if (lengthMs < 64 * DAY_MS) return 'day';
  return lengthMs < 183 * DAY_MS ? 'week' : 'month';
}

function parseMoment(query: URLSearchParams, name: string, timezone: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
      return Temporal.PlainDate.from(text).toZonedDateTime(timezone).epochMilliseconds;
    }
    if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) {
      return Temporal.Instant.from(text).epochMilliseconds;
    }
  } catch {
    // Refused below, like everything else that is no moment.
  }
  throw new Refusal(400, `${name}: expected a date or a date-time with offset`);
}

function parseTimezone(timezone: string): string {
  try {
    return zoned(0, timezone).timeZoneId;
  } catch {
    throw new Refusal(400, 'timezone: expected an IANA time zone');
  }
}

function zoned(ms: number, timezone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timezone);
}
