import type { Kysely } from 'kysely';
import { z } from 'zod';
import { findAccount } from '../accounts/accounts.ts';
import { bucketStart, nextBucket, RESOLUTIONS, type Resolution } from '../buckets.ts';
import { GROUPINGS, type GroupBy, type HistoryQuestion } from '../history/answer.ts';
import { RequestError } from '../http/failure.ts';
import { parseBody } from '../http/parse-body.ts';
import type { Tables } from '../store/tables.ts';
import { timezoneField } from '../timezone.ts';
import { resolvePeriod } from './period.ts';
import {
  apiKeyIdsField,
  dateField,
  endpointIdsField,
  requestIdsField,
  validPeriod,
  withoutBlanks,
  withoutBrackets,
} from './request-fields.ts';

/** More hours than this are a file, not an answer. */
const MAX_HOURLY_DAYS = 31;

/** What a program asks of the local copy, before its account was looked up. */
export interface HistoryRequest
  extends Omit<HistoryQuestion, 'accountId' | 'resolution' | 'groupBy'> {
  resolution: Resolution;
  groupBy: GroupBy;
  /** Slug or id; `null` is all accounts. */
  account: string | null;
}

const accountField = z.string('unknown').trim().max(64, 'unknown').optional();

export const usageQuery = z.object({
  start: dateField,
  end: dateField,
  timezone: timezoneField.optional(),
  timeframe: z.enum(RESOLUTIONS, 'unknown').optional(),
  group_by: z.enum(GROUPINGS, 'unknown').default('endpoint'),
  endpoint_id: endpointIdsField,
  api_key_id: apiKeyIdsField,
  account: accountField,
});

/**
 * Reads the query of `GET /api/v1/usage` and of its files. Without dates: the last 24 hours, up to
 * the end of the one that is running; without a timeframe: one that gives a readable number of
 * buckets.
 * @throws RequestError naming every parameter that can't be used.
 */
export function readHistoryRequest(
  query: unknown,
  usual: { timezone: string },
  now: Temporal.Instant,
): HistoryRequest {
  const read = parseBody(usageQuery, plainQuery(query, ['endpoint_id', 'api_key_id']), 'query');
  const timezone = read.timezone ?? usual.timezone;
  const { start, end } = periodOf(read, timezone, now);
  return {
    start,
    end,
    timezone,
    resolution: read.timeframe ?? automaticResolution(start, end),
    groupBy: read.group_by,
    account: read.account ?? null,
    endpointIds: read.endpoint_id ?? [],
    apiKeyIds: read.api_key_id ?? [],
  };
}

/** @throws RequestError where hours would be too many for one JSON answer. */
export function refuseManyHours({ start, end, timezone, resolution }: HistoryRequest): void {
  const latest = start.toZonedDateTimeISO(timezone).add({ days: MAX_HOURLY_DAYS }).toInstant();
  if (resolution !== 'hour' || Temporal.Instant.compare(end, latest) <= 0) return;
  throw new RequestError('invalid_request', {
    subject: 'query',
    faults: [{ field: 'timeframe', fault: 'too_many_hours' }],
  });
}

/** A question with the name of the account it is about. */
export interface NamedQuestion extends HistoryQuestion {
  accountName: string | null;
}

/** Looks the account up. @throws RequestError `not_found` */
export async function historyQuestion(
  db: Kysely<Tables>,
  { account, ...asked }: HistoryRequest,
): Promise<NamedQuestion> {
  if (account === null) return { ...asked, accountId: null, accountName: null };
  const found = await findAccount(db, account);
  if (found) return { ...asked, accountId: found.id, accountName: found.name };
  throw new RequestError('not_found', {
    subject: 'account',
    faults: [{ field: 'account', fault: 'unknown' }],
  });
}

export const chargesQuery = z.object({
  start: dateField,
  end: dateField,
  timezone: timezoneField.optional(),
  endpoint_id: endpointIdsField,
  request_id: requestIdsField,
});

/** Which single charges are asked for. */
export interface ChargesRequest {
  start: Temporal.Instant;
  end: Temporal.Instant;
  timezone: string;
  endpointIds: readonly string[];
  requestIds: readonly string[];
}

/** Reads the query of `GET /api/v1/billing-events`, but for its account. @throws RequestError */
export function readChargesRequest(
  query: unknown,
  usual: { timezone: string },
  now: Temporal.Instant,
): ChargesRequest {
  const read = parseBody(chargesQuery, plainQuery(query, ['endpoint_id', 'request_id']), 'query');
  const timezone = read.timezone ?? usual.timezone;
  const { start, end } = validPeriod(
    () => resolvePeriod({ start: read.start, end: read.end, timezone }, now),
    PERIOD_NAMES,
  );
  return {
    start,
    end,
    timezone,
    endpointIds: read.endpoint_id ?? [],
    requestIds: read.request_id ?? [],
  };
}

const PERIOD_NAMES = { start_date: 'start', end_date: 'end' };

function plainQuery(query: unknown, lists: readonly string[]): unknown {
  return withoutBlanks(withoutBrackets(query, lists));
}

function periodOf(
  { start, end }: { start?: string | undefined; end?: string | undefined },
  timezone: string,
  now: Temporal.Instant,
) {
  if (start || end) {
    return validPeriod(() => resolvePeriod({ start, end, timezone }, now), PERIOD_NAMES);
  }
  const until = nextBucket(bucketStart(now, 'hour', timezone), 'hour').toInstant();
  return { start: until.subtract({ hours: 24 }), end: until };
}

function automaticResolution(start: Temporal.Instant, end: Temporal.Instant): Resolution {
  const days = start.until(end).total('hours') / 24;
  if (days <= 8) return 'hour';
  if (days <= 93) return 'day';
  return days <= 184 ? 'week' : 'month';
}
