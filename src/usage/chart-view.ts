import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import {
  displayStep,
  NANO_PER_UNIT,
  type Nano,
  roundTo,
  sumNano,
  toJsonNumber,
  toNano,
} from '../money.ts';
import { type Bar, type BarChart, barChartSvg } from './chart.ts';
import type { ChartBucket, ChartLayer, ChartModel } from './chart-model.ts';
import { BUCKET_STYLES, type ChartRow, tableRows } from './chart-table.ts';

/** The series as a drawing in two widths and as the table behind it. */
export interface ChartView {
  title: string;
  /** What the drawing shows, for those who can't see it. */
  description: string;
  wideSvg: string;
  narrowSvg: string;
  layers: readonly ChartLayer[];
  /** What hatched bars are; `null` where there are none. */
  moving: string | null;
  /** How many buckets are not known; `null` when all are. */
  unknown: string | null;
  /** What the marks are; `null` where there are none. */
  before: string | null;
  bucketHeading: string;
  rows: ChartRow[];
}

/** In pixels of the drawing, and how many labels its axis has at most. */
export interface DrawingSize {
  width: number;
  height: number;
  labels: number;
}

const WIDE: DrawingSize = { width: 760, height: 190, labels: 12 };
const NARROW: DrawingSize = { width: 340, height: 170, labels: 5 };

/** @param range the period, to be said in the description. */
export function chartView(
  model: ChartModel,
  range: string,
  format: Format,
  t: Translate,
): ChartView {
  const { buckets, resolution, layers } = model;
  const shown = measureOf(model, format);
  const title = t(`chart.${shown.name}_by_${resolution}`);
  const draw = drawer(model, shown, format, t);
  return {
    title,
    description: description(model, shown, title, range, format, t),
    wideSvg: draw(WIDE, 'chart-wide'),
    narrowSvg: draw(NARROW, 'chart-narrow'),
    layers,
    moving: buckets.some((bucket) => isMoving(bucket)) ? t('chart.moving') : null,
    unknown: unknownText(buckets, shown, format, t),
    before: model.before,
    bucketHeading: t(`chart.bucket_${resolution}`),
    rows: tableRows(model, format),
  };
}

/** The drawing in one size, for where there is no page around it. @param range as of `chartView`. */
export function chartDrawing(
  model: ChartModel,
  size: DrawingSize,
  range: string,
  format: Format,
  t: Translate,
): Pick<ChartView, 'title' | 'description'> & { svg: string } {
  const shown = measureOf(model, format);
  const title = t(`chart.${shown.name}_by_${model.resolution}`);
  return {
    title,
    description: description(model, shown, title, range, format, t),
    svg: drawer(model, shown, format, t)(size, 'chart-picture'),
  };
}

/** Calls that cost nothing still have a shape. */
function measureOf({ buckets }: ChartModel, format: Format): Measure {
  const total = sumNano(buckets.map(({ cost }) => cost ?? 0n));
  return total > 0n ? costMeasure(total, format) : countMeasure(format);
}

function drawer(model: ChartModel, measure: Measure, format: Format, t: Translate) {
  const colors = model.layers.map(({ color }) => `var(--chart-${color})`);
  const bars = toBars(model, measure, format, t);
  return ({ labels, ...size }: DrawingSize, cssClass: string): string => {
    const labelled = axisLabels(model, labels, format);
    const chart = {
      bars: bars.map((bar, index) => ({ ...bar, axisLabel: labelled.get(index) ?? null })),
      tick: measure.tick,
      ...(colors.length > 0 && { colors }),
    };
    return barChartSvg(chart, size, cssClass);
  };
}

/** What the height of a bar stands for. */
interface Measure extends Pick<BarChart, 'tick'> {
  name: 'cost' | 'calls';
  value(point: { cost: Nano | null; count: number | null }): number | null;
  text(value: number): string;
}

function costMeasure(total: Nano, format: Format): Measure {
  const step = displayStep(total);
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

function isMoving({ state }: ChartBucket): boolean {
  return state === 'live' || state === 'settling';
}

function toBars(
  model: ChartModel,
  measure: Measure,
  format: Format,
  t: Translate,
): Omit<Bar, 'axisLabel'>[] {
  const { buckets, layers } = model;
  return buckets.map((bucket) => {
    const value = measure.value(bucket);
    const before = bucket.before && measure.value(bucket.before);
    return {
      hint: hintText(model, bucket, measure, format, t),
      value,
      ...(layers.length > 0 && { parts: bucket.parts.map((part) => measure.value(part) ?? 0) }),
      isMoving: isMoving(bucket),
      isPartial: bucket.state === 'partial',
      href: bucket.href,
      before,
    };
  });
}

/** `mié 4 mar · $12.40`, then what else is in it or said of it, a line each. */
function hintText(
  { layers, before, resolution }: ChartModel,
  bucket: ChartBucket,
  measure: Measure,
  format: Format,
  t: Translate,
): string {
  const value = measure.value(bucket);
  const said = value === null ? t('chart.bucket_unknown') : measure.text(value);
  const name = format.bucket(bucket.start, BUCKET_STYLES[resolution]);
  const parts = layers.flatMap((layer, index) => {
    const part = bucket.parts[index] && measure.value(bucket.parts[index]);
    return part ? [`${layer.name}: ${measure.text(part)}`] : [];
  });
  const earlier = bucket.before && measure.value(bucket.before);
  return [
    `${name} · ${bucket.state === 'partial' ? `${t('usage.at_least')} ${said}` : said}`,
    ...(isMoving(bucket) ? [t(`usage.freshness_${bucket.state as 'live' | 'settling'}`)] : []),
    ...parts.toReversed(),
    ...(before !== null && earlier !== null ? [`${before}: ${measure.text(earlier)}`] : []),
  ].join('\n');
}

/** Up to this many hourly buckets the axis names hours, beyond that days. */
const MAX_NAMED_HOURS = 49;

/** At most `most` labels at even distances: hours of a day, midnights of a week, days or months. */
function axisLabels({ buckets, resolution }: ChartModel, most: number, format: Format) {
  const byHour = resolution === 'hour';
  const namesHours = byHour && buckets.length <= MAX_NAMED_HOURS;
  const isCandidate = ({ start }: ChartBucket) =>
    !byHour || (namesHours ? start.hour % 3 === 0 : start.hour === 0);
  const candidates = [...buckets.entries()].filter(([, bucket]) => isCandidate(bucket));
  const every = Math.ceil(candidates.length / most);
  const text = ({ start }: ChartBucket) => {
    if (resolution === 'month') return format.bucket(start, 'month');
    return format.bucket(start, namesHours && start.hour !== 0 ? 'hour' : 'day');
  };
  return new Map(
    candidates
      .filter((_, position) => position % every === 0)
      .map(([index, bucket]) => [index, text(bucket)]),
  );
}

function description(
  { buckets, resolution }: ChartModel,
  measure: Measure,
  title: string,
  range: string,
  format: Format,
  t: Translate,
): string {
  let peak: { value: number; bucket: ChartBucket } | null = null;
  for (const bucket of buckets) {
    const value = measure.value(bucket);
    if (value !== null && value > 0 && (peak === null || value > peak.value)) {
      peak = { value, bucket };
    }
  }
  if (!peak) return t('chart.description_empty', { title, range });
  const when = format.bucket(peak.bucket.start, BUCKET_STYLES[resolution]);
  return t('chart.description', { title, range, peak: measure.text(peak.value), when });
}

function unknownText(
  buckets: readonly ChartBucket[],
  measure: Measure,
  format: Format,
  t: Translate,
): string | null {
  const isGap = (bucket: ChartBucket) =>
    measure.value(bucket) === null || bucket.state === 'partial';
  const count = buckets.filter(isGap).length;
  return count === 0 ? null : t('chart.unknown', { count, formatted: format.count(count) });
}
