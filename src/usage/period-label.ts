import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import type { Period } from './period.ts';
import type { Span } from './spans.ts';

/** A period in a few words: `24 horas`, or its first and last day, `2026-01-01 – 2026-01-12`. */
export function periodLabel(period: Period, t: Translate): string {
  if (period.preset !== 'custom') return t(`period.${period.preset}`);
  const day = (instant: Temporal.Instant) =>
    instant.toZonedDateTimeISO(period.timezone).toPlainDate().toString();
  return t('period.custom', {
    start: day(period.start),
    end: day(period.end.subtract({ nanoseconds: 1 })),
  });
}

/** The days a span touches, written out: `7 mar 2026`, `1 mar 2026 – 7 mar 2026`. */
export function daysText(
  { start, end }: Span,
  timezone: string,
  format: Format,
  t: Translate,
): string {
  const first = format.date(start, timezone);
  const last = format.date(end.subtract({ nanoseconds: 1 }), timezone);
  return first === last ? first : t('period.custom', { start: first, end: last });
}
