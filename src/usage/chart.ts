import type { EChartsType } from 'echarts/core';

export interface Bar {
  /** Under the axis; `null` where there is no room for a label. */
  axisLabel: string | null;
  /** What a pointer resting on the bar is told. */
  hint: string;
  /** `null` is unknown: drawn as an empty, dashed column, so that nobody takes it for zero. */
  value: number | null;
}

export interface BarChart {
  bars: readonly Bar[];
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
    draw(instance, chart);
    return withoutStyles(instance.renderToSVGString({ useViewBox: true }), chart, cssClass);
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

function draw(instance: EChartsType, { bars, tick }: BarChart): void {
  const scale = niceScale(Math.max(0, ...bars.map(({ value }) => value ?? 0)));
  const label = { color: LABEL_COLOR, fontSize: FONT_SIZE };
  const series = { type: 'bar', silent: true, clip: false, emphasis: { disabled: true } } as const;
  instance.setOption({
    animation: false,
    grid: {
      ...{ left: 0, right: 4, top: 10, bottom: 0 },
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
      {
        ...series,
        barCategoryGap: '20%',
        barMinHeight: 2,
        data: bars.map(({ value }) => value || null),
        itemStyle: { color: 'var(--chart-1)', borderRadius: [2, 2, 0, 0] },
      },
      {
        ...series,
        barGap: '-100%',
        data: bars.map(({ value }) => (value === null ? scale.max : null)),
        itemStyle: { color: 'var(--chart-gap)', borderColor: 'var(--axis)', borderType: 'dashed' },
      },
    ],
  });
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
function withoutStyles(svg: string, { bars }: BarChart, cssClass: string): string {
  return svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ style="([^"]*)"/g, (_, style: string) => fontSizeAttribute(style))
    .replace(/ class="[^"]*"/g, '')
    .replace(
      /(<path [^>]*ecmeta_data_index="(\d+)"[^>]*>)(<\/path>)/g,
      (_, open: string, index: string, close: string) =>
        `${open}<title>${escapeXml(bars[Number(index)]?.hint ?? '')}</title>${close}`,
    )
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
