import { type RawBuilder, sql } from 'kysely';
import { NANO_PER_UNIT } from '../money.ts';

/**
 * The columns of what is kept of a series in a slot or day: money in 1e-9, durations in ms times the
 * requests they were stated for, so that all of it can be added up. A quantity is whole units and
 * 1e-9 of one apart: tokens and characters would soon be more than 64 bits hold of 1e-9.
 */
export const MEASURES = [
  'cost',
  'units',
  'unit_nanos',
  'requests',
  'successes',
  'failures',
  'timed',
  'p50_ms',
  'p95_ms',
] as const;

export type Measure = (typeof MEASURES)[number];

/** Cost, quantity in 1e-9 of a unit, requests and so on, in the order of the columns. */
export type Measures = bigint[];

/** The columns as the database hands them out, by `MEASURE_DIGITS` or `sumDigits`. */
export type MeasureDigits = Record<Measure, string>;

/** What was not read is zero. */
export function measuresOf(row: Partial<MeasureDigits>): Measures {
  const [cost = 0n, units = 0n, nanos = 0n, ...calls] = MEASURES.map((name) =>
    BigInt(row[name] ?? 0),
  );
  return [cost, units * NANO_PER_UNIT + nanos, ...calls];
}

/** The columns of a series of what was billed; its others are 0. */
export const BILLED_COLUMNS = MEASURES.slice(0, 3);
/** The same of what was called. */
export const CALLED_COLUMNS = MEASURES.slice(3);

/** Appends the billed columns, in their order; of a quantity below zero too the 1e-9 are not. */
export function pushBilled(values: (number | bigint)[], measures: Measures): void {
  const quantity = measures[1] ?? 0n;
  let units = quantity / NANO_PER_UNIT;
  let nanos = quantity - units * NANO_PER_UNIT;
  if (nanos < 0n) {
    units -= 1n;
    nanos += NANO_PER_UNIT;
  }
  values.push(measures[0] ?? 0n, units, nanos);
}

/** Appends the called columns, in their order. */
export function pushCalled(values: (number | bigint)[], measures: Measures): void {
  for (let index = 2; index < measures.length; index += 1) values.push(measures[index] ?? 0n);
}

export function noMeasures(): Measures {
  return [0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n];
}

/**
 * How an insert adds to a row that is there. A full unit of 1e-9 is carried, so that equal quantities
 * are equal rows.
 */
export function addedColumns(table: string): string[] {
  const both = (name: string) => `${table}.${name} + excluded.${name}`;
  const nanos = `(${both('unit_nanos')})`;
  return MEASURES.map((name) => {
    if (name === 'units') return `units = ${both(name)} + ${nanos} / ${NANO_PER_UNIT}`;
    if (name === 'unit_nanos') return `unit_nanos = ${nanos} % ${NANO_PER_UNIT}`;
    return `${name} = ${both(name)}`;
  });
}

/** Adds one to the other, in place. */
export function addMeasures(sum: Measures, added: readonly bigint[], sign: 1n | -1n = 1n): void {
  for (let index = 0; index < added.length; index += 1) {
    const value = added[index] ?? 0n;
    if (value === 0n) continue;
    const was = sum[index] ?? 0n;
    sum[index] = sign === 1n ? was + value : was - value;
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
export function sumDigits(measures: readonly Measure[]): RawBuilder<unknown> {
  return sql.join(
    measures.map((name) => sql`cast(sum(sums.${sql.ref(name)}) as text) as ${sql.ref(name)}`),
  );
}

export const NO_MEASURES = sql.join(
  refs.map((ref) => sql`${ref} = 0`),
  sql` and `,
);
