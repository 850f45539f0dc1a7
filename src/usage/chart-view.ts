import type { BucketStyle, Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import {
  apportion,
  displayStep,
  NANO_PER_UNIT,
  type Nano,
  roundTo,
  sumNano,
  toJsonNumber,
  toNano,
} from '../money.ts';
import { type Bar, type BarChart, barChartSvg } from './chart.ts';
import type { Period } from './period.ts';
import type { SeriesPoint, UsageReport } from './report.ts';

/** What is drawn of usage, wherever it comes from. */
export type DrawnUsage = Pick<UsageReport, 'series' | 'totalCost'> & {
  period: Pick<Period, 'resolution'>;
};

/** The series as a drawing in two widths and as the table behind it. */
export interface ChartView {
  title: string;
  /** What the drawing shows, for those who can't see it. */
  description: string;
  wideSvg: string;
  narrowSvg: string;
  /** How many buckets are not known; `null` when all are. */
  unknown: string | null;
  bucketHeading: string;
  rows: ChartRow[];
}

export interface ChartRow {
  bucket: string;
  iso: string;
  /** `null`: not known. So is the next. */
  cost: string | null;
  exactCost: string | null;
  calls: string | null;
}

const WIDE = { width: 760, height: 190, labels: 12 };
const NARROW = { width: 340, height: 170, labels: 5 };

export async function chartView(
  report: DrawnUsage,
  range: string,
  format: Format,
  t: Translate,
): Promise<ChartView> {
  const { series, period } = report;
  // Calls that cost nothing still have a shape.
  const shown = report.totalCost > 0n ? costMeasure(report, format) : countMeasure(format);
  const title = t(`chart.${shown.name}_by_${period.resolution}`);
  const draw = ({ labels, ...size }: typeof WIDE, cssClass: string) => {
    const bars = toBars(report, shown, labels, format, t);
    return barChartSvg({ bars, tick: shown.tick }, size, cssClass);
  };
  const [wideSvg, narrowSvg] = await Promise.all([
    draw(WIDE, 'chart-wide'),
    draw(NARROW, 'chart-narrow'),
  ]);
  return {
    title,
    description: description(report, shown, title, range, format, t),
    wideSvg,
    narrowSvg,
    unknown: unknownText(series, shown, format, t),
    bucketHeading: t(`chart.bucket_${period.resolution}`),
    rows: tableRows(report, format),
  };
}

/** What the height of a bar stands for. */
interface Measure extends Pick<BarChart, 'tick'> {
  name: 'cost' | 'calls';
  value(point: SeriesPoint): number | null;
  text(value: number): string;
}

function costMeasure({ totalCost }: DrawnUsage, format: Format): Measure {
  const step = displayStep(totalCost);
  return {
    name: 'cost',
    value: ({ cost }) => (cost === null ? null : toJsonNumber(cost)),
    text: (value) =>
      format.price(roundTo(toNano(value), smaller(step, displayStep(toNano(value))))),
    tick: (value, decimals) => format.money(toNano(value), tickStep(value && decimals)),
  };
}

function countMeasure(format: Format): Measure {
  return {
    name: 'calls',
    value: ({ count }) => count,
    text: (value) => format.count(value),
    tick: (value) => format.count(value),
  };
}

/** Whole dollars, or at least cents. */
function tickStep(decimals: number): Nano {
  return decimals === 0
    ? NANO_PER_UNIT
    : NANO_PER_UNIT / 10n ** BigInt(Math.min(9, Math.max(2, decimals)));
}

function smaller(a: Nano, b: Nano): Nano {
  return a < b ? a : b;
}

function toBars(
  report: DrawnUsage,
  measure: Measure,
  labels: number,
  format: Format,
  t: Translate,
): Bar[] {
  const { series } = report;
  const labelled = axisLabels(report, labels, format);
  const style = tableStyle(report);
  return series.map((point, index) => {
    const value = measure.value(point);
    const said = value === null ? t('chart.bucket_unknown') : measure.text(value);
    return {
      axisLabel: labelled.get(index) ?? null,
      hint: `${format.bucket(point.bucket, style)} · ${said}`,
      value,
    };
  });
}

/** Up to this many hourly buckets the axis names hours, beyond that days. */
const MAX_NAMED_HOURS = 49;

/** At most `most` labels at even distances: hours of a day, midnights of a week, or days. */
function axisLabels({ series, period }: DrawnUsage, most: number, format: Format) {
  const byHour = period.resolution === 'hour';
  const namesHours = byHour && series.length <= MAX_NAMED_HOURS;
  const isCandidate = ({ bucket }: SeriesPoint) =>
    !byHour || (namesHours ? bucket.hour % 3 === 0 : bucket.hour === 0);
  const candidates = [...series.entries()].filter(([, point]) => isCandidate(point));
  const every = Math.ceil(candidates.length / most);
  const text = ({ bucket }: SeriesPoint) =>
    format.bucket(bucket, namesHours && bucket.hour !== 0 ? 'hour' : 'day');
  return new Map(
    candidates
      .filter((_, position) => position % every === 0)
      .map(([index, point]) => [index, text(point)]),
  );
}

function description(
  report: DrawnUsage,
  measure: Measure,
  title: string,
  range: string,
  format: Format,
  t: Translate,
): string {
  let peak: { value: number; point: SeriesPoint } | null = null;
  for (const point of report.series) {
    const value = measure.value(point);
    if (value !== null && value > 0 && (peak === null || value > peak.value))
      peak = { value, point };
  }
  if (!peak) return t('chart.description_empty', { title, range });
  const when = format.bucket(peak.point.bucket, tableStyle(report));
  return t('chart.description', { title, range, peak: measure.text(peak.value), when });
}

function unknownText(
  series: readonly SeriesPoint[],
  measure: Measure,
  format: Format,
  t: Translate,
): string | null {
  const count = series.filter((point) => measure.value(point) === null).length;
  return count === 0 ? null : t('chart.unknown', { count, formatted: format.count(count) });
}

/** Costs are rounded together, so that the column adds up to the total that is shown. */
function tableRows(report: DrawnUsage, format: Format): ChartRow[] {
  const known = report.series.map(({ cost }) => cost ?? 0n);
  const step = displayStep(sumNano(known));
  const rounded = apportion(known, step);
  const style = tableStyle(report);
  return report.series.map(({ bucket, cost, count }, index) => ({
    bucket: format.bucket(bucket, style),
    iso: bucket.toString({ timeZoneName: 'never' }),
    cost: cost === null ? null : format.money(rounded[index] ?? cost, step),
    exactCost: cost === null ? null : format.exactMoney(cost),
    calls: count === null ? null : format.count(count),
  }));
}

function tableStyle({ period }: DrawnUsage): BucketStyle {
  return period.resolution === 'hour' ? 'day_and_hour' : 'weekday';
}
