import type { Kysely } from 'kysely';
import { bucketStart, bucketsOf, nextBucket } from '../buckets.ts';
import { RequestError } from '../http/failure.ts';
import type { Engine } from '../store/engine.ts';
import type { StoreReader } from '../store/reader.ts';
import type { Tables } from '../store/tables.ts';
import type { HistoryAnswer, HistoryQuestion, RowsQuestion, UsageHistory } from './answer.ts';
import { assemble, type GroupSums, groupSums } from './assemble.ts';
import { type Coverage, coverage } from './coverage.ts';
import {
  countsInTotal,
  groupSeries,
  namesOfCallers,
  scopeOfGroups,
  scopeOfTotal,
} from './groups.ts';
import { addMeasures, type Measures, noMeasures } from './measures.ts';
import { slotMinutesByDay } from './plan.ts';
import {
  accountNames,
  type Cell,
  cellsOf,
  coverageOf,
  type DayCoverage,
  findSeries,
  type StoredSeries,
  sumSeries,
  uncountedOf,
} from './queries.ts';
import { type Reading, readingsOf } from './segments.ts';
import { slotRows } from './slot-rows.ts';
import { utcDayOf } from './slots.ts';
import { findZones } from './zones.ts';

/** Slots of all series together that one question may have to read where no day sums help. */
const MAX_SLOTS_READ = 4_000_000;

export interface UsageHistoryOptions {
  engine: Engine;
  reader: StoreReader;
  now: () => Temporal.Instant;
}

/** The local copy of usage. */
export function createUsageHistory(options: UsageHistoryOptions): UsageHistory {
  const { engine, reader, now } = options;

  async function answer(db: Kysely<Tables>, asked: HistoryQuestion): Promise<HistoryAnswer> {
    const question = widened(asked);
    const { start, end, resolution, timezone, groupBy } = question;
    const accounts = await accountNames(db);
    const covered = await readCoverage(db, question, accounts.size, now());
    const untilMs = Math.max(covered.untilMs, start.epochMilliseconds + 1);
    const buckets = bucketsOf(start, untilMs, resolution, timezone);
    const readings = readingsOf(start, end, buckets, {
      byHour: resolution === 'hour',
      zoneId: covered.zoneId,
    });
    const grouped = await findSeries(db, { ...question, scope: scopeOfGroups(groupBy, question) });
    const all = await findSeries(db, { ...question, scope: scopeOfTotal(question) });
    refuseTooMuch(question, grouped.length + all.length, covered.zoneId);

    const cells = (series: readonly StoredSeries[]) =>
      readCells(db, engine, series.filter(countsInTotal), readings);
    const sums = await readSums(db, engine, grouped, readings);
    const groups = groupSums(groupSeries(grouped, groupBy, accounts), sums);
    const apart: (GroupSums & { cells: Map<number, Cell> })[] = [];
    for (const group of groups.slice(0, question.groupsApart)) {
      apart.push({ ...group, cells: await cells(group.series) });
    }
    const answered = assemble({
      question,
      coverage: covered,
      buckets: buckets.map((bucket) => ({ start: bucket, end: nextBucket(bucket, resolution) })),
      groups,
      apart,
      foreign: grouped.filter((series) => !countsInTotal(series)),
      sums,
      total: await cells(all),
      totalSums: await readSums(db, engine, all.filter(countsInTotal), readings),
      uncounted: await uncountedOf(db, engine, daysOf(question)),
      accounts,
    });
    return question.apiKeyIds.length > 0
      ? { ...answered, keyNames: namesOfCallers(grouped) }
      : answered;
  }

  return {
    usage: (question) => reader.snapshot((db) => answer(db, question)),
    async *rows(asked) {
      const question = widened(asked);
      await reader.snapshot(async (db) => {
        usableDays(await coverageOf(db, { ...daysOf(question), zoneId: null }), question);
      });
      yield* slotRows(options, question);
    },
  };
}

async function readSums(
  db: Kysely<Tables>,
  engine: Engine,
  series: readonly StoredSeries[],
  readings: readonly Reading[],
): Promise<Map<number, Measures>> {
  const sums = new Map<number, Measures>();
  const ids = series.map(({ id }) => id);
  for (const { segment } of readings) {
    for (const [id, added] of await sumSeries(db, engine, ids, segment)) {
      const sum = sums.get(id) ?? noMeasures();
      sums.set(id, sum);
      addMeasures(sum, added);
    }
  }
  return sums;
}

/** What series have together in each bucket, by its index; a bucket may be read in several pieces. */
async function readCells(
  db: Kysely<Tables>,
  engine: Engine,
  series: readonly StoredSeries[],
  readings: readonly Reading[],
): Promise<Map<number, Cell>> {
  const cells = new Map<number, Cell>();
  const ids = series.map(({ id }) => id);
  for (const { segment, ranges, bucketAt } of readings) {
    for (const found of await cellsOf(db, engine, ids, segment, ranges)) {
      const at = ranges ? found.at : bucketAt(found.at);
      const cell = cells.get(at);
      if (!cell) cells.set(at, { ...found, at });
      else {
        cell.cost += found.cost;
        cell.requests += found.requests;
        cell.failures += found.failures;
      }
    }
  }
  return cells;
}

async function readCoverage(
  db: Kysely<Tables>,
  question: HistoryQuestion,
  accounts: number,
  now: Temporal.Instant,
): Promise<Coverage & { zoneId: number | null }> {
  const { accountId, timezone } = question;
  const zoneId = (await findZones(db, [timezone])).get(timezone) ?? null;
  const days = usableDays(await coverageOf(db, { ...daysOf(question), zoneId }), question);
  const isKept = zoneId !== null && days.length > 0 && days.every((day) => day.isInZone);
  const expected = accountId === null ? accounts : 1;
  return { ...coverage(days, expected, question, now), zoneId: isKept ? zoneId : null };
}

/** The UTC days a period touches. */
function daysOf({ accountId, start, end }: RowsQuestion) {
  const last = end.subtract({ nanoseconds: 1 });
  return { accountId, from: utcDayOf(start), to: utcDayOf(last) + 1 };
}

/** To whole hours of its zone: what is asked of the hours side by side adds up. */
function widened<Question extends RowsQuestion>(question: Question): Question {
  const { start, end, timezone } = question;
  const lastHour = bucketStart(end, 'hour', timezone);
  const isWhole = lastHour.epochMilliseconds === end.epochMilliseconds;
  return {
    ...question,
    start: bucketStart(start, 'hour', timezone).toInstant(),
    end: isWhole ? end : nextBucket(lastHour, 'hour').toInstant(),
  };
}

/**
 * Days that are kept by whole hours of UTC can't be cut where a zone's hours begin at half past, as
 * they may do for a part of the year only.
 * @throws RequestError where all of them are like that; else those count as not read.
 */
function usableDays(read: DayCoverage[], question: RowsQuestion): DayCoverage[] {
  const { from, to } = daysOf(question);
  const slotMinutesOf = slotMinutesByDay([question.timezone], from, to - 1);
  const usable = read.filter((day) => !day.isCoarse || slotMinutesOf(day.day) === 60);
  if (read.length > 0 && usable.length === 0) {
    throw new RequestError('invalid_request', {
      faults: [{ field: 'timezone', fault: 'finer_than_kept' }],
    });
  }
  return usable;
}

/** @throws RequestError for what would read too much, for want of day sums in that zone. */
function refuseTooMuch(question: HistoryQuestion, series: number, zoneId: number | null): void {
  if (zoneId !== null && question.resolution !== 'hour') return;
  const slots = question.start.until(question.end).total('hours') * series;
  if (slots > MAX_SLOTS_READ) {
    throw new RequestError('invalid_request', {
      faults: [{ field: 'timezone', fault: 'too_long_for_zone' }],
    });
  }
}
