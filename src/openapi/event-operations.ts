import { z } from 'zod';
import { versionBody } from '../http/seen-version.ts';
import type { Assumption } from '../planner/check.ts';
import { checkBody } from '../planner/check-request.ts';
import type { EventState } from '../planner/event-answer.ts';
import { eventBody } from '../planner/event-request.ts';
import type { PriceSource } from '../planner/output-price.ts';
import type { planFields } from '../planner/plan-fields.ts';
import type { Throughput } from '../planner/throughput.ts';
import type { Verdict } from '../planner/verdict.ts';
import { type About, codes, codesOrNull, described } from './described.ts';
import {
  accountField,
  accountName,
  checkReason,
  count,
  countOrUnknown,
  currency,
  instant,
  instantOr,
  money,
  moneyOrUnknown,
  success,
  timezone,
} from './fields.ts';
import { file, json, operation } from './operation.ts';

const TAG = 'Planned events';

const PLAN: Record<keyof typeof planFields, string | About> = {
  participants: 'Guests.',
  outputs_per_participant: 'Images or videos a guest, up to 1,000, with decimals.',
  models:
    'Models and their shares in per cent, which add up to 100; at most 20. `units_per_output`: units that fal bills for one output, such as the seconds of a video. Default: those the account used lately, as often as it did.',
  price_per_output: 'US dollars, where nobody knows better.',
  timezone: "IANA name. Default: the account's.",
  allowance_percent: 'Outputs made twice, and failures that are billed.',
  margin_percent: 'By how much more or less it may come to: both bounds have it.',
};

const priceSource = codes<PriceSource>({
  unit_price: 'list price of the units',
  own_average: 'what outputs cost the account lately',
  estimate: "fal's estimate",
  manual: 'the price that was given',
});

const check = z
  .object({
    verdict: codes<Verdict>({
      enough: 'the upper bound is covered',
      tight: 'what is expected is',
      top_up: 'not even that',
    }),
    expected_cost: money('US dollars.'),
    cost_low: money('US dollars: at least.'),
    cost_high: money('US dollars: at most.'),
    available: money('US dollars expected to be there when it begins.'),
    top_up_amount: money('US dollars to add so that it is enough; 0 where it is.'),
    top_up_by: instantOr('it is enough', 'By when at the latest.'),
    price_source: priceSource.nullable().describe('The least sure price. `null`: no models.'),
    reasons: z
      .array(
        z.enum([
          'has_begun',
          'everyday_spend_before',
          'other_events_before',
          'other_events_unpriced',
          'credits_expire_before',
          'price_varies',
          'credit_limit_given',
          'balance_estimated',
          'balance_old',
          'history_too_short',
          'ledger_differs',
        ]),
      )
      .describe('What to know about the verdict.'),
    decided_by: codesOrNull<Assumption>(
      {
        participants: '',
        price: '',
        allowance: '',
        margin: '',
        everyday: '',
        events: '',
        expiry: '',
      },
      'The assumption without which alone the verdict would be better, else what weighs most:',
    ),
    currency,
    starts_at: instant('When it begins.'),
    timezone,
    account: accountName
      .nullable()
      .describe("The stored account's name for programs; `null`: none stored."),
    models: z
      .array(
        z.object({
          endpoint_id: z.string().nullable().describe('`null`: a price that is of no model.'),
          share: z.number().describe('In per cent.'),
          price_per_output: money('US dollars.'),
          price_source: priceSource,
          unit: z.string().nullable().describe("fal's name of the unit."),
          unit_price: moneyOrUnknown('US dollars a unit.'),
          units_per_output: z.number().nullable().describe('Billing units. `null`: not known.'),
          expected_cost: moneyOrUnknown('US dollars.'),
        }),
      )
      .describe('The models that it was priced by.'),
  })
  .meta({ id: 'EventCheck' });

const eventFields = {
  id: z.string().describe('Its id.'),
  account: accountName,
  state: codes<EventState>({
    planned: 'it is to come',
    on: 'it has begun',
    over: 'it has ended',
    closed: 'somebody closed it',
  }),
  name: z.string().describe('What it is called.'),
  venue: z.string().describe('Where it is.'),
  client: z.string().describe('Who it is for.'),
  note: z.string().describe('What else there is to know.'),
  starts_at: instant('When it begins.'),
  ends_at: instant('When it ends.'),
  timezone,
  participants: count('Guests.'),
  outputs_per_participant: z.number().describe('Images or videos a guest.'),
  models: z
    .array(
      z.object({
        endpoint_id: z.string().describe('The model.'),
        share: z.number().describe('In per cent.'),
        units_per_output: z.number().nullable().describe('Billing units; `null`: not said.'),
      }),
    )
    .nullable()
    .describe('`null`: those the account used lately.'),
  price_per_output: z.number().nullable().describe('US dollars; `null`: not said.'),
  allowance_percent: z.number().describe('Outputs made twice, in per cent.'),
  margin_percent: z.number().describe('By how much more or less it may come to, in per cent.'),
  peak_participants: countOrUnknown('Guests in the busiest hour.'),
  concurrency: countOrUnknown('Calls that fal runs at once.'),
  api_key_ids: z
    .array(z.string())
    .nullable()
    .describe('Keys whose calls are the event’s; `null`: all of the account’s.'),
  participants_came: countOrUnknown('Guests who came.'),
  price_charged: moneyOrUnknown('US dollars that the client pays.'),
  closed_at: instantOr('it was not', 'When it was closed.'),
  version: count('Counts the changes; who changes it says which one was read.'),
};

const event = z.object(eventFields).meta({ id: 'PlannedEvent' });

const checkedEvent = z
  .object({
    ...eventFields,
    check: check.nullable().describe('Whether credits last; `null`: there is none.'),
    check_reason: checkReason,
    check_message: z.string().nullable().describe('The verdict as a sentence, for people.'),
    keeps_up: z
      .object({
        pace: codesOrNull<Throughput['pace']>({
          spare: 'up to four fifths of the capacity',
          tight: 'up to all of it',
          too_slow: 'guests queue',
        }),
        capacity_per_hour: z.number().nullable().describe('Calls an hour; `null`: not known.'),
        peak_calls_per_hour: z.number().describe('Calls in the busiest hour.'),
        seconds_per_request: z.number().nullable().describe('Of a typical call.'),
        concurrency_needed: countOrUnknown('Calls at once without which guests queue.'),
      })
      .nullable()
      .describe('Whether fal keeps up with the guests.'),
  })
  .meta({ id: 'CheckedEvent' });

const plannedFields = {
  ...described(eventBody, {
    ...PLAN,
    name: 'At most 80 characters.',
    venue: 'At most 80 characters.',
    client: 'Who it is for. At most 80 characters.',
    note: 'At most 1,000 characters.',
    starts_at: eventBody.shape.starts_at
      .unwrap()
      .describe('ISO 8601; without an offset in `timezone`.'),
    ends_at: eventBody.shape.ends_at.unwrap().describe('As `starts_at`. At most 31 days later.'),
    peak_participants: 'Guests in the busiest hour.',
    concurrency: 'Calls that fal runs at once.',
    api_key_ids: 'Keys whose calls are the event’s. Default: all of the account’s.',
  }),
};

const EXAMPLE = {
  name: 'Ana y Luis',
  starts_at: '2026-03-14T20:00',
  ends_at: '2026-03-15T02:00',
  timezone: 'America/Mexico_City',
  participants: 300,
  outputs_per_participant: 2,
  price_per_output: 0.04,
};

const path = z.object({ id: z.string().describe('Id of the event.') });
const whose = accountField('Name for programs, or id. Default: all.');

export const eventPaths = {
  '/api/v1/planned-events/check': {
    post: operation({
      id: 'checkEvent',
      tag: TAG,
      summary: 'Whether credits will last through an event, without saving it',
      description:
        '`invalid_request` names `models.<endpoint_id>` where nobody knows a price, and `credit_limit` where nobody knows what is left.',
      access: 'viewer',
      isLimited: true,
      body: z.object(
        described(checkBody, {
          ...PLAN,
          starts_at: 'ISO 8601; without an offset in `timezone`. Default: now.',
          ends_at: 'As `starts_at`. At most 31 days later.',
          credit_limit: "US dollars that stand in for the account's credits.",
          account: 'Name for programs, or id. Default: the default account.',
        }),
      ),
      example: { participants: 450, price_per_output: 0.005, credit_limit: 10 },
      answer: json(success({ check }), 'Whether they will last.'),
      failures: ['not_found'],
    }),
  },
  '/api/v1/planned-events': {
    get: operation({
      id: 'listEvents',
      tag: TAG,
      summary: 'Planned events',
      access: 'viewer',
      isLimited: true,
      query: z.object({
        past: z
          .enum(['true', '1', 'false', '0'])
          .optional()
          .describe(
            '`true`: what is over, the last first, 500 at most. Default: what is not over, the first first.',
          ),
        account: whose,
      }),
      answer: json(success({ events: z.array(event).describe('The events.') }), 'The events.'),
      failures: ['not_found'],
    }),
    post: operation({
      id: 'planEvent',
      tag: TAG,
      summary: 'Plans an event',
      access: 'operator',
      isLimited: true,
      body: z.object({
        ...plannedFields,
        account: accountField('Name for programs, or id. Default: the default account.'),
      }),
      example: EXAMPLE,
      status: 201,
      answer: {
        ...json(success({ event }), 'What was planned.'),
        headers: { Location: { description: 'Its address.', schema: { type: 'string' } } },
      },
      failures: ['not_found'],
    }),
  },
  '/api/v1/planned-events/{id}': {
    get: operation({
      id: 'readEvent',
      tag: TAG,
      summary: 'A planned event with its check',
      description: 'Of an event that is on, what is left of its time is checked.',
      access: 'viewer',
      isLimited: true,
      path,
      answer: json(success({ event: checkedEvent }), 'The event.'),
      failures: ['not_found'],
    }),
    put: operation({
      id: 'changeEvent',
      tag: TAG,
      summary: 'Replaces everything that is planned',
      access: 'operator',
      isLimited: true,
      path,
      body: z.object({
        ...plannedFields,
        ...described(versionBody, { version: 'The `version` that was read.' }),
        account: accountField('Stays what it is.'),
      }),
      example: { ...EXAMPLE, participants: 350, version: 1 },
      answer: json(success({ event }), 'The event as it is now.'),
      failures: ['not_found', 'conflict'],
    }),
    delete: operation({
      id: 'deleteEvent',
      tag: TAG,
      summary: 'Deletes a planned event',
      access: 'operator',
      isLimited: true,
      path,
      answer: json(success({}), 'It is gone.'),
      failures: ['not_found'],
    }),
  },
  '/api/v1/planned-events.ics': {
    get: operation({
      id: 'downloadCalendar',
      tag: TAG,
      summary: 'Planned events for calendars, each with its verdict',
      description: 'Needs the token in `Authorization`: a key never stands in an address.',
      access: 'viewer',
      isLimited: true,
      query: z.object({ account: whose }),
      answer: file('text/calendar', 'iCalendar.'),
      failures: ['not_found'],
    }),
  },
};
