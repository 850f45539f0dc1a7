import type { Kysely } from 'kysely';
import { bucketStart, bucketsOf, nextBucket } from '../buckets.ts';
import { RequestError } from '../http/failure.ts';
import type { Engine } from '../store/engine.ts';
import type { Tables } from '../store/tables.ts';
import type { HistoryAnswer, HistoryQuestion, UsageHistory } from './answer.ts';
import { assemble } from './assemble.ts';
import { type Coverage, coverage } from './coverage.ts';
import { groupSeries, scopeFor } from './groups.ts';
import { addMeasures, type Measures, noMeasures } from './measures.ts';
import {
  accountNames,
  type Cell,
  cellsOf,
  cellsOfRanges,
  coverageOf,
  type DayCoverage,
  findSeries,
  sumSeries,
  uncountedOf,
} from './queries.ts';
import { readingsOf } from './segments.ts';
import { slotRows } from './slot-rows.ts';
import { utcDayOf } from './slots.ts';
import { findZones } from './zones.ts';

/** Slots of all series together that one question may have to read where no day sums help. */
const MAX_SLOTS_READ = 4_000_000;
const MINUTES_PER_HOUR = 60;

export interface UsageHistoryOptions {
  engine: Engine;
  /** Runs a read on one state of the database. */
  snapshot: <T>(read: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;
  now: () => Temporal.Instant;
}

/** The local copy of usage. */
export function createUsageHistory({ engine, snapshot, now }: UsageHistoryOptions): UsageHistory {
  async function answer(db: Kysely<Tables>, asked: HistoryQuestion): Promise<HistoryAnswer> {
    const question = widened(asked);
    const present = now();
    const covered = await readCoverage(db, question, present);
    const buckets = bucketsOf(
      question.start,
      Math.max(covered.untilMs, question.start.epochMilliseconds + 1),
      question.resolution,
      question.timezone,
    );
    const filter = {
      scope: scopeFor(question),
      accountId: question.accountId,
      endpointIds: question.endpointIds,
      apiKeyIds: question.apiKeyIds,
    };
    const series = await findSeries(db, filter);
    const names = await accountNames(db);
    const grouping = groupSeries(series, question.groupBy, names);
    const readings = readingsOf(question.start, question.end, buckets, {
      byHour: question.resolution === 'hour',
      zoneId: covered.zoneId,
    });
    refuseTooMuch(question, series.length, covered.zoneId);

    const sums = new Map<number, Measures>();
    const cells: Cell[] = [];
    const ids = series.map(({ id }) => id);
    for (const { segment, ranges, bucketAt } of readings) {
      for (const [id, added] of await sumSeries(db, engine, ids, segment)) {
        const sum = sums.get(id) ?? noMeasures();
        sums.set(id, sum);
        addMeasures(sum, added);
      }
      const found = ranges
        ? await cellsOfRanges(db, engine, grouping.members, segment, ranges)
        : await cellsOf(db, engine, grouping.members, segment);
      cells.push(...found.map((cell) => (ranges ? cell : { ...cell, at: bucketAt(cell.at) })));
    }
    return assemble({
      question,
      coverage: covered,
      buckets,
      bucketEnds: buckets.map((bucket) => nextBucket(bucket, question.resolution)),
      grouping,
      sums,
      cells: merged(cells),
      uncounted: await uncountedOf(db, daysOf(question)),
    });
  }

  async function readCoverage(
    db: Kysely<Tables>,
    question: HistoryQuestion,
    present: Temporal.Instant,
  ): Promise<Coverage & { zoneId: number | null }> {
    const { accountId, timezone } = question;
    const zones = await findZones(db, [timezone]);
    const zoneId = zones.get(timezone) ?? null;
    const read = await coverageOf(db, { ...daysOf(question), zoneId });
    const accounts = accountId === null ? (await accountNames(db)).size : 1;
    const days = usableDays(read, question);
    const isKept = zoneId !== null && days.length > 0 && days.every((day) => day.isInZone);
    return { ...coverage(days, accounts, question, present), zoneId: isKept ? zoneId : null };
  }

  return {
    usage: (question) => snapshot((db) => answer(db, question)),
    rows: (question) =>
      slotRows({ engine, snapshot, now }, { ...question, ...wholeHours(question) }),
  };
}

/** One cell a group and bucket: a bucket may be read in several pieces. */
function merged(cells: readonly Cell[]): Cell[] {
  const byPlace = new Map<string, Cell>();
  for (const cell of cells) {
    const place = `${cell.group} ${cell.at}`;
    const met = byPlace.get(place);
    if (met) {
      met.cost += cell.cost;
      met.requests += cell.requests;
      met.failures += cell.failures;
    } else byPlace.set(place, { ...cell });
  }
  return [...byPlace.values()];
}

/** The UTC days a period touches. */
function daysOf({ accountId, start, end }: HistoryQuestion) {
  const last = end.subtract({ nanoseconds: 1 });
  return { accountId, from: utcDayOf(start), to: utcDayOf(last) + 1 };
}

function widened(question: HistoryQuestion): HistoryQuestion {
  const { start, end, timezone } = question;
  const edge = bucketStart(end, 'hour', timezone);
  const isEdge = edge.epochMilliseconds === end.epochMilliseconds;
  return {
    ...question,
    start: bucketStart(start, 'hour', timezone).toInstant(),
    end: (isEdge ? edge : nextBucket(edge, 'hour')).toInstant(),
  };
}

/** Whole hours of UTC, by which rows are kept. */
function wholeHours({ start, end }: Pick<HistoryQuestion, 'start' | 'end'>) {
  return {
    start: start.round({ smallestUnit: 'hour', roundingMode: 'floor' }),
    end: end.round({ smallestUnit: 'hour', roundingMode: 'ceil' }),
  };
}

/**
 * Days that are kept by whole hours of UTC can't be cut where a zone's days begin at half past.
 * @throws RequestError where all of them are like that; else those count as not read.
 */
function usableDays(read: DayCoverage[], question: HistoryQuestion): DayCoverage[] {
  if (!needsQuarters(question)) return read;
  const fine = read.filter((day) => !day.isCoarse);
  if (read.length > 0 && fine.length === 0) {
    throw new RequestError('invalid_request', {
      faults: [{ field: 'timezone', fault: 'finer_than_kept' }],
    });
  }
  return fine;
}

function needsQuarters({ start, end, timezone }: HistoryQuestion): boolean {
  return [start, end].some(
    (instant) =>
      (instant.epochMilliseconds / 60_000) % MINUTES_PER_HOUR !== 0 ||
      instant.toZonedDateTimeISO(timezone).offsetNanoseconds % 3_600_000_000_000 !== 0,
  );
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
