import { z } from 'zod';
import type { Verdict } from '../planner/verdict.ts';
import type { Cadence } from '../reports/period.ts';
import { archiveQuery, reportQueries } from '../reports/report-request.ts';
import { codes, codesOrNull, described } from './described.ts';
import {
  accountName,
  checkReason,
  count,
  countOrUnknown,
  currency,
  instant,
  instantOr,
  money,
  moneyOrUnknown,
  otherCurrencies,
  runwayReason,
  success,
  timezone,
  usageState,
} from './fields.ts';
import { json, operation } from './operation.ts';

const TAG = 'Reports';

const sums = {
  cost: moneyOrUnknown('US dollars.'),
  calls: countOrUnknown('API calls.'),
  failures: countOrUnknown('Calls that failed.'),
};
const partSums = { ...sums, cost: money('US dollars.') };
const isComplete = z.boolean().describe('Whether all of it is known; else sums are lower bounds.');

const head = {
  id: z.string().nullable().describe('Its id in the archive; `null`: it was read just now.'),
  cadence: codes<Cadence>({
    daily: 'of a day',
    weekly: 'of a week from Monday to Sunday',
    monthly: 'of a calendar month',
  }),
  first_day: z.string().describe('First day, such as `2026-11-26`.'),
  last_day: z.string().describe('Last day.'),
  timezone,
  account: accountName.nullable().describe('The account; `null`: all of them together.'),
  state: usageState,
  made_at: instant('When it was made. Credits and events are as they were then.'),
  is_late: z.boolean().describe('Made up later than it was due.'),
};

const others = (text: string) =>
  z
    .object({ number: count('How many.'), ...partSums })
    .nullable()
    .describe(`${text} \`null\`: all are listed.`);

const report = z
  .object({
    ...head,
    start: instant('First moment.'),
    end: instant('Not in it. Of a period that is not over, when it was made.'),
    is_over: z.boolean().describe('Whether the period is over.'),
    currency,
    ...sums,
    is_complete: isComplete,
    before: z
      .object({
        start: instant('First moment.'),
        end: instant('Not in it.'),
        ...sums,
        is_complete: isComplete,
      })
      .nullable()
      .describe('The period before. `null`: this one is not over.'),
    change_percent: z
      .number()
      .nullable()
      .describe(
        'By how much the cost changed, in per cent. `null`: one of the two is not known, or nothing was spent before.',
      ),
    most_used: z.string().nullable().describe('The model called most. `null`: none.'),
    models: z
      .array(z.object({ endpoint_id: z.string().describe('The model.'), ...partSums }))
      .describe('The most expensive first, 50 at most. With the others they add up to `cost`.'),
    other_models: others('All other models together.'),
    accounts: z
      .array(
        z.object({
          account: accountName,
          name: z.string().describe('What people call it.'),
          ...partSums,
        }),
      )
      .nullable()
      .describe('Accounts, as the models. `null`: there is only one.'),
    other_accounts: others('All other accounts together.'),
    other_currencies: otherCurrencies,
    series: z
      .array(
        z.object({
          bucket: instant('When it begins.'),
          state: usageState,
          cost: sums.cost,
          calls: sums.calls,
        }),
      )
      .describe('The hours of a day, else the days. They add up to `cost`.'),
    balance: moneyOrUnknown('US dollars, of all accounts whose balance is known.'),
    credits: z
      .array(
        z.object({
          account: accountName,
          balance: moneyOrUnknown('In `balance_currency`.'),
          balance_currency: z.string().describe('Currency of the balance.'),
          balance_as_of: instantOr('nobody knows', 'When that was so.'),
          balance_is_estimate: z.boolean().describe('Credits bought minus spent, not fal’s word.'),
          balance_reason: z.string().nullable().describe('Why there is none, a code.'),
          runway: z
            .object({
              until: instantOr('beyond the horizon', 'When credits run out.'),
              earliest: instantOr('beyond the horizon', 'At the earliest.'),
              latest: instantOr('beyond the horizon', 'At the latest.'),
            })
            .nullable()
            .describe('How long credits last. `null`: nobody can say.'),
          runway_reason: runwayReason,
          expiring: z
            .array(
              z.object({
                amount: money('US dollars.'),
                expires_at: instant('When they are lost.'),
              }),
            )
            .describe('Credits that will be lost unused within 30 days.'),
        }),
      )
      .describe('Accounts with the least left, ten at most.'),
    credits_left_out: count('How many more accounts there are.'),
    credits_left_out_unknown: count('Of those, how many have a balance that nobody knows.'),
    planned_events: z
      .array(
        z.object({
          id: z.string().describe('Id of the event.'),
          name: z.string().describe('What it is called.'),
          account: accountName,
          starts_at: instant('When it begins.'),
          verdict: codesOrNull<Verdict>({ enough: '', tight: '', top_up: '' }),
          cost_low: moneyOrUnknown('US dollars: at least.'),
          cost_high: moneyOrUnknown('US dollars: at most.'),
          top_up_amount: moneyOrUnknown('US dollars to add so that it is enough.'),
          top_up_by: instantOr('it is enough', 'By when at the latest.'),
          check_reason: checkReason,
        }),
      )
      .describe('Of the next 14 days.'),
    open_incidents: count('Alerts that were open.'),
    archived_id: z
      .string()
      .nullable()
      .describe('The report that was made of this period by a schedule. `null`: none was.'),
  })
  .meta({ id: 'Report' });

const USUAL = {
  timezone: "IANA name. Default: the account's, else that of the settings.",
  account: 'Name for programs, or id. Default: all accounts together.',
};

function readPeriod(
  id: string,
  summary: string,
  query: z.ZodObject,
): { get: ReturnType<typeof operation> } {
  const answer = json(success({ report }), 'The report; as three lines of text if that is asked.');
  const text = { 'text/plain': { schema: { type: 'string' as const } } };
  return {
    get: operation({
      ...{ id, tag: TAG, summary, query },
      description:
        'Read from the local copy now, whether a schedule made one or not: what fal corrected since is in it. `Accept: text/plain` answers with requests, cost and the most used model, a line each.',
      access: 'viewer',
      isLimited: true,
      answer: { ...answer, content: { ...answer.content, ...text } },
      failures: ['not_found'],
    }),
  };
}

export const reportPaths = {
  '/api/v1/reports/daily': readPeriod(
    'readDailyReport',
    'What a day came to',
    z.object(
      described(reportQueries.daily, {
        date: { text: 'Such as `2026-11-26`. Default: yesterday.', example: '2026-03-06' },
        ...USUAL,
      }),
    ),
  ),
  '/api/v1/reports/weekly': readPeriod(
    'readWeeklyReport',
    'What a week came to',
    z.object(
      described(reportQueries.weekly, {
        week: {
          text: 'Such as `2026-W48` (ISO 8601), or a day in it. Default: last week.',
          example: '2026-W09',
        },
        ...USUAL,
      }),
    ),
  ),
  '/api/v1/reports/monthly': readPeriod(
    'readMonthlyReport',
    'What a month came to',
    z.object(
      described(reportQueries.monthly, {
        month: {
          text: 'Such as `2026-11`, or a day in it. Default: last month.',
          example: '2026-02',
        },
        ...USUAL,
      }),
    ),
  ),
  '/api/v1/reports': {
    get: operation({
      id: 'listReports',
      tag: TAG,
      summary: 'Reports that schedules made',
      access: 'viewer',
      query: z.object(
        described(archiveQuery, {
          cadence: 'Only these. Default: all.',
          account: 'Only those of this account alone: name for programs, or id. Default: all.',
          page: 'Thirty a page.',
        }),
      ),
      answer: json(
        success({
          reports: z
            .array(z.object({ ...head, ...sums, is_complete: isComplete }))
            .describe('The latest period first.'),
          page: count('Which page it is.'),
          has_more: z.boolean().describe('Whether there is another one.'),
        }),
        'The reports.',
      ),
      failures: ['not_found'],
    }),
  },
  '/api/v1/reports/{id}': {
    get: operation({
      id: 'readReport',
      tag: TAG,
      summary: 'A report as it was made',
      access: 'viewer',
      path: z.object({ id: z.string().describe('Id of the report.') }),
      answer: json(success({ report }), 'The report.'),
      failures: ['not_found'],
    }),
  },
};
