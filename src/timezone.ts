import { z } from 'zod';

/**
 * The name of a time zone as the IANA database spells it, also for another spelling or an
 * abbreviation that `Intl` knows and `Temporal` and fal may not.
 * @returns `null` for what is not a zone; a bare offset has no clock changes and is none.
 */
export function canonicalTimezone(name: string): string | null {
  try {
    if (!/^[a-z]/i.test(name)) return null;
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
    return timeZone;
  } catch {
    return null;
  }
}

/** A zone that was kept; `UTC` where this version's time zone data no longer has it. */
export function keptTimezone(name: string): string {
  return canonicalTimezone(name) === null ? 'UTC' : name;
}

/** A time zone in a form, a question or the store, by its canonical name; the fault is `unknown`. */
export const timezoneField = z
  .string('unknown')
  .trim()
  .max(64, 'unknown')
  .transform((name, context) => {
    const zone = canonicalTimezone(name);
    if (zone === null) context.addIssue('unknown');
    return zone ?? name;
  });

/** The same, or nothing: `''`. */
export const timezoneOrBlankField = z.union(
  [z.string().trim().max(0, 'unknown'), timezoneField],
  'unknown',
);
