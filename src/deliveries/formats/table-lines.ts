import type { MessageTable } from '../message.ts';
import { shortened } from './shortened.ts';

const WIDEST_CELL = 36;

/** A table for a font whose letters are all of one width: its head, a rule, its rows. */
export function tableLines({ columns, rows }: MessageTable, mostRows: number): string[] {
  const shown = [columns.map(({ label }) => label), ...rows.slice(0, mostRows)].map((row) =>
    row.map((cell) => shortened(cell, WIDEST_CELL)),
  );
  const widths = columns.map((_, index) =>
    Math.max(1, ...shown.map((row) => length(row[index] ?? ''))),
  );
  const [head = '', ...lines] = shown.map((row) =>
    columns
      .map(({ isNumber }, index) => padded(row[index] ?? '', widths[index] ?? 0, isNumber))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [head, rule, ...lines, ...(rows.length > mostRows ? ['…'] : [])];
}

function padded(cell: string, width: number, isNumber: boolean): string {
  const space = ' '.repeat(Math.max(0, width - length(cell)));
  return isNumber ? space + cell : cell + space;
}

function length(text: string): number {
  return [...text].length;
}
