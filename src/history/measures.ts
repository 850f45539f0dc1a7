import { sql } from 'kysely';

/**
 * What is kept of a series in a slot or day, in the order of the columns: money and units in 1e-9,
 * durations in ms times the requests they were stated for, so that all of it can be added up.
 */
export const MEASURES = [
  'cost',
  'quantity',
  'requests',
  'successes',
  'failures',
  'timed',
  'p50_ms',
  'p95_ms',
] as const;

/** One number for each of `MEASURES`. */
export type Measures = bigint[];

export function noMeasures(): Measures {
  return MEASURES.map(() => 0n);
}

/** Adds one to the other, in place. */
export function addMeasures(sum: Measures, added: readonly bigint[], sign: 1n | -1n = 1n): void {
  for (const [index, value] of added.entries()) {
    if (value !== 0n) sum[index] = (sum[index] ?? 0n) + sign * value;
  }
}

export function isNothing(measures: readonly bigint[]): boolean {
  return measures.every((value) => value === 0n);
}

const refs = MEASURES.map((name) => sql.ref(name));

/** The columns as a list. */
export const MEASURE_COLUMNS = sql.join(refs);

/** The columns as digits, under their own names. */
export const MEASURE_DIGITS = sql.join(refs.map((ref) => sql`cast(${ref} as text) as ${ref}`));

/** What the rows of a group add up to, as digits, under their own names. */
export const MEASURE_SUM_DIGITS = sql.join(
  refs.map((ref) => sql`cast(sum(${ref}) as text) as ${ref}`),
);

export const NO_MEASURES = sql.join(
  refs.map((ref) => sql`${ref} = 0`),
  sql` and `,
);
