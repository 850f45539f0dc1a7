import { describe, expect, test } from 'vitest';
import { coverage } from '../../src/history/coverage.ts';
import type { DayCoverage } from '../../src/history/queries.ts';
import { utcDayOf } from '../../src/history/slots.ts';

const NOW = Temporal.Instant.from('2026-03-08T12:00:00Z');
const TODAY = utcDayOf(NOW);
const HOUR = 3_600_000;

/** A day read a minute ago, unless something else is said. */
function day(number: number, fields: Partial<DayCoverage> = {}): DayCoverage {
  const readAt = '2026-03-08T11:59:00.000Z';
  return {
    day: number,
    accounts: 1,
    isFinal: false,
    isComplete: true,
    isCoarse: true,
    isInZone: true,
    zoneId: 1,
    hasUncounted: false,
    firstReadAt: readAt,
    lastReadAt: readAt,
    ...fields,
  };
}

function covered(days: DayCoverage[], { accounts = 1, hoursAgo = 48 } = {}) {
  const period = { start: NOW.subtract({ hours: hoursAgo }), end: NOW.add({ hours: 12 }) };
  return coverage(days, accounts, period, NOW);
}

/** The state of an hour that began so many hours ago. */
function stateOfHour(ago: number, { stateOf }: ReturnType<typeof covered>) {
  const startMs = NOW.epochMilliseconds - ago * HOUR;
  return stateOf(startMs, startMs + HOUR);
}

describe('with a copy that is up to date', () => {
  const recent = covered([day(TODAY - 2, { isFinal: true }), day(TODAY - 1), day(TODAY)]);

  test('hours of a final day are final, later ones settle, the last is live', () => {
    expect([40, 20, 3, 1].map((ago) => stateOfHour(ago, recent))).toEqual([
      'final',
      'settling',
      'settling',
      'live',
    ]);
  });

  test('a period is as sure as its least sure part, and nothing is missing', () => {
    const { epochMilliseconds: now } = NOW;
    expect(recent.stateOf(now - 48 * HOUR, now)).toBe('live');
    expect(recent.stateOf(now - 30 * HOUR, now - 2 * HOUR)).toBe('settling');
    expect(recent).toMatchObject({ hasGaps: false, isIncomplete: false });
  });

  test('what begins after the last reading is not there yet', () => {
    expect(recent.untilMs).toBe(Temporal.Instant.from('2026-03-08T11:59:00Z').epochMilliseconds);
  });
});

describe('with a copy that was last read at ten', () => {
  const readAt = '2026-03-08T10:20:00.000Z';
  const stale = covered([
    day(TODAY - 2),
    day(TODAY - 1),
    day(TODAY, { firstReadAt: readAt, lastReadAt: readAt }),
  ]);

  test('the hour it was read in is partial, and those after it are unknown up to now', () => {
    expect([3, 2, 1].map((ago) => stateOfHour(ago, stale))).toEqual([
      'settling',
      'partial',
      'unknown',
    ]);
    expect(stale).toMatchObject({ untilMs: NOW.epochMilliseconds, hasGaps: true });
  });

  test('it says since when', () => {
    expect(stale.asOf?.toString()).toBe('2026-03-08T10:20:00Z');
  });
});

test('a day that was never read is unknown, and makes a period around it partial', () => {
  const gap = covered([day(TODAY - 2), day(TODAY)]);
  const { epochMilliseconds: now } = NOW;
  expect(stateOfHour(20, gap)).toBe('unknown');
  expect(gap.stateOf(now - 48 * HOUR, now)).toBe('partial');
  expect(gap.hasGaps).toBe(true);
});

test('a day that only some accounts were read of is partial', () => {
  const some = covered([day(TODAY - 2), day(TODAY - 1, { accounts: 2 }), day(TODAY)], {
    accounts: 2,
  });
  expect([stateOfHour(40, some), stateOfHour(20, some)]).toEqual(['partial', 'settling']);
});

test('a day whose pages were cut short is partial without being a gap', () => {
  const cut = covered([day(TODAY - 2), day(TODAY - 1, { isComplete: false }), day(TODAY)]);
  expect(stateOfHour(20, cut)).toBe('partial');
  expect(cut).toMatchObject({ hasGaps: false, isIncomplete: true });
});

test('where nothing was read nothing is known, not even since when', () => {
  const nothing = covered([]);
  expect(stateOfHour(20, nothing)).toBe('unknown');
  expect(nothing).toMatchObject({ asOf: null, hasGaps: true });
});

test('of final days it says when they were last read', () => {
  const final = [TODAY - 9, TODAY - 8].map((number) => day(number, { isFinal: true }));
  const period = { start: NOW.subtract({ hours: 228 }), end: NOW.subtract({ hours: 180 }) };
  const { asOf, stateOf } = coverage(final, 1, period, NOW);
  expect(asOf?.toString()).toBe('2026-03-08T11:59:00Z');
  expect(stateOf(period.start.epochMilliseconds, period.end.epochMilliseconds)).toBe('final');
});

describe('a few minutes after a UTC day began', () => {
  const midnight = Temporal.Instant.from('2026-03-08T00:00:00Z');
  const now = midnight.add({ minutes: 4 });
  const period = { start: midnight.subtract({ hours: 18 }), end: now };
  const readAt = (at: string) => ({ firstReadAt: at, lastReadAt: at });
  const before = readAt('2026-03-07T23:59:00.000Z');

  function stateNow(days: DayCoverage[], { accounts = 1, at = now } = {}) {
    const found = coverage(days, accounts, { ...period, end: at }, at);
    const state = found.stateOf(period.start.epochMilliseconds, at.epochMilliseconds);
    return { ...found, state, until: Temporal.Instant.fromEpochMilliseconds(found.untilMs) };
  }

  test('what was read before is fresh, and the day that began is not there yet', () => {
    expect(stateNow([day(TODAY - 1, before)])).toMatchObject({
      state: 'live',
      hasGaps: false,
      until: Temporal.Instant.from('2026-03-07T23:59:00Z'),
    });
  });

  test('an account that was read since makes no gap of those that were not', () => {
    const since = readAt('2026-03-08T00:02:00.000Z');
    const yesterday = day(TODAY - 1, { accounts: 2, ...before, lastReadAt: since.lastReadAt });
    const found = stateNow([yesterday, day(TODAY, since)], { accounts: 2 });
    expect(found).toMatchObject({
      state: 'live',
      hasGaps: false,
      until: Temporal.Instant.from(since.lastReadAt),
    });
    const firstHour = [midnight, midnight.add({ hours: 1 })].map((at) => at.epochMilliseconds);
    expect(found.stateOf(firstHour[0] ?? 0, firstHour[1] ?? 0)).toBe('live');
  });

  test('a copy that stopped long before is not fresh, nor one that never comes to the new day', () => {
    const old = stateNow([day(TODAY - 1, readAt('2026-03-07T23:40:00.000Z'))]);
    expect(old).toMatchObject({ state: 'partial', hasGaps: true, until: now });
    const at = midnight.add({ minutes: 15 });
    const stuck = stateNow([day(TODAY - 1, readAt('2026-03-08T00:14:00.000Z'))], { at });
    expect(stuck).toMatchObject({ state: 'partial', hasGaps: true });
  });
});
