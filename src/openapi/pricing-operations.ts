import { z } from 'zod';
import { estimateBody } from '../pricing/estimate-request.ts';
import { pricingQuery } from '../pricing/pricing-api.ts';
import { codes, codesOrNull, described } from './described.ts';
import {
  accountField,
  accountName,
  currency,
  instant,
  instantOr,
  money,
  moneyOrUnknown,
  success,
} from './fields.ts';
import { FAL_FAILURES, json, operation, STORED_KEY_FAILURES } from './operation.ts';

const TAG = 'Prices';

const price = z.object({
  unit_price: money('A unit, before discounts.'),
  unit: z.string().describe("fal's name of the unit."),
  currency,
});

const known = z
  .object({
    endpoint_id: z.string().describe('The model.'),
    unit_price: moneyOrUnknown('A unit, before discounts.'),
    unit: z.string().nullable().describe("fal's name of the unit."),
    currency: z.string().nullable().describe('Currency of the price.'),
    since: instantOr('not known', 'When it was first seen at that price.'),
    as_of: instantOr('no price is known', 'When it was last seen at that price.'),
    source: codesOrNull<'snapshot' | 'fal'>({
      snapshot: 'what the panel reads of fal once a day',
      fal: 'asked just now: no snapshot has the model',
    }),
    reason: z.string().nullable().describe('Why there is no price: `no_price`, or a failure code.'),
  })
  .meta({ id: 'Price' });

const [units, calls] = estimateBody.options;
const TYPE =
  '`unit_price` asks for billing units, `historical_api_price` for calls. It also says how sure the answer is.';
const account = accountField(
  'The stored account that fal is asked with. Default: the default account.',
);

export const pricingPaths = {
  '/api/v1/pricing': {
    get: operation({
      id: 'readPrices',
      tag: TAG,
      summary: 'List prices and how they changed',
      access: 'viewer',
      isLimited: true,
      query: z.object(
        described(pricingQuery, {
          endpoint_id: 'Models, one or many, at most 50. Default: those used in the last 30 days.',
        }),
      ),
      answer: json(
        success({
          prices: z.array(known).describe('One a model.'),
          changes: z
            .array(
              z.object({
                endpoint_id: z.string().describe('The model.'),
                before: price.describe('What it cost.'),
                after: price.describe('What it costs since.'),
                last_seen_before: instant('The last time the old price was seen.'),
                first_seen_after: instant('The first time the new price was.'),
              }),
            )
            .describe('Those of the last year, newest first.'),
        }),
        'What models cost.',
      ),
    }),
  },
  '/api/v1/estimate': {
    post: operation({
      id: 'estimateCost',
      tag: TAG,
      summary: "fal's own estimate of what units or calls will cost",
      description:
        "fal's historical estimates come out low, for models billed by compute second up to a hundred times.",
      access: 'viewer',
      isLimited: true,
      onlyJson: true,
      body: z.union([
        z.object({
          ...described(units, {
            type: TYPE,
            endpoints: 'By model, at most 50: `{"unit_quantity": 12.5}`.',
          }),
          account,
        }),
        z.object({
          ...described(calls, {
            type: TYPE,
            endpoints: 'By model, at most 50: `{"call_quantity": 100}`.',
          }),
          account,
        }),
      ]),
      example: {
        type: 'unit_price',
        endpoints: { 'fal-ai/flux/dev': { unit_quantity: 12.5 } },
      },
      answer: json(
        success({
          estimate: z
            .object({
              cost: money('Of all models together.'),
              currency,
              source: z
                .enum(['unit_price', 'historical_api_price'])
                .describe('The `type` asked for.'),
              caveat: codes<'before_discounts' | 'may_be_too_low'>({
                before_discounts: 'by list prices',
                may_be_too_low: 'by what calls used to cost',
              }),
            })
            .describe('One sum for all models.'),
          account: accountName,
        }),
        'What it will cost.',
      ),
      failures: [...FAL_FAILURES, ...STORED_KEY_FAILURES],
    }),
  },
};
