import { expect, test } from 'vitest';
import { readEntry } from '../../src/credits/entry-form.ts';

const NOW = Temporal.Instant.from('2026-12-01T10:00Z');

function read(fields: Record<string, string>, timezone = 'Europe/Madrid') {
  const { at, expiresAt } = readEntry({ amount: '10', ...fields }, { timezone, now: NOW });
  const wall = (instant: Temporal.Instant | null) =>
    instant?.toZonedDateTimeISO(timezone).toPlainDateTime().toString({ smallestUnit: 'minute' });
  return [wall(at), wall(expiresAt)];
}

test('a purchase expires at the same hour of the 365th day after, whatever the clocks did meanwhile', () => {
  // The clocks went forward on 29 March 2026, and go so on 28 March 2027.
  expect(read({ at: '2026-03-28T10:00' })).toEqual(['2026-03-28T10:00', '2027-03-28T10:00']);
  expect(read({ at: '2024-02-29T10:00' })).toEqual(['2024-02-29T10:00', '2025-02-28T10:00']);
});

test('an hour that clocks skip is the one they skip to, and a date is its midnight', () => {
  expect(read({ at: '2026-03-29T02:30' })[0]).toBe('2026-03-29T03:30');
  expect(read({ at: '2026-03-29' })[0]).toBe('2026-03-29T00:00');
});

test('an offset is stronger than the zone', () => {
  expect(read({ at: '2026-03-01T10:00:00-06:00' })[0]).toBe('2026-03-01T17:00');
});
