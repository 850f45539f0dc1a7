import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  daysAround,
  type EventSpan,
  everydayCosts,
  type SlotCost,
  spendBounds,
  spendsOf,
} from '../../src/credits/spends.ts';
import type { UsageBucket } from '../../src/history/answer.ts';
import { minutesOf } from '../../src/history/slots.ts';
import { sumNano } from '../../src/money.ts';

const START = Temporal.Instant.from('2026-03-27T00:00Z');
const at = (hours: number) => START.add({ minutes: Math.round(hours * 60) });
const slot = (hours: number, cost: bigint, caller = ''): SlotCost => {
  return { slot: minutesOf(at(hours)), caller, cost };
};

/** Days of a zone with what the slots in them cost. */
function daysOf(timezone: string, count: number, costs: readonly SlotCost[]): UsageBucket[] {
  const first = START.toZonedDateTimeISO(timezone).startOfDay();
  return Array.from({ length: count }, (_, index) => {
    const start = first.add({ days: index });
    const end = start.add({ days: 1 });
    const within = costs.filter(
      (each) => each.slot >= minutesOf(start.toInstant()) && each.slot < minutesOf(end.toInstant()),
    );
    const cost = sumNano(within.map((each) => each.cost));
    return { start, end, state: 'final', cost } as UsageBucket;
  });
}

describe('between two readings', () => {
  test('whole slots were spent, and at most all that were touched', () => {
    const costs = [slot(0, 1n), slot(1, 2n), slot(2, 4n), slot(3, 8n), slot(4, 16n)];
    expect(spendBounds(costs, at(0.5), at(3.5))).toEqual({ low: 6n, high: 15n });
  });

  test('a balance may lack what was used in the minutes before', () => {
    const costs = [slot(0, 1n), slot(1, 2n), slot(2, 4n)];
    expect(spendBounds(costs, at(1), at(3))).toEqual({ low: 2n, high: 7n });
    expect(spendBounds(costs, at(1.25), at(3.25))).toEqual({ low: 4n, high: 6n });
    expect(spendBounds(costs, at(0), at(2))).toEqual({ low: 1n, high: 3n });
  });
});

test('days told by the slot add up to what they were as days, in zones of every kind', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Madrid', 'Asia/Kolkata', 'Australia/Lord_Howe');
  const quarters = fc.array(fc.tuple(fc.nat({ max: 96 * 3 - 1 }), fc.bigInt({ min: 1n, max: 9n })));
  const cuts = fc.array(fc.nat({ max: 71 }), { maxLength: 4 });
  fc.assert(
    fc.property(zones, quarters, cuts, (timezone, rows, hours) => {
      const costs = rows.map(([quarter, cost]) => slot(quarter / 4, cost));
      const days = daysOf(timezone, 5, costs);
      const cutDays = daysAround(hours.map(at), timezone);
      const spends = spendsOf(days, cutDays, costs);
      expect(sumNano(spends.map(({ amount }) => amount))).toBe(
        sumNano(costs.map(({ cost }) => cost)),
      );
    }),
  );
});

describe('what an everyday costs', () => {
  const zone = 'Europe/Madrid';
  const costs = [slot(30, 5n, 'office'), slot(31, 70n, 'booth'), slot(50, 3n, 'booth')];
  const days = daysOf(zone, 4, costs);
  const event = (callers: EventSpan['callers']): EventSpan => {
    return { from: at(30), to: at(32), callers };
  };

  test('is without what the keys of a planned event were billed at it', () => {
    const everyday = everydayCosts(days, [event(['booth'])], costs, zone);
    expect(everyday.map(({ cost }) => cost)).toEqual([0n, 5n, 3n, 0n]);
  });

  test('is without all that was billed during one that has no keys, and that once', () => {
    const everyday = everydayCosts(days, [event(null), event(null)], costs, zone);
    expect(everyday.map(({ cost }) => cost)).toEqual([0n, 0n, 3n, 0n]);
  });

  test('is not known where the day is not', () => {
    const unknown = days.map((day): UsageBucket => ({ ...day, state: 'unknown', cost: null }));
    expect(everydayCosts(unknown, [event(null)], costs, zone)[1]).toMatchObject({
      cost: null,
      isWhole: false,
    });
  });
});
