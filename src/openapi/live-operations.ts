import { z } from 'zod';
import { testBody } from '../accounts/api.ts';
import type { Capability, LockKind, Probe, Verdict } from '../accounts/diagnosis.ts';
import type { UsageReport } from '../usage/report.ts';
import { usageBody } from '../usage/request.ts';
import { codes, codesOrNull, described } from './described.ts';
import {
  accountField,
  accountName,
  countOrUnknown,
  currency,
  instant,
  money,
  moneyOrUnknown,
  otherCurrencies,
  success,
  timezone,
} from './fields.ts';
import { FAL_FAILURES, json, operation, STORED_KEY_FAILURES } from './operation.ts';

const TAG = 'Live usage';

const API_KEY =
  'A fal key with Admin scope. It is used for this question alone and never kept. Without it, a stored account is asked with.';
const ACCOUNT =
  'Name for programs of a stored account; only without `api_key`. Default: the default account.';

/** A single charge, as fal billed it. */
export const charge = z
  .object({
    request_id: z.string().describe("fal's id of the request."),
    endpoint_id: z.string().describe('The model.'),
    timestamp: instant('When it was billed.'),
    units: z.number().nullable().describe('Billing units, never calls. `null`: not known.'),
    unit_price: moneyOrUnknown('US dollars a unit, before discounts.'),
    percent_discount: z.number().nullable().describe('In per cent; `null`: none stated.'),
    cost: money('US dollars.'),
    api_key: z
      .string()
      .nullable()
      .describe('What fal calls the key that was used, or whose it is.'),
    api_key_id: z.string().nullable().describe('Id of the key, which is no secret.'),
  })
  .meta({ id: 'Charge' });

const units = (text: string, of: z.ZodType) =>
  z
    .union([of, z.array(z.union([of, z.null()])), z.null()])
    .describe(
      `${text} A list where it was billed in several units or prices; \`null\`: not known.`,
    );

const endpoint = z
  .object({
    count: countOrUnknown('API calls.'),
    cost: money('US dollars.'),
    successes: countOrUnknown('Calls that ended well.'),
    failures: countOrUnknown('Calls that failed, by fault of the user or of the server.'),
    units: units('Billing units: images, megapixels, seconds. Never calls.', z.number()),
    unit: units("fal's name of the unit.", z.string()),
    unit_price: units('US dollars a unit, before discounts.', z.number()),
    average_cost: moneyOrUnknown('US dollars a call.'),
    share: z.number().describe('Part of the total cost, 0 to 1.'),
  })
  .meta({ id: 'EndpointUsage' });

const liveUsage = z
  .object({
    total_requests: countOrUnknown('API calls.'),
    total_cost: money('US dollars.'),
    period: z.string().describe('The period in words, for people.'),
    endpoints: z.record(z.string(), endpoint).describe('By model, the most expensive first.'),
    currency,
    other_currencies: otherCurrencies,
    start: instant('The first instant of the period.'),
    end: instant('The first instant after the period.'),
    timezone,
    as_of: instant('When fal was asked.'),
    successful_requests: countOrUnknown('Calls that ended well.'),
    failed_requests: countOrUnknown('Calls that failed.'),
    series: z
      .array(
        z.object({
          bucket: instant('Start of the bucket.'),
          cost: moneyOrUnknown('US dollars.'),
          count: countOrUnknown('API calls.'),
        }),
      )
      .describe('By hour up to 8 days, else by day.'),
    most_used: z
      .string()
      .nullable()
      .describe('The model with the most calls; by cost while a count is unknown. `null`: none.'),
    balance: moneyOrUnknown('What is left at fal.'),
    balance_currency: z.string().nullable().describe('Currency of `balance`.'),
    balance_reason: z
      .string()
      .nullable()
      .describe('Why there is no balance: a failure code, or `not_stated`.'),
    balance_as_of: instant('When it was read; only where fal could not be asked now.').optional(),
    partial: z.boolean().describe('`true`: something is missing, and sums are lower bounds.'),
    partial_reason: z
      .string()
      .nullable()
      .describe('With commas: `usage_pages_missing`, `counts_missing`, `days_not_read`.'),
    source: codes<UsageReport['source']>({
      usage: "fal's usage",
      billing_events: "single charges added up, while fal's usage is broken",
      local_copy: 'what the panel keeps, while fal is away; only of stored accounts',
    }),
    source_reason: z
      .string()
      .nullable()
      .describe('Why fal itself did not answer: a failure code. `null` where it did.'),
    records: z
      .array(charge)
      .nullable()
      .optional()
      .describe('Single charges, newest first; only when asked for. `null`: could not be read.'),
    has_more: z.boolean().nullable().optional().describe('Whether there are further pages.'),
    records_reason: z.string().nullable().optional().describe('Why `records` is `null`: a code.'),
    account: accountName.optional(),
  })
  .meta({ id: 'LiveUsage' });

const diagnosis = z
  .object({
    verdict: codes<Verdict>({
      ready: 'all can be read',
      degraded: 'the key is fine, fal fails at something',
      admin_scope_missing: 'the key may not read usage or balance',
      unknown_key: 'fal does not know it',
      unbound_key: 'new: fal does not know its owner yet',
      malformed_key: 'it does not look like a fal key',
      account_locked: 'fal locked the account',
      challenged: 'a CDN stands before fal, which says nothing of the key',
      rate_limited: 'fal asks to wait',
      fal_unavailable: 'fal is down or too slow',
    }),
    next_step: z.string().describe('What to do now, for people.'),
    link: z.string().nullable().describe('Where to do it; `null`: nowhere in particular.'),
    key: z.string().describe('The last four characters of the key id.'),
    well_formed: z.boolean().describe('Whether it looks like a fal key.'),
    known: z.boolean().nullable().describe('Whether fal knows it. `null`: could not be found out.'),
    admin_scope: z
      .boolean()
      .nullable()
      .describe('Whether it has Admin scope. `null`: could not be found out.'),
    can_spend: z
      .null()
      .describe('Always `null`: no question to fal tells without running a model.'),
    locked: z.boolean().describe('Whether fal locked the account.'),
    lock_kind: codesOrNull<LockKind>({
      exhausted_balance: '',
      top_up: '',
      admin_lock: '',
      payment_method: '',
      budget_exceeded: '',
      other: '',
    }),
    lock_reason: z.string().nullable().describe("fal's own words on the lock."),
    account: z.string().nullable().describe("The account's name at fal."),
    balance: moneyOrUnknown('What is left at fal.'),
    balance_currency: z.string().nullable().describe('Currency of `balance`.'),
    balance_reason: z
      .string()
      .nullable()
      .describe('Why there is no balance: a failure code, or `not_stated`.'),
    latency_ms: z.number().describe('How long all of it took, in milliseconds.'),
    capabilities: z
      .array(
        z.object({
          capability: codes<Capability>({
            usage: '',
            billing_events: '',
            balance: '',
            analytics: '',
            pricing: '',
          }),
          access: codes<Probe['access']>({
            granted: '',
            denied: '',
            unknown: 'fal could not be asked',
          }),
          code: z.string().nullable().describe('Failure code of the question; `null`: none.'),
          latency_ms: z.number().describe('How long fal took, in milliseconds.'),
        }),
      )
      .describe('What the panel needs to read at fal.'),
    stored_account: accountName.optional(),
  })
  .meta({ id: 'KeyDiagnosis' });

export const livePaths = {
  '/api/config/falai-usage': {
    post: operation({
      id: 'askUsage',
      tag: TAG,
      summary: 'What fal billed in a period',
      description:
        'Asks fal now. A date-time is an instant and an end instant is exclusive; a bare date is a whole day in `timezone`, so one day is start = end. The same question within ten seconds gets the same answer.',
      access: 'key_or_viewer',
      isLimited: true,
      body: z.object({
        ...described(usageBody, {
          api_key: usageBody.shape.api_key.optional().describe(API_KEY),
          start_date: {
            text: 'First day or instant, ISO 8601. Default: 24 hours ago.',
            example: '2026-03-01',
          },
          end_date: {
            text: 'Last day, or the first instant after the period. Default: now. At most 366 days.',
            example: '2026-03-07',
          },
          timezone: "IANA name. Default: the stored account's zone, else the panel's.",
          endpoint_id:
            'Only these models, at most 50: repeated, a JSON list, or with commas. Default: all.',
          page: 'Which page of single charges comes along in `records`, from 1. At most 100,000 records deep.',
          page_size: 'Charges a page. Default 100. Without both, no records.',
        }),
        account: accountField(ACCOUNT),
      }),
      example: { start_date: '2026-03-01', end_date: '2026-03-07' },
      answer: json(success({ usage: liveUsage }), 'What was used.'),
      failures: [...FAL_FAILURES, ...STORED_KEY_FAILURES],
    }),
  },
  '/api/config/falai-test': {
    post: operation({
      id: 'testKey',
      tag: TAG,
      summary: 'What a fal key can read',
      description:
        '`ok` says that the test was made, `test.verdict` how it went. Testing a stored account needs the role `operator`.',
      access: 'key_or_operator',
      isLimited: true,
      body: z.object({
        ...described(testBody, {
          api_key: testBody.shape.api_key.optional().describe(API_KEY),
        }),
        account: accountField(ACCOUNT),
      }),
      example: {},
      answer: json(success({ test: diagnosis }), 'How the test went.'),
      failures: STORED_KEY_FAILURES,
    }),
  },
};
