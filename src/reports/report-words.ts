import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { daysText } from '../usage/period-label.ts';
import { type Cadence, type ReportPeriod, spanOf } from './period.ts';
import type { Report } from './report.ts';

/** In whose words. */
export interface Words {
  format: Format;
  t: Translate;
}

/** `Reporte diario`. */
export function nameOf(cadence: Cadence, t: Translate): string {
  return t(`reports.name_${cadence}`);
}

/** Its days, written out: `26 nov 2026`, `16 nov 2026 – 22 nov 2026`. */
export function daysOf({ period }: Pick<Report, 'period'>, { format, t }: Words): string {
  return daysText(spanOf(period), period.timezone, format, t);
}

/** Its days in a few words: `26 nov`, `16 nov – 22 nov`, `nov 2026`. */
export function shortDays(
  { cadence, firstDay, endDay, timezone }: ReportPeriod,
  format: Format,
): string {
  const first = firstDay.toZonedDateTime(timezone);
  if (cadence === 'monthly') return format.bucket(first, 'month');
  const day = format.bucket(first, 'day');
  if (cadence === 'daily') return day;
  const last = endDay.subtract({ days: 1 }).toZonedDateTime(timezone);
  return `${day} – ${format.bucket(last, 'day')}`;
}

/** The seed's report: its three lines as plain text. */
export function plainReport(report: Report, words: Words): string {
  const { format, t } = words;
  const { cost, calls } = report.total;
  const atLeast = ({ isWhole }: { isWhole: boolean }) => (isWhole ? '' : '≥ ');
  const unknown = t('reports.unknown');
  return [
    `📊 ${nameOf(report.period.cadence, t)} fal.ai, ${daysOf(report, words)}:`,
    t('reports.plain_calls', {
      calls: calls.value === null ? unknown : atLeast(calls) + format.count(calls.value),
    }),
    t('reports.plain_cost', {
      cost: cost.value === null ? unknown : atLeast(cost) + format.money(cost.value),
    }),
    t('reports.plain_most_used', {
      model: report.mostUsed ?? (cost.isWhole ? t('reports.plain_none') : unknown),
    }),
    '',
  ].join('\n');
}
