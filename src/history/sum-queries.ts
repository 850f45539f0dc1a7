import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Engine } from '../store/engine.ts';
import { cell, jsonRows } from '../store/json-rows.ts';
import type { Tables } from '../store/tables.ts';
import {
  addMeasures,
  MEASURES,
  type Measure,
  type MeasureDigits,
  type Measures,
  measuresOf,
  sumDigits,
} from './measures.ts';
import type { Reading, Segment } from './segments.ts';

/**
 * What series add up to over all readings of a period, by the id of the series.
 * @param measures those that are needed; the others are zero.
 */
export async function sumSeries(
  db: Kysely<Tables>,
  engine: Engine,
  ids: readonly number[],
  readings: readonly Reading[],
  measures: readonly Measure[] = MEASURES,
): Promise<Map<number, Measures>> {
  type Row = { id: number } & Partial<MeasureDigits>;
  const rows = await readAll<Row>(
    db,
    readings,
    ({ segment }) => sql`
      select sums.series_id as id, ${sumDigits(measures)} from ${sql.table(segment.table)} sums
      where ${isOneOf(engine, ids)} and ${within(segment)} group by sums.series_id`,
  );
  const sums = new Map<number, Measures>();
  for (const row of rows) {
    const sum = sums.get(row.id);
    if (sum) addMeasures(sum, measuresOf(row));
    else sums.set(row.id, measuresOf(row));
  }
  return sums;
}

/** What some series have together in a bucket. */
export interface Cell {
  cost: bigint;
  requests: bigint;
  successes: bigint;
  failures: bigint;
}

/** By the index of the bucket. */
export type Cells = ReadonlyMap<number, Cell>;

/** What groups of series have in each bucket of a period. @param groups the ids of each one's series. */
export async function cellsOf(
  db: Kysely<Tables>,
  engine: Engine,
  groups: readonly (readonly number[])[],
  readings: readonly Reading[],
): Promise<Cells[]> {
  const rows = await readAll<CellRow>(db, readings, (reading, index) => {
    const [only, ...others] = groups;
    return only && others.length === 0
      ? ofOneGroup(engine, only, reading, index)
      : ofGroups(engine, groups, reading, index);
  });
  const cells = groups.map(() => new Map<number, Cell>());
  for (const row of rows) {
    const reading = readings[row.reading];
    if (!reading) continue;
    const at = Number(row.at);
    addCell(cells[Number(row.group)], reading.ranges ? at : reading.bucketAt(at), row);
  }
  return cells;
}

/** As one statement: each costs as much as reading hundreds of rows. */
async function readAll<Row>(
  db: Kysely<Tables>,
  readings: readonly Reading[],
  read: (reading: Reading, index: number) => RawBuilder<unknown>,
): Promise<Row[]> {
  if (readings.length === 0) return [];
  const parts = readings.map((reading, index) => sql`select * from (${read(reading, index)}) part`);
  const { rows } = await sql<Row>`${sql.join(parts, sql` union all `)}`.execute(db);
  return rows;
}

interface CellRow extends Record<keyof Cell, string> {
  reading: number;
  group: number | string;
  at: number | string;
}

const CELL_SUMS = sumDigits(['cost', 'requests', 'successes', 'failures']);

/** Without a join of the series, so that the table is read in the order of its key and not sorted. */
function ofOneGroup(
  engine: Engine,
  ids: readonly number[],
  { segment, ranges }: Reading,
  index: number,
): RawBuilder<unknown> {
  const at = positionIn(segment);
  const table = sql.table(segment.table);
  if (!ranges) {
    return sql`
      select ${sql.lit(index)} as reading, 0 as "group", ${at} as at, ${CELL_SUMS} from ${table} sums
      where ${isOneOf(engine, ids)} and ${within(segment)} group by ${at}`;
  }
  return sql`
    with ranges as materialized (${rangeRows(engine, ranges)})
    select ${sql.lit(index)} as reading, 0 as "group", ranges.number as at, ${CELL_SUMS}
    from ranges cross join ${table} sums
    where ${isOneOf(engine, ids)} ${inZone(segment)} and ${at} >= ranges.lo and ${at} < ranges.hi
    group by ranges.number`;
}

function ofGroups(
  engine: Engine,
  groups: readonly (readonly number[])[],
  { segment, ranges }: Reading,
  index: number,
): RawBuilder<unknown> {
  const at = positionIn(segment);
  const table = sql.table(segment.table);
  const members = JSON.stringify(groups.flatMap((ids, group) => ids.map((id) => [id, group])));
  const member = sql`
    member as materialized (
      select ${cell(0)} as id, ${cell(1)} as number from ${jsonRows(engine, members)})`;
  if (!ranges) {
    return sql`
      with ${member}
      select ${sql.lit(index)} as reading, member.number as "group", ${at} as at, ${CELL_SUMS}
      from member cross join ${table} sums
      where sums.series_id = member.id and ${within(segment)} group by member.number, ${at}`;
  }
  return sql`
    with ${member}, ranges as materialized (${rangeRows(engine, ranges)})
    select ${sql.lit(index)} as reading, member.number as "group", ranges.number as at, ${CELL_SUMS}
    from member cross join ranges cross join ${table} sums
    where sums.series_id = member.id ${inZone(segment)} and ${at} >= ranges.lo and ${at} < ranges.hi
    group by member.number, ranges.number`;
}

/** Parts of a segment that are told by the number of their bucket. */
function rangeRows(engine: Engine, ranges: NonNullable<Reading['ranges']>): RawBuilder<unknown> {
  return sql`
    select ${cell(0)} as lo, ${cell(1)} as hi, ${cell(2)} as number
    from ${jsonRows(engine, JSON.stringify(ranges))}`;
}

function addCell(cells: Map<number, Cell> | undefined, bucket: number, row: CellRow): void {
  const known = cells?.get(bucket) ?? { cost: 0n, requests: 0n, successes: 0n, failures: 0n };
  cells?.set(bucket, {
    cost: known.cost + BigInt(row.cost),
    requests: known.requests + BigInt(row.requests),
    successes: known.successes + BigInt(row.successes),
    failures: known.failures + BigInt(row.failures),
  });
}

function isOneOf(engine: Engine, ids: readonly number[]): RawBuilder<unknown> {
  const given = jsonRows(engine, JSON.stringify(ids.map((id) => [id])));
  return sql`sums.series_id in (select ${cell(0)} from ${given})`;
}

function positionIn({ table }: Segment): RawBuilder<unknown> {
  return sql.ref(`sums.${table === 'usage_slots' ? 'slot' : 'day'}`);
}

function within(segment: Segment): RawBuilder<unknown> {
  const at = positionIn(segment);
  return sql`${at} >= ${segment.from} and ${at} < ${segment.to} ${inZone(segment)}`;
}

function inZone(segment: Segment): RawBuilder<unknown> {
  return segment.table === 'usage_days' ? sql`and sums.zone_id = ${segment.zoneId}` : sql``;
}
