import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

/** `null` is an empty cell. Numbers are written as they are, texts so that no spreadsheet runs them. */
export type CsvCell = string | number | bigint | null;

/**
 * One line of a CSV file with its line end (RFC 4180). A text that a spreadsheet would take for a
 * formula gets an apostrophe before it (https://owasp.org/www-community/attacks/CSV_Injection).
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
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
 * Sends a file while it is made, no faster than it is taken: however long it is, only what is on
 * its way is in memory. The first row is made before anything is sent, so that a failure up to there
 * can still be told; a later one cuts the answer off, which browsers show as a failed download.
 * @throws what `rows` throws.
 */
export async function sendCsv(res: Response, file: CsvFile): Promise<void> {
  const rows = file.rows[Symbol.asyncIterator]();
  const first = await rows.next();
  res.status(200).set({
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="${file.name}"`,
  });
  try {
    await pipeline(Readable.from(lines(file, first, rows)), res);
  } catch (error) {
    const { log, id } = res.req;
    // Nobody else would say so: the answer is on its way, and a browser only sees it break off.
    if (!isHangUp(error)) log.error({ err: error, request_id: id }, 'a file broke off');
    throw error;
  }
}

function isHangUp(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** Lines are sent many at a time: each piece costs a write. */
const PIECE_LENGTH = 32 * 1024;

async function* lines(
  { header, forExcel = false }: CsvFile,
  first: IteratorResult<readonly CsvCell[]>,
  rows: AsyncIterator<readonly CsvCell[]>,
): AsyncGenerator<string> {
  let piece = (forExcel ? '\ufeff' : '') + csvLine(header);
  try {
    for (let row = first; !row.done; row = await rows.next()) {
      piece += csvLine(row.value);
      if (piece.length < PIECE_LENGTH) continue;
      yield piece;
      piece = '';
    }
    yield piece;
  } finally {
    await rows.return?.();
  }
}
