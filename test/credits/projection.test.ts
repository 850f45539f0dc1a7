import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { burnDown, type Lot, leftOf } from '../../src/credits/burn-down.ts';
import {
  creditsAt,
  type EventCost,
  expiresUnused,
  leftAt,
  type Outlook,
  runsOutAt,
} from '../../src/credits/projection.ts';
import { runwayOf } from '../../src/credits/runway.ts';
import type { Pace } from '../../src/usage/pace.ts';

const DOLLAR = 1_000_000_000n;
/** A Tuesday at noon, in a zone whose clocks go back by half an hour in April. */
const NOW = Temporal.ZonedDateTime.from('2026-03-10T12:00[Australia/Lord_Howe]');
const HORIZON = NOW.add({ days: 400 }).toInstant();

function lot(amount: bigint, expiresInDays: number | null, id = String(expiresInDays)): Lot {
  const from = NOW.subtract({ days: 1 }).toInstant();
  const expiresAt = expiresInDays === null ? null : NOW.add({ days: expiresInDays }).toInstant();
  return { id, amount, from, expiresAt };
}

/** So many dollars a day, give or take. */
function pace(dollars: number, spread = 0): Pace {
  return { usual: () => dollars * 1e9, spread: (days) => spread * 1e9 * Math.sqrt(days) };
}

function event(startsInHours: number, hours: number, expected: bigint): EventCost {
  const start = NOW.add({ hours: startsInHours });
  return {
    start: start.toInstant(),
    end: start.add({ hours }).toInstant(),
    cost: { low: expected / 2n, expected, high: expected * 2n },
  };
}

function outlook(parts: Partial<Outlook>): Outlook {
  return { now: NOW, lots: [], pace: null, events: [], ...parts };
}

const outlooks = fc
  .record({
    lots: fc.array(
      fc
        .tuple(
          fc.bigInt({ min: 1n, max: 400n * DOLLAR }),
          fc.option(fc.integer({ min: 0, max: 300 })),
        )
        .map(([amount, expires]) => lot(amount, expires)),
      { maxLength: 5 },
    ),
    pace: fc.option(
      fc
        .tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 9 }))
        .map(([usual, off]) => pace(usual, off)),
    ),
    events: fc.array(
      fc
        .tuple(
          fc.integer({ min: 0, max: 2_000 }),
          fc.integer({ min: 1, max: 60 }),
          fc.bigInt({ min: 0n, max: 90n * DOLLAR }),
        )
        .map(([start, hours, cost]) => event(start, hours, cost)),
      { maxLength: 4 },
    ),
  })
  .map(({ lots, ...rest }) =>
    outlook({ lots: lots.map((each, index) => ({ ...each, id: String(index) })), ...rest }),
  );
const hoursAhead = fc.integer({ min: 0, max: 24 * 390 });

describe('credits at an instant to come', () => {
  test('are never below nothing, never more than there are, and fewer as time and spending go on', () => {
    fc.assert(
      fc.property(outlooks, hoursAhead, hoursAhead, (given, one, other) => {
        const [sooner, later] = [Math.min(one, other), Math.max(one, other)].map((hours) =>
          NOW.add({ hours }).toInstant(),
        ) as [Temporal.Instant, Temporal.Instant];
        const all = given.lots.reduce((sum, { amount }) => sum + amount, 0n);
        const [low, expected, high] = (['low', 'expected', 'high'] as const).map((which) =>
          creditsAt(given, later, which),
        ) as [bigint, bigint, bigint];
        expect(0n <= high && high <= expected && expected <= low && low <= all).toBe(true);
        expect(creditsAt(given, sooner, 'expected') >= expected).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('are what a burn-down of the same spends has left, where all is spent at once', () => {
    const atOnce = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 300 }), fc.bigInt({ min: 0n, max: 90n * DOLLAR })),
      { maxLength: 9 },
    );
    fc.assert(
      fc.property(outlooks, atOnce, fc.integer({ min: 0, max: 310 }), (given, rows, days) => {
        const until = NOW.add({ days }).toInstant();
        const events = rows.map(([day, cost]): EventCost => {
          const start = NOW.add({ days: day }).toInstant();
          const end = start.add({ milliseconds: 1 });
          return { start, end, cost: { low: cost, expected: cost, high: cost } };
        });
        const spends = events.map(({ start, cost }) => ({ at: start, amount: cost.expected }));
        expect(leftAt({ ...given, pace: null, events }, until, 'expected')).toBe(
          leftOf(burnDown(given.lots, spends, until)),
        );
      }),
    );
  });

  test('lose a day for each day of the calendar, whether it has 23, 24 or 25 hours', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Madrid', 'Asia/Kolkata', 'Australia/Lord_Howe');
    const dates = fc.constantFrom('2026-03-26', '2026-04-02', '2026-10-01', '2026-10-22');
    fc.assert(
      fc.property(zones, dates, fc.integer({ min: 1, max: 20 }), (zone, date, days) => {
        const now = Temporal.PlainDate.from(date).toZonedDateTime(zone);
        const given: Outlook = {
          ...{ now, pace: pace(10), events: [] },
          lots: [{ id: 'all', amount: 300n * DOLLAR, from: now.toInstant(), expiresAt: null }],
        };
        const left = creditsAt(given, now.add({ days }).toInstant(), 'expected');
        expect(left).toBe(300n * DOLLAR - 10n * BigInt(days) * DOLLAR);
      }),
    );
  });

  test('do not come back on days on which little is spent, though of more days less is certain', () => {
    const saturdays: Pace = {
      usual: (weekday) => (weekday === 6 ? 60e9 : 0),
      spread: (days) => 9e9 * Math.sqrt(days),
    };
    const given = outlook({ lots: [lot(1_000n * DOLLAR, null)], pace: saturdays });
    for (const which of ['low', 'expected', 'high'] as const) {
      const left = Array.from({ length: 40 }, (_, days) =>
        creditsAt(given, NOW.add({ days }).toInstant(), which),
      );
      expect(left).toEqual(left.toSorted((one, other) => (one > other ? -1 : 1)));
    }
  });

  test('lose exactly what an event before it costs, and a part of one that is on', () => {
    const given = outlook({
      lots: [lot(100n * DOLLAR, null)],
      events: [event(10, 4, 40n * DOLLAR)],
    });
    const left = (hours: number) => creditsAt(given, NOW.add({ hours }).toInstant(), 'expected');
    expect([left(10), left(11), left(14), left(99)]).toEqual(
      [100n, 90n, 60n, 60n].map((dollars) => dollars * DOLLAR),
    );
  });

  test('lose what expires before', () => {
    const given = outlook({ lots: [lot(30n * DOLLAR, 2), lot(70n * DOLLAR, null)] });
    const left = (days: number) => creditsAt(given, NOW.add({ days }).toInstant(), 'high');
    expect([left(1), left(2)]).toEqual([100n * DOLLAR, 70n * DOLLAR]);
  });
});

describe('when credits run out', () => {
  test('is the first instant with nothing left', () => {
    fc.assert(
      fc.property(outlooks, (given) => {
        const at = runsOutAt(given, HORIZON, 'expected');
        const last = (at ?? HORIZON).subtract({ milliseconds: 1 });
        if (Temporal.Instant.compare(last, NOW.toInstant()) > 0 && given.lots.length > 0) {
          expect(creditsAt(given, last, 'expected') >= 0n).toBe(true);
          const before = last.subtract({ hours: 1 });
          if (Temporal.Instant.compare(before, NOW.toInstant()) > 0) {
            expect(creditsAt(given, before, 'expected') > 0n).toBe(true);
          }
        }
        if (at) {
          const after = at.add({ hours: 26 });
          expect(creditsAt(given, after, 'expected')).toBe(0n);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('is ten days hence at ten dollars a day, whatever the clocks do', () => {
    const given = outlook({ lots: [lot(100n * DOLLAR, null)], pace: pace(10) });
    const at = runsOutAt(given, HORIZON, 'expected')?.toZonedDateTimeISO(NOW.timeZoneId);
    expect(at?.round('minute').toString()).toBe(NOW.add({ days: 10 }).round('minute').toString());
    const later = outlook({ lots: [lot(400n * DOLLAR, null)], pace: pace(10) });
    const then = runsOutAt(later, HORIZON, 'expected')?.toZonedDateTimeISO(NOW.timeZoneId);
    expect(then?.toPlainDate().toString()).toBe('2026-04-19');
  });

  test('is within the event that takes the last of it', () => {
    const given = outlook({
      lots: [lot(30n * DOLLAR, null)],
      events: [event(10, 4, 40n * DOLLAR)],
    });
    expect(runsOutAt(given, HORIZON, 'expected')).toEqual(NOW.add({ hours: 13 }).toInstant());
    expect(runsOutAt(given, HORIZON, 'low')).toBeNull();
  });

  test('is when the last lot expires, if it is not used before', () => {
    const given = outlook({ lots: [lot(30n * DOLLAR, 20)], pace: pace(1) });
    expect(runsOutAt(given, HORIZON, 'expected')).toEqual(NOW.add({ days: 20 }).toInstant());
    expect(expiresUnused(given, HORIZON)).toEqual([
      {
        lot: given.lots[0],
        amount: expect.toSatisfy((left: bigint) => left / DOLLAR === 10n || left / DOLLAR === 9n),
      },
    ]);
  });

  test('is now where there is nothing', () => {
    // To the nanosecond: it is told from what runs out in a moment.
    const now = NOW.add({ nanoseconds: 5 });
    expect(runsOutAt(outlook({ now }), HORIZON, 'low')).toEqual(now.toInstant());
  });
});

describe('the runway', () => {
  test('has its earliest, expected and latest end in order', () => {
    fc.assert(
      fc.property(outlooks, (given) => {
        const { earliest, until, latest } = runwayOf(given);
        const ms = (at: Temporal.Instant | null) => at?.epochMilliseconds ?? Infinity;
        expect(ms(earliest) <= ms(until) && ms(until) <= ms(latest)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('says which assumption moves it most', () => {
    const lots = [lot(100n * DOLLAR, null)];
    const events = [event(24, 4, 95n * DOLLAR)];
    expect(runwayOf(outlook({ lots, pace: pace(1, 0.01), events })).driver?.assumption).toBe(
      'events',
    );
    expect(runwayOf(outlook({ lots, pace: pace(1, 3) })).driver?.assumption).toBe('pace');
    expect(
      runwayOf(outlook({ lots: [lot(100n * DOLLAR, 9)], pace: pace(1, 0.01) })).driver?.assumption,
    ).toBe('expiry');
    expect(runwayOf(outlook({ lots })).driver).toBeNull();
  });
});
