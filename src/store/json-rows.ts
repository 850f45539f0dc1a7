import { type RawBuilder, sql } from 'kysely';
import type { Engine } from './engine.ts';

/**
 * Rows handed to a statement as one parameter: however many there are, the statement is the same and
 * no limit on parameters is met. Use it as `from ${jsonRows(...)}`; `cell(i)` is a row's column.
 * @param json an array of arrays of whole numbers, texts and nulls.
 */
export function jsonRows(engine: Engine, json: string): RawBuilder<unknown> {
  return engine === 'postgres'
    ? sql`json_array_elements(${json}::json) as given(value)`
    : sql`json_each(${json}) as given`;
}

/** Column `index` of a given row, a whole number. */
export function cell(index: number): RawBuilder<number> {
  return sql`cast(given.value->>${sql.lit(index)} as bigint)`;
}

/** Column `index` of a given row, a text. */
export function textCell(index: number): RawBuilder<string> {
  return sql`given.value->>${sql.lit(index)}`;
}
