import { Readable } from 'node:stream';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Response } from 'express';
import { begun, sendDownload } from './download.ts';

/** `null` is an empty cell. Numbers are written as they are, texts so that no spreadsheet runs them. */
export type CsvCell = string | number | bigint | ExactNumber | null;

/** A number by its decimal digits, such as `-0.225`: more of them than a double keeps. */
export interface ExactNumber {
  digits: string;
}

/**
 * Where a spreadsheet would take a text for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
 * Excel ends cells at semicolons where commas are decimal points, and knows no quotes then but those
 * that a cell begins with: it would find one within a text too.
 */
const FORMULA = /(^|[;\t\r\n])([" ]*[=+\-@＝＋－＠])/g;
/** A million cells without any are written five times as fast when only looked at. */
const MAYBE_FORMULA = /^[" =+\-@＝＋－＠]|[;\t\r\n]/;

/** One line of a CSV file with its line end (RFC 4180); a formula gets an apostrophe before it. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'object') return cell.digits;
  if (typeof cell !== 'string') return String(cell);
  const safe = MAYBE_FORMULA.test(cell) ? cell.replace(FORMULA, "$1'$2") : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export interface CsvFile {
  /** As it is saved: plain characters only. */
  name: string;
  header: readonly string[];
  rows: AsyncIterable<readonly CsvCell[]>;
  /** Begins with a byte order mark, without which Excel takes UTF-8 for something else. */
  forExcel?: boolean;
}

/**
 * Sends a file while it is made, no faster than it is taken. The first row is made before anything is
 * sent, so that a failure up to there can still be told; a later one cuts the answer off.
 * @throws what `rows` throws.
 */
export async function sendCsv(res: Response, file: CsvFile): Promise<void> {
  const rows = await begun(file.rows);
  await sendDownload(res, {
    name: file.name,
    contentType: 'text/csv; charset=utf-8',
    content: Readable.from(lines(file, rows)),
  });
}

/** Lines are sent many at a time: each piece costs a write. */
const PIECE_LENGTH = 32 * 1024;

async function* lines(
  { header, forExcel = false }: CsvFile,
  rows: AsyncIterable<readonly CsvCell[]>,
): AsyncGenerator<string> {
  let piece = (forExcel ? '\ufeff' : '') + csvLine(header);
  for await (const row of rows) {
    piece += csvLine(row);
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
    // Rows that are there already would be written one after the other, and nobody else be answered.
    await othersTurn();
  }
  yield piece;
}
