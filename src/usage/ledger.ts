import { bucketStart, nextBucket } from '../buckets.ts';
import type { BillingEvent } from '../fal/billing-events.ts';
import type { UsageRow } from '../fal/usage.ts';
import type { Nano } from '../money.ts';
import type { Period } from './period.ts';

interface Bucket {
  start: Temporal.Instant;
  startMs: number;
  endMs: number;
  /** By endpoint, then by unit price. */
  endpoints: Map<string, Map<Nano | null, UsageRow>>;
}

/**
 * Adds single charges up to usage rows as their pages arrive, so that a million of them need the
 * memory of one page. fal does not say their unit; their currency is the US dollar.
 */
export function createLedger({ resolution, timezone }: Period) {
  const rows: UsageRow[] = [];
  const buckets = new Map<number, Bucket>();
  let bucket: Bucket | undefined;

  // Charges come in order of time, so that nearly all fall into the bucket of the one before.
  function bucketOf(timestampMs: number): Bucket {
    if (bucket && timestampMs >= bucket.startMs && timestampMs < bucket.endMs) return bucket;
    const instant = Temporal.Instant.fromEpochMilliseconds(timestampMs);
    const start = bucketStart(instant, resolution, timezone);
    const startMs = start.epochMilliseconds;
    bucket = buckets.get(startMs) ?? {
      start: start.toInstant(),
      startMs,
      endMs: nextBucket(start, resolution).epochMilliseconds,
      endpoints: new Map(),
    };
    buckets.set(startMs, bucket);
    return bucket;
  }

  function newRow({ start, endpoints }: Bucket, { endpointId, unitPrice }: BillingEvent): UsageRow {
    const row: UsageRow = {
      bucket: start,
      endpointId,
      unit: null,
      quantity: 0n as Nano | null,
      unitPrice,
      percentDiscount: null,
      cost: 0n,
      currency: 'USD',
      auth: null,
    };
    const sameEndpoint = endpoints.get(endpointId);
    if (sameEndpoint) sameEndpoint.set(unitPrice, row);
    else endpoints.set(endpointId, new Map([[unitPrice, row]]));
    rows.push(row);
    return row;
  }

  return {
    add(events: readonly BillingEvent[]): void {
      for (const event of events) {
        const at = bucketOf(event.timestampMs);
        const row = at.endpoints.get(event.endpointId)?.get(event.unitPrice) ?? newRow(at, event);
        row.cost += event.cost;
        row.quantity =
          row.quantity === null || event.units === null ? null : row.quantity + event.units;
      }
    },
    rows: (): UsageRow[] => [...rows],
  };
}
