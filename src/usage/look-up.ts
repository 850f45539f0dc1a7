import { z } from 'zod';
import type { BillingEvent } from '../fal/billing-events.ts';
import type { FalClient } from '../fal/client.ts';
import { FalError, isFalError } from '../fal/errors.ts';
import { explainRefusal } from '../fal/refusal.ts';
import type { Question } from '../fal/transport.ts';
import { parseBody } from '../http/parse-body.ts';
import { type Nano, sumNano } from '../money.ts';

/** How far back fal tells of single requests in one question (fal's OpenAPI document). */
export const LOOK_UP_DAYS = 90;

/** What was charged for one request; several charges may be. */
export interface RequestCharges {
  requestId: string;
  /** Oldest first. */
  charges: BillingEvent[];
  total: Nano;
  /** fal did not deliver all of them. */
  isPartial: boolean;
}

const lookUpQuery = z.object({
  id: z
    .string('missing')
    .trim()
    .min(1, 'missing')
    // A key has a colon in it, and must not be sent on as anything else.
    .regex(/^[\w-]{1,100}$/, 'malformed'),
});

/** Reads `?id=`. @throws RequestError */
export function readRequestId(query: unknown): string {
  return parseBody(lookUpQuery, query, 'look_up').id;
}

/** Asks fal what one request cost. @throws FalError */
export async function lookUpRequest(
  fal: FalClient,
  question: Question,
  requestId: string,
  now: Temporal.Instant,
): Promise<RequestCharges> {
  const end = now.round({ smallestUnit: 'millisecond', roundingMode: 'floor' });
  const start = end.subtract({ hours: LOOK_UP_DAYS * 24 });
  const charges: BillingEvent[] = [];
  const query = { start, end, requestIds: [requestId] };
  let isPartial = false;
  try {
    const [stop] = await fal.billingEvents(question, query, (events) => {
      // fal ignores parameters that it does not know, and would answer with all there is.
      if (events.some((event) => event.requestId !== requestId)) {
        throw new FalError('fal_bad_response', 'answered other requests than the one asked for');
      }
      charges.push(...events);
      return undefined;
    });
    if (stop?.cause && charges.length === 0) throw stop.cause;
    isPartial = stop !== undefined;
  } catch (error) {
    const isRefused = isFalError(error, 'unauthorized', 'forbidden');
    throw isRefused ? await explainRefusal(fal, question, error) : error;
  }
  return {
    requestId,
    charges: charges.toSorted((a, b) => a.timestampMs - b.timestampMs),
    total: sumNano(charges.map(({ cost }) => cost)),
    isPartial,
  };
}
