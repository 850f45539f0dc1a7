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
export function barChartSvg(chart: BarChart, size: Size, cssClass: string): string {
  const scale = scaleOf(chart);
  const ticks = ticksOf(chart, scale);
  const place = placing(chart, scale, ticks, size);
  const open =
    `<svg class="${cssClass}" aria-hidden="true" focusable="false" ` +
    `xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}">`;
  const parts = [gaps(chart, place), axes(chart, ticks, place), layers(chart, place)];
  return `${open}${parts.join('')}${columns(chart, place, cssClass)}</svg>`;
}

const FONT_SIZE = 12;
const ONE_COLOR = ['var(--chart-1)'];
/** Half a line of text stands above the highest line of the axis, and a whole one under the bars. */
const TOP = 16;
const BELOW = 20;
const RIGHT_EDGE = 4;
/** Beside a label of the axis. */
const LABEL_GAP = 8;
/** Of the room there is for a bar, and in pixels of the drawing. */
const BAR_PART = 0.8;
const MAX_BAR_WIDTH = 56;
/** Of a bar of one piece, in pixels: what is not zero is seen, and its corners are round. */
const MIN_HEIGHT = 2;
const CORNER = 2;
/** With their colours, not by a class: a drawing may be looked at without the page's styles. */
const MARK = 'class="before" fill="var(--text)" stroke="var(--surface)" stroke-width="0.75"';
const GAP = 'class="unknown" fill="var(--chart-gap)" stroke="var(--axis)" stroke-dasharray="4,2"';
const COLUMN = 'class="column" fill="none" pointer-events="all"';
const LABEL = `dominant-baseline="central" font-size="${FONT_SIZE}" fill="var(--muted)"`;
/** A pointer can't rest on a column that is narrower, in pixels of the drawing. */
const MIN_POINTED = 0.6;
/** Up to this many bars have room for lines between their parts. */
const MAX_PARTED_BARS = 62;

function scaleOf({ bars }: BarChart): Scale {
  return niceScale(Math.max(0, ...bars.flatMap(({ value, before }) => [value ?? 0, before ?? 0])));
}

/** Values of the axis, with what stands beside them. */
function ticksOf({ tick }: BarChart, { max, step, decimals }: Scale) {
  return Array.from({ length: Math.round(max / step) + 1 }, (_, index) => {
    const value = Number((index * step).toFixed(decimals));
    return { value, label: tick(value, decimals) };
  });
}

/** Where things are in the drawing. */
interface Placing {
  left: number;
  right: number;
  /** Width of a column, and of the bar in it. */
  band: number;
  barWidth: number;
  top: number;
  ground: number;
  center(index: number): number;
  height(value: number): number;
}

function placing(
  { bars }: BarChart,
  scale: Scale,
  ticks: readonly { label: string }[],
  { width, height }: Size,
): Placing {
  const left = Math.max(...ticks.map(({ label }) => textWidth(label))) + LABEL_GAP;
  const count = Math.max(1, bars.length);
  // A label near the edge is not cut off: the columns make room for it.
  const rights = bars.map(({ axisLabel }, index) =>
    axisLabel ? left + (count * (width - textWidth(axisLabel) / 2 - left)) / (index + 0.5) : width,
  );
  const right = Math.min(width - RIGHT_EDGE, ...rights);
  const ground = height - BELOW;
  const band = (right - left) / count;
  return {
    ...{ left, right, band, top: TOP, ground },
    barWidth: Math.min(band * BAR_PART, MAX_BAR_WIDTH),
    center: (index) => left + band * (index + 0.5),
    height: (value) => ((ground - TOP) * value) / scale.max,
  };
}

/** How wide a text is at most: which font a page has is not known here, and some are wide. */
function textWidth(text: string): number {
  return [...text].reduce((sum, character) => sum + (/[.,:\s]/.test(character) ? 4 : 7.8), 0);
}

function axes({ bars }: BarChart, ticks: ReturnType<typeof ticksOf>, place: Placing): string {
  const { left, right, ground } = place;
  const lines = ticks.map(({ value, label }) => {
    const y = ground - place.height(value);
    const color = value === 0 ? 'axis' : 'line';
    const line = `<path d="M${pixels(left)} ${Math.round(y) + 0.5}H${pixels(right)}" stroke="var(--${color})"/>`;
    return line + text(label, 'end', left - LABEL_GAP, y);
  });
  const names = bars.map(({ axisLabel }, index) =>
    axisLabel ? text(axisLabel, 'middle', place.center(index), ground + BELOW - FONT_SIZE / 2) : '',
  );
  return [...lines, ...names].join('');
}

function text(content: string, anchor: 'middle' | 'end', x: number, y: number): string {
  return `<text ${LABEL} x="${pixels(x)}" y="${pixels(y)}" text-anchor="${anchor}">${escapeXml(content)}</text>`;
}

/** The bars: a path for each colour. */
function layers({ bars, colors = ONE_COLOR }: BarChart, place: Placing): string {
  const isWhole = colors.length === 1;
  const hasLines = !isWhole && bars.length <= MAX_PARTED_BARS;
  const lines = hasLines ? ' stroke="var(--surface)" stroke-width="0.75"' : '';
  const below = bars.map(() => 0);
  const drawn = colors.map((color, layer) => {
    const path = bars.map(({ value, parts }, index) => {
      const own = (parts ? parts[layer] : value) || 0;
      if (own === 0) return '';
      const left = place.center(index) - place.barWidth / 2;
      const ground = place.ground - place.height(below[index] ?? 0);
      below[index] = (below[index] ?? 0) + own;
      const high = place.height(own);
      return isWhole
        ? roundBar(left, ground, place.barWidth, Math.max(high, MIN_HEIGHT))
        : bar(left, ground, place.barWidth, high);
    });
    return path.some(Boolean) ? `<path d="${path.join('')}" fill="${color}"${lines}/>` : '';
  });
  return drawn.join('');
}

function bar(left: number, ground: number, width: number, height: number): string {
  return `M${pixels(left)} ${pixels(ground)}v${pixels(-height)}h${pixels(width)}v${pixels(height)}z`;
}

function roundBar(left: number, ground: number, width: number, height: number): string {
  const corner = pixels(Math.min(CORNER, height, width / 2));
  const [side, top] = [pixels(height - corner), pixels(width - 2 * corner)];
  const arc = `a${corner} ${corner} 0 0 1 ${corner}`;
  return `M${pixels(left)} ${pixels(ground)}v${-side}${arc} ${-corner}h${top}${arc} ${corner}v${side}z`;
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
  const [left, top, wide, high] = [x, y, width, height].map(pixels);
  const open = `<rect ${attributes} x="${left}" y="${top}" width="${wide}" height="${high}"`;
  return content ? `${open}>${content}</rect>` : `${open}/>`;
}

function pixels(value: number): number {
  return Math.round(value * 100) / 100;
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

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
