import { z } from 'zod';
import { RESOLUTIONS, type Resolution } from '../buckets.ts';
import { GROUPINGS } from '../history/answer.ts';
import type { SyncState } from '../history/sync-status.ts';
import { chargesQuery, usageQuery } from '../usage/history-request.ts';
import { codes, described } from './described.ts';
import {
  accountField,
  accountName,
  count,
  countOrUnknown,
  currency,
  instant,
  instantOr,
  money,
  moneyOrUnknown,
  otherCurrencies,
  success,
  timezone,
  usageState,
} from './fields.ts';
import { charge } from './live-operations.ts';
import { FAL_FAILURES, file, json, operation, STORED_KEY_FAILURES } from './operation.ts';

const TAG = 'Kept usage';

const query = z.object(
  described(usageQuery, {
    start: {
      text: 'First day or instant, ISO 8601. Default: the 24 hours up to the end of the running one.',
      example: '2026-03-01',
    },
    end: {
      text: 'Last day, or the first instant after the period. At most 366 days.',
      example: '2026-03-07',
    },
    timezone: "IANA name; buckets are cut in it. Default: the panel's.",
    timeframe:
      'How finely the series is cut; weeks begin on Monday. Default: `hour` up to 8 days, `day` up to 93, `week` up to 184, else `month`. Hours up to 31 days; more are in `usage.csv`.',
    group_by: 'What is added up together.',
    endpoint_id: 'Only these models, one or many, at most 50.',
    api_key_id:
      "Only calls of these keys, one or many. Where fal names no key id, the group's `key`.",
    account: 'A stored account by its name for programs, or its id. Default: all.',
  }),
);

const sums = {
  cost: money('US dollars.'),
  count: countOrUnknown('API calls.'),
  failures: countOrUnknown('Calls that failed.'),
};

const group = z
  .object({
    key: z.string().describe('Model, key id, unit or account. Empty: fal names none.'),
    name: z.string().nullable().describe('What people call it, where that is not `key`.'),
    ...sums,
    units: z
      .array(
        z.object({
          unit: z.string().nullable().describe("fal's name of the unit."),
          quantity: z.number().nullable().describe('Billing units, never calls.'),
          unit_price: moneyOrUnknown('US dollars a unit, before discounts.'),
        }),
      )
      .describe('What was billed, by unit and price.'),
    average_cost: moneyOrUnknown('US dollars a call.'),
    share: z.number().describe('Part of the total cost, 0 to 1.'),
    p50_duration: z
      .number()
      .nullable()
      .describe('How long a typical call took, in milliseconds. `null`: not known.'),
    p95_duration: z
      .number()
      .nullable()
      .describe('How long a slow call took, in milliseconds. `null`: not known.'),
  })
  .meta({ id: 'UsageGroup' });

const keptUsage = z
  .object({
    total_cost: moneyOrUnknown('US dollars.'),
    total_requests: countOrUnknown('API calls.'),
    successful_requests: countOrUnknown('Calls that ended well.'),
    failed_requests: countOrUnknown('Calls that failed.'),
    currency,
    start: instant('The first instant of the period.'),
    end: instant('The first instant after the period.'),
    timezone,
    timeframe: z.enum(RESOLUTIONS satisfies Resolution[]).describe('How the series is cut.'),
    group_by: z.enum(GROUPINGS).describe('What is added up together.'),
    freshness: usageState,
    as_of: instantOr('nothing was', 'When the oldest part that may still change was read of fal.'),
    partial: z.boolean().describe('`true`: sums are lower bounds.'),
    partial_reason: z
      .string()
      .nullable()
      .describe('With commas: `days_not_read`, `usage_pages_missing`, `counts_missing`.'),
    groups: z.array(group).describe('The most expensive first.'),
    other_currencies: otherCurrencies,
    series: z
      .array(
        z.object({
          bucket: instant('Start of the bucket.'),
          state: usageState,
          cost: moneyOrUnknown('US dollars.'),
          count: countOrUnknown('API calls.'),
          failures: countOrUnknown('Calls that failed.'),
          groups: z
            .array(z.object({ key: z.string().describe('`key` of a group.'), ...sums }))
            .describe('Groups with something in it.'),
        }),
      )
      .describe('Every bucket up to now, in order.'),
  })
  .meta({ id: 'KeptUsage' });

const sync = z
  .object({
    account: accountName,
    state: codes<SyncState>({
      idle: 'up to date',
      running: 'usage is being read',
      paused: 'somebody paused it',
      failing: 'since the last round that ended well',
      waiting: 'for the first round',
    }),
    progress: z
      .object({
        percent: count('0 to 100.'),
        days: count('Days of UTC that it reads.'),
        days_done: count('Days of them that are done.'),
        rows: count('Rows of the days that are done.'),
        seconds_left: z
          .number()
          .nullable()
          .describe('Seconds, at the pace until now. `null`: not known yet.'),
      })
      .nullable()
      .describe('How far it has come; `null` while it does not run.'),
    last_success_at: instantOr('never', 'When a round last ended well.'),
    last_error: z
      .object({
        code: z.string().describe('A failure code.'),
        at: instantOr('never', 'When it failed.'),
      })
      .nullable()
      .describe('The last failure, kept after a success. `null`: none.'),
    next_run_at: instantOr('it runs, is paused, or is due at once', 'When it runs next.'),
  })
  .meta({ id: 'Sync' });

/** Files of what is kept: they differ in nothing but their form. */
const exported = (id: string, summary: string, type: string, description?: string) =>
  operation({
    id,
    tag: TAG,
    summary,
    ...(description && { description }),
    access: 'viewer',
    isLimited: true,
    query,
    answer: file(type, 'The file, sent while it is made. One that fails half-way is cut off.'),
    failures: ['not_found'],
  });

export const historyPaths = {
  '/api/v1/usage': {
    get: operation({
      id: 'readUsage',
      tag: TAG,
      summary: 'What the panel keeps of usage, in totals, groups and a series',
      description:
        'Answered at once, also while fal is away. fal counts calls by model, not by key: with `api_key` or `api_key_id` counts are `null`.',
      access: 'viewer',
      query,
      answer: json(success({ usage: keptUsage }), 'What was used.'),
      failures: ['not_found'],
    }),
  },
  '/api/v1/usage.csv': {
    get: exported(
      'downloadUsageCsv',
      'The same as CSV',
      'text/csv',
      'RFC 4180, a line a bucket and group: `bucket`, `state`, `key`, `name`, `cost`, `count`, `failures`.',
    ),
  },
  '/api/v1/usage.xlsx': {
    get: exported(
      'downloadUsageXlsx',
      'The same as a workbook',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ),
  },
  '/api/v1/focus.csv': {
    get: exported(
      'downloadFocusCsv',
      'Every row as fal cut it, in FOCUS 1.4',
      'text/csv',
      '`timeframe` and `group_by` do not matter.',
    ),
  },
  '/api/v1/billing-events': {
    get: operation({
      id: 'readBillingEvents',
      tag: TAG,
      summary: 'Single charges of one stored account, newest first, live from fal',
      description:
        'The document is written page by page as fal answers. A failure after the first page ends the list early with `partial: true`, so read `partial` before using the sum.',
      access: 'viewer',
      isLimited: true,
      query: z.object({
        ...described(chargesQuery, {
          start: { text: 'First day or instant. Default: 24 hours ago.', example: '2026-03-07' },
          end: {
            text: 'Last day, or the first instant after the period. Default: now.',
            example: '2026-03-07',
          },
          timezone: "IANA name. Default: the account's zone.",
          endpoint_id: 'Only these models, one or many, at most 50.',
          request_id: 'Only these requests, one or many, at most 50.',
        }),
        account: accountField(
          'A stored account by its name for programs. Default: the default one.',
        ),
      }),
      answer: json(
        success({
          account: accountName,
          start: instant('The first instant of the period.'),
          end: instant('The first instant after the period.'),
          timezone,
          currency,
          billing_events: z.array(charge).describe('Newest first.'),
          count: count('How many charges are listed.'),
          total_cost: money('What they cost together, in US dollars.'),
          partial: z.boolean().describe('`true`: the list ends before its end.'),
          partial_reason: z
            .string()
            .nullable()
            .describe(
              'Why, with commas: a failure code, `repeated_cursor`, `repeated_page`, `missing_cursor`, `empty_pages` or `too_many_pages`.',
            ),
        }),
        'Single charges.',
      ),
      failures: [...FAL_FAILURES, ...STORED_KEY_FAILURES],
    }),
  },
  '/api/v1/sync': {
    get: operation({
      id: 'readSync',
      tag: TAG,
      summary: "How the local copy of each stored account's usage is doing",
      access: 'viewer',
      answer: json(
        success({ sync: z.array(sync).describe('One an account.') }),
        'How it is doing.',
      ),
    }),
  },
};
