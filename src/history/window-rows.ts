import { type Kysely, sql } from 'kysely';
import type { Engine } from '../store/engine.ts';
import { insertRows } from '../store/insert-rows.ts';
import { cell, jsonRows } from '../store/json-rows.ts';
import type { Tables } from '../store/tables.ts';
import {
  addedColumns,
  addMeasures,
  isNothing,
  MEASURE_DIGITS,
  MEASURES,
  type MeasureDigits,
  type Measures,
  measuresOf,
  NO_MEASURES,
  noMeasures,
  toColumns,
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

/**
 * Makes the tables say of a day what is wanted instead of what is kept, and count it in the days of
 * `zones` instead of those before.
 * @returns how many rows of the day are other ones now.
 */
export async function rewriteDay(
  trx: Kysely<Tables>,
  engine: Engine,
  {
    kept,
    wanted,
    zonesBefore,
    zones,
  }: {
    kept: readonly KeptSeries[];
    wanted: readonly KeptSeries[];
    zonesBefore: Zones;
    zones: Zones;
  },
): Promise<number> {
  const { changed, gone, difference } = compare(kept, wanted);
  await replaceSlots(trx, engine, changed, gone);

  const across = new Sums();
  for (const { family, slots } of difference) {
    for (const [slot, measures] of slots) {
      across.add([family.byAccount, slot], measures);
      across.add([family.byEndpoint, slot], measures);
    }
  }
  await addSums(trx, engine, 'usage_slots', across);

  const days = new Sums();
  for (const [name, zoneId] of new Map([...zonesBefore, ...zones])) {
    const wasCounted = zonesBefore.has(name);
    const isCounted = zones.has(name);
    if (wasCounted && isCounted) addDays(days, name, zoneId, difference, 1n);
    else if (isCounted) addDays(days, name, zoneId, wanted, 1n);
    else addDays(days, name, zoneId, kept, -1n);
  }
  await addSums(trx, engine, 'usage_days', days);
  return changed.length + gone.length;
}

type RowKey = readonly number[];

type Difference = Pick<KeptSeries, 'family' | 'slots'>;

interface Comparison {
  changed: { key: RowKey; measures: Measures }[];
  gone: RowKey[];
  /** By how much each series changes; only what changes. */
  difference: Difference[];
}

function compare(kept: readonly KeptSeries[], wanted: readonly KeptSeries[]): Comparison {
  const comparison: Comparison = { changed: [], gone: [], difference: [] };
  if (kept === wanted) return comparison;
  const { changed, gone, difference } = comparison;
  const keptSlots = new Map(kept.map(({ family, slots }) => [family.own, slots]));
  const wantedSlots = new Map(wanted.map(({ family, slots }) => [family.own, slots]));

  for (const { family, slots } of wanted) {
    const before = keptSlots.get(family.own);
    const differing = new Map<Slot, Measures>();
    for (const [slot, measures] of slots) {
      const was = before?.get(slot);
      if (was && measures.every((value, index) => value === was[index])) continue;
      changed.push({ key: [family.own, slot], measures });
      differing.set(slot, was ? minus(measures, was) : measures);
    }
    if (differing.size > 0) difference.push({ family, slots: differing });
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

/** Sums by a key of whole numbers. */
class Sums {
  readonly #sums = new Map<string, { key: RowKey; measures: Measures }>();

  add(key: RowKey, measures: Measures): void {
    const name = key.join();
    const sum = this.#sums.get(name);
    if (sum) addMeasures(sum.measures, measures);
    else this.#sums.set(name, { key, measures: [...measures] });
  }

  /** Those that are something, in order of their keys: whoever writes them locks in that order. */
  sorted(): { key: RowKey; measures: Measures }[] {
    return [...this.#sums.values()]
      .filter(({ measures }) => !isNothing(measures))
      .sort((a, b) => compareKeys(a.key, b.key));
  }
}

function compareKeys(a: RowKey, b: RowKey): number {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

function addDays(
  days: Sums,
  zone: string,
  zoneId: number,
  series: readonly Difference[],
  sign: 1n | -1n,
): void {
  const dayOf = localDays(zone);
  for (const { family, slots } of series) {
    const ofDays = new Map<EpochDay, Measures>();
    for (const [slot, measures] of slots) {
      const day = dayOf(slot);
      const sum = ofDays.get(day) ?? noMeasures();
      ofDays.set(day, sum);
      addMeasures(sum, measures, sign);
    }
    for (const [day, sum] of ofDays) {
      for (const id of [family.own, family.byAccount, family.byEndpoint]) {
        days.add([id, zoneId, day], sum);
      }
    }
  }
}

async function replaceSlots(
  trx: Kysely<Tables>,
  engine: Engine,
  changed: Comparison['changed'],
  gone: Comparison['gone'],
): Promise<void> {
  const replaced = MEASURES.map((name) => `${name} = excluded.${name}`);
  await insertSums(trx, engine, 'usage_slots', changed, replaced);
  if (gone.length === 0) return;
  await sql`
    delete from usage_slots where (series_id, slot) in (
      select ${cell(0)}, ${cell(1)} from ${jsonRows(engine, JSON.stringify(gone))})`.execute(trx);
}

const KEY_COLUMNS = {
  usage_slots: ['series_id', 'slot'],
  usage_days: ['series_id', 'zone_id', 'day'],
} as const;

type SumsTable = keyof typeof KEY_COLUMNS;

/** Adds sums to those that are there; what becomes nothing goes. */
async function addSums(
  trx: Kysely<Tables>,
  engine: Engine,
  table: SumsTable,
  sums: Sums,
): Promise<void> {
  const rows = sums.sorted();
  await insertSums(trx, engine, table, rows, addedColumns(table));
  const lessened = rows.filter(({ measures }) => measures.some((value) => value < 0n));
  if (lessened.length === 0) return;
  const columns = KEY_COLUMNS[table];
  const key = sql.join(columns.map((name) => sql.ref(name)));
  const cells = sql.join(columns.map((_, index) => cell(index)));
  const keys = JSON.stringify(lessened.map((row) => row.key));
  await sql`
    delete from ${sql.table(table)}
    where ${NO_MEASURES} and (${key}) in (
      select ${cells} from ${jsonRows(engine, keys)})`.execute(trx);
}

function insertSums(
  trx: Kysely<Tables>,
  engine: Engine,
  table: SumsTable,
  rows: Comparison['changed'],
  assignments: readonly string[],
): Promise<void> {
  const key = KEY_COLUMNS[table];
  const values = rows.map(({ key, measures }) => [...key, ...toColumns(measures)]);
  const onConflict = `on conflict (${key.join()}) do update set ${assignments.join()}`;
  return insertRows(trx, engine, table, [...key, ...MEASURES], values, onConflict);
}
