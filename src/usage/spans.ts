import { earlier } from '../instants.ts';
import { PRESETS, type Preset, presetPeriod } from './period.ts';

/** What can be chosen by one word, from the shortest to the longest. */
export const SPAN_PRESETS = ['today', ...PRESETS, 'this_month', 'last_month'] as const;
export type SpanPreset = (typeof SPAN_PRESETS)[number];

/** A span of time: `start` is in it, `end` is not; empty where they are the same. */
export interface Span {
  start: Temporal.Instant;
  end: Temporal.Instant;
}

/**
 * The span before, or the same weekdays of an earlier week: as many weeks earlier as it takes for
 * the two not to overlap.
 */
export const COMPARISONS = ['previous', 'weekdays'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** The span a word stands for at `now`; the last hours and days are those of "Ver Uso". */
export function presetSpan(preset: SpanPreset, timezone: string, now: Temporal.Instant): Span {
  const zoned = now.toZonedDateTimeISO(timezone);
  const month = zoned.with({ day: 1 }).startOfDay();
  switch (preset) {
    case 'today':
      return { start: zoned.startOfDay().toInstant(), end: now };
    case 'this_month':
      return { start: month.toInstant(), end: now };
    case 'last_month':
      return {
        start: month.subtract({ months: 1 }).startOfDay().toInstant(),
        end: month.toInstant(),
      };
    default: {
      const { start, end } = presetPeriod(preset satisfies Preset, timezone, now);
      return { start, end };
    }
  }
}

/**
 * What a span is compared with. Of a span that is not over only what has passed is: the first eight
 * days of a month are compared with the first eight of the one before. Never overlaps the span.
 */
export function spanBefore(
  span: Span,
  {
    preset,
    comparison,
    timezone,
  }: { preset: SpanPreset | 'custom'; comparison: Comparison; timezone: string },
  now: Temporal.Instant,
): Span {
  const start = span.start.toZonedDateTimeISO(timezone);
  const passed = earlier(span.end, now).toZonedDateTimeISO(timezone);
  if (comparison === 'weekdays') {
    return shifted(start, passed, { weeks: Math.ceil(daysUntil(start, span.end, timezone) / 7) });
  }
  switch (preset) {
    case 'this_month':
    case 'last_month':
      return shifted(start, passed, { months: 1 });
    case 'today':
      return shifted(start, passed, { days: 1 });
    default: {
      const end = span.end.toZonedDateTimeISO(timezone);
      if (isMidnight(start) && isMidnight(end)) {
        return shifted(start, passed, { days: daysUntil(start, span.end, timezone) });
      }
      // Whole hours, so that the two don't share the hour in which one ends and the other begins.
      const hours = Math.max(1, Math.floor(start.until(end).total('hours')));
      const from = span.start.subtract({ hours });
      const until = passed.toInstant().subtract({ hours });
      return { start: from, end: earlier(until, span.start) };
    }
  }
}

/** Both ends moved by the calendar of their zone, so that local times stay; clipped to before `start`. */
function shifted(
  start: Temporal.ZonedDateTime,
  end: Temporal.ZonedDateTime,
  by: Temporal.DurationLike,
): Span {
  return {
    start: start.subtract(by).toInstant(),
    end: earlier(end.subtract(by).toInstant(), start.toInstant()),
  };
}

/** Days of the calendar that a span touches, the last one counted whole. */
export function daysUntil(
  start: Temporal.ZonedDateTime,
  end: Temporal.Instant,
  timezone: string,
): number {
  return Math.max(
    1,
    Math.ceil(
      start.until(end.toZonedDateTimeISO(timezone)).total({ unit: 'days', relativeTo: start }),
    ),
  );
}

function isMidnight(time: Temporal.ZonedDateTime): boolean {
  return time.equals(time.startOfDay());
}
