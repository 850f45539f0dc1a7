import fc from 'fast-check';

/**
 * Zones in which cutting time goes wrong first: hours that begin at :30 and :45, clocks that shift by
 * half an hour (Lord Howe) or at midnight (Santiago), and the usual ones.
 */
export const ZONES = [
  'UTC',
  'America/Mexico_City',
  'Europe/Madrid',
  'America/Santiago',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
] as const;

const DAY_MS = 24 * 3_600_000;
const YEAR = Temporal.Instant.from('2026-01-01T00:00:00Z');

/** A zone, and an instant of 2026 in whole milliseconds: more often than not near a shift of its clocks. */
export const moments = fc.constantFrom(...ZONES).chain((timezone) => {
  const nearShifts = shiftsOf(timezone).map((shift) =>
    fc
      .oneof(fc.constant(0), fc.integer({ min: -DAY_MS, max: DAY_MS }))
      .map((milliseconds) => shift.add({ milliseconds })),
  );
  const anyTime = fc.nat({ max: 365 * DAY_MS }).map((milliseconds) => YEAR.add({ milliseconds }));
  return fc.record({ timezone: fc.constant(timezone), instant: fc.oneof(...nearShifts, anyTime) });
});

function shiftsOf(timezone: string): Temporal.Instant[] {
  const first = YEAR.toZonedDateTimeISO(timezone).getTimeZoneTransition('next');
  const second = first?.getTimeZoneTransition('next');
  return [first, second]
    .filter((shift) => shift?.year === 2026)
    .flatMap((shift) => shift?.toInstant() ?? []);
}
