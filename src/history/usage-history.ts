import type { Kysely } from 'kysely';
import { bucketStart, bucketsOf, nextBucket } from '../buckets.ts';
import { RequestError } from '../http/failure.ts';
import type { Engine } from '../store/engine.ts';
import type { StoreReader } from '../store/reader.ts';
import type { Tables } from '../store/tables.ts';
import type { HistoryAnswer, HistoryQuestion, RowsQuestion, UsageHistory } from './answer.ts';
import { assemble, groupSums } from './assemble.ts';
import { type Coverage, coverage } from './coverage.ts';
import {
  countsInTotal,
  groupSeries,
  namesOfCallers,
  scopeOfGroups,
  scopeOfTotal,
} from './groups.ts';
import { slotMinutesByDay } from './plan.ts';
import {
  accountNames,
  coverageOf,
  type DayCoverage,
  findSeries,
  type StoredSeries,
  uncountedOf,
} from './queries.ts';
import { readingsOf } from './segments.ts';
import { slotRows } from './slot-rows.ts';
import { type EpochDay, utcDayOf } from './slots.ts';
import { cellsOf, sumSeries } from './sum-queries.ts';

/** What groups are ordered by, and tells whether there is anything in them. */
const RANKED_BY = ['cost', 'units', 'unit_nanos', 'requests'] as const;

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
    // Of one account that all is of, only its own group says the name.
    const isNamed = question.accountId === null || groupBy === 'account';
    const accounts = isNamed ? await accountNames(db, question.accountId) : new Map();
    const covered = await readCoverage(db, question, accounts.size, now());
    const untilMs = Math.max(covered.untilMs, start.epochMilliseconds + 1);
    const buckets = bucketsOf(start, untilMs, resolution, timezone);
    const readings = readingsOf(start, end, buckets, {
      byHour: resolution === 'hour',
      zoneId: covered.zoneId,
      unusable: covered.unusable,
    });
    const scope = scopeOfGroups(groupBy, question);
    const totalScope = scopeOfTotal(question);
    const series = await findSeries(db, { ...question, scopes: [scope, totalScope] });
    const grouped = series.filter((each) => each.scope === scope);
    const all = series.filter((each) => each.scope === totalScope);
    refuseTooMuch(question, grouped.length + all.length, covered.zoneId);

    const sums = await sumSeries(db, engine, idsOf(grouped), readings);
    const groups = groupSums(groupSeries(grouped, groupBy, accounts), sums);
    const apart = groups.slice(0, question.groupsApart).map(({ series }) => idsOf(series));
    const [total = new Map()] = await cellsOf(
      db,
      engine,
      [idsOf(all.filter(countsInTotal))],
      readings,
    );
    const answered = await assemble({
      question,
      coverage: covered,
      buckets: buckets.map((start, index) => ({
        start,
        end: buckets[index + 1] ?? nextBucket(start, resolution),
      })),
      groups,
      apart: apart.length > 0 ? await cellsOf(db, engine, apart, readings) : [],
      foreign: grouped.filter((series) => !countsInTotal(series)),
      sums,
      total,
      uncounted: covered.hasUncounted ? await uncountedOf(db, engine, daysOf(question)) : [],
      accounts,
    });
    return {
      ...answered,
      ...(question.apiKeyIds.length > 0 && { keyNames: namesOfCallers(grouped) }),
      ...(question.isRanked && { ranking: await ranking(groups) }),
    };

    async function ranking(found: readonly { key: string }[]): Promise<string[]> {
      if (!isFiltered(question)) return found.map(({ key }) => key);
      const everything = { ...question, endpointIds: [], apiKeyIds: [] };
      const series = await findSeries(db, {
        ...everything,
        scopes: [scopeOfGroups(groupBy, everything)],
      });
      refuseTooMuch(question, series.length, covered.zoneId);
      const all = await sumSeries(db, engine, idsOf(series), readings, RANKED_BY);
      return groupSums(groupSeries(series, groupBy, accounts), all).map(({ key }) => key);
    }
  }

  return {
    usage: (question) => reader.snapshot((db) => answer(db, question)),
    async *rows(asked) {
      const question = widened(asked);
      const { unusable } = await reader.snapshot(async (db) =>
        usableDays(
          await coverageOf(db, { ...daysOf(question), timezone: question.timezone }),
          question,
        ),
      );
      yield* slotRows(options, question, new Set(unusable));
    },
  };
}

function isFiltered({ endpointIds, apiKeyIds }: HistoryQuestion): boolean {
  return endpointIds.length > 0 || apiKeyIds.length > 0;
}

function idsOf(series: readonly StoredSeries[]): number[] {
  return series.map(({ id }) => id);
}

async function readCoverage(
  db: Kysely<Tables>,
  question: HistoryQuestion,
  accounts: number,
  now: Temporal.Instant,
): Promise<Coverage & { zoneId: number | null; unusable: EpochDay[]; hasUncounted: boolean }> {
  const { accountId, timezone } = question;
  const read = await coverageOf(db, { ...daysOf(question), timezone });
  const { days, unusable } = usableDays(read, question);
  // The sums of an unusable day have what other accounts were billed in it.
  const isKept = days.length > 0 && unusable.length === 0 && days.every((day) => day.isInZone);
  const expected = accountId === null ? accounts : 1;
  return {
    ...coverage(days, expected, question, now),
    zoneId: isKept ? (days[0]?.zoneId ?? null) : null,
    unusable,
    hasUncounted: read.some((day) => day.hasUncounted),
  };
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
 * @throws RequestError where all of them are like that; else those are unusable, and count as not read.
 */
function usableDays(
  read: DayCoverage[],
  question: RowsQuestion,
): { days: DayCoverage[]; unusable: EpochDay[] } {
  const { from, to } = daysOf(question);
  const slotMinutesOf = slotMinutesByDay([question.timezone], from, to - 1);
  const isUsable = ({ isCoarse, day }: DayCoverage) => !isCoarse || slotMinutesOf(day) === 60;
  const days = read.filter(isUsable);
  if (read.length > 0 && days.length === 0) {
    throw new RequestError('invalid_request', {
      faults: [{ field: 'timezone', fault: 'finer_than_kept' }],
    });
  }
  return { days, unusable: read.filter((day) => !isUsable(day)).map(({ day }) => day) };
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
