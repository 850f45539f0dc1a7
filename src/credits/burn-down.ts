import { isBefore } from '../instants.ts';
import { type Nano, sumNano } from '../money.ts';

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

/** What all lots have left, less what is owed. */
export function leftOf({ lots, unfunded }: BurnDown): Nano {
  return sumNano(lots.map(({ remaining }) => remaining)) - unfunded;
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
  const burn = startBurn(lots.filter(({ from }) => isBefore(from, until)));
  const inTime = spends
    .filter(({ at }) => isBefore(at, until))
    .sort((one, other) => Temporal.Instant.compare(one.at, other.at));
  for (const { at, amount } of inTime) burn.spend(at.epochMilliseconds, amount);
  burn.goTo(until.epochMilliseconds);
  return burn.now();
}

/** A burn-down that goes on: time, in epoch ms, only moves forward. */
export interface Burn {
  /** Lets lots come and expire that do so until then, then included. */
  goTo(atMs: number): void;
  /** Goes there and takes what was spent. */
  spend(atMs: number, amount: Nano): void;
  /** What is left in all lots that are here, less what is owed. */
  left(): Nano;
  now(): BurnDown;
}

export function startBurn(lots: readonly Lot[]): Burn {
  const states = lots
    .map(
      (lot): TimedState => ({
        lot,
        ...momentsOf(lot),
        spent: 0n,
        expired: 0n,
        remaining: lot.amount,
      }),
    )
    .sort(byExpiry);
  /** The next one last. */
  const coming = states.toReversed().sort((one, other) => other.fromMs - one.fromMs);
  /** In the order in which they expire. */
  const here: TimedState[] = [];
  let unfunded = 0n;
  /** What those that are here have left together. */
  let funds = 0n;

  const take = (state: LotState, amount: Nano): Nano => {
    const taken = state.remaining < amount ? state.remaining : amount;
    state.remaining -= taken;
    state.spent += taken;
    funds -= taken;
    return taken;
  };
  const expire = (atMs: number) => {
    for (let first = here[0]; first && first.expiresMs <= atMs; first = here[0]) {
      first.expired = first.remaining;
      funds -= first.remaining;
      first.remaining = 0n;
      here.shift();
    }
  };
  const goTo = (atMs: number) => {
    for (let next = coming.at(-1); next && next.fromMs <= atMs; next = coming.at(-1)) {
      coming.pop();
      funds += next.remaining;
      const after = here.findIndex((state) => byExpiry(state, next) > 0);
      here.splice(after === -1 ? here.length : after, 0, next);
      unfunded -= take(next, unfunded);
    }
    expire(atMs);
  };
  return {
    goTo,
    spend(atMs, amount) {
      goTo(atMs);
      let open = amount;
      for (const state of here) {
        if (open === 0n) break;
        open -= take(state, open);
      }
      unfunded += open;
    },
    left: () => funds - unfunded,
    now: () => ({
      lots: states.map(({ lot, spent, expired, remaining }) => ({
        lot,
        spent,
        expired,
        remaining,
      })),
      unfunded,
    }),
  };
}

/** With its moments in epoch ms, which compare faster; `Infinity` for never. */
interface TimedState extends LotState {
  fromMs: number;
  expiresMs: number;
}

function momentsOf({ from, expiresAt }: Lot): Pick<TimedState, 'fromMs' | 'expiresMs'> {
  return { fromMs: from.epochMilliseconds, expiresMs: expiresAt?.epochMilliseconds ?? Infinity };
}

function byExpiry(one: TimedState, other: TimedState): number {
  if (one.expiresMs !== other.expiresMs) return one.expiresMs < other.expiresMs ? -1 : 1;
  return one.fromMs - other.fromMs || (one.lot.id < other.lot.id ? -1 : 1);
}
