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
  /** What takes its place once fal has corrected it. */
  corrected?: { fromMs: number; entry: Entry };
}

/** All requests of an account, oldest first; grows at its end as time passes. */
export class Ledger {
  readonly entries: Entry[] = [];
  readonly #lines = new Map<string, Line>();

  /** Adds requests none of which is older than what is there already. */
  append(requests: readonly BillingRequest[]): void {
    for (const request of requests) {
      this.entries.push(entryOf(request, this.#lineOf(request)));
    }
  }

  /** The request at an index the way it is known at a moment; null before it is. */
  entryAt(index: number, knownMs: number): Entry | null {
    const entry = this.entries[index];
    if (!entry || (entry.request.knownAtMs ?? entry.request.atMs) > knownMs) return null;
    const { corrected } = entry;
    return corrected && corrected.fromMs <= knownMs ? corrected.entry : entry;
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

function entryOf(request: BillingRequest, line: Line): Entry {
  const { correction } = request;
  if (!correction) return { request, line };
  const { atMs, costNano, quantityNano = request.quantityNano } = correction;
  // What was taken off stays; the price before it follows from the cost.
  const subtotalNano = costNano + request.subtotalNano - request.costNano;
  const corrected = { ...request, quantityNano, costNano, subtotalNano };
  return { request, line, corrected: { fromMs: atMs, entry: { request: corrected, line } } };
}
