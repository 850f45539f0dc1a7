import { z } from 'zod';
import { apiKeyField } from '../accounts/api-key-field.ts';
import { RequestError } from '../http/failure.ts';
import { parseBody } from '../http/parse-body.ts';
import { timezoneField } from '../timezone.ts';
import type { UsageQuestion } from './live.ts';
import { PRESETS, presetPeriod, resolvePeriod } from './period.ts';
import { MAX_RECORD_DEPTH } from './records.ts';
import {
  dateField,
  endpointIdsField,
  validPeriod,
  withoutBlanks,
  withoutBrackets,
} from './request-fields.ts';

const MAX_PAGE_SIZE = 1_000;
const DEFAULT_PAGE_SIZE = 100;

const wholeNumber = (max: number) =>
  z.coerce
    .number('out_of_range')
    .int('out_of_range')
    .min(1, 'out_of_range')
    .max(max, 'out_of_range')
    .optional();

export const usageBody = z
  .object({
    api_key: apiKeyField,
    start_date: dateField,
    end_date: dateField,
    timezone: timezoneField.optional(),
    endpoint_id: endpointIdsField,
    page: wholeNumber(MAX_RECORD_DEPTH),
    page_size: wholeNumber(MAX_PAGE_SIZE),
  })
  .refine(({ page = 1, page_size = DEFAULT_PAGE_SIZE }) => page * page_size <= MAX_RECORD_DEPTH, {
    error: 'too_deep',
    path: ['page'],
  });

/** Which page of single charges, from 1. */
export interface RecordsPlace {
  page: number;
  pageSize: number;
}

export interface UsageRequest extends UsageQuestion {
  /** The page of single charges asked for; `null` when none was. */
  records: RecordsPlace | null;
}

/** What a question is asked with where it does not say so itself. */
export interface AskDefaults {
  /** IANA name. */
  timezone: string;
  /** A stored key, in the place of one in the body. */
  key: string | null;
}

/**
 * Reads the body of `POST /api/config/falai-usage`, form or JSON.
 * @throws RequestError naming every field that can't be used.
 */
export function readUsageRequest(
  body: unknown,
  defaults: AskDefaults,
  now: Temporal.Instant,
): UsageRequest {
  const read = parseBody(
    usageBody,
    withKey(withoutBlanks(withoutBrackets(body, ['endpoint_id'])), defaults),
  );
  const timezone = read.timezone ?? defaults.timezone;
  const asked = { start: read.start_date, end: read.end_date, timezone };
  if (asked.start || asked.end) validPeriod(() => resolvePeriod(asked, now));
  const wantsRecords = read.page !== undefined || read.page_size !== undefined;
  return {
    key: read.api_key,
    period: (at) => resolvePeriod(asked, at),
    periodName: [asked.start, asked.end, timezone].join(' '),
    endpointIds: read.endpoint_id ?? [],
    records: wantsRecords
      ? { page: read.page ?? 1, pageSize: read.page_size ?? DEFAULT_PAGE_SIZE }
      : null,
  };
}

const pageForm = z.object({
  api_key: apiKeyField,
  period: z.enum([...PRESETS, 'custom'], 'unknown').default('24h'),
  start_date: dateField,
  end_date: dateField,
  timezone: timezoneField.optional(),
});

/** Reads the form of `/admin/config`. @throws RequestError */
export function readUsageForm(
  body: unknown,
  defaults: AskDefaults,
  now: Temporal.Instant,
): UsageQuestion {
  const read = parseBody(pageForm, withKey(withoutBlanks(body), defaults));
  const timezone = read.timezone ?? defaults.timezone;
  const { period: choice } = read;
  const period = (at: Temporal.Instant) =>
    choice === 'custom'
      ? resolvePeriod({ start: read.start_date, end: read.end_date, timezone }, at)
      : presetPeriod(choice, timezone, at);
  if (choice === 'custom' && !read.start_date) {
    throw new RequestError('invalid_request', {
      faults: [{ field: 'start_date', fault: 'missing' }],
    });
  }
  validPeriod(() => period(now));
  const dates = choice === 'custom' ? [read.start_date, read.end_date] : [];
  return {
    key: read.api_key,
    period,
    periodName: [choice, ...dates, timezone].join(' '),
    endpointIds: [],
  };
}

/** A stored key is only given for bodies that bring none. */
function withKey(body: unknown, { key }: AskDefaults): unknown {
  return key === null ? body : { ...(body as object), api_key: key };
}
