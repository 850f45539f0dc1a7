import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CalendarEvent, iCalendar } from '../../src/planner/icalendar.ts';

const NOW = Temporal.Instant.from('2026-03-08T03:20:30.5Z');

const text = fc
  .string({
    unit: fc.constantFrom(...'aé漢🎉 ;,:\\"\n\tnN', '👩‍👩‍👧'),
    maxLength: 120,
    size: 'max',
  })
  .map((typed) => typed.trim());
const events: fc.Arbitrary<CalendarEvent[]> = fc.array(
  fc.record({
    uid: fc.uuid(),
    start: fc.constant(NOW),
    end: fc.constant(NOW.add({ hours: 3 })),
    summary: text,
    location: text,
    description: text,
    sequence: fc.nat(99),
  }),
  { maxLength: 3 },
);

test('lines are at most 75 octets of whole characters, and unfolded and unescaped are what was meant', () => {
  fc.assert(
    fc.property(events, (planned) => {
      const file = iCalendar(planned, 'Eventos, planeados', NOW);
      expect(file.endsWith('END:VCALENDAR\r\n')).toBe(true);
      const lines = file.split('\r\n').slice(0, -1);
      for (const line of lines) {
        expect(line).not.toMatch(/[\r\n]/);
        expect(line.isWellFormed() && Buffer.byteLength(line) <= 75).toBe(true);
      }
      const whole = file.replaceAll('\r\n ', '').split('\r\n');
      const said = (name: string) =>
        whole.filter((line) => line.startsWith(`${name}:`)).map((line) => meant(line, name));
      expect(said('SUMMARY')).toEqual(planned.map(({ summary }) => summary));
      expect(said('LOCATION')).toEqual(planned.flatMap(({ location }) => location || []));
      expect(said('DESCRIPTION')).toEqual(planned.flatMap(({ description }) => description || []));
      expect(said('DTSTAMP')).toEqual(planned.map(() => '20260308T032030Z'));
    }),
  );
});

/** As a calendar reads a text (RFC 5545, 3.3.11). */
function meant(line: string, name: string): string {
  return line
    .slice(name.length + 1)
    .replace(/\\(.)/g, (_, escaped) => (/n/i.test(escaped) ? '\n' : escaped));
}
