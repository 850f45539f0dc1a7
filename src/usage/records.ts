import type { BillingEvent } from '../fal/billing-events.ts';
import type { FalClient } from '../fal/client.ts';
import type { Question } from '../fal/transport.ts';
import type { Period } from './period.ts';

/** How deep a page may lie: fal's cursors can only be followed from the newest record on. */
export const MAX_RECORD_DEPTH = 100_000;

export interface RecordsPage {
  records: BillingEvent[];
  hasMore: boolean;
}

export interface RecordsQuery {
  period: Period;
  endpointIds: readonly string[];
  /** From 1. */
  page: number;
  pageSize: number;
}

/**
 * One page of single charges, newest first. A page near the front takes one question to fal; deeper
 * ones read through what stands before them.
 * @throws FalError
 */
export async function readRecords(
  fal: Pick<FalClient, 'billingEvents'>,
  question: Question,
  { period, endpointIds, page, pageSize }: RecordsQuery,
): Promise<RecordsPage> {
  const first = (page - 1) * pageSize;
  // One record more than the page tells whether there are more.
  const last = first + pageSize + 1;
  const records: BillingEvent[] = [];
  let position = 0;
  const stops = await fal.billingEvents(
    question,
    {
      start: period.start,
      end: period.end,
      endpointIds,
      pageSize: last,
    },
    (events) => {
      records.push(...events.slice(Math.max(0, first - position), Math.max(0, last - position)));
      position += events.length;
      return position >= last ? 'enough' : undefined;
    },
  );
  const [stop] = stops;
  if (stop?.cause) throw stop.cause;
  return {
    records: records.slice(0, pageSize),
    hasMore: records.length > pageSize || stop !== undefined,
  };
}
