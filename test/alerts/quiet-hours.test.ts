import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quietUntil } from '../../src/alerts/quiet-hours.ts';
import { moments } from '../support/zones.ts';

const NIGHT = { from: '22:00', until: '07:00' };
const until = (quiet: typeof NIGHT, timezone: string, now: string) =>
  quietUntil(quiet, timezone, Temporal.Instant.from(now))?.toString() ?? null;

test.each([
  ['2026-03-10T03:59:00Z', null],
  ['2026-03-10T04:00:00Z', '2026-03-10T13:00:00Z'],
  ['2026-03-10T12:59:59Z', '2026-03-10T13:00:00Z'],
  ['2026-03-10T13:00:00Z', null],
])('a night in Mexico City is quiet across midnight: %s', (now, ends) => {
  expect(until(NIGHT, 'America/Mexico_City', now)).toBe(ends);
});

test.each([
  [
    'an afternoon',
    { from: '13:00', until: '15:30' },
    '2026-03-10T14:00:00Z',
    '2026-03-10T15:30:00Z',
  ],
  ['the whole day: none', { from: '08:00', until: '08:00' }, '2026-03-10T08:00:00Z', null],
  [
    'until midnight',
    { from: '22:00', until: '00:00' },
    '2026-03-10T23:00:00Z',
    '2026-03-11T00:00:00Z',
  ],
])('%s', (_, quiet, now, ends) => {
  expect(until(quiet, 'UTC', now)).toBe(ends);
});

test.each([
  // Spring: 02:00 becomes 03:00, and the night is an hour shorter.
  ['Europe/Madrid', '2026-03-28T21:30:00Z', '2026-03-29T05:00:00Z'],
  // Autumn: 03:00 becomes 02:00.
  ['Europe/Madrid', '2026-10-24T20:30:00Z', '2026-10-25T06:00:00Z'],
  // Midnight does not exist that day.
  ['America/Santiago', '2026-09-06T03:30:00Z', '2026-09-06T10:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T12:00:00Z', '2026-04-04T20:30:00Z'],
])('when clocks change, the night ends at seven by the clock in %s', (timezone, now, ends) => {
  expect(until(NIGHT, timezone, now)).toBe(ends);
  const local = Temporal.Instant.from(ends).toZonedDateTimeISO(timezone);
  expect(local.toPlainTime().toString()).toBe('07:00:00');
});

test('a time that comes twice ends them the first time, and they do not begin again', () => {
  const quiet = { from: '23:00', until: '02:30' };
  expect(until(quiet, 'Europe/Madrid', '2026-10-25T00:20:00Z')).toBe('2026-10-25T00:30:00Z');
  expect(until(quiet, 'Europe/Madrid', '2026-10-25T01:20:00Z')).toBeNull();
});

test('a time that is skipped ends them right after', () => {
  const quiet = { from: '23:00', until: '02:30' };
  expect(until(quiet, 'Europe/Madrid', '2026-03-29T00:59:00Z')).toBe('2026-03-29T01:30:00Z');
});

const time = fc
  .tuple(fc.nat(23), fc.constantFrom(0, 15, 30, 45))
  .map(([hour, minute]) => new Temporal.PlainTime(hour, minute).toString().slice(0, 5));

test('wherever and whenever, they end within a day, are quiet until then and not at that moment', () => {
  fc.assert(
    fc.property(moments, time, time, fc.nat(24 * 60), ({ timezone, instant }, from, end, later) => {
      const quiet = { from, until: end };
      const ends = quietUntil(quiet, timezone, instant);
      if (!ends) return;
      const minutes = instant.until(ends).total('minutes');
      expect(minutes).toBeGreaterThan(0);
      expect(minutes).toBeLessThanOrEqual(26 * 60);
      const between = instant.add({ minutes: later % Math.ceil(minutes) });
      expect(quietUntil(quiet, timezone, between)?.equals(ends)).toBe(true);
      const next = quietUntil(quiet, timezone, ends);
      expect(next === null || !next.equals(ends)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
