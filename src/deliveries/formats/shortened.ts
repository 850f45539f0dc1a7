export interface Measure {
  /** How one character is written. Default as it is. */
  write?: (character: string) => string;
  /** How long what is written is. Default in UTF-16 units, which no format counts shorter. */
  size?: (written: string) => number;
}

/** Writes as much of a text as fits, with an ellipsis where something is left out. */
export function shortened(text: string, max: number, measure: Measure = {}): string {
  const { write = (character) => character, size = (written) => written.length } = measure;
  const room = max - size('…');
  let written = '';
  let used = 0;
  /** The longest beginning after which an ellipsis still fits. */
  let beginning = '';
  for (const character of text) {
    const next = write(character);
    used += size(next);
    if (used > max) return `${beginning.trimEnd()}…`;
    written += next;
    if (used <= room) beginning = written;
  }
  return written;
}

/** As many whole lines as fit, with a line that says so where some are left out. */
export function linesWithin(lines: readonly string[], max: number): string[] {
  const whole = lines.join('\n').length <= max;
  if (whole) return [...lines];
  const kept: string[] = [];
  let used = '…'.length;
  for (const line of lines) {
    used += line.length + 1;
    if (used > max) break;
    kept.push(line);
  }
  return [...kept, '…'];
}

/** Bytes of a text inside of a JSON document. */
export function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}
