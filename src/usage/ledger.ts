import type { BillingEvent } from '../fal/billing-events.ts';
import type { UsageRow } from '../fal/usage.ts';
import { bucketStart } from '../fal/windows.ts';
import type { Period } from './period.ts';

/**
 * Adds single charges up to usage rows as their pages arrive, so that a million of them need the
 * memory of one page. fal does not say their unit; their currency is the US dollar.
 */
export function createLedger({ resolution, timezone }: Period) {
  const rows = new Map<string, UsageRow>();
  let bucket: Temporal.Instant | undefined;
  let startsMs = 0;
  let endsMs = 0;

  // Charges come in order of time, so that nearly all fall into the bucket of the one before.
  function bucketOf(timestampMs: number): Temporal.Instant {
    if (bucket === undefined || timestampMs < startsMs || timestampMs >= endsMs) {
      const instant = Temporal.Instant.fromEpochMilliseconds(timestampMs);
      const start = bucketStart(instant, resolution, timezone);
      const end = start.add(resolution === 'hour' ? { hours: 1 } : { days: 1 });
      bucket = start.toInstant();
      startsMs = start.epochMilliseconds;
      endsMs = end.epochMilliseconds;
    }
    return bucket;
  }

  return {
    add(events: readonly BillingEvent[]): void {
      for (const event of events) {
        const at = bucketOf(event.timestampMs);
        const { endpointId, unitPrice } = event;
        const identity = `${startsMs} ${unitPrice} ${endpointId}`;
        const row = rows.get(identity);
        if (row) {
          row.cost += event.cost;
          row.quantity += event.units ?? 0n;
        } else {
          rows.set(identity, {
            bucket: at,
            endpointId,
            unit: null,
            quantity: event.units ?? 0n,
            unitPrice,
            percentDiscount: null,
            cost: event.cost,
            currency: 'USD',
            auth: null,
          });
        }
      }
    },
    rows: (): UsageRow[] => [...rows.values()],
  };
}
