import type { BillingRequest, Caller } from './billing-request.ts';

/** What one row of usage is made of: everything but the sums. */
export interface Line {
  endpointId: string;
  unit: string;
  unitPriceNano: bigint;
  percentDiscount: number | null;
  caller: Caller;
}

export interface Entry {
  request: BillingRequest;
  /** The same object for all requests that share a row. */
  line: Line;
}

/** All requests of an account, oldest first; grows at its end as time passes. */
export class Ledger {
  readonly entries: Entry[] = [];
  readonly #lines = new Map<string, Line>();

  /** Adds requests none of which is older than what is there already. */
  append(requests: readonly BillingRequest[]): void {
    for (const request of requests) {
      this.entries.push({ request, line: this.#lineOf(request) });
    }
  }

  /** Index of the first request at or after an epoch millisecond. */
  firstAt(ms: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.entries[middle]?.request.atMs ?? Infinity) < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #lineOf(request: BillingRequest): Line {
    const { billedId, unit, unitPriceNano, percentDiscount, caller } = request;
    const { detail, apiKeyId, loginUsername } = caller;
    const key = [billedId, unit, unitPriceNano, percentDiscount, apiKeyId, loginUsername, detail];
    const text = key.join('\n');
    let line = this.#lines.get(text);
    if (!line) {
      line = { endpointId: billedId, unit, unitPriceNano, percentDiscount, caller };
      this.#lines.set(text, line);
    }
    return line;
  }
}
