import type { Insertable, Kysely, Selectable } from 'kysely';
import type { ReportSchedulesTable, ReportsTable, Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import { type Cadence, isCadence, type ReportPeriod } from './period.ts';
import {
  parseReport,
  parseSummary,
  type Report,
  type ReportSummary,
  reportJson,
  summaryOf,
} from './report.ts';
import type { Schedule } from './schedule.ts';

/** A report as it is kept. */
export interface StoredReport {
  id: string;
  scheduleId: string;
  dueAt: Temporal.Instant;
  /** Made long after it was due. */
  isLate: boolean;
  report: Report;
}

/** What is listed of one. */
export interface ListedReport extends Omit<StoredReport, 'report'> {
  report: ReportSummary;
}

/** Every schedule, the oldest first; those of a cadence this version does not know are left out. */
export async function listSchedules(db: Kysely<Tables>): Promise<Schedule[]> {
  const rows = await db
    .selectFrom('report_schedules')
    .selectAll()
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.flatMap(toSchedule);
}

/** @param id any text; what is no id finds nothing. */
export async function findSchedule(db: Kysely<Tables>, id: string): Promise<Schedule | null> {
  const rows = await db.selectFrom('report_schedules').selectAll().where('id', '=', id).execute();
  return rows.flatMap(toSchedule)[0] ?? null;
}

function toSchedule(row: Selectable<ReportSchedulesTable>): Schedule[] {
  if (!isCadence(row.cadence)) return [];
  return [
    {
      id: row.id,
      accountId: row.account_id,
      cadence: row.cadence,
      localTime: Temporal.PlainTime.from(row.local_time),
      timezone: row.timezone,
      weekday: row.weekday ?? 1,
      monthDay: row.month_day ?? 1,
      channelIds: row.channel_ids === null ? null : JSON.parse(row.channel_ids),
      isEnabled: row.is_enabled === 1,
      from: toInstant(row.from_at),
      version: row.version,
    },
  ];
}

/** @returns whether there was none of that id. */
export async function insertSchedule(
  trx: Kysely<Tables>,
  schedule: Schedule,
  at: Temporal.Instant,
): Promise<boolean> {
  const inserted = await trx
    .insertInto('report_schedules')
    .values({ ...scheduleRow(schedule, at), id: schedule.id, created_at: toText(at) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Replaces all that a schedule says. @param at when it was changed. */
export async function updateSchedule(
  trx: Kysely<Tables>,
  schedule: Schedule,
  at: Temporal.Instant,
): Promise<void> {
  await trx
    .updateTable('report_schedules')
    .set(scheduleRow(schedule, at))
    .where('id', '=', schedule.id)
    .execute();
}

function scheduleRow(schedule: Schedule, at: Temporal.Instant) {
  return {
    account_id: schedule.accountId,
    cadence: schedule.cadence,
    local_time: schedule.localTime.toString({ smallestUnit: 'minute' }),
    timezone: schedule.timezone,
    weekday: schedule.cadence === 'weekly' ? schedule.weekday : null,
    month_day: schedule.cadence === 'monthly' ? schedule.monthDay : null,
    channel_ids: schedule.channelIds && JSON.stringify(schedule.channelIds),
    is_enabled: schedule.isEnabled ? (1 as const) : (0 as const),
    from_at: toText(schedule.from),
    version: schedule.version,
    updated_at: toText(at),
  };
}

/** Its reports stay. */
export async function dropSchedule(trx: Kysely<Tables>, id: string): Promise<void> {
  await trx.deleteFrom('report_schedules').where('id', '=', id).execute();
}

/** The schedules and reports of one account; those of all accounts together stay as they are. */
export async function dropReportsOf(trx: Kysely<Tables>, accountId: string): Promise<void> {
  const own = trx.selectFrom('reports').select('id').where('account_id', '=', accountId);
  await trx
    .deleteFrom('deliveries')
    .where('source_kind', '=', 'report')
    .where('source_id', 'in', own)
    .execute();
  await trx.deleteFrom('reports').where('account_id', '=', accountId).execute();
  await trx.deleteFrom('report_schedules').where('account_id', '=', accountId).execute();
}

/**
 * Keeps a report, once for each schedule and period.
 * @returns whether it is the one that is kept now.
 */
export async function insertReport(
  trx: Kysely<Tables>,
  { id, scheduleId, dueAt, isLate, report }: StoredReport,
  accountId: string | null,
): Promise<boolean> {
  const { period, madeAt } = report;
  const row: Insertable<ReportsTable> = {
    id,
    schedule_id: scheduleId,
    account_id: accountId,
    cadence: period.cadence,
    first_day: period.firstDay.toString(),
    end_day: period.endDay.toString(),
    timezone: period.timezone,
    due_at: toText(dueAt),
    made_at: toText(madeAt),
    is_late: isLate ? 1 : 0,
    summary: reportJson(summaryOf(report)),
    content: reportJson(report),
  };
  const inserted = await trx
    .insertInto('reports')
    .values(row)
    .onConflict((conflict) => conflict.columns(['schedule_id', 'cadence', 'first_day']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/**
 * What a schedule made so far stands by itself from now on. In another zone, or of another account, it is
 * about a day of the same name once more.
 */
export async function releaseReports(
  trx: Kysely<Tables>,
  { id, version }: Pick<Schedule, 'id' | 'version'>,
): Promise<void> {
  await trx
    .updateTable('reports')
    .set({ schedule_id: `${id} version ${version}` })
    .where('schedule_id', '=', id)
    .execute();
}

/** First days of the periods that a schedule has reports of, since that day. */
export async function madeSince(
  db: Kysely<Tables>,
  { id, cadence }: Pick<Schedule, 'id' | 'cadence'>,
  since: Temporal.PlainDate,
): Promise<Set<string>> {
  const rows = await db
    .selectFrom('reports')
    .select('first_day')
    .where('schedule_id', '=', id)
    .where('cadence', '=', cadence)
    .where('first_day', '>=', since.toString())
    .execute();
  return new Set(rows.map(({ first_day }) => first_day));
}

/** @param id any text; what is no id finds nothing. */
export async function findReport(db: Kysely<Tables>, id: string): Promise<StoredReport | null> {
  const row = await db.selectFrom('reports').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? { ...headOf(row), report: parseReport(row.content) } : null;
}

/** Which reports of the archive are wanted; `null`: all. */
export interface ArchiveFilter {
  cadence: Cadence | null;
  /** Of that account alone. */
  accountId: string | null;
  /** Beside those of the account also those of all accounts together. */
  andOfAll?: boolean;
}

/** The latest period first. */
export async function listReports(
  db: Kysely<Tables>,
  { cadence, accountId, andOfAll = false }: ArchiveFilter,
  { offset, limit }: { offset: number; limit: number },
): Promise<ListedReport[]> {
  let query = db
    .selectFrom('reports')
    .select(['id', 'schedule_id', 'due_at', 'is_late', 'summary']);
  if (cadence !== null) query = query.where('cadence', '=', cadence);
  if (accountId !== null) {
    query = query.where(({ eb, or }) =>
      or([eb('account_id', '=', accountId), ...(andOfAll ? [eb('account_id', 'is', null)] : [])]),
    );
  }
  const rows = await query
    .orderBy('first_day', 'desc')
    .orderBy('made_at', 'desc')
    .orderBy('id')
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map((row) => ({ ...headOf(row), report: parseSummary(row.summary) }));
}

/** The id of the report that is kept of a period. @param accountId `null`: of all accounts together. */
export async function archivedId(
  db: Kysely<Tables>,
  { cadence, firstDay, timezone }: ReportPeriod,
  accountId: string | null,
): Promise<string | null> {
  const row = await db
    .selectFrom('reports')
    .select('id')
    .where('cadence', '=', cadence)
    .where('first_day', '=', firstDay.toString())
    .where('timezone', '=', timezone)
    .where('account_id', accountId === null ? 'is' : '=', accountId)
    .orderBy('made_at', 'desc')
    .executeTakeFirst();
  return row?.id ?? null;
}

function headOf(
  row: Pick<Selectable<ReportsTable>, 'id' | 'schedule_id' | 'due_at' | 'is_late'>,
): Omit<StoredReport, 'report'> {
  return {
    id: row.id,
    scheduleId: row.schedule_id,
    dueAt: toInstant(row.due_at),
    isLate: row.is_late === 1,
  };
}
