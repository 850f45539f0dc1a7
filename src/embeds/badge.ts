import type { EmbedState } from './embed-status.ts';

/** What a badge is drawn of. */
export interface Badge {
  label: string;
  message: string;
  /** `gone`: there is nothing to say about an account. */
  state: EmbedState | 'gone';
  /** For who does not see it. */
  title: string;
}

/** Under white letters each has a contrast of more than 4.5. */
const COLORS: Record<Badge['state'], string> = {
  ok: '#17714a',
  attention: '#8a5300',
  locked: '#b3261e',
  unknown: '#5b6272',
  gone: '#5b6272',
};
const LABEL_COLOR = '#2b3140';
const HEIGHT = 20;
const PADDING = 8;

/** A badge as SVG: a label and a message in the colour of its state, which the message says in words, too. */
export function badgeSvg({ label, message, state, title }: Badge): string {
  const [labelWidth, messageWidth] = [textWidth(label), textWidth(message)];
  const middle = labelWidth + 2 * PADDING;
  const width = middle + messageWidth + 2 * PADDING;
  // The width of letters differs by device: `textLength` keeps them in their box.
  const text = (x: number, length: number, content: string) =>
    `<text x="${x}" y="14" textLength="${length}" lengthAdjust="spacingAndGlyphs">${escaped(content)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-labelledby="t">`,
    `<title id="t">${escaped(title)}</title>`,
    `<clipPath id="r"><rect width="${width}" height="${HEIGHT}" rx="4"/></clipPath>`,
    `<g clip-path="url(#r)"><rect width="${middle}" height="${HEIGHT}" fill="${LABEL_COLOR}"/>`,
    `<rect x="${middle}" width="${width - middle}" height="${HEIGHT}" fill="${COLORS[state]}"/></g>`,
    `<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11" aria-hidden="true">`,
    text(PADDING, labelWidth, label),
    text(middle + PADDING, messageWidth, message),
    '</g></svg>\n',
  ].join('');
}

/** Widths of Verdana's letters at 11 px, as far as they differ from the usual one. */
const WIDTHS: Record<string, number> = Object.fromEntries(
  [
    ['iljI!|.,:;· ', 4.2],
    ['ftr()-', 4.7],
    ['$0123456789+<=>≈', 7],
    ['abcdeghknopqsuvxyzáéíóúñ', 6.8],
    ['ABCDEFGHKLNOPQRSTUVXYZ', 7.9],
    ['mwMW—', 10.2],
  ].flatMap(([letters, width]) => [...String(letters)].map((letter) => [letter, Number(width)])),
);
const USUAL_WIDTH = 7.5;

function textWidth(text: string): number {
  const width = [...text].reduce((sum, letter) => sum + (WIDTHS[letter] ?? USUAL_WIDTH), 0);
  return Math.round(width);
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? '');
}
