import { z } from 'zod';
import { decimalField, parseDecimal } from '../http/decimal-field.ts';
import { NANO_PER_UNIT, type Nano, toDecimal } from '../money.ts';
import type { UsageFilter } from './usage-rows.ts';

/** More than any account spends. */
const MAX_DOLLARS = 1_000_000_000;

/**
 * Dollars, kept as a decimal text, which JSON can hold. `amountOf` reads it.
 * @param least nano-USD; what is above zero, unless said otherwise. @param max USD.
 */
export function amountParam({
  least = 1n,
  max = MAX_DOLLARS,
}: {
  least?: Nano;
  max?: number;
} = {}) {
  return decimalField({ min: Number(least / NANO_PER_UNIT), max }).transform((nano, context) => {
    if (nano < least) context.addIssue('out_of_range');
    return toDecimal(nano);
  });
}

/** The amount of a param in nano-USD. */
export function amountOf(text: string): Nano {
  return parseDecimal(text) ?? 0n;
}

/** A number with its bounds, which are part of the range. */
export function numberParam(min: number, max: number) {
  return z.number('not_a_number').min(min, 'out_of_range').max(max, 'out_of_range');
}

/** The same of a whole number. */
export function wholeParam(min: number, max: number) {
  return z.int('not_a_number').min(min, 'out_of_range').max(max, 'out_of_range');
}

/** An id of a model or key; `null`: every one. */
const idParam = z
  .string('unusable')
  .trim()
  .min(1, 'missing')
  .max(200, 'too_long')
  .nullish()
  .transform((id) => id ?? null);

/** Params of a rule that watches only what was billed for a model, or by a key, or both. */
export const filterParams = { endpoint_id: idParam, api_key_id: idParam };

/** What such params leave, as usage is asked for it. */
export function filterOf({
  endpoint_id: endpointId,
  api_key_id: apiKeyId,
}: {
  [name in keyof typeof filterParams]: string | null;
}): UsageFilter {
  return { endpointId, apiKeyId };
}
