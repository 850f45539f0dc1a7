import type { Resolution } from '../buckets.ts';

/** How fal is asked live; what is coarser, only the local copy is asked. */
type LiveResolution = Extract<Resolution, 'hour' | 'day'>;

/** A window of time: `start` is in it, `end` is not. */
export interface Period {
  start: Temporal.Instant;
  end: Temporal.Instant;
  /** IANA zone in which days begin, buckets are cut and times are shown. */
  timezone: string;
  /** How finely the series is cut. */
  resolution: LiveResolution;
  /** The preset asked for, or `custom`. */
  preset: Preset | 'custom';
}

export const PRESETS = ['24h', '7d', '30d'] as const;
export type Preset = (typeof PRESETS)[number];

const PRESET_HOURS = { '24h': 24, '7d': 7 * 24, '30d': 30 * 24 } as const;
const MAX_DAYS = 366;
/** Up to this many days the series is by hour. */
const MAX_HOURLY_DAYS = 8;

export type PeriodFault =
  | 'date_not_understood'
  | 'start_not_before_end'
  | 'period_too_long'
  | 'start_in_future';

/** A period that can't be asked for; `field` is the one to correct. */
export class PeriodError extends Error {
  override readonly name = 'PeriodError';
  readonly field: 'start_date' | 'end_date';
  readonly fault: PeriodFault;

  constructor(field: PeriodError['field'], fault: PeriodFault) {
    super(`${field}: ${fault}`);
    this.field = field;
    this.fault = fault;
  }
}

/** The exact last hours or days before `now`, to the millisecond. */
export function presetPeriod(preset: Preset, timezone: string, now: Temporal.Instant): Period {
  const end = toMillisecond(now);
  const start = end.subtract({ hours: PRESET_HOURS[preset] });
  return { start, end, timezone, resolution: resolutionOf(start, end), preset };
}

/**
 * Resolves dates as people and programs write them. A date-time is an instant (in `timezone` when it
 * has no offset) and an end instant is exclusive; a bare date is the whole day in `timezone`, so an
 * end date is included. Without an end the period lasts until now, without a start 24 hours or, for
 * a bare end date, that day.
 * @throws PeriodError
 */
export function resolvePeriod(
  asked: { start?: string | undefined; end?: string | undefined; timezone: string },
  now: Temporal.Instant,
): Period {
  const { timezone } = asked;
  if (!asked.start && !asked.end) return presetPeriod('24h', timezone, now);
  const present = toMillisecond(now);
  const last = asked.end
    ? parseBoundary(asked.end, timezone, 'end_date')
    : { from: present, to: present };
  const first = asked.start ? parseBoundary(asked.start, timezone, 'start_date') : undefined;
  const end = last.to;
  const start = first?.from ?? (isBareDate(asked.end) ? last.from : end.subtract({ hours: 24 }));

  if (Temporal.Instant.compare(start, now) > 0) {
    throw new PeriodError(first ? 'start_date' : 'end_date', 'start_in_future');
  }
  if (Temporal.Instant.compare(start, end) >= 0) {
    throw new PeriodError('end_date', 'start_not_before_end');
  }
  const latest = start.toZonedDateTimeISO(timezone).add({ days: MAX_DAYS }).toInstant();
  if (Temporal.Instant.compare(end, latest) > 0) {
    throw new PeriodError('end_date', 'period_too_long');
  }
  return { start, end, timezone, resolution: resolutionOf(start, end), preset: 'custom' };
}

function toMillisecond(instant: Temporal.Instant): Temporal.Instant {
  return instant.round({ smallestUnit: 'millisecond', roundingMode: 'floor' });
}

function resolutionOf(start: Temporal.Instant, end: Temporal.Instant): LiveResolution {
  return start.until(end).total('hours') <= MAX_HOURLY_DAYS * 24 ? 'hour' : 'day';
}

function isBareDate(text: string | undefined): boolean {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text.trim());
}

const DATE_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:z|[+-]\d\d(?::?\d\d)?)?$/i;

/** The instants at which what was written begins and ends: one and the same for a date-time. */
function parseBoundary(
  written: string,
  timezone: string,
  field: PeriodError['field'],
): { from: Temporal.Instant; to: Temporal.Instant } {
  const text = written.trim();
  try {
    if (isBareDate(text)) {
      const day = Temporal.PlainDate.from(text);
      return {
        from: day.toZonedDateTime(timezone).toInstant(),
        to: day.add({ days: 1 }).toZonedDateTime(timezone).toInstant(),
      };
    }
    if (!DATE_TIME.test(text)) throw new RangeError('not ISO 8601');
    const instant = /(?:z|[+-]\d\d(?::?\d\d)?)$/i.test(text)
      ? Temporal.Instant.from(text)
      : Temporal.PlainDateTime.from(text).toZonedDateTime(timezone).toInstant();
    return { from: instant, to: instant };
  } catch {
    throw new PeriodError(field, 'date_not_understood');
  }
}
