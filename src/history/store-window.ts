import { setImmediate as othersFirst } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { AnalyticsRow } from '../fal/analytics.ts';
import type { UsageRow } from '../fal/usage.ts';
import type { Engine } from '../store/engine.ts';
import type { Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import {
  type EarlierReading,
  type KeptInstead,
  mergeReading,
  uncountedOfDay,
  whyKept,
} from './accept-reading.ts';
import { holdAccount } from './hold-account.ts';
import { idsOfFamilies } from './series.ts';
import { type EpochDay, type SlotMinutes, utcDayStart } from './slots.ts';
import {
  findWindow,
  markForgotten,
  type SyncWindow,
  writeWindow,
  zonesOf,
} from './sync-windows.ts';
import { type DayChange, type KeptSeries, keptSeries, rewriteDays } from './window-rows.ts';
import { type SeriesSums, windowSums } from './window-sums.ts';
import { idsOfZones, zonesText } from './zones.ts';

/** What fal answered for one UTC day of an account. */
export interface WindowReading {
  accountId: string;
  day: EpochDay;
  slotMinutes: SlotMinutes;
  /** When fal was asked. */
  readAt: Temporal.Instant;
  /** Buckets of this day only, none longer than a slot. */
  usage: readonly UsageRow[];
  /** By the id that is billed. */
  calls: readonly AnalyticsRow[];
  /** Whether every page of usage was read. */
  isComplete: boolean;
  /** Endpoints whose calls could not be counted. */
  uncounted: readonly string[];
  /** Those and others that could not be counted, of which it is not known whether that day has any. */
  missed?: readonly string[];
  /** Zones in whose days it is counted too: the account's and the panel's. */
  zones: readonly string[];
  /** How long fal may correct a day after its end. */
  settleHours: number;
  /** How often it was marked to be read again when fal was asked: other marks stay. Left out: none does. */
  marks?: number;
}

export interface StoredWindow {
  /** Rows of the day, and how many of them were not there like that before. */
  rows: number;
  changedRows: number;
  isFinal: boolean;
  /** Why nothing of the reading was stored; `null` where it was. */
  keptInstead: KeptInstead | null;
}

/** Refuses inside the transaction, such as for a lease that was lost. */
export type Confirm = (trx: Kysely<Tables>) => Promise<void>;

/**
 * Puts a reading in the place of what was known of that day, in one transaction: rows as fal cut
 * them, days of the zones, and sums across accounts, which change by what the day changes by. Done
 * twice it changes nothing; two processes that do it wait for each other. What is newer or fuller
 * stays, and so does what fal has forgotten since.
 * @throws AccountGoneError, or FalError for numbers that can't be true.
 */
export async function storeWindow(
  db: Kysely<Tables>,
  engine: Engine,
  reading: WindowReading,
  confirm?: Confirm,
): Promise<StoredWindow> {
  const [stored] = await storeAtOnce(db, engine, [reading], confirm);
  return stored as StoredWindow;
}

/**
 * The same for neighbouring days of an account. On SQLite they share a transaction, as they share
 * most pages of the file, which each commit writes. On PostgreSQL each has its own: of two that lock
 * several days, each could wait for the other.
 */
export async function storeWindows(
  db: Kysely<Tables>,
  engine: Engine,
  readings: readonly WindowReading[],
  confirm: Confirm,
): Promise<StoredWindow[]> {
  if (engine === 'sqlite') return storeAtOnce(db, engine, readings, confirm);
  const stored: StoredWindow[] = [];
  for (const reading of readings) stored.push(await storeWindow(db, engine, reading, confirm));
  return stored;
}

async function storeAtOnce(
  db: Kysely<Tables>,
  engine: Engine,
  readings: readonly WindowReading[],
  confirm?: Confirm,
): Promise<StoredWindow[]> {
  const [first] = readings;
  if (!first) return [];
  // Before the transaction, which holds up every other writer of SQLite.
  const read: ReadWindow[] = [];
  for (const reading of readings) {
    read.push({ reading, sums: windowSums(reading) });
    await othersFirst();
  }
  return db.transaction().execute(async (trx) => {
    await confirm?.(trx);
    await holdAccount(trx, first.accountId);
    return storeRead(trx, engine, read);
  });
}

/** What was read of a day, added up. */
interface ReadWindow {
  reading: WindowReading;
  sums: readonly SeriesSums[];
}

/** A day as it was found, and what becomes of it: `stored` already, where nothing does. */
type PlannedDay = { stored: StoredWindow } | ChangingDay;

interface ChangingDay {
  reading: WindowReading;
  window: SyncWindow | undefined;
  change: DayChange;
}

async function storeRead(
  trx: Kysely<Tables>,
  engine: Engine,
  read: readonly ReadWindow[],
): Promise<StoredWindow[]> {
  const planned: PlannedDay[] = [];
  for (const each of read) planned.push(await planDay(trx, engine, each));
  const changes = planned.flatMap((day) => ('change' in day ? day.change : []));
  const changedRows = await rewriteDays(trx, engine, changes);
  const stored: StoredWindow[] = [];
  for (const day of planned) {
    if ('stored' in day) stored.push(day.stored);
    else stored.push(await endDay(trx, day, changedRows.get(day.change) ?? 0));
  }
  return stored;
}

async function planDay(
  trx: Kysely<Tables>,
  engine: Engine,
  { reading, sums }: ReadWindow,
): Promise<PlannedDay> {
  const { accountId, day } = reading;
  const window = await findWindow(trx, reading);
  const before = window && earlierReading(window);
  // Of a day never read there are no rows.
  const kept = window ? await keptSeries(trx, accountId, day) : [];
  const readSeries = sums.map(({ family, slots }) => ({ of: family.own, slots }));
  const keptInstead = whyKept(reading, before, kept, readSeries);
  if (window && keptInstead) {
    const isForgotten = keptInstead === 'forgotten';
    if (isForgotten) await markForgotten(trx, window, marksLeft(reading, window));
    const isFinal = isForgotten || window.is_final === 1;
    return { stored: { rows: 0, changedRows: 0, isFinal, keptInstead } };
  }
  const ids = await idsOfFamilies(
    trx,
    engine,
    sums.map(({ family }) => family),
  );
  const found = ids.map((family, index): KeptSeries => {
    const { family: series, slots } = sums[index] as SeriesSums;
    return { of: series.own, family, slots };
  });
  const wanted = mergeReading(reading, before, kept, found);
  const zones = await idsOfZones(trx, reading.zones);
  const zonesBefore = await zonesOf(trx, window);
  return { reading, window, change: { kept, wanted, zonesBefore, zones } };
}

/** Says of a day that was rewritten how it was read. */
async function endDay(
  trx: Kysely<Tables>,
  { reading, window, change }: ChangingDay,
  changedRows: number,
): Promise<StoredWindow> {
  const uncounted = uncountedOfDay(reading, change.kept);
  const isFinal = becomesFinal(reading, window, changedRows);
  await writeWindow(trx, reading, {
    read_at: toText(reading.readAt),
    changed_at: window && changedRows === 0 ? window.changed_at : toText(reading.readAt),
    slot_minutes: reading.slotMinutes,
    is_final: isFinal ? 1 : 0,
    is_stale: marksLeft(reading, window),
    is_complete: reading.isComplete ? 1 : 0,
    is_forgotten: 0,
    uncounted: uncounted.length > 0 ? JSON.stringify(uncounted) : null,
    zones: zonesText(change.zones.values()),
  });
  const rows = change.wanted.reduce((sum, { slots }) => sum + slots.size, 0);
  return { rows, changedRows, isFinal, keptInstead: null };
}

function earlierReading(window: SyncWindow): EarlierReading {
  return {
    readAt: toInstant(window.read_at),
    slotMinutes: window.slot_minutes as SlotMinutes,
    isComplete: window.is_complete === 1,
    isFinal: window.is_final === 1,
  };
}

/** What was marked while fal answered is to be read once more. */
function marksLeft({ marks }: WindowReading, window: SyncWindow | undefined): number {
  return window && marks !== undefined && window.is_stale !== marks ? window.is_stale : 0;
}

/**
 * A day is final when it was read to its end after the time in which fal corrects usage, and either
 * for the first time or without finding it changed.
 */
function becomesFinal(
  { day, readAt, isComplete, settleHours }: WindowReading,
  before: SyncWindow | undefined,
  changedRows: number,
): boolean {
  const settled = utcDayStart(day + 1).add({ hours: settleHours });
  const isLate = Temporal.Instant.compare(readAt, settled) >= 0;
  return isComplete && isLate && (before === undefined || changedRows === 0);
}
