import { setImmediate as othersFirst } from 'node:timers/promises';
import { CompiledQuery, type Kysely } from 'kysely';
import type { Engine } from './engine.ts';
import type { Tables } from './tables.ts';

/** Few enough for any limit on parameters, and enough that a statement costs little a row. */
const MOST_ROWS = 128;
/** SQLite answers at once, so that awaiting it lets nobody else through. */
const STATEMENTS_AT_ONCE = 32;

/**
 * Inserts many rows of numbers, in their order: some times as fast as a query made for each. Rows go
 * by powers of two, so that a table's statements are a handful that stay prepared.
 * @param values of one row after the other, as many each as there are columns.
 * @param zeros further columns, which are 0 in every row: a parameter each would take its time.
 * @param onConflict what follows the values, as SQL: never anything that came from outside.
 */
export async function insertRows(
  trx: Kysely<Tables>,
  engine: Engine,
  table: keyof Tables,
  columns: readonly string[],
  zeros: readonly string[],
  values: readonly (number | bigint)[],
  onConflict: string,
): Promise<void> {
  const width = columns.length;
  const names = [...columns, ...zeros].join();
  let from = 0;
  for (let count = MOST_ROWS; count >= 1; count /= 2) {
    const sql = `insert into ${table} (${names}) values ${places(engine, count, width, zeros.length)} ${onConflict}`;
    const length = count * width;
    for (; values.length - from >= length; from += length) {
      if (from > 0 && from % (length * STATEMENTS_AT_ONCE) === 0) await othersFirst();
      await trx.executeQuery(CompiledQuery.raw(sql, values.slice(from, from + length)));
    }
  }
}

const texts = new Map<string, string>();

/** `(?,?,0),(?,?,0)` for so many rows, columns and zeros, numbered on PostgreSQL. */
function places(engine: Engine, rows: number, columns: number, zeros: number): string {
  const name = `${engine} ${rows} ${columns} ${zeros}`;
  const known = texts.get(name);
  if (known !== undefined) return known;
  const place = (row: number, column: number) =>
    engine === 'postgres' ? `$${row * columns + column + 1}` : '?';
  const row = (_: unknown, index: number) =>
    `(${Array.from({ length: columns }, (_, column) => place(index, column)).join()}${',0'.repeat(zeros)})`;
  const text = Array.from({ length: rows }, row).join();
  texts.set(name, text);
  return text;
}
