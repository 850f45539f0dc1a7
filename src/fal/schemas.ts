import { z } from 'zod';
import { FalError } from './errors.ts';
import { isObject } from './plain.ts';

/**
 * What is used of fal's answers, and nothing more: new fields appear, optional ones are null or
 * missing, and neither may break the panel (fal's OpenAPI document, August 2026).
 */

const page = { has_more: z.boolean().nullish(), next_cursor: z.string().nullish() };

const authMethod = z
  .object({
    detail: z.string().nullish(),
    api_key_id: z.string().nullish(),
    login_username: z.string().nullish(),
  })
  .nullish();

const usageRow = z.object({
  endpoint_id: z.string(),
  unit: z.string().nullish(),
  quantity: z.number(),
  unit_price: z.number().nullish(),
  percent_discount: z.number().nullish(),
  cost_total: z.number().nullish(),
  /** Deprecated twin of `cost_total`; the only one in older answers. */
  cost: z.number().nullish(),
  currency: z.string().nullish(),
  auth_method_structured: authMethod,
});

export const usagePage = z.object({
  ...page,
  time_series: z.array(z.object({ bucket: z.string(), results: z.array(usageRow) })),
});

/** What it counts is not checked here: copying every row of it would take longer than all the rest. */
const analyticsRow = z.custom<{ endpoint_id: string; [metric: string]: unknown }>(
  (row) => isObject(row) && typeof row.endpoint_id === 'string',
);

export const analyticsPage = z.object({
  ...page,
  time_series: z.array(
    z.object({
      bucket: z.string(),
      results: z.array(analyticsRow),
    }),
  ),
});

const billingEvent = z.object({
  request_id: z.string(),
  endpoint_id: z.string(),
  timestamp: z.string(),
  output_units: z.number().nullish(),
  unit_price: z.number().nullish(),
  percent_discount: z.number().nullish(),
  cost_total: z.number().nullish(),
  cost_estimate_nano_usd: z.number().nullish(),
  auth_method_structured: authMethod,
});

export const billingEventsPage = z.object({ ...page, billing_events: z.array(billingEvent) });

export const pricingPage = z.object({
  ...page,
  prices: z.array(
    z.object({
      endpoint_id: z.string(),
      unit_price: z.number(),
      unit: z.string(),
      currency: z.string(),
    }),
  ),
});

export const estimateAnswer = z.object({ total_cost: z.number(), currency: z.string() });

export const accountAnswer = z.object({
  username: z.string().nullish(),
  credits: z
    .object({ current_balance: z.number().nullish(), currency: z.string().nullish() })
    .nullish(),
});

export const modelsPage = z.object({
  ...page,
  models: z.array(
    z.object({
      endpoint_id: z.string(),
      metadata: z
        .object({
          display_name: z.string().nullish(),
          category: z.string().nullish(),
          status: z.string().nullish(),
        })
        .nullish(),
    }),
  ),
});

export const keysPage = z.object({
  ...page,
  keys: z.array(
    z.object({
      key_id: z.string(),
      alias: z.string().nullish(),
      /** Open: fal adds kinds of keys. */
      scope: z.string().nullish(),
      created_at: z.string().nullish(),
    }),
  ),
});

export type UsagePage = z.infer<typeof usagePage>;
export type UsagePageRow = z.infer<typeof usageRow>;
export type BillingEventsPage = z.infer<typeof billingEventsPage>;
export type BillingEventRow = z.infer<typeof billingEvent>;
export type AuthMethodAnswer = z.infer<typeof authMethod>;

/** @throws FalError `fal_bad_response` naming the first field that is not as the contract says. */
export function readAnswer<T>(schema: z.ZodType<T>, json: unknown, path: string): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.join('.') || 'the answer';
  throw new FalError('fal_bad_response', `${path}: ${where}: ${issue?.message}`);
}
