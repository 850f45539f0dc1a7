import { z } from 'zod';
import { refuse } from '../http/failure.ts';
import { parseBody } from '../http/parse-body.ts';
import { timezoneField } from '../timezone.ts';
import { withoutBlanks } from '../usage/request-fields.ts';
import {
  CADENCES,
  type Cadence,
  exists,
  periodBefore,
  periodWith,
  type ReportPeriod,
} from './period.ts';

const text = z.string('date_not_understood').trim().max(32, 'date_not_understood').optional();
const common = {
  timezone: timezoneField.optional(),
  account: z.string('unknown').trim().max(64, 'unknown').optional(),
};

/** What is asked of each report; without its period, the last one that is over. */
export const reportQueries = {
  daily: z.object({ date: text, ...common }),
  weekly: z.object({ week: text, ...common }),
  monthly: z.object({ month: text, ...common }),
};

const FIELDS = { daily: 'date', weekly: 'week', monthly: 'month' } as const;

/** A question before its account was looked up. */
export interface ReportRequest {
  /** Slug or id; `null`: all accounts. */
  account: string | null;
  /** `null`: the account's, or that of the settings. */
  timezone: string | null;
  /** As it was written; `null`: the last one that is over. */
  period: string | null;
  cadence: Cadence;
}

/** @throws RequestError naming every parameter that can't be used. */
export function readReportRequest(cadence: Cadence, query: unknown): ReportRequest {
  const schema: z.ZodType<Record<string, string | undefined>> = reportQueries[cadence];
  const read = parseBody(schema, withoutBlanks(query), 'query');
  return {
    account: read.account ?? null,
    timezone: read.timezone ?? null,
    period: read[FIELDS[cadence]] ?? null,
    cadence,
  };
}

/** @throws RequestError for what is no day, week or month, or has not begun. */
export function askedPeriod(
  { cadence, period }: Pick<ReportRequest, 'cadence' | 'period'>,
  timezone: string,
  now: Temporal.Instant,
): ReportPeriod {
  const today = now.toZonedDateTimeISO(timezone).toPlainDate();
  if (period === null) return periodBefore(cadence, today, timezone);
  const day = dayIn(period, cadence);
  if (!day || (cadence === 'daily' && !exists(day, timezone))) {
    refuse(FIELDS[cadence], 'date_not_understood');
  }
  const asked = periodWith(cadence, day, timezone);
  if (Temporal.PlainDate.compare(asked.firstDay, today) > 0) refuse(FIELDS[cadence], 'not_begun');
  return asked;
}

/** A day of the period: `2026-11-26`, for a week `2026-W48`, too, and for a month `2026-11`. */
function dayIn(written: string, cadence: Cadence): Temporal.PlainDate | null {
  try {
    const week = written.match(/^(\d{4})-?W(\d\d)$/i);
    if (cadence === 'weekly' && week) return mondayOf(Number(week[1]), Number(week[2]));
    if (cadence === 'monthly' && /^\d{4}-\d\d$/.test(written)) {
      return Temporal.PlainYearMonth.from(written).toPlainDate({ day: 1 });
    }
    return /^\d{4}-\d\d-\d\d$/.test(written) ? Temporal.PlainDate.from(written) : null;
  } catch {
    return null;
  }
}

/** The fourth of January is always in the first week (ISO 8601). @returns `null` where there is no such week. */
function mondayOf(year: number, week: number): Temporal.PlainDate | null {
  const fourth = Temporal.PlainDate.from({ year, month: 1, day: 4 });
  const monday = fourth.add({ days: 7 * (week - 1) + 1 - fourth.dayOfWeek });
  return monday.yearOfWeek === year && monday.weekOfYear === week ? monday : null;
}

/** How many reports of the archive are listed at once. */
export const PAGE_SIZE = 30;
const MAX_PAGE = 10_000;

export const archiveQuery = z.object({
  cadence: z.enum(CADENCES, 'unknown').optional(),
  account: common.account,
  page: z.coerce
    .number('unknown')
    .int('unknown')
    .min(1, 'unknown')
    .max(MAX_PAGE, 'unknown')
    .default(1),
});

/** @throws RequestError naming every parameter that can't be used. */
export function readArchiveRequest(query: unknown): z.output<typeof archiveQuery> {
  return parseBody(archiveQuery, withoutBlanks(query), 'query');
}
