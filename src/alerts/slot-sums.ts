import { type EpochDay, MINUTES_PER_DAY, type Slot } from '../history/slots.ts';
import type { Nano } from '../money.ts';

/** What was used in a span. */
export interface Used {
  cost: Nano;
  /** Calls that are counted; of those that are not nothing is known here. */
  calls: number;
  failures: number;
}

/** What was used slot by slot, so that a span of any length is added up as quickly as a short one. */
export class SlotSums {
  readonly #slots: Int32Array;
  /** Up to each slot, that one not in it. */
  readonly #costs: BigInt64Array;
  readonly #calls: Float64Array;
  readonly #failures: Float64Array;

  /** @param text `slot cost calls failures` of each slot in order, with commas between; may be empty. */
  constructor(text: string) {
    const rows = text === '' ? [] : text.split(',');
    this.#slots = new Int32Array(rows.length);
    this.#costs = new BigInt64Array(rows.length + 1);
    this.#calls = new Float64Array(rows.length + 1);
    this.#failures = new Float64Array(rows.length + 1);
    let [cost, calls, failures] = [0n, 0, 0];
    for (const [index, row] of rows.entries()) {
      const [slot = '', slotCost = '0', slotCalls = '0', slotFailures = '0'] = row.split(' ');
      this.#slots[index] = Number(slot);
      this.#costs[index + 1] = cost += BigInt(slotCost);
      this.#calls[index + 1] = calls += Number(slotCalls);
      this.#failures[index + 1] = failures += Number(slotFailures);
    }
  }

  /** What the slots that begin within a span add up to; both in minutes since 1970, `to` not in it. */
  between(from: number, to: number): Used {
    const [first, last] = [this.#firstAt(from), this.#firstAt(to)];
    return {
      cost: (this.#costs[last] ?? 0n) - (this.#costs[first] ?? 0n),
      calls: (this.#calls[last] ?? 0) - (this.#calls[first] ?? 0),
      failures: (this.#failures[last] ?? 0) - (this.#failures[first] ?? 0),
    };
  }

  costBetween(from: number, to: number): Nano {
    return (this.#costs[this.#firstAt(to)] ?? 0n) - (this.#costs[this.#firstAt(from)] ?? 0n);
  }

  /** The index of the first slot that begins then or later. */
  #firstAt(minutes: number): number {
    let [low, high] = [0, this.#slots.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#slots[middle] ?? 0) < minutes) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The first slot of a UTC day. */
export function slotOfDay(day: EpochDay): Slot {
  return day * MINUTES_PER_DAY;
}
