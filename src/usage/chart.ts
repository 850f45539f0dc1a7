import type { EChartsType } from 'echarts/core';

export interface Bar {
  /** Under the axis; `null` where there is no room for a label. */
  axisLabel: string | null;
  /** What a pointer resting on the bar's column is told; lines after the first are its parts. */
  hint: string;
  /** `null` is unknown: drawn as an empty, dashed column, so that nobody takes it for zero. */
  value: number | null;
  /** What it is stacked of, one for each of the chart's colours; without them it is of one piece. */
  parts?: readonly number[];
  /** May still change: hatched. */
  isMoving?: boolean;
  /** Some of it is unknown: the dashed column stands behind what is known. */
  isPartial?: boolean;
  /** Where its column leads. Not for the keyboard: the drawing is hidden from it, as is `hint`. */
  href?: string | null;
  /** What it is compared with, drawn as a mark across its column. */
  before?: number | null;
}

export interface BarChart {
  bars: readonly Bar[];
  /** Colours of the parts, from the ground up: CSS variables of the page. */
  colors?: readonly string[];
  /** A value of the axis, with the decimals that tell it from the next one. */
  tick: (value: number, decimals: number) => string;
}

export interface Size {
  width: number;
  height: number;
}

/**
 * Draws bars as an SVG that obeys a strict Content-Security-Policy: no `style` attribute and no
 * style element. Colours are CSS variables of the page, so they follow its colour scheme and print.
 * The drawing is hidden from assistive technology: name it on the element around it.
 */
export async function barChartSvg(chart: BarChart, size: Size, cssClass: string): Promise<string> {
  const echarts = await loadEcharts();
  const instance = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    const scale = scaleOf(chart);
    draw(instance, chart, scale);
    const svg = withoutStyles(instance.renderToSVGString({ useViewBox: true }), cssClass);
    const place = placing(instance, chart, scale, size);
    return svg
      .replace(/^<svg[^>]*>/, (opening) => opening + gaps(chart, place))
      .replace(/<\/svg>$/, `${columns(chart, place, cssClass)}</svg>`);
  } finally {
    instance.dispose();
  }
}

type Echarts = typeof import('echarts/core');
let loading: Promise<Echarts> | undefined;

/**
 * At first use: a process that never draws a chart neither waits for ECharts nor keeps it in memory.
 * Call it without awaiting where a chart will soon be drawn: loading takes some tenths of a second.
 */
export function loadEcharts(): Promise<Echarts> {
  loading ??= (async () => {
    const [core, { BarChart }, { GridComponent }, { SVGRenderer }] = await Promise.all([
      import('echarts/core'),
      import('echarts/charts'),
      import('echarts/components'),
      import('echarts/renderers'),
    ]);
    core.use([BarChart, GridComponent, SVGRenderer]);
    return core;
  })();
  return loading;
}

const FONT_SIZE = 12;
const LABEL_COLOR = 'var(--muted)';
const ONE_COLOR = ['var(--chart-1)'];
const RIGHT_EDGE = 4;
/** Of the room there is for a bar, and in pixels of the drawing. */
const BAR_PART = 0.8;
const MAX_BAR_WIDTH = 56;
/** With their colours, not by a class: a drawing may be looked at without the page's styles. */
const MARK = 'class="before" fill="var(--text)" stroke="var(--surface)" stroke-width="0.75"';
const GAP = 'class="unknown" fill="var(--chart-gap)" stroke="var(--axis)" stroke-dasharray="4,2"';
const COLUMN = 'class="column" fill="none" pointer-events="all"';
/** A pointer can't rest on a column that is narrower, in pixels of the drawing. */
const MIN_POINTED = 0.6;
/** Up to this many bars have room for lines between their parts. */
const MAX_PARTED_BARS = 62;

function scaleOf({ bars }: BarChart): Scale {
  return niceScale(Math.max(0, ...bars.flatMap(({ value, before }) => [value ?? 0, before ?? 0])));
}

function draw(instance: EChartsType, chart: BarChart, scale: Scale): void {
  const { bars, tick, colors = ONE_COLOR } = chart;
  const label = { color: LABEL_COLOR, fontSize: FONT_SIZE };
  const series = {
    type: 'bar',
    silent: true,
    clip: false,
    emphasis: { disabled: true },
    barMaxWidth: MAX_BAR_WIDTH,
  } as const;
  const isWhole = colors.length === 1;
  const hasLines = !isWhole && bars.length <= MAX_PARTED_BARS;
  instance.setOption({
    animation: false,
    grid: {
      ...{ left: 0, right: RIGHT_EDGE, top: 10, bottom: 0 },
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      type: 'category',
      data: bars.map(({ axisLabel }) => axisLabel ?? ''),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: 'var(--axis)' } },
      axisLabel: { ...label, interval: (index: number) => Boolean(bars[index]?.axisLabel) },
    },
    yAxis: {
      type: 'value',
      min: 0,
      max: scale.max,
      interval: scale.step,
      splitLine: { lineStyle: { color: 'var(--line)' } },
      axisLabel: { ...label, formatter: (value: number) => tick(value, scale.decimals) },
    },
    series: [
      ...colors.map((color, layer) => ({
        ...series,
        barCategoryGap: `${100 - BAR_PART * 100}%`,
        stack: 'parts',
        ...(isWhole && { barMinHeight: 2 }),
        data: bars.map(({ value, parts }) => (parts ? parts[layer] : value) || null),
        itemStyle: {
          color,
          ...(isWhole && { borderRadius: [2, 2, 0, 0] }),
          ...(hasLines && { borderColor: 'var(--surface)', borderWidth: 0.75 }),
        },
      })),
    ],
  });
}

/** Where things are in the drawing. */
interface Placing {
  /** Width of a column, and of the bar in it. */
  band: number;
  barWidth: number;
  top: number;
  ground: number;
  center(index: number): number;
  height(value: number): number;
}

function placing(
  instance: EChartsType,
  { bars }: BarChart,
  scale: Scale,
  { width }: Size,
): Placing {
  const at = (index: number, value: number) =>
    instance.convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, [index, value]) as [number, number];
  const [first, ground] = at(0, 0);
  // A label at the edge may have narrowed the drawing: the distance of two columns is what counts.
  const band = bars.length > 1 ? at(1, 0)[0] - first : 2 * (width - RIGHT_EDGE - first);
  return {
    band,
    barWidth: Math.min(band * BAR_PART, MAX_BAR_WIDTH),
    top: at(0, scale.max)[1],
    ground,
    center: (index) => at(index, 0)[0],
    height: (value) => ground - at(0, value)[1],
  };
}

/** Behind the bars: a dashed column for what is not known, one for all of a row. */
function gaps({ bars }: BarChart, { center, barWidth, top, ground }: Placing): string {
  const isGap = (bar: Bar | undefined) =>
    bar !== undefined && (bar.value === null || bar.isPartial === true);
  return bars
    .flatMap((bar, first) => {
      if (!isGap(bar) || isGap(bars[first - 1])) return [];
      const end = bars.findIndex((each, index) => index > first && !isGap(each));
      const last = end === -1 ? bars.length - 1 : end - 1;
      const left = center(first) - barWidth / 2;
      return [rect(left, top, center(last) + barWidth / 2 - left, ground - top, GAP)];
    })
    .join('');
}

/**
 * Over each bar: the hatching of what may still change, the mark of what it is compared with, and
 * the whole column as a place to rest a pointer on, or to follow.
 */
function columns({ bars }: BarChart, place: Placing, cssClass: string): string {
  const { band, barWidth, top, ground } = place;
  const hatching = `moving-${cssClass}`;
  const drawn = bars.map((bar, index) => {
    const center = place.center(index);
    const left = center - band / 2;
    const high = bar.isMoving && bar.value ? place.height(bar.value) : 0;
    const fill = `fill="url(#${hatching})"`;
    const moving = high && rect(center - barWidth / 2, ground - high, barWidth, high, fill);
    const { before = null } = bar;
    const mark =
      before === null ? '' : rect(left, ground - place.height(before) - 1, band, 2, MARK);
    if (band < MIN_POINTED) return (moving || '') + mark;
    const hint = `<title>${escapeXml(bar.hint)}</title>`;
    const column = rect(left, top, band, ground - top, COLUMN, hint);
    const link = bar.href ? `<a href="${escapeXml(bar.href)}" tabindex="-1">${column}</a>` : column;
    return (moving || '') + mark + link;
  });
  return `${bars.some(({ isMoving }) => isMoving) ? hatch(hatching) : ''}${drawn.join('')}`;
}

function hatch(id: string): string {
  return (
    `<defs><pattern id="${id}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
    '<rect width="2.5" height="5" fill="var(--surface)" fill-opacity="0.65"/></pattern></defs>'
  );
}

function rect(
  x: number,
  y: number,
  width: number,
  height: number,
  attributes: string,
  content = '',
): string {
  const [left, top, wide, high] = [x, y, width, height].map((pixels) => Number(pixels.toFixed(2)));
  const open = `<rect ${attributes} x="${left}" y="${top}" width="${wide}" height="${high}"`;
  return content ? `${open}>${content}</rect>` : `${open}/>`;
}

export interface Scale {
  max: number;
  step: number;
  /** Decimals that tell one step from the next. */
  decimals: number;
}

/** An axis from zero in two to five steps of 1, 2 or 5 times a power of ten. */
export function niceScale(highest: number): Scale {
  if (highest <= 0) return { max: 1, step: 1, decimals: 0 };
  const power = 10 ** Math.floor(Math.log10(highest / 2));
  const step = ([5, 2, 1].find((factor) => factor * power * 2 <= highest) ?? 1) * power;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const steps = Math.ceil(highest / step - 1e-9);
  return { max: Number((steps * step).toFixed(decimals)), step, decimals };
}

/** ECharts writes fonts as `style` attributes, hover rules as a style element and its own marks. */
function withoutStyles(svg: string, cssClass: string): string {
  return svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ style="([^"]*)"/g, (_, style: string) => fontSizeAttribute(style))
    .replace(/ class="[^"]*"/g, '')
    .replace(/ ecmeta_\w+="[^"]*"/g, '')
    .replace(/ pointer-events="[^"]*"/g, '')
    .replace(
      /<svg width="\d+" height="\d+"/,
      `<svg class="${cssClass}" aria-hidden="true" focusable="false"`,
    );
}

function fontSizeAttribute(style: string): string {
  const size = style.match(/font-size:\s*([\d.]+)px/)?.[1];
  return size ? ` font-size="${size}"` : '';
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
