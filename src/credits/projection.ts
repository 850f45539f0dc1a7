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

/** A stretch of time over which money goes evenly. */
interface Stretch {
  start: Temporal.Instant;
  end: Temporal.Instant;
  cost: Nano;
}

/**
 * What is left at an instant to come, nano-USD; below nothing by what is to be spent until then and is
 * not there.
 * @param at not before now.
 */
export function leftAt(outlook: Outlook, at: Temporal.Instant, which: Case): Nano {
  const burn = startBurn(outlook.lots);
  for (const { start, cost } of stretches(outlook, at, which)) {
    burn.spend({ at: start, amount: cost });
  }
  burn.goTo(at);
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
  burn.goTo(now);
  if (burn.left() <= 0n) return now;
  for (const stretch of stretches(outlook, horizon, which)) {
    const empty = runsOutWithin(burn, stretch);
    if (empty) return empty;
  }
  return null;
}

/** What of each lot expires unused if all goes as expected, soonest first. */
export function expiresUnused(
  outlook: Outlook,
  horizon: Temporal.Instant,
): { lot: Lot; amount: Nano }[] {
  const burn = startBurn(outlook.lots);
  burn.goTo(outlook.now.toInstant());
  for (const { start, cost } of stretches(outlook, horizon, 'expected')) {
    burn.spend({ at: start, amount: cost });
  }
  burn.goTo(horizon);
  return burn
    .now()
    .lots.flatMap(({ lot, expired }) => (expired > 0n ? [{ lot, amount: expired }] : []));
}

/** Spends a stretch. @returns when in it nothing is left any more; `null` where something is. */
function runsOutWithin(burn: Burn, { start, end, cost }: Stretch): Temporal.Instant | null {
  // What expires does so where a stretch begins.
  burn.goTo(start);
  const left = burn.left();
  if (left <= 0n) return start;
  burn.spend({ at: start, amount: cost });
  if (burn.left() > 0n) return null;
  const ms = BigInt(end.epochMilliseconds - start.epochMilliseconds);
  return start.add({ milliseconds: Number((ms * left) / cost) });
}

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
 * The time from now to `until`, cut where a day ends, an event begins or ends and a lot expires, with
 * what goes in each part. Parts add up: the spread is of all days together, not of each.
 */
function* stretches(
  { now, lots, pace, events }: Outlook,
  until: Temporal.Instant,
  which: Case,
): Generator<Stretch> {
  const timed = events.map(({ start, end, cost }): TimedCost => {
    return { startMs: start.epochMilliseconds, endMs: end.epochMilliseconds, cost: cost[which] };
  });
  const cuts = [
    ...timed.flatMap(({ startMs, endMs }) => [startMs, endMs]),
    ...lots.flatMap(({ expiresAt }) => expiresAt?.epochMilliseconds ?? []),
    until.epochMilliseconds,
  ].sort((one, other) => one - other);

  let next = 0;
  let everyday = 0;
  let gone = 0;
  let counted = 0n;
  for (const { startMs, endMs, weekday, part } of daysFrom(now, until)) {
    // Both are in order of time.
    while ((cuts[next] ?? Infinity) <= startMs) next += 1;
    const within: number[] = [];
    for (let cut = cuts[next]; cut !== undefined && cut < endMs; cut = cuts[next]) {
      if (cut !== within.at(-1)) within.push(cut);
      next += 1;
    }
    let fromMs = startMs;
    for (const toMs of [...within, endMs]) {
      if (fromMs >= until.epochMilliseconds) return;
      const days = (part * (toMs - fromMs)) / (endMs - startMs);
      const start = Temporal.Instant.fromEpochMilliseconds(fromMs);
      const end = Temporal.Instant.fromEpochMilliseconds(toMs);
      let cost = 0n;
      for (const event of timed) cost += costUntil(event, toMs) - costUntil(event, fromMs);
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
      fromMs = toMs;
      yield { start, end, cost };
    }
  }
}

/** The same now is asked about in several cases, and asking a zone for each day takes a while. */
const knownDays = new WeakMap<Temporal.ZonedDateTime, Day[]>();

function* daysFrom(now: Temporal.ZonedDateTime, until: Temporal.Instant): Generator<Day> {
  const days = knownDays.get(now) ?? [];
  knownDays.set(now, days);
  for (let index = 0; ; index += 1) {
    const day = days[index] ?? dayAt(now, index, days.at(-1)?.endMs ?? now.epochMilliseconds);
    if (day.startMs >= until.epochMilliseconds) return;
    days[index] = day;
    yield day;
  }
}

/** So many days after today, which begins now. */
function dayAt(now: Temporal.ZonedDateTime, index: number, startMs: number): Day {
  const date = now.toPlainDate().add({ days: index });
  const endMs = date.add({ days: 1 }).toZonedDateTime(now.timeZoneId).epochMilliseconds;
  return { startMs, endMs, weekday: date.dayOfWeek, part: index === 0 ? leftOfDay(now) : 1 };
}

/** What an event has cost by an instant, in epoch ms: parts between such add up to the whole. */
function costUntil({ startMs, endMs, cost }: TimedCost, atMs: number): Nano {
  if (atMs <= startMs) return 0n;
  if (atMs >= endMs) return cost;
  return (cost * BigInt(atMs - startMs)) / BigInt(endMs - startMs);
}
