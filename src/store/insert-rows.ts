import { CompiledQuery, type Kysely } from 'kysely';
import type { Engine } from './engine.ts';
import type { Tables } from './tables.ts';

/** Few enough for any limit on parameters, and enough that a statement costs little a row. */
const MOST_ROWS = 128;

/**
 * Inserts many rows of numbers, in their order: some times as fast as a query made for each. Rows go
 * by powers of two, so that a table's statements are a handful that stay prepared.
 * @param onConflict what follows the values, as SQL: never anything that came from outside.
 */
export async function insertRows(
  trx: Kysely<Tables>,
  engine: Engine,
  table: keyof Tables,
  columns: readonly string[],
  rows: readonly (readonly (number | bigint)[])[],
  onConflict: string,
): Promise<void> {
  let from = 0;
  for (let count = MOST_ROWS; count >= 1; count /= 2) {
    const sql = `insert into ${table} (${columns.join()}) values ${places(engine, count, columns.length)} ${onConflict}`;
    for (; rows.length - from >= count; from += count) {
      const some = rows.slice(from, from + count);
      await trx.executeQuery(CompiledQuery.raw(sql, some.flat()));
    }
  }
}

const texts = new Map<string, string>();

/** `(?,?),(?,?)` for so many rows and columns, numbered on PostgreSQL. */
function places(engine: Engine, rows: number, columns: number): string {
  const name = `${engine} ${rows} ${columns}`;
  const known = texts.get(name);
  if (known !== undefined) return known;
  const place = (row: number, column: number) =>
    engine === 'postgres' ? `$${row * columns + column + 1}` : '?';
  const row = (_: unknown, index: number) =>
    `(${Array.from({ length: columns }, (_, column) => place(index, column)).join()})`;
  const text = Array.from({ length: rows }, row).join();
  texts.set(name, text);
  return text;
}
