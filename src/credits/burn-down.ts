import type { Nano } from '../money.ts';

/** Credits that came at once and expire at once: a purchase or a grant. */
export interface Lot {
  id: string;
  /** More than nothing. */
  amount: Nano;
  from: Temporal.Instant;
  /** From then on what is left of it is lost; `null`: never. After `from`. */
  expiresAt: Temporal.Instant | null;
}

/** Money that went at an instant: usage, or an adjustment downwards. Not negative. */
export interface Spend {
  at: Temporal.Instant;
  amount: Nano;
}

/** Where a lot's money went: `spent + expired + remaining` is its amount, to the nano. */
export interface LotState {
  lot: Lot;
  spent: Nano;
  expired: Nano;
  remaining: Nano;
}

export interface BurnDown {
  /** Of every lot that had come by then, those that expire first coming first. */
  lots: LotState[];
  /** What was spent and no lot had: what all lots have spent and this are the whole spend. */
  unfunded: Nano;
}

/**
 * Burns lots down by what was spent, until an instant that is itself the first not counted.
 *
 * Whatever expires first is spent first, as a careful customer would have it and as prepaid credits
 * usually are (how fal does it is not documented). What no lot had is owed, and the next lot that
 * comes pays it: usage is told by the hour, so that a top-up seems to come after what it was for.
 */
export function burnDown(
  lots: readonly Lot[],
  spends: readonly Spend[],
  until: Temporal.Instant,
): BurnDown {
  const states = lots
    .filter(({ from }) => isBefore(from, until))
    .map((lot): LotState => ({ lot, spent: 0n, expired: 0n, remaining: lot.amount }));
  const inOrder = [...states].sort((one, other) => byExpiry(one.lot, other.lot));
  /** The next one last. */
  const coming = inOrder.toReversed().sort((one, other) => byArrival(other.lot, one.lot));
  const here = new Set<LotState>();
  let owed = 0n;

  const take = (from: LotState, amount: Nano): Nano => {
    const taken = from.remaining < amount ? from.remaining : amount;
    from.remaining -= taken;
    from.spent += taken;
    return taken;
  };
  const expire = (at: Temporal.Instant) => {
    for (const state of here) {
      const { expiresAt } = state.lot;
      if (expiresAt === null || isBefore(at, expiresAt)) continue;
      state.expired += state.remaining;
      state.remaining = 0n;
      here.delete(state);
    }
  };
  const advance = (at: Temporal.Instant) => {
    for (let next = coming.at(-1); next && !isBefore(at, next.lot.from); next = coming.at(-1)) {
      coming.pop();
      expire(next.lot.from);
      here.add(next);
      owed -= take(next, owed);
    }
    expire(at);
  };

  for (const { at, amount } of inTime(spends)) {
    if (!isBefore(at, until)) break;
    advance(at);
    let open = amount;
    for (const state of inOrder) {
      if (open === 0n) break;
      if (here.has(state)) open -= take(state, open);
    }
    owed += open;
  }
  advance(until);
  return { lots: inOrder, unfunded: owed };
}

/** What is left in all lots. */
export function remainingOf({ lots }: BurnDown): Nano {
  return lots.reduce((sum, { remaining }) => sum + remaining, 0n);
}

function inTime(spends: readonly Spend[]): readonly Spend[] {
  return [...spends].sort((one, other) => Temporal.Instant.compare(one.at, other.at));
}

function byArrival(one: Lot, other: Lot): number {
  return Temporal.Instant.compare(one.from, other.from);
}

function byExpiry(one: Lot, other: Lot): number {
  const inTheEnd = (lot: Lot) => lot.expiresAt?.epochMilliseconds ?? Infinity;
  const [first, second] = [inTheEnd(one), inTheEnd(other)];
  if (first !== second) return first < second ? -1 : 1;
  return byArrival(one, other) || (one.id < other.id ? -1 : 1);
}

function isBefore(one: Temporal.Instant, other: Temporal.Instant): boolean {
  return Temporal.Instant.compare(one, other) < 0;
}
