import { daysFrom } from '../calendar-days.ts';
import type { Nano } from '../money.ts';
import { leftOfDay, type Pace } from '../usage/pace.ts';
import { type Burn, type Lot, startBurn } from './burn-down.ts';

/** What something will cost, nano-USD: `low <= expected <= high`. */
export interface CostRange {
  low: Nano;
  expected: Nano;
  high: Nano;
}

/** A planned event, or what is left of it, as its money goes: evenly from start to end. */
export interface EventCost {
  start: Temporal.Instant;
  /** After the start. */
  end: Temporal.Instant;
  cost: CostRange;
}

/** All that the time to come is judged by. */
export interface Outlook {
  /** In the account's zone, whose days the pace is of. */
  now: Temporal.ZonedDateTime;
  /** What is left, lot by lot; credits of which no purchase is known are a lot that never expires. */
  lots: readonly Lot[];
  /** What an ordinary day costs; `null`: nothing is known, so nothing is counted. */
  pace: Pace | null;
  events: readonly EventCost[];
}

/** Whether less, as much or more is spent than expected. */
export type Case = keyof CostRange;

/**
 * What is left at an instant to come, nano-USD; below nothing by what is to be spent until then and is
 * not there.
 * @param at not before now.
 */
export function leftAt(outlook: Outlook, at: Temporal.Instant, which: Case): Nano {
  const burn = startBurn(outlook.lots);
  const untilMs = at.epochMilliseconds;
  for (const { startMs, cost } of stretches(outlook, untilMs, which)) burn.spend(startMs, cost);
  burn.goTo(untilMs);
  return burn.left();
}

/** The same as there are credits: at least 0, for nobody is served on credit. */
export function creditsAt(outlook: Outlook, at: Temporal.Instant, which: Case): Nano {
  const left = leftAt(outlook, at, which);
  return left > 0n ? left : 0n;
}

/** The first instant at which nothing is left, `null`: not until `horizon`. */
export function runsOutAt(
  outlook: Outlook,
  horizon: Temporal.Instant,
  which: Case,
): Temporal.Instant | null {
  const burn = startBurn(outlook.lots);
  const now = outlook.now.toInstant();
  burn.goTo(now.epochMilliseconds);
  if (burn.left() <= 0n) return now;
  for (const stretch of stretches(outlook, horizon.epochMilliseconds, which)) {
    const emptyMs = runsOutWithin(burn, stretch);
    if (emptyMs !== null) return Temporal.Instant.fromEpochMilliseconds(emptyMs);
  }
  return null;
}

/** What of each lot expires unused if all goes as expected, soonest first. */
export function expiresUnused(
  outlook: Outlook,
  horizon: Temporal.Instant,
): { lot: Lot; amount: Nano }[] {
  const burn = startBurn(outlook.lots);
  const untilMs = horizon.epochMilliseconds;
  burn.goTo(outlook.now.epochMilliseconds);
  for (const { startMs, cost } of stretches(outlook, untilMs, 'expected')) {
    burn.spend(startMs, cost);
  }
  burn.goTo(untilMs);
  return burn
    .now()
    .lots.flatMap(({ lot, expired }) => (expired > 0n ? [{ lot, amount: expired }] : []));
}

/** Spends a stretch. @returns when in it nothing is left any more, epoch ms; `null` where something is. */
function runsOutWithin(burn: Burn, { startMs, endMs, cost }: TimedCost): number | null {
  // What expires does so where a stretch begins.
  burn.goTo(startMs);
  const left = burn.left();
  if (left <= 0n) return startMs;
  burn.spend(startMs, cost);
  if (burn.left() > 0n) return null;
  return startMs + Number((BigInt(endMs - startMs) * left) / cost);
}

/** Money that goes evenly over a stretch of time, in epoch ms. */
interface TimedCost {
  startMs: number;
  endMs: number;
  cost: Nano;
}

/** A day of the account's zone, or what is left of the first. */
interface Day {
  startMs: number;
  /** Where the next begins. */
  endMs: number;
  /** 1 being Monday. */
  weekday: number;
  /** How much of the whole day it is. */
  part: number;
}

/**
 * The time from now to `untilMs`, cut where a day ends, an event begins or ends and a lot expires, with
 * what goes in each part. Parts add up: the spread is of all days together, not of each.
 */
function* stretches(
  { now, lots, pace, events }: Outlook,
  untilMs: number,
  which: Case,
): Generator<TimedCost> {
  const timed = events.map(({ start, end, cost }): TimedCost => {
    return { startMs: start.epochMilliseconds, endMs: end.epochMilliseconds, cost: cost[which] };
  });
  const cuts = [
    ...timed.flatMap(({ startMs, endMs }) => [startMs, endMs]),
    ...lots.flatMap(({ expiresAt }) => expiresAt?.epochMilliseconds ?? []),
    untilMs,
  ].sort((one, other) => one - other);

  let next = 0;
  let everyday = 0;
  let gone = 0;
  let counted = 0n;
  for (const { startMs, endMs, weekday, part } of daysUntil(now, untilMs)) {
    let fromMs = startMs;
    while (fromMs < endMs) {
      if (fromMs >= untilMs) return;
      // Both are in order of time.
      while ((cuts[next] ?? Infinity) <= fromMs) next += 1;
      const toMs = Math.min(cuts[next] ?? Infinity, endMs);
      const days = (part * (toMs - fromMs)) / (endMs - startMs);
      let cost = 0n;
      for (const event of timed) {
        if (event.startMs >= toMs || event.endMs <= fromMs) continue;
        cost += costUntil(event, toMs) - costUntil(event, fromMs);
      }
      if (pace) {
        everyday += pace.usual(weekday) * days;
        gone += days;
        const spread = which === 'expected' ? 0 : pace.spread(gone);
        const off = which === 'low' ? -spread : spread;
        const total = BigInt(Math.round(Math.max(0, everyday + off)));
        // Of more days less may be certain than of fewer, but what was spent does not come back.
        if (total > counted) {
          cost += total - counted;
          counted = total;
        }
      }
      yield { startMs: fromMs, endMs: toMs, cost };
      fromMs = toMs;
    }
  }
}

/** The same now is asked about in several cases, and for one event after the other. */
const knownDays = new WeakMap<
  Temporal.ZonedDateTime,
  { days: Day[]; more: Iterator<Day, never> }
>();

function* daysUntil(now: Temporal.ZonedDateTime, untilMs: number): Generator<Day> {
  const known = knownDays.get(now) ?? { days: [], more: daysAhead(now) };
  knownDays.set(now, known);
  const { days, more } = known;
  for (let index = 0; ; index += 1) {
    const day = days[index] ?? more.next().value;
    days[index] = day;
    if (day.startMs >= untilMs) return;
    yield day;
  }
}

/** What is left of today, and all days after it. */
function* daysAhead(now: Temporal.ZonedDateTime): Generator<Day, never> {
  const calendar = daysFrom(now.startOfDay());
  let { day } = calendar.next().value;
  let startMs = now.epochMilliseconds;
  for (let part = leftOfDay(now); ; part = 1) {
    const next = calendar.next().value;
    yield { startMs, endMs: next.startMs, weekday: weekdayOf(day), part };
    ({ startMs, day } = next);
  }
}

/** 1 being Monday; 1970 began on a Thursday. */
function weekdayOf(day: number): number {
  return ((day + 3) % 7) + 1;
}

/** What an event has cost by an instant, in epoch ms: parts between such add up to the whole. */
function costUntil({ startMs, endMs, cost }: TimedCost, atMs: number): Nano {
  if (atMs <= startMs) return 0n;
  if (atMs >= endMs) return cost;
  return (cost * BigInt(atMs - startMs)) / BigInt(endMs - startMs);
}
