import { NANO_PER_UNIT, type Nano, sumNano } from '../money.ts';
import { type CreditEntry, standing } from './ledger.ts';

/** Two readings of a balance in a row, nano-USD. */
export interface BalanceStep {
  /** The last time it was still `before`, */
  after: Temporal.Instant;
  /** and the first it was `now`. */
  until: Temporal.Instant;
  before: Nano;
  now: Nano;
}

/** What usage cost between two readings, as far as hours tell: between `low` and `high`. */
export interface SpendBounds {
  low: Nano;
  high: Nano;
}

/** Credits that seem to have come between two readings: `low <= amount <= high`. */
export interface TopUp {
  after: Temporal.Instant;
  until: Temporal.Instant;
  /** The roundest amount within the bounds: credits are bought in round ones. */
  amount: Nano;
  low: Nano;
  high: Nano;
  /** Days as a whole say so, no two readings in a row: another day may seem to be the first later. */
  isByDay?: true;
}

/** A rise of less is a charge taken back. */
const LEAST = NANO_PER_UNIT;
/** Nobody buys less, and a day's usage may differ by less from what was taken off the balance. */
const LEAST_UNSEEN = 5n * NANO_PER_UNIT;
/** Somebody who writes a purchase down by hand may know no more than the day, in whatever zone. */
const SAME_DAY_HOURS = 36;
/** Nobody buys more often in a day or two. */
const MOST_TOGETHER = 8;

/**
 * The top-up that explains how a balance went: between two readings it rose, or fell by less than
 * usage alone would have made it fall. `null`: nothing needs explaining.
 */
export function topUpOf(
  { after, until, before, now }: BalanceStep,
  spent: SpendBounds,
): TopUp | null {
  // fal tells no debt: what was used after nothing was left is not in the balance.
  if (now === 0n) return null;
  const low = now - before + spent.low;
  if (low < LEAST) return null;
  const high = now - before + spent.high;
  return { after, until, amount: roundest(low, high), low, high };
}

/** A balance as it was read last before an instant. */
export interface BalanceReading {
  at: Temporal.Instant;
  balance: Nano;
}

/**
 * Days over which a balance fell by clearly less than was spent, though nothing in them tells why: while
 * a lot is spent, a top-up is no rise between two readings. Each comes with its neighbours besides,
 * for at midnight of a busy night it is not certain what was spent before.
 * @param edges the last reading before each day, and before the end of the last day.
 * @param costs of each day, what is known of it.
 * @param known the top-ups that were seen.
 */
export function unclearDays(
  edges: readonly (BalanceReading | null)[],
  costs: readonly (Nano | null)[],
  known: readonly TopUp[],
): BalanceStep[][] {
  const step = (from: number, to: number): BalanceStep[] => {
    const [before, now] = [edges[from], edges[to]];
    if (!before || !now) return [];
    return [{ after: before.at, until: now.at, before: before.balance, now: now.balance }];
  };
  return costs.flatMap((cost, day) => {
    const [alone] = step(day, day + 1);
    if (!alone || cost === null) return [];
    const rest = alone.now - alone.before + cost;
    // Whatever was seen leaves less: most days need no look at it.
    if (rest < LEAST_UNSEEN || rest - sumWithin(alone, known).low < LEAST_UNSEEN) return [];
    return [[alone, ...step(day, day + 2), ...step(day - 1, day + 1)]];
  });
}

/** The top-ups that explain such days besides those that were seen in them. */
export function unseenTopUps(
  days: readonly (readonly BalanceStep[])[],
  spentIn: (step: BalanceStep) => SpendBounds,
  known: readonly TopUp[],
): TopUp[] {
  const found: TopUp[] = [];
  for (const steps of days) {
    for (const step of steps) {
      const spent = spentIn(step);
      const seen = sumWithin(step, known);
      const topUp = topUpOf(step, { low: spent.low - seen.high, high: spent.high - seen.low });
      if (!topUp || topUp.low < LEAST_UNSEEN) continue;
      // Two days in a row may both be explained by one.
      if (!found.some((other) => Temporal.Instant.compare(other.until, step.after) > 0)) {
        found.push({ ...topUp, isByDay: true });
      }
      break;
    }
  }
  return found;
}

function sumWithin({ after, until }: BalanceStep, known: readonly TopUp[]): SpendBounds {
  const within = known.filter(
    (topUp) =>
      Temporal.Instant.compare(topUp.after, after) >= 0 &&
      Temporal.Instant.compare(topUp.until, until) <= 0,
  );
  return {
    low: sumNano(within.map(({ low }) => low)),
    high: sumNano(within.map(({ high }) => high)),
  };
}

/**
 * Top-ups that no entry explains and nobody has dismissed. What was made from a top-up explains it,
 * whatever it says; so does one of about that amount and day, or else several that make it up together,
 * for between two readings more than one may have been bought.
 *
 * A day that was taken for another one's neighbour is not the same for ever: usage settles, and an
 * account may move to another zone. What was said of such a top-up is still meant for it.
 * @param currency of the balance; entries in others did not raise it.
 */
export function unexplained(
  topUps: readonly TopUp[],
  entries: readonly CreditEntry[],
  dismissed: readonly Temporal.Instant[],
  currency: string,
): TopUp[] {
  const ours = standing(entries);
  const begun = new Set(topUps.map(({ after }) => after.epochMilliseconds));
  const madeFrom = ours.flatMap(({ seenAfter }) => seenAfter ?? []);
  const said = new Set([...dismissed, ...madeFrom].map((at) => at.epochMilliseconds));
  const meant = dismissed.filter((at) => !begun.has(at.epochMilliseconds));
  let free = ours.filter(
    ({ seenAfter, currency: of }) =>
      of === currency && !(seenAfter && begun.has(seenAfter.epochMilliseconds)),
  );
  const isOpen = (match: readonly CreditEntry[] | undefined) => {
    free = free.filter((entry) => !match?.includes(entry));
    return match === undefined;
  };
  return topUps
    .filter(({ after }) => !said.has(after.epochMilliseconds))
    .filter((topUp) => !(topUp.isByDay && meant.some(nearTo(topUp))))
    .filter((topUp) => isOpen(alone(free, topUp)))
    .filter((topUp) => isOpen(together(free, topUp)));
}

function alone(entries: readonly CreditEntry[], topUp: TopUp): CreditEntry[] | undefined {
  const isNear = nearTo(topUp);
  const match = entries.find(({ at, amount }) => isAbout(amount, topUp) && isNear(at));
  return match && [match];
}

/** The first of them that make a top-up up, of so few that all ways to choose can be tried. */
function together(entries: readonly CreditEntry[], topUp: TopUp): CreditEntry[] | undefined {
  const isNear = nearTo(topUp);
  const near = entries.filter(({ at }) => isNear(at)).slice(0, MOST_TOGETHER);
  let ways: CreditEntry[][] = [[]];
  for (const entry of near) ways = ways.concat(ways.map((others) => [...others, entry]));
  return ways.find(
    (way) => way.length > 1 && isAbout(sumNano(way.map(({ amount }) => amount)), topUp),
  );
}

function nearTo({ after, until }: TopUp): (at: Temporal.Instant) => boolean {
  const first = after.subtract({ hours: SAME_DAY_HOURS });
  const last = until.add({ hours: SAME_DAY_HOURS });
  return (at) =>
    Temporal.Instant.compare(at, first) >= 0 && Temporal.Instant.compare(at, last) <= 0;
}

/** What fal charged meanwhile may not be known to the cent. */
function isAbout(amount: Nano, { low, high }: TopUp): boolean {
  return amount >= low - LEAST && amount <= high + LEAST;
}

/** The amount within the bounds with the fewest digits that matter; the nearest such to `low`. */
export function roundest(low: Nano, high: Nano): Nano {
  for (let step = 10n ** BigInt(high.toString().length); step > 1n; step /= 10n) {
    for (const part of [step, step / 2n, step / 4n]) {
      if (part === 0n) continue;
      const rounded = ((low + part - 1n) / part) * part;
      if (rounded <= high) return rounded;
    }
  }
  return low;
}
