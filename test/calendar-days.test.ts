import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calendarDayOf, daysFrom } from '../src/calendar-days.ts';
import { moments } from './support/zones.ts';

const DAYS = 400;

test('days follow each other as the calendar of their zone says, wherever its clocks change', () => {
  fc.assert(
    fc.property(moments, ({ instant, timezone }) => {
      let day = instant.toZonedDateTimeISO(timezone).startOfDay();
      for (const { startMs, day: number } of daysFrom(day).take(DAYS)) {
        expect(startMs).toBe(day.epochMilliseconds);
        expect(number).toBe(day.toPlainDate().since('1970-01-01').days);
        expect(number).toBe(calendarDayOf(day));
        day = day.add({ days: 1 }).startOfDay();
      }
    }),
    { numRuns: 60 },
  );
});

test('a day that a zone skipped is none', () => {
  const start = Temporal.ZonedDateTime.from('2011-12-28T00:00[Pacific/Apia]');
  const dates = daysFrom(start)
    .take(4)
    .map(({ day }) => Temporal.PlainDate.from('1970-01-01').add({ days: day }).toString());
  expect([...dates]).toEqual(['2011-12-28', '2011-12-29', '2011-12-31', '2012-01-01']);
});
