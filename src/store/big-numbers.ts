import { type Expression, type RawBuilder, sql } from 'kysely';

/**
 * A whole number as its digits: SQLite would hand it out as a double or refuse, PostgreSQL as a text
 * or a `numeric`. Read it with `BigInt`.
 */
export function digits<T extends string | null = string>(
  expression: Expression<unknown>,
): RawBuilder<T> {
  return sql<T>`cast(${expression} as text)`;
}
