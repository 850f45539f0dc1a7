import { describe, expect, test } from 'vitest';
import { bucketsOf, type Resolution } from '../../src/buckets.ts';
import type { HistoryAnswer } from '../../src/history/answer.ts';
import { bucketsBeside } from '../../src/usage/beside.ts';

/** A period whose buckets have nothing but their starts. */
function answer(
  start: string,
  end: string,
  resolution: Resolution,
  timezone = 'America/New_York',
): HistoryAnswer {
  const at = (text: string) =>
    Temporal.PlainDateTime.from(text).toZonedDateTime(timezone).toInstant();
  const question = { start: at(start), end: at(end), resolution, timezone };
  const starts = bucketsOf(question.start, question.end.epochMilliseconds, resolution, timezone);
  return { question, series: starts.map((each) => ({ start: each })) } as unknown as HistoryAnswer;
}

/** `03 beside 03`, of what stands beside each bucket. */
function pairs(now: HistoryAnswer, before: HistoryAnswer, unit: 'hour' | 'day'): string[] {
  return bucketsBeside(now, before).map(
    (other, index) => `${now.series[index]?.start[unit]} beside ${other?.start[unit] ?? 'nothing'}`,
  );
}

describe('hours', () => {
  test('stand beside the same hour where the clock skips one', () => {
    const now = answer('2026-03-08T00:00', '2026-03-09T00:00', 'hour');
    const before = answer('2026-03-07T00:00', '2026-03-08T00:00', 'hour');
    expect(pairs(now, before, 'hour').slice(0, 4)).toEqual([
      '0 beside 0',
      '1 beside 1',
      '3 beside 3',
      '4 beside 4',
    ]);
    expect(pairs(before, now, 'hour').slice(1, 4)).toEqual([
      '1 beside 1',
      '2 beside nothing',
      '3 beside 3',
    ]);
  });

  test('that come twice stand beside the two there were, or beside the one', () => {
    const twice = answer('2026-11-01T00:00', '2026-11-02T00:00', 'hour');
    const once = answer('2026-10-31T00:00', '2026-11-01T00:00', 'hour');
    expect(pairs(twice, once, 'hour').slice(0, 4)).toEqual([
      '0 beside 0',
      '1 beside 1',
      '1 beside 1',
      '2 beside 2',
    ]);
    const both = bucketsBeside(twice, twice);
    expect(both).toEqual(twice.series);
  });

  test('go by how long it is since the period began', () => {
    const now = answer('2026-05-02T15:00', '2026-05-03T01:00', 'hour');
    const before = answer('2026-05-02T05:00', '2026-05-02T15:00', 'hour');
    expect(pairs(now, before, 'hour').slice(0, 2)).toEqual(['15 beside 5', '16 beside 6']);
  });
});

test('days go by their number, whatever the clocks did', () => {
  const now = answer('2026-03-09T15:00', '2026-03-12T15:00', 'day');
  const before = answer('2026-03-06T14:00', '2026-03-09T15:00', 'day');
  expect(pairs(now, before, 'day')).toEqual([
    '9 beside 6',
    '10 beside 7',
    '11 beside 8',
    '12 beside 9',
  ]);
});

test('a week that its period cuts off stands beside none of another length', () => {
  const april = answer('2026-04-01T00:00', '2026-04-20T00:00', 'week');
  const march = answer('2026-03-01T00:00', '2026-03-20T00:00', 'week');
  // Five days of the first week of April, one of that of March; whole weeks; none left.
  expect(pairs(april, march, 'day')).toEqual(['30 beside nothing', '6 beside 2', '13 beside 9']);
});

test('whole months stand beside each other, however long they are', () => {
  const now = answer('2026-02-01T00:00', '2026-04-01T00:00', 'month');
  const before = answer('2025-12-01T00:00', '2026-02-01T00:00', 'month');
  expect(bucketsBeside(now, before).map((each) => each?.start.month)).toEqual([12, 1]);
});
