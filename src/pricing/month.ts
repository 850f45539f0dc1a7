/** A calendar month, and whether it is over. */
export interface Month {
  /** `2026-02` */
  name: string;
  start: Temporal.ZonedDateTime;
  end: Temporal.ZonedDateTime;
}

/** How many full months can be chosen, beside the running one. */
const FULL_MONTHS = 12;

/** Months that can be chosen: the running one and those before it, newest first. */
export function monthsUntil(now: Temporal.ZonedDateTime): Month[] {
  const running = now.with({ day: 1 }).startOfDay();
  return Array.from({ length: FULL_MONTHS + 1 }, (_, back): Month => {
    const start = running.subtract({ months: back }).startOfDay();
    const end = start.add({ months: 1 }).startOfDay();
    return { name: start.toPlainDate().toPlainYearMonth().toString(), start, end };
  });
}

/** The month of that name, or the last full one. */
export function chosenMonth(months: readonly Month[], name: string): Month {
  const month = months.find((each) => each.name === name) ?? months[1];
  if (!month) throw new RangeError('no months to choose from');
  return month;
}
