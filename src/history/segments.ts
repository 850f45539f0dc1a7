import { calendarDayOf } from '../calendar-days.ts';
import { type EpochDay, MINUTES_PER_DAY, minutesOf, type Slot } from './slots.ts';

/** A part of a period in one of the two tables: `from` is in it, `to` is not. */
export type Segment =
  | { table: 'usage_slots'; from: Slot; to: Slot }
  | { table: 'usage_days'; zoneId: number; from: EpochDay; to: EpochDay };

/** Where a period is read from, and how its parts are told to buckets. */
export interface Reading {
  segment: Segment;
  /** Ranges of slots or days with the bucket's index; `null`: `bucketAt` tells. */
  ranges: [from: number, to: number, bucket: number][] | null;
  /** The index of the bucket that a slot or day falls in. */
  bucketAt(at: number): number;
}

/**
 * Says how to read a period: whole days of a zone that is kept from the day sums, the rest slot by
 * slot. However long it is, only so many rows are read as its buckets have days, or hours where it is
 * cut by hours.
 * @param start at a slot's edge in the zone of `buckets`, as is `end`.
 * @param buckets starts of the buckets, in order, the first not after `start`.
 * @param zoneId of the zone of the buckets, where its days are kept for the whole period.
 * @param unusable UTC days that are left out, in order; none where day sums are read.
 */
export function readingsOf(
  start: Temporal.Instant,
  end: Temporal.Instant,
  buckets: readonly Temporal.ZonedDateTime[],
  { byHour, zoneId, unusable }: { byHour: boolean; zoneId: number | null; unusable: EpochDay[] },
): Reading[] {
  const timezone = buckets[0]?.timeZoneId ?? 'UTC';
  const slots = (from: Temporal.Instant, to: Temporal.Instant) =>
    piecesOf(minutesOf(from), minutesOf(to), unusable).map((piece) =>
      slotReading(...piece, buckets, byHour),
    );
  if (byHour || zoneId === null) return slots(start, end);

  const firstMidnight = midnightAtOrAfter(start, timezone);
  const lastMidnight = end.toZonedDateTimeISO(timezone).startOfDay();
  if (Temporal.ZonedDateTime.compare(firstMidnight, lastMidnight) >= 0) return slots(start, end);
  return [
    ...slots(start, firstMidnight.toInstant()),
    ...dayReading(firstMidnight, lastMidnight, buckets, zoneId),
    ...slots(lastMidnight.toInstant(), end),
  ];
}

function midnightAtOrAfter(instant: Temporal.Instant, timezone: string): Temporal.ZonedDateTime {
  const zoned = instant.toZonedDateTimeISO(timezone);
  const midnight = zoned.startOfDay();
  return midnight.equals(zoned) ? midnight : midnight.add({ days: 1 }).startOfDay();
}

/** What is left of a period without some UTC days. */
function piecesOf(from: Slot, to: Slot, without: readonly EpochDay[]): [from: Slot, to: Slot][] {
  const starts = [from, ...without.map((day) => Math.max(from, (day + 1) * MINUTES_PER_DAY))];
  const ends = [...without.map((day) => Math.min(to, day * MINUTES_PER_DAY)), to];
  return starts
    .map((start, index): [Slot, Slot] => [start, ends[index] ?? to])
    .filter(([start, end]) => start < end);
}

function slotReading(
  from: Slot,
  to: Slot,
  buckets: readonly Temporal.ZonedDateTime[],
  byHour: boolean,
): Reading {
  const edges = buckets.map(minutesOf);
  return {
    segment: { table: 'usage_slots', from, to },
    ranges: byHour ? null : rangesOf(edges, from, to),
    bucketAt: bucketFinder(edges),
  };
}

function dayReading(
  from: Temporal.ZonedDateTime,
  to: Temporal.ZonedDateTime,
  buckets: readonly Temporal.ZonedDateTime[],
  zoneId: number,
): Reading[] {
  const [first, last] = [calendarDayOf(from), calendarDayOf(to)];
  const edges = buckets.map(calendarDayOf);
  const areDays = edges.every((edge, index) => index === 0 || edge - (edges[index - 1] ?? 0) === 1);
  return [
    {
      segment: { table: 'usage_days', zoneId, from: first, to: last },
      ranges: areDays ? null : rangesOf(edges, first, last),
      bucketAt: bucketFinder(edges),
    },
  ];
}

/** The parts of `[from, to)` between edges, each with the index of the bucket it lies in. */
function rangesOf(edges: readonly number[], from: number, to: number): [number, number, number][] {
  return edges.flatMap((edge, index): [number, number, number][] => {
    const low = index === 0 ? from : Math.max(edge, from);
    const high = Math.min(edges[index + 1] ?? Infinity, to);
    return low < high ? [[low, high, index]] : [];
  });
}

/** What lies before the first edge belongs to the first bucket, as in a live answer. */
function bucketFinder(edges: readonly number[]): (at: number) => number {
  return function bucketAt(at) {
    let low = 0;
    let high = edges.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((edges[middle] ?? Infinity) <= at) low = middle;
      else high = middle;
    }
    return low;
  };
}
