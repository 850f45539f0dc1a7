import { z } from 'zod';
import { dateTimeField, instantOf } from '../http/date-time-field.ts';
import { decimalField } from '../http/decimal-field.ts';
import { refuse } from '../http/failure.ts';
import { parseBody } from '../http/parse-body.ts';
import type { Nano } from '../money.ts';
import { withoutBlanks } from '../usage/request-fields.ts';
import type { Demand } from './expected-cost.ts';
import { type PlannedModel, planFields, planOf, refuseTimes } from './plan-fields.ts';

/** An event to be checked, as it was asked for. */
export interface CheckRequest extends Demand {
  /** `null`: those that the account used lately, as often as it did. */
  models: PlannedModel[] | null;
  /** What an output costs where nobody knows better, nano-USD. */
  pricePerOutput: Nano | null;
  /** `null`: now. */
  start: Temporal.Instant | null;
  /** IANA name; `null`: not said. */
  timezone: string | null;
  /** What there is to spend, in the place of the account's credits; nano-USD. */
  creditLimit: Nano | null;
  /** Slug or id; `null`: the default account. */
  account: string | null;
}

export const checkBody = z.object({
  ...planFields,
  starts_at: dateTimeField.optional(),
  ends_at: dateTimeField.optional(),
  credit_limit: decimalField({ min: 0, max: 1_000_000_000 }).optional(),
  account: z.string('unknown').trim().max(64, 'unknown').optional(),
});

/**
 * Reads the body of `POST /api/v1/planned-events/check`, JSON or form.
 * @param usual the zone of times that have none of their own, and from when on there is something to check.
 * @throws RequestError naming every field that can't be used.
 */
export function readCheckRequest(
  given: unknown,
  usual: { timezone: string; now: Temporal.Instant },
): CheckRequest {
  const read = parseBody(checkBody, withoutBlanks(given));
  const timezone = read.timezone ?? usual.timezone;
  const moment = (field: 'starts_at' | 'ends_at') =>
    read[field] === undefined ? null : instantOf(field, read[field], timezone);
  const [start, end] = [moment('starts_at'), moment('ends_at')];
  if (end && !start) refuse('starts_at', 'missing');
  if (start) refuseTimes(start, end, usual.now);
  if (end && Temporal.Instant.compare(end, usual.now) <= 0) refuse('ends_at', 'event_over');
  return {
    ...planOf(read),
    start,
    timezone: read.timezone ?? null,
    creditLimit: read.credit_limit ?? null,
    account: read.account ?? null,
  };
}
