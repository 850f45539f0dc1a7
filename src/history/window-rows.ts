import { setImmediate as othersFirst } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Engine } from '../store/engine.ts';
import { insertRows } from '../store/insert-rows.ts';
import { cell, jsonRows } from '../store/json-rows.ts';
import type { Tables } from '../store/tables.ts';
import {
  addedColumns,
  addMeasures,
  BILLED_COLUMNS,
  CALLED_COLUMNS,
  isNothing,
  MEASURE_DIGITS,
  MEASURES,
  type MeasureDigits,
  type Measures,
  measuresOf,
  NO_MEASURES,
  noMeasures,
  pushBilled,
  pushCalled,
} from './measures.ts';
import type { FamilyIds, Series } from './series.ts';
import { type EpochDay, localDays, MINUTES_PER_DAY, type Slot } from './slots.ts';

/** One series of a day, slot by slot. */
export interface DaySeries {
  of: Pick<Series, 'measure' | 'currency' | 'endpointId'>;
  slots: Map<Slot, Measures>;
}

/** The same as the tables keep it. */
export interface KeptSeries extends DaySeries {
  family: FamilyIds;
}

/** What is kept of a UTC day of an account, or so many rows of it. */
export async function keptSeries(
  trx: Kysely<Tables>,
  accountId: string,
  day: EpochDay,
  most?: number,
): Promise<KeptSeries[]> {
  const { rows } = await sql<KeptRow>`
    select series.id, series.by_account_id, series.by_endpoint_id, series.measure, series.currency,
      series.endpoint_id, slots.slot, ${MEASURE_DIGITS}
    from usage_series series join usage_slots slots on slots.series_id = series.id
    where series.account_id = ${accountId} and series.scope = 'account'
      and slots.slot >= ${day * MINUTES_PER_DAY} and slots.slot < ${(day + 1) * MINUTES_PER_DAY}
    ${most === undefined ? sql`` : sql`limit ${most}`}`.execute(trx);
  const kept = new Map<number, KeptSeries>();
  for (const row of rows) {
    const series = kept.get(row.id) ?? {
      of: { measure: row.measure, currency: row.currency, endpointId: row.endpoint_id },
      family: { own: row.id, byAccount: row.by_account_id, byEndpoint: row.by_endpoint_id },
      slots: new Map(),
    };
    kept.set(row.id, series);
    series.slots.set(row.slot, measuresOf(row));
  }
  return [...kept.values()];
}

interface KeptRow extends MeasureDigits {
  id: number;
  by_account_id: number;
  by_endpoint_id: number;
  measure: Series['measure'];
  currency: string | null;
  endpoint_id: string | null;
  slot: number;
}

/** Zones by name, with their ids. */
type Zones = ReadonlyMap<string, number>;

/** What is to be kept of a UTC day instead of what is, and in whose days it is counted. */
export interface DayChange {
  kept: readonly KeptSeries[];
  wanted: readonly KeptSeries[];
  zonesBefore: Zones;
  zones: Zones;
}

/**
 * Makes the tables say of days what is wanted instead of what is kept, and count it in the days of
 * `zones` instead of those before. Of many days each row is written once, whatever they share.
 * @param changes of days of one account, no day twice.
 * @returns how many rows are other ones now, of each day.
 */
export async function rewriteDays(
  trx: Kysely<Tables>,
  engine: Engine,
  changes: readonly DayChange[],
): Promise<Map<DayChange, number>> {
  const changed: Cells = new Map();
  const gone: RowKey[] = [];
  const across: Cells = new Map();
  /** By the ids of zones. */
  const days = new Map<number, Cells>();
  const changedRows = new Map<DayChange, number>();

  for (const change of changes) {
    const { kept, wanted, zonesBefore, zones } = change;
    const comparison = compare(kept, wanted);
    let rows = comparison.gone.length;
    gone.push(...comparison.gone);
    for (const [id, slots] of comparison.changed) {
      rows += slots.size;
      putCells(changed, id, slots);
    }
    for (const { family, slots } of comparison.difference) {
      addCells(across, family.byAccount, slots);
      addCells(across, family.byEndpoint, slots);
    }
    for (const [name, zoneId] of new Map([...zonesBefore, ...zones])) {
      const ofZone = days.get(zoneId) ?? new Map();
      days.set(zoneId, ofZone);
      const wasCounted = zonesBefore.has(name);
      const isCounted = zones.has(name);
      if (wasCounted && isCounted) addDays(ofZone, name, comparison.difference, 1n);
      else if (isCounted) addDays(ofZone, name, wanted, 1n);
      else addDays(ofZone, name, kept, -1n);
    }
    changedRows.set(change, rows);
    await othersFirst();
  }

  await replaceSlots(trx, engine, changed, gone);
  await addSums(trx, engine, 'usage_slots', across);
  for (const zoneId of inOrder(days)) {
    await addSums(trx, engine, 'usage_days', days.get(zoneId) ?? new Map(), zoneId);
  }
  return changedRows;
}

/** Measures by the id of their series, and the slot or day. */
type Cells = Map<number, Map<number, Measures>>;

/** In the order of their keys: whoever writes them locks in that order. */
function visitInOrder(
  cells: Cells,
  visit: (id: number, at: number, measures: Measures) => void,
): void {
  for (const id of inOrder(cells)) {
    const row = cells.get(id) ?? new Map<number, Measures>();
    for (const at of inOrder(row)) visit(id, at, row.get(at) ?? noMeasures());
  }
}

function inOrder(keyed: ReadonlyMap<number, unknown>): number[] {
  return [...keyed.keys()].sort((a, b) => a - b);
}

/** Takes over slots that a series has no others of. */
function putCells(cells: Cells, id: number, slots: Map<number, Measures>): void {
  const row = cells.get(id) ?? new Map<number, Measures>();
  cells.set(id, row);
  for (const [slot, measures] of slots) row.set(slot, measures);
}

/** Adds measures to those of a series, and leaves them alone themselves. */
function addCells(cells: Cells, id: number, added: ReadonlyMap<number, Measures>): void {
  const row = cells.get(id) ?? new Map<number, Measures>();
  cells.set(id, row);
  added.forEach((measures, at) => {
    const sum = row.get(at);
    if (sum) addMeasures(sum, measures);
    else row.set(at, measures.slice());
  });
}

function addDays(days: Cells, zone: string, series: readonly Difference[], sign: 1n | -1n): void {
  const dayOf = localDays(zone);
  for (const { family, slots } of series) {
    const ofDays = new Map<EpochDay, Measures>();
    slots.forEach((measures, slot) => {
      const day = dayOf(slot);
      const sum = ofDays.get(day) ?? noMeasures();
      ofDays.set(day, sum);
      addMeasures(sum, measures, sign);
    });
    for (const id of [family.own, family.byAccount, family.byEndpoint]) addCells(days, id, ofDays);
  }
}

type Difference = Pick<KeptSeries, 'family' | 'slots'>;

interface Comparison {
  changed: Cells;
  gone: RowKey[];
  /** By how much each series changes; only what changes. */
  difference: Difference[];
}

function compare(kept: readonly KeptSeries[], wanted: readonly KeptSeries[]): Comparison {
  const comparison: Comparison = { changed: new Map(), gone: [], difference: [] };
  if (kept === wanted) return comparison;
  const { changed, gone, difference } = comparison;
  const keptSlots = new Map(kept.map(({ family, slots }) => [family.own, slots]));
  const wantedSlots = new Map(wanted.map(({ family, slots }) => [family.own, slots]));

  for (const { family, slots } of wanted) {
    const before = keptSlots.get(family.own);
    if (!before) {
      changed.set(family.own, slots);
      difference.push({ family, slots });
      continue;
    }
    const others = new Map<Slot, Measures>();
    const differing = new Map<Slot, Measures>();
    for (const [slot, measures] of slots) {
      const was = before.get(slot);
      if (was && measures.every((value, index) => value === was[index])) continue;
      others.set(slot, measures);
      differing.set(slot, was ? minus(measures, was) : measures);
    }
    if (others.size === 0) continue;
    changed.set(family.own, others);
    difference.push({ family, slots: differing });
  }
  for (const { family, slots } of kept) {
    const now = wantedSlots.get(family.own);
    const differing = new Map<Slot, Measures>();
    for (const [slot, measures] of slots) {
      if (now?.has(slot)) continue;
      gone.push([family.own, slot]);
      differing.set(slot, minus(noMeasures(), measures));
    }
    if (differing.size > 0) difference.push({ family, slots: differing });
  }
  return comparison;
}

function minus(a: Measures, b: Measures): Measures {
  return a.map((value, index) => value - (b[index] ?? 0n));
}

async function replaceSlots(
  trx: Kysely<Tables>,
  engine: Engine,
  changed: Comparison['changed'],
  gone: Comparison['gone'],
): Promise<void> {
  const rows: SumsRows = { billed: [], called: [] };
  visitInOrder(changed, (id, slot, measures) => pushRow(rows, [id, slot], measures));
  const replaced = MEASURES.map((name) => `${name} = excluded.${name}`);
  await insertSums(trx, engine, 'usage_slots', rows, replaced);
  if (gone.length === 0) return;
  await sql`
    delete from usage_slots where (series_id, slot) in (
      select ${cell(0)}, ${cell(1)} from ${jsonRows(engine, JSON.stringify(gone))})`.execute(trx);
}

type RowKey = readonly number[];
type SumsRow = (number | bigint)[];

/** Rows to insert, one after the other: a series is of what was billed or of what was called. */
interface SumsRows {
  billed: SumsRow;
  called: SumsRow;
}

function pushRow({ billed, called }: SumsRows, key: RowKey, measures: Measures): void {
  if (measures[0] !== 0n || measures[1] !== 0n) {
    for (const part of key) billed.push(part);
    pushBilled(billed, measures);
  } else {
    for (const part of key) called.push(part);
    pushCalled(called, measures);
  }
}

const KEY_COLUMNS = {
  usage_slots: ['series_id', 'slot'],
  usage_days: ['series_id', 'zone_id', 'day'],
} as const;

type SumsTable = keyof typeof KEY_COLUMNS;

/** Adds sums to those that are there; what becomes nothing goes. @param zoneId of days. */
async function addSums(
  trx: Kysely<Tables>,
  engine: Engine,
  table: SumsTable,
  sums: Cells,
  zoneId?: number,
): Promise<void> {
  const rows: SumsRows = { billed: [], called: [] };
  const lessened: RowKey[] = [];
  visitInOrder(sums, (id, at, measures) => {
    if (isNothing(measures)) return;
    const key = zoneId === undefined ? [id, at] : [id, zoneId, at];
    pushRow(rows, key, measures);
    if (measures.some((value) => value < 0n)) lessened.push(key);
  });
  await insertSums(trx, engine, table, rows, addedColumns(table));
  if (lessened.length === 0) return;
  const columns = KEY_COLUMNS[table];
  const key = sql.join(columns.map((name) => sql.ref(name)));
  const cells = sql.join(columns.map((_, index) => cell(index)));
  await sql`
    delete from ${sql.table(table)}
    where ${NO_MEASURES} and (${key}) in (
      select ${cells} from ${jsonRows(engine, JSON.stringify(lessened))})`.execute(trx);
}

async function insertSums(
  trx: Kysely<Tables>,
  engine: Engine,
  table: SumsTable,
  { billed, called }: SumsRows,
  assignments: readonly string[],
): Promise<void> {
  const key = KEY_COLUMNS[table];
  const onConflict = `on conflict (${key.join()}) do update set ${assignments.join()}`;
  const insert = (columns: readonly string[], zeros: readonly string[], values: SumsRow) =>
    insertRows(trx, engine, table, [...key, ...columns], zeros, values, onConflict);
  await insert(BILLED_COLUMNS, CALLED_COLUMNS, billed);
  await insert(CALLED_COLUMNS, BILLED_COLUMNS, called);
}
