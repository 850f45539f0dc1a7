import { CompiledQuery, type Kysely } from 'kysely';
import type { Engine } from './engine.ts';
import type { Tables } from './tables.ts';

/** Few enough for any limit on parameters, and enough that a statement costs little a row. */
const ROWS_A_STATEMENT = 200;

/**
 * Inserts many rows of numbers, in their order: some times as fast as a query made for each, for the
 * statement stays the same and is prepared once.
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
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    const some = rows.slice(from, from + ROWS_A_STATEMENT);
    const sql = `insert into ${table} (${columns.join()}) values ${places(engine, some.length, columns.length)} ${onConflict}`;
    await trx.executeQuery(CompiledQuery.raw(sql, some.flat()));
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
