import { type EpochDay, type SlotMinutes, utcDayOf, utcDayStart } from './slots.ts';

/** Days stored at once: the more, the less a row costs, and the longer others wait for their turn. */
const DAYS_PER_CHUNK = 8;
/** fal answers 48 hourly buckets on one page. */
const DAYS_PER_PAGE = 2;
/** How long a settled day is left alone that did not come out alike twice: the least, and the most. */
const SHORTEST_PAUSE_MS = 60 * 60 * 1_000;
const LONGEST_PAUSE_MS = 24 * SHORTEST_PAUSE_MS;
/** How long it is tried to count the calls of a day that has settled otherwise. */
const COUNTING_MS = 72 * SHORTEST_PAUSE_MS;
const HOUR_NS = 3_600_000_000_000;

/** A UTC day that was read before. */
export interface KnownDay {
  day: EpochDay;
  slotMinutes: SlotMinutes;
  readAt: Temporal.Instant;
  /** When a reading last differed from the one before it. */
  changedAt: Temporal.Instant;
  isFinal: boolean;
  /** Whether the calls of everything that was billed are known. */
  isCounted: boolean;
  /** To be read again, whatever its age. */
  isStale: boolean;
  /** fal no longer has it: there is nothing more to be had. */
  isForgotten?: boolean;
}

/** What is to be known, and how fresh. */
export interface PlanRules {
  /** The oldest day that is to be known, of those that have settled. */
  firstDay: EpochDay;
  /** How long usage may still arrive or be corrected after a day's end. */
  settleHours: number;
  /** How old a reading of a day that is still settling may become. */
  intervalSeconds: number;
  /** How finely a day is to be kept. */
  slotMinutesOf(day: EpochDay): SlotMinutes;
}

/**
 * The UTC days to read now, the most urgent first: those still settling whose reading is old, then
 * what is stale, kept too coarsely or read in the future, then settled days that are not final or
 * counted yet, then days never read; of each kind the newest first. No day twice, and none that begins
 * only now.
 */
export function planDays(
  known: readonly KnownDay[],
  now: Temporal.Instant,
  rules: PlanRules,
): EpochDay[] {
  const { firstDay, settleHours, intervalSeconds, slotMinutesOf } = rules;
  const nowMs = now.epochMilliseconds;
  const today = lastDayBegun(now);
  const firstSettling = firstSettlingDay(now, settleHours);
  const readings = new Map(known.map((each) => [each.day, each]));
  const settling: EpochDay[] = [];
  const stale: EpochDay[] = [];
  const unsettled: EpochDay[] = [];
  const unread: EpochDay[] = [];
  const oldest = readings.keys().reduce((first, day) => Math.min(first, day), firstDay);
  for (let day = today; day >= oldest; day -= 1) {
    const reading = readings.get(day);
    const isUnfit =
      reading &&
      !reading.isForgotten &&
      (reading.slotMinutes > slotMinutesOf(day) ||
        // The clock was ahead: what it took for a day's end was not.
        reading.readAt.epochMilliseconds > nowMs);
    const isToRead = reading?.isStale || isUnfit;
    if (day >= firstSettling) {
      const age = reading ? nowMs - reading.readAt.epochMilliseconds : Infinity;
      if (isToRead || age >= intervalSeconds * 1_000) settling.push(day);
    } else if (!reading) {
      if (day >= firstDay) unread.push(day);
    } else if (isToRead) stale.push(day);
    else if (isOpen(reading) && nowMs >= nextLook(reading, settleHours)) unsettled.push(day);
  }
  return [...settling, ...stale, ...unsettled, ...unread];
}

/** The oldest day of which usage may still arrive or be corrected. */
export function firstSettlingDay(now: Temporal.Instant, settleHours: number): EpochDay {
  return utcDayOf(now.subtract({ hours: settleHours }));
}

/** Days that are stored together: neighbours in the plan that are kept alike. */
export interface Chunk {
  /** In order of time. */
  days: EpochDay[];
  slotMinutes: SlotMinutes;
}

/** Cuts a plan into chunks. Where minutes are asked for a day is many pages, and a chunk of its own. */
export function chunksOf(
  plan: readonly EpochDay[],
  slotMinutesOf: PlanRules['slotMinutesOf'],
): Chunk[] {
  const chunks: Chunk[] = [];
  for (const day of plan) {
    const slotMinutes = slotMinutesOf(day);
    const last = chunks.at(-1);
    const isNeighbour =
      last?.days[0] === day + 1 &&
      last.slotMinutes === slotMinutes &&
      slotMinutes === 60 &&
      last.days.length < DAYS_PER_CHUNK;
    if (isNeighbour) last.days.unshift(day);
    else chunks.push({ days: [day], slotMinutes });
  }
  return chunks;
}

/** Cuts a chunk into what is one page at fal. */
export function pagesOf({ days, slotMinutes }: Chunk): Chunk[] {
  const pages: Chunk[] = [];
  for (let from = 0; from < days.length; from += DAYS_PER_PAGE) {
    pages.push({ days: days.slice(from, from + DAYS_PER_PAGE), slotMinutes });
  }
  return pages;
}

/**
 * The oldest day that is to be known. Where older ones are known already, or somebody asked for them,
 * it reaches back to them, so that no gap is left.
 * @param asked days since 1970-01-01.
 */
export function firstDayOf(
  now: Temporal.Instant,
  backfillDays: number,
  asked: EpochDay | null,
  known: readonly KnownDay[],
): EpochDay {
  return known.reduce(
    (first, { day }) => Math.min(first, day),
    Math.min(utcDayOf(now) - backfillDays, asked ?? Infinity),
  );
}

/** How finely usage is to be kept so that all those zones' hours and days can be cut from it. */
export function slotMinutesFor(
  zones: readonly string[],
  from: Temporal.Instant,
  until: Temporal.Instant,
): SlotMinutes {
  return zones.every((zone) => keepsHours(zone, from, until)) ? 60 : 15;
}

/** The same for each day of a span. */
export function slotMinutesByDay(
  zones: readonly string[],
  first: EpochDay,
  last: EpochDay,
): PlanRules['slotMinutesOf'] {
  const ofDays = (from: EpochDay, to: EpochDay) =>
    slotMinutesFor(zones, utcDayStart(from), utcDayStart(to + 1));
  // Nearly always, and asking the zones for each day takes a while.
  if (ofDays(first, last) === 60) return () => 60;
  const asked = new Map<EpochDay, SlotMinutes>();
  return function slotMinutesOf(day) {
    const minutes = asked.get(day) ?? ofDays(day, day);
    asked.set(day, minutes);
    return minutes;
  };
}

function keepsHours(zone: string, from: Temporal.Instant, until: Temporal.Instant): boolean {
  let at = from.toZonedDateTimeISO(zone);
  for (;;) {
    if (at.offsetNanoseconds % HOUR_NS !== 0) return false;
    const next = at.getTimeZoneTransition('next');
    if (!next || Temporal.Instant.compare(next.toInstant(), until) >= 0) return true;
    at = next;
  }
}

/** Today, but for the very moment it begins: then there is nothing of it to ask for. */
function lastDayBegun(now: Temporal.Instant): EpochDay {
  return utcDayOf(now.subtract({ milliseconds: 1 }));
}

/** Whether reading a settled day again may still tell more. Some calls fal can never count. */
function isOpen(reading: KnownDay): boolean {
  if (reading.isForgotten) return false;
  return !reading.isFinal || (!reading.isCounted && alikeMs(reading) < COUNTING_MS);
}

/** For how long readings have said the same. */
function alikeMs({ readAt, changedAt }: KnownDay): number {
  return readAt.epochMilliseconds - changedAt.epochMilliseconds;
}

/**
 * When a settled day is read again, in epoch ms: at once after it settled, then after pauses that
 * grow for as long as readings are alike, as those of a day that fal never gives whole.
 */
function nextLook(reading: KnownDay, settleHours: number): number {
  const settledMs = utcDayStart(reading.day + 1).add({ hours: settleHours }).epochMilliseconds;
  const readMs = reading.readAt.epochMilliseconds;
  if (readMs < settledMs) return settledMs;
  return readMs + Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, alikeMs(reading)));
}
