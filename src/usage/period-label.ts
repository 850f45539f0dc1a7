import type { Translate } from '../i18n/index.ts';
import type { Period } from './period.ts';

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
