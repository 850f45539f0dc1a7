import { z } from 'zod';
import type { EstimateQuery } from '../fal/pricing.ts';
import { decimalField } from '../http/decimal-field.ts';
import { RequestError } from '../http/failure.ts';
import { parseBody } from '../http/parse-body.ts';
import { toJsonNumber } from '../money.ts';
import { isEndpointId } from '../usage/request-fields.ts';

/** As many as fal takes in one question. */
const MAX_MODELS = 50;
const MOST = 1_000_000_000;
/** In 1e-9. */
const LEAST_UNITS = 1_000n;

/** A field's faults are those of `endpoints`, whichever model they are of. */
function quantities<T extends z.ZodType>(of: T) {
  return z
    .record(z.string().refine(isEndpointId, 'unusable'), of, 'missing')
    .refine((endpoints) => Object.keys(endpoints).length > 0, 'missing')
    .refine((endpoints) => Object.keys(endpoints).length <= MAX_MODELS, 'too_many');
}

const units = decimalField({ min: 0, max: MOST }).refine(
  (quantity) => quantity >= LEAST_UNITS,
  'out_of_range',
);
const calls = z.coerce
  .number('not_a_number')
  .int('not_a_number')
  .min(1, 'out_of_range')
  .max(MOST, 'out_of_range');
export const estimateBody = z.discriminatedUnion(
  'type',
  [
    z.object({
      type: z.literal('unit_price'),
      endpoints: quantities(z.object({ unit_quantity: units }, 'unusable')),
    }),
    z.object({
      type: z.literal('historical_api_price'),
      endpoints: quantities(z.object({ call_quantity: calls }, 'unusable')),
    }),
  ],
  'unknown',
);

/**
 * Reads the body of `POST /api/v1/estimate`.
 * @throws RequestError naming what can't be used.
 */
export function readEstimateRequest(given: unknown): EstimateQuery {
  const read = parseBody(estimateBody, given);
  if (read.type === 'unit_price') {
    const each = Object.entries(read.endpoints);
    const units = new Map(
      each.map(([id, { unit_quantity }]) => [id, toJsonNumber(unit_quantity)] as const),
    );
    return { type: read.type, units };
  }
  const each = Object.entries(read.endpoints);
  return {
    type: read.type,
    calls: new Map(each.map(([id, { call_quantity }]) => [id, call_quantity] as const)),
  };
}

/** fal knows no price of one of the models, and does not say of which. */
export function refuseUnpriced(): never {
  throw new RequestError('invalid_request', {
    faults: [{ field: 'endpoints', fault: 'no_price' }],
  });
}
