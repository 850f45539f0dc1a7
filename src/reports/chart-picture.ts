import { readFileSync } from 'node:fs';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import type { ChartModel } from '../usage/chart-model.ts';
import { chartDrawing } from '../usage/chart-view.ts';

/** A chart that stands by itself: with its title and legend, on white, in colours and no variables. */
export interface ChartPicture {
  svg: string;
  /** What it shows, in words. */
  alt: string;
  /** In CSS pixels. */
  width: number;
  height: number;
}

/** As wide as mail programs show a message. */
const WIDTH = 600;
const EDGE = 12;
const CHART = { width: WIDTH - 2 * EDGE, height: 190, labels: 8 };
const TITLE_HEIGHT = 34;
const LEGEND_LINE = 20;
const FONT = 'DejaVu Sans';
/** Of the font at this size a character takes so much at most, on average. */
const LEGEND_SIZE = 11;
const CHARACTER = 6.8;
const LONGEST_NAME = 38;
const SWATCH = 10;

/** @param range the period, to be said in words. */
export function chartPicture(
  model: ChartModel,
  range: string,
  format: Format,
  t: Translate,
): ChartPicture {
  const { title, description, svg } = chartDrawing(model, CHART, range, format, t);
  const lines = legendLines(model.layers);
  const legendTop = TITLE_HEIGHT + CHART.height + 16;
  const height = legendTop + lines.length * LEGEND_LINE + (lines.length > 0 ? 4 : -4);
  const placed = svg.replace(
    '<svg ',
    `<svg x="${EDGE}" y="${TITLE_HEIGHT}" width="${CHART.width}" height="${CHART.height}" `,
  );
  const legend = lines.flatMap((line, row) => {
    const y = legendTop + row * LEGEND_LINE;
    return line.map(
      ({ x, color, name }) =>
        `<rect x="${x}" y="${y - SWATCH / 2}" width="${SWATCH}" height="${SWATCH}" rx="2" fill="var(--chart-${color})"/>` +
        `<text x="${x + SWATCH + 6}" y="${y + 4}" font-size="${LEGEND_SIZE}" fill="var(--text)">${escaped(name)}</text>`,
    );
  });
  const picture = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="${FONT}">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="${EDGE}" y="22" font-size="13" fill="var(--text)">${escaped(title)}</text>`,
    placed,
    ...legend,
    '</svg>',
  ].join('');
  return { svg: inLightColors(picture), alt: description, width: WIDTH, height };
}

interface Named {
  x: number;
  color: number;
  name: string;
}

function legendLines(layers: ChartModel['layers']): Named[][] {
  const lines: Named[][] = [];
  let x = Infinity;
  for (const { name, color } of layers) {
    const short = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
    const width = SWATCH + 6 + short.length * CHARACTER + 16;
    if (x + width > WIDTH - EDGE) {
      lines.push([]);
      x = EDGE;
    }
    lines.at(-1)?.push({ x: Math.round(x), color, name: short });
    x += width;
  }
  return lines;
}

let colors: Map<string, string> | undefined;

/** The page's variables by their values for light, of which there are none where no page is. */
function inLightColors(svg: string): string {
  colors ??= readColors();
  const known = colors;
  const colorOf = (name: string): string => {
    const value = known.get(name) ?? '#000';
    const other = value.match(/^var\(--([\w-]+)\)$/)?.[1];
    return other ? colorOf(other) : value;
  };
  return svg.replace(/var\(--([\w-]+)\)/g, (_, name: string) => colorOf(name));
}

function readColors(): Map<string, string> {
  const css = ['1-colors.css', '2-meanings.css']
    .map((name) => readFileSync(new URL(`../../public/styles/${name}`, import.meta.url), 'utf8'))
    .join('\n');
  const rules = css.matchAll(/--([\w-]+):\s*(?:light-dark\(([^,]+),[^)]*\)|([^;]+));/g);
  return new Map([...rules].map(([, name = '', light, plain]) => [name, light ?? plain ?? '']));
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
