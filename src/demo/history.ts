import type { BillingRequest } from './billing-request.ts';
import { Ledger } from './ledger.ts';
import { HOUR_MS, trafficOfHour } from './traffic.ts';

/** A ledger that knows what time it is. */
export interface History {
  /** The ledger up to now; requests after now may be in it already. */
  upTo(nowMs: number): Ledger;
}

/** Requests somebody wrote down. */
export function writtenHistory(requests: readonly BillingRequest[]): History {
  const ledger = new Ledger();
  ledger.append(requests.toSorted((a, b) => a.atMs - b.atMs));
  return { upTo: () => ledger };
}

/** Generated requests from `days` before the given moment on, made hour by hour when first needed. */
export function generatedHistory(options: {
  seed: number;
  timezone: string;
  days: number;
  nowMs: number;
}): History {
  const { seed, timezone, days, nowMs } = options;
  const ledger = new Ledger();
  let nextHourMs = Math.floor(nowMs / HOUR_MS - days * 24) * HOUR_MS;
  return {
    upTo(ms) {
      for (; nextHourMs <= ms; nextHourMs += HOUR_MS) {
        ledger.append(trafficOfHour(seed, nextHourMs, timezone));
      }
      return ledger;
    },
  };
}
