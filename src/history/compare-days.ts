import type { Nano } from '../money.ts';
import { type EpochDay, utcDayOf } from './slots.ts';

/** How far back days are checked. */
export const CHECKED_DAYS = 35;
/** A younger day is still arriving. */
const CLOSED_AFTER_HOURS = 24;

/** A day of some zone; `end` is not part of it. */
export interface ClosedDay {
  /** Such as `2026-03-07`. */
  day: string;
  start: Temporal.Instant;
  end: Temporal.Instant;
}

/** The days of a zone that ended more than a day ago, at most 35 days back; oldest first. */
export function closedDays(now: Temporal.Instant, timezone: string): ClosedDay[] {
  const today = now.toZonedDateTimeISO(timezone).toPlainDate();
  const closed = now.subtract({ hours: CLOSED_AFTER_HOURS });
  return Array.from({ length: CHECKED_DAYS }, (_, index) => {
    const date = today.subtract({ days: CHECKED_DAYS - index });
    const startOf = (day: Temporal.PlainDate) => day.toZonedDateTime(timezone).toInstant();
    return { day: date.toString(), start: startOf(date), end: startOf(date.add({ days: 1 })) };
  }).filter(({ end }) => Temporal.Instant.compare(end, closed) <= 0);
}

/** The UTC days that a day touches. */
export function utcDaysOf({ start, end }: Pick<ClosedDay, 'start' | 'end'>): EpochDay[] {
  const first = utcDayOf(start);
  const last = utcDayOf(end.subtract({ milliseconds: 1 }));
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** How a UTC day stands in the local copy. */
export interface ReadWindow {
  slotMinutes: number;
  readAt: Temporal.Instant;
  isFinal: boolean;
  /** It will be read again. */
  isStale: boolean;
  isComplete: boolean;
}

/**
 * Whether a local sum of a day means something: all of it was read, no later than fal was asked for
 * its total, nothing waits to be read again, and slots don't reach over its edges.
 * @param windows of the UTC days it touches that were read.
 */
export function isComparable(
  day: ClosedDay,
  windows: readonly ReadWindow[],
  askedAt: Temporal.Instant,
): boolean {
  return (
    windows.length === utcDaysOf(day).length &&
    windows.every(
      ({ slotMinutes, readAt, isStale }) =>
        !isStale &&
        Temporal.Instant.compare(readAt, askedAt) <= 0 &&
        [day.start, day.end].every((edge) => edge.epochMilliseconds % (slotMinutes * 60_000) === 0),
    )
  );
}

/**
 * Why a day's sums differ: rows that came after it was read, a correction downwards, a day of which
 * pages are missing, single charges that don't add up to fal's own usage, or none of those.
 */
export type DriftCause = 'late_rows' | 'corrected' | 'partial_window' | 'events_differ' | 'unknown';

/** The sum of a day's single charges; `null` with a reason where it is not known. */
export interface EventsSum {
  cost: Nano | null;
  /** Null as well where they were not asked for. */
  reason: string | null;
}

/** What a check found. */
export interface Reconciliation {
  day: string;
  checkedAt: Temporal.Instant;
  localCost: Nano;
  falCost: Nano;
  events: EventsSum;
  /** Why they differ or did; `null` where they never did since the day was final. */
  cause: DriftCause | null;
  /** When they were found to agree again. */
  repairedAt: Temporal.Instant | null;
}

/** What is known of a day when it is checked. */
export interface DayFacts {
  day: string;
  windows: readonly ReadWindow[];
  localCost: Nano;
  falCost: Nano;
  /** Null where they were not asked for this time. */
  events: EventsSum | null;
  /** What the check before this one found. */
  last: Reconciliation | null;
}

export interface DayVerdict {
  found: Reconciliation;
  /** Whether the local copy differs from fal. */
  isDrift: boolean;
  /** Whether reading again may mend it: a day that is not final is read again anyway. */
  isToBeReread: boolean;
  /** Whether somebody should hear of it, and has not yet. */
  isNews: boolean;
}

/** Compares what was kept of a day with what fal says of it now. */
export function compareDay(facts: DayFacts, now: Temporal.Instant): DayVerdict {
  const { day, windows, localCost, falCost, last } = facts;
  const events = facts.events ?? lastEvents(last, falCost);
  const isFinal = windows.every((window) => window.isFinal);
  const isDrift = localCost !== falCost;
  const agrees = !isDrift && !differ(events, falCost);
  const cause = agrees ? null : isFinal ? causeOf(facts) : openCause(last);
  const found: Reconciliation = {
    day,
    checkedAt: now,
    localCost,
    falCost,
    events,
    cause: agrees ? (last?.cause ?? null) : cause,
    repairedAt: agrees && last?.cause ? (last.repairedAt ?? now) : null,
  };
  return {
    found,
    isDrift,
    isToBeReread: isDrift && isFinal,
    isNews: isFinal && cause !== null && !(last && isSame(found, last)),
  };
}

/** What a day that may still change was already known to differ by. */
function openCause(last: Reconciliation | null): DriftCause | null {
  return last && last.repairedAt === null ? last.cause : null;
}

function causeOf(facts: DayFacts): DriftCause {
  const { windows, localCost, falCost } = facts;
  if (localCost === falCost) return 'events_differ';
  if (windows.some(({ isComplete }) => !isComplete)) return 'partial_window';
  if (wasRereadInVain(facts)) return 'unknown';
  return localCost < falCost ? 'late_rows' : 'corrected';
}

function wasRereadInVain({ windows, falCost, last }: DayFacts): boolean {
  return (
    last !== null &&
    last.falCost === falCost &&
    last.localCost !== falCost &&
    windows.every(({ readAt }) => Temporal.Instant.compare(readAt, last.checkedAt) > 0)
  );
}

/** Of the day's charges as they were added up before; of another total they would say nothing. */
function lastEvents(last: Reconciliation | null, falCost: Nano): EventsSum {
  return last?.falCost === falCost ? last.events : { cost: null, reason: null };
}

function differ({ cost }: EventsSum, falCost: Nano): boolean {
  return cost !== null && cost !== falCost;
}

function isSame(one: Reconciliation, other: Reconciliation): boolean {
  return (
    one.cause === other.cause &&
    one.repairedAt === other.repairedAt &&
    one.localCost === other.localCost &&
    one.falCost === other.falCost &&
    one.events.cost === other.events.cost
  );
}

/**
 * Days whose single charges are to be added up now: first those that never were, oldest first, then
 * those that could not be or did not fit, in turn.
 * @param days oldest first. @param turn grows by one from check to check.
 */
export function daysForEvents(
  days: readonly Pick<DayFacts, 'day' | 'falCost' | 'last'>[],
  count: number,
  turn: number,
): string[] {
  const [never, again]: [string[], string[]] = [[], []];
  for (const { day, falCost, last } of days) {
    const events = lastEvents(last, falCost);
    if (events.cost === null && events.reason === null) never.push(day);
    else if (events.cost === null || differ(events, falCost)) again.push(day);
  }
  const first = again.length > 0 ? (turn * count) % again.length : 0;
  return [...never, ...again.slice(first), ...again.slice(0, first)].slice(0, count);
}
