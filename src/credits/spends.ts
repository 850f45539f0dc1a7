import { bucketStart, nextBucket } from '../buckets.ts';
import { calendarDayOf } from '../calendar-days.ts';
import { isWhole, type UsageBucket, type UsageHistory } from '../history/answer.ts';
import { LIVE_MS } from '../history/coverage.ts';
import { localDays, minutesOf, type Slot, slotStart } from '../history/slots.ts';
import type { Nano } from '../money.ts';
import type { DayCost } from '../usage/pace.ts';
import type { Spend } from './burn-down.ts';
import type { SpendBounds } from './top-ups.ts';

/** What somebody's calls cost in a slot, which is an hour at most; in US dollars. */
export interface SlotCost {
  slot: Slot;
  /** A key's id, a person's name, or what fal calls it. */
  caller: string;
  cost: Nano;
}

/** `from` is in it, `to` is not. */
export interface Span {
  from: Temporal.Instant;
  to: Temporal.Instant;
}

/** An event that was planned, and whose calls are its own; `null`: everybody's. */
export interface EventSpan extends Span {
  callers: readonly string[] | null;
}

interface Account {
  id: string;
  timezone: string;
}

/** A slot may be as long, in minutes. */
const LONGEST_SLOT = 60;
const MS_PER_MINUTE = 60_000;

/** What was spent from the day of `since` until `now`, by days of the account's zone. */
export async function readDays(
  usage: UsageHistory['usage'],
  account: Account,
  since: Temporal.Instant,
  now: Temporal.Instant,
): Promise<UsageBucket[]> {
  const { id: accountId, timezone } = account;
  const start = bucketStart(since, 'day', timezone).toInstant();
  const { series } = await usage({
    ...{ start, end: now, timezone, resolution: 'day', accountId },
    ...{ groupBy: 'account', groupsApart: 0, endpointIds: [], apiKeyIds: [] },
  });
  return series;
}

/** The days of a zone in which these instants lie. */
export function daysAround(instants: readonly Temporal.Instant[], timezone: string): Span[] {
  const days = instants.map((at) => bucketStart(at, 'day', timezone));
  const once = new Map(days.map((day) => [day.epochMilliseconds, day]));
  return [...once.values()].map((day) => ({
    from: day.toInstant(),
    to: nextBucket(day, 'day').toInstant(),
  }));
}

/**
 * Puts together what was spent. Days in which a lot came or expired are told by the slot, so that it
 * pays for what came after it.
 * @param cutDays those days; @param costs every slot of them, and others.
 */
export function spendsOf(
  days: readonly UsageBucket[],
  cutDays: readonly Span[],
  costs: readonly SlotCost[],
): Spend[] {
  const cut = new Set(cutDays.map(({ from }) => from.epochMilliseconds));
  const cutSlots = cutDays.map(({ from, to }) => ({ first: minutesOf(from), end: minutesOf(to) }));
  const isCut = (slot: Slot) => cutSlots.some((day) => slot >= day.first && slot < day.end);
  const spends = [
    ...days
      .filter(({ start, cost }) => cost && cost > 0n && !cut.has(start.epochMilliseconds))
      .map(({ start, cost }) => ({ at: start.toInstant(), amount: cost ?? 0n })),
    ...costs
      .filter(({ slot, cost }) => cost > 0n && isCut(slot))
      .map(({ slot, cost }) => ({ at: slotStart(slot), amount: cost })),
  ];
  return spends.sort((one, other) => Temporal.Instant.compare(one.at, other.at));
}

/**
 * What usage cost between two readings of a balance: its whole slots at least, all slots it touches at
 * most. A balance may lack what was used in the minutes before it was read.
 */
export function spendBounds(
  costs: readonly SlotCost[],
  from: Temporal.Instant,
  until: Temporal.Instant,
): SpendBounds {
  const [first, last] = [from.epochMilliseconds, until.epochMilliseconds];
  let [low, high] = [0n, 0n];
  for (const { slot, cost } of costs) {
    const startMs = slot * MS_PER_MINUTE;
    const endMs = startMs + LONGEST_SLOT * MS_PER_MINUTE;
    if (endMs <= first - LIVE_MS || startMs >= last) continue;
    high += cost;
    if (startMs >= first && endMs <= last - LIVE_MS) low += cost;
  }
  return { low, high };
}

/**
 * What days cost without the events that were planned: those to come are counted one by one, and in
 * the pace of the others they would be counted twice.
 * @param costs every slot of the events, and others.
 */
export function everydayCosts(
  days: readonly UsageBucket[],
  events: readonly EventSpan[],
  costs: readonly SlotCost[],
  timezone: string,
): DayCost[] {
  const dayOf = localDays(timezone);
  const atEvents = new Map<number, Nano>();
  const touched = events.map(({ from, to, callers }) => {
    return { after: minutesOf(from) - LONGEST_SLOT, end: minutesOf(to), callers };
  });
  for (const { slot, caller, cost } of costs) {
    const isTheirs = touched.some(
      ({ after, end, callers }) =>
        slot > after && slot < end && (callers?.includes(caller) ?? true),
    );
    if (isTheirs) atEvents.set(dayOf(slot), (atEvents.get(dayOf(slot)) ?? 0n) + cost);
  }
  return days.map((bucket) => {
    const atEvent = atEvents.get(calendarDayOf(bucket.start)) ?? 0n;
    return {
      date: bucket.start.toPlainDate(),
      cost: bucket.cost && (bucket.cost > atEvent ? bucket.cost - atEvent : 0n),
      isWhole: isWhole(bucket),
    };
  });
}
