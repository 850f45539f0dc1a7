import { expect, test } from 'vitest';
import { canonicalTimezone, timezoneField, timezoneOrBlankField } from '../src/timezone.ts';

test.each([
  ['America/Bogota', 'America/Bogota'],
  ['america/bogota', 'America/Bogota'],
  ['Mars/Olympus', null],
  ['PST', 'America/Los_Angeles'],
  ['+05:30', null],
])('the zone of %s is %s', (name, zone) => {
  expect(canonicalTimezone(name)).toBe(zone);
});

test.each([timezoneField, timezoneOrBlankField])(
  'a field takes a zone by any of its names',
  (field) => {
    expect(field.parse(' america/bogota ')).toBe('America/Bogota');
    for (const typed of ['Mars/Olympus', 'x'.repeat(65), 7, null]) {
      expect(field.safeParse(typed).error?.issues.map(({ message }) => message)).toEqual([
        'unknown',
      ]);
    }
  },
);

test('only a field that may be left blank takes nothing', () => {
  expect(timezoneOrBlankField.parse(' ')).toBe('');
  expect(timezoneField.safeParse(' ').success).toBe(false);
});
