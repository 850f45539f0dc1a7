import { CsvError, parse } from 'csv-parse/sync';
import { type FieldFault, RequestError, refuse } from '../http/failure.ts';
import { readEntry } from './entry-form.ts';
import { type CreditEntry, type EntryFields, type EntryKind, isSameCredit } from './ledger.ts';

/** A line that can't be imported, by its number in the text. */
export interface BadLine {
  line: number;
  faults: FieldFault[];
}

/** Columns and the fields of an entry that they are; a file has them in any order. */
const COLUMNS = {
  date: 'at',
  amount: 'amount',
  kind: 'kind',
  expires: 'expires_at',
  note: 'note',
  currency: 'currency',
} as const;
const NEEDED = ['date', 'amount'] as const;

type Column = keyof typeof COLUMNS;

/** What a file calls a field of an entry. */
export function columnOf(field: string): string {
  return Object.entries(COLUMNS).find(([, named]) => named === field)?.[0] ?? field;
}

interface Circumstances {
  timezone: string;
  now: Temporal.Instant;
  /** Entries that are there: none is to be written down twice. */
  standing: readonly CreditEntry[];
  /** The kind that a word names, the panel's codes among them; `null`: none. */
  kindNamed(word: string): EntryKind | null;
}

/**
 * Reads a CSV (RFC 4180, with semicolons or tabs if its header has them) of entries, one a line.
 * @returns entries only if every line is good.
 * @throws RequestError of field `csv` where there is nothing to read, or no header that says what is what.
 */
export function readCsv(
  text: string,
  given: Circumstances,
): { entries: EntryFields[]; badLines: BadLine[] } {
  if (text.trim() === '') refuse('csv', 'missing');
  const { rows, broken } = rowsOf(text);
  const [header, ...lines] = rows;
  if (!header) return { entries: [], badLines: broken };
  const columns = header.cells.map((name) => name.toLowerCase());
  const isHeader =
    columns.every(isColumn) &&
    new Set(columns).size === columns.length &&
    NEEDED.every((name) => columns.includes(name));
  if (!isHeader) refuse('csv', 'no_header');
  if (lines.length === 0 && broken.length === 0) refuse('csv', 'no_lines');

  const entries: EntryFields[] = [];
  const badLines = [...broken];
  for (const { line, cells } of lines) {
    try {
      if (cells.length !== columns.length) refuse('csv', 'wrong_columns');
      entries.push(entryOf(columns as Column[], cells, given));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      badLines.push({ line, faults: error.faults });
    }
  }
  badLines.sort((one, other) => one.line - other.line);
  return { entries: badLines.length > 0 ? [] : entries, badLines };
}

/** @throws RequestError */
function entryOf(
  columns: readonly Column[],
  cells: readonly string[],
  { timezone, now, standing, kindNamed }: Circumstances,
): EntryFields {
  const said = Object.fromEntries(
    columns.map((name, index) => [COLUMNS[name], cells[index] ?? '']),
  );
  if (said.kind) said.kind = kindNamed(said.kind.toLowerCase()) ?? said.kind;
  if (said.expires_at?.toLowerCase() === 'never') {
    said.expires_at = '';
    said.never = 'yes';
  }
  const entry = readEntry(said, { timezone, now });
  if (standing.some((other) => isSameCredit(other, entry))) refuse('csv', 'already_there');
  return entry;
}

interface Row {
  line: number;
  cells: string[];
}

/** Up to where the file is no CSV any more. */
function rowsOf(text: string): { rows: Row[]; broken: BadLine[] } {
  // csv-parse counts a CR LF between quotes as two lines.
  const plain = text.replaceAll(/\r\n?/g, '\n');
  const [first = ''] = plain.trimStart().split('\n', 1);
  const rows: Row[] = [];
  try {
    parse(plain, {
      trim: true,
      skip_empty_lines: true,
      // Spreadsheets write rows that only look empty.
      skip_records_with_empty_values: true,
      relax_column_count: true,
      delimiter: [';', '\t'].find((mark) => first.includes(mark)) ?? ',',
      on_record(cells: string[], { lines }) {
        // It says where a record ends.
        const breaks = cells.join('').split('\n').length - 1;
        rows.push({ line: lines - breaks, cells });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const faults = [{ field: 'csv', fault: 'broken_quotes' }];
    return { rows, broken: [{ line: Number(error.lines), faults }] };
  }
  return { rows, broken: [] };
}

function isColumn(name: string): name is Column {
  return Object.hasOwn(COLUMNS, name);
}
