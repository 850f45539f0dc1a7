/** Minutes since 1970-01-01, UTC: where a slot starts. */
export type Slot = number;
/** Days since 1970-01-01 in some calendar. */
export type EpochDay = number;

/** How finely usage is kept, in minutes. */
export type SlotMinutes = 60 | 15;

export const MINUTES_PER_DAY = 1_440;
const MS_PER_MINUTE = 60_000;
export const MS_PER_DAY = MINUTES_PER_DAY * MS_PER_MINUTE;

/** The slot of that length an instant falls in. */
export function slotOf(instant: Temporal.Instant, minutes: SlotMinutes): Slot {
  const ms = minutes * MS_PER_MINUTE;
  return Math.floor(instant.epochMilliseconds / ms) * minutes;
}

/**
 * An instant in the minutes of slots; it need not be where one starts. Rounded up, for some zones' hours
 * once began within a minute: the same slots start before it, and at it or later.
 */
export function minutesOf({ epochMilliseconds }: { epochMilliseconds: number }): number {
  return Math.ceil(epochMilliseconds / MS_PER_MINUTE);
}

export function slotStart(slot: Slot): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(slot * MS_PER_MINUTE);
}

/** The UTC day an instant falls in. */
export function utcDayOf(instant: Temporal.Instant): EpochDay {
  return Math.floor(instant.epochMilliseconds / MS_PER_DAY);
}

/** When a UTC day begins. */
export function utcDayStart(day: EpochDay): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(day * MS_PER_DAY);
}

/** A calendar's own day as days since 1970-01-01. */
function epochDayOf(date: Temporal.PlainDate): EpochDay {
  return Math.round(date.toZonedDateTime('UTC').epochMilliseconds / MS_PER_DAY);
}

/**
 * Tells the calendar day of a zone that slots fall in. Slots of a UTC day fall in two or three of
 * them, so that the zone is asked only that often.
 */
export function localDays(timezone: string): (slot: Slot) => EpochDay {
  const known: { day: EpochDay; from: Slot; to: Slot }[] = [];
  return function localDay(slot) {
    for (const { day, from, to } of known) if (slot >= from && slot < to) return day;
    const start = slotStart(slot).toZonedDateTimeISO(timezone).startOfDay();
    const day = epochDayOf(start.toPlainDate());
    known.push({
      day,
      from: start.epochMilliseconds / MS_PER_MINUTE,
      to: start.add({ days: 1 }).startOfDay().epochMilliseconds / MS_PER_MINUTE,
    });
    return day;
  };
}
