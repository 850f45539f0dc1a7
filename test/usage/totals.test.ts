import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnalyticsRow } from '../../src/fal/analytics.ts';
import type { UsageRow } from '../../src/fal/usage.ts';
import { sumNano } from '../../src/money.ts';
import { resolvePeriod } from '../../src/usage/period.ts';
import { type Readings, totals } from '../../src/usage/totals.ts';

const asOf = Temporal.Instant.from('2026-03-10T00:00:00Z');
const day = resolvePeriod({ start: '2026-03-05', end: '2026-03-05', timezone: 'UTC' }, asOf);
const hour = (n: number) => day.start.add({ hours: n });

function usageRow(row: Partial<UsageRow>): UsageRow {
  return {
    bucket: hour(0),
    endpointId: 'fal-ai/a',
    unit: 'images',
    quantity: 1_000_000_000n,
    unitPrice: 5_000_000n,
    percentDiscount: null,
    cost: 5_000_000n,
    currency: 'USD',
    auth: null,
    ...row,
  };
}

function calls(endpointId: string, request_count: number, at = hour(0)): AnalyticsRow {
  return {
    bucket: at,
    endpointId,
    metrics: { request_count, success_count: request_count, user_error_count: 0, error_count: 0 },
  };
}

function sum(readings: Partial<Readings>) {
  const all: Readings = { usage: [], usageComplete: true, analytics: [], missed: [] };
  return totals({ ...all, ...readings }, day, asOf);
}

const rows = fc.array(
  fc.record({
    endpointId: fc.constantFrom('fal-ai/a', 'fal-ai/b', 'fal-ai/c/d'),
    hours: fc.nat({ max: 23 }),
    unit: fc.constantFrom('images', 'seconds'),
    unitPrice: fc.constantFrom(5_000_000n, 7_000_001n, null),
    cost: fc.bigInt({ min: 0n, max: 10n ** 13n }),
    quantity: fc.bigInt({ min: 0n, max: 10n ** 13n }),
  }),
  { maxLength: 60 },
);

test('whatever was billed, endpoints, units and series add up to the totals to the nano', () => {
  fc.assert(
    fc.property(rows, (random) => {
      const usage = random.map(({ hours, ...row }) => usageRow({ ...row, bucket: hour(hours) }));
      const result = sum({ usage });
      const expected = sumNano(usage.map((row) => row.cost));
      expect(result.totalCost).toBe(expected);
      expect(sumNano(result.endpoints.map((endpoint) => endpoint.cost))).toBe(expected);
      expect(sumNano(result.series.map((point) => point.cost ?? 0n))).toBe(expected);
      expect(
        sumNano(
          result.endpoints.flatMap((endpoint) => endpoint.units.map((unit) => unit.quantity ?? 0n)),
        ),
      ).toBe(sumNano(usage.map((row) => row.quantity ?? 0n)));
    }),
  );
});

test('counts of endpoints and buckets add up to the total', () => {
  const called = fc.array(
    fc.tuple(fc.constantFrom('fal-ai/a', 'fal-ai/b'), fc.nat(500), fc.nat({ max: 23 })),
  );
  fc.assert(
    fc.property(called, (random) => {
      const result = sum({ analytics: random.map(([id, n, at]) => calls(id, n, hour(at))) });
      const expected = random.reduce((total, [, n]) => total + n, 0);
      expect(result.totalRequests).toBe(expected);
      expect(result.series.reduce((total, point) => total + (point.count ?? 0), 0)).toBe(expected);
    }),
  );
});

describe('one endpoint', () => {
  test('its rows of several prices and keys are one line, its units a list', () => {
    const [endpoint, ...others] = sum({
      usage: [
        usageRow({ cost: 5_000_000n }),
        usageRow({ cost: 4_000_000n, percentDiscount: 20 }),
        usageRow({ cost: 6_000_000n, unitPrice: 6_000_000n, bucket: hour(3) }),
      ],
      analytics: [calls('fal-ai/a', 4)],
    }).endpoints;
    expect(others).toEqual([]);
    expect(endpoint).toMatchObject({
      cost: 15_000_000n,
      count: 4,
      averageCost: 3_750_000n,
      share: 1,
    });
    expect(endpoint?.units).toEqual([
      { unit: 'images', unitPrice: 5_000_000n, quantity: 2_000_000_000n },
      { unit: 'images', unitPrice: 6_000_000n, quantity: 1_000_000_000n },
    ]);
  });

  test('failures are user and server errors', () => {
    const metrics = { request_count: 10, success_count: 7, user_error_count: 2, error_count: 1 };
    const analytics = [{ bucket: hour(1), endpointId: 'fal-ai/a', metrics }];
    expect(sum({ analytics })).toMatchObject({
      totalRequests: 10,
      successfulRequests: 7,
      failedRequests: 3,
    });
  });

  test('calls that fal does not count are those that ended one way or the other', () => {
    const metrics = { success_count: 7, user_error_count: 2, error_count: 1 };
    const analytics = [{ bucket: hour(1), endpointId: 'fal-ai/a', metrics }];
    expect(sum({ analytics })).toMatchObject({ totalRequests: 10, failedRequests: 3 });
  });

  test('a metric that fal leaves out is unknown, not zero', () => {
    const analytics = [{ bucket: hour(1), endpointId: 'fal-ai/a', metrics: { request_count: 10 } }];
    expect(sum({ analytics }).endpoints[0]).toMatchObject({
      count: 10,
      successes: null,
      failures: null,
    });
  });

  test('calls that cost nothing are listed too', () => {
    const { endpoints } = sum({ usage: [usageRow({})], analytics: [calls('fal-ai/free', 9)] });
    expect(endpoints.map(({ endpointId, cost, count }) => [endpointId, cost, count])).toEqual([
      ['fal-ai/a', 5_000_000n, null],
      ['fal-ai/free', 0n, 9],
    ]);
  });
});

describe('what could not be had', () => {
  const missed = ['fal-ai/a'];

  test('an uncounted endpoint has no count, and the total is the known rest', () => {
    const result = sum({
      usage: [usageRow({}), usageRow({ endpointId: 'fal-ai/b' })],
      analytics: [calls('fal-ai/b', 3)],
      missed,
    });
    expect(result.totalRequests).toBe(3);
    expect(result.endpoints.find((endpoint) => endpoint.endpointId === 'fal-ai/a')).toMatchObject({
      count: null,
      averageCost: null,
    });
    expect(result.series[0]?.count).toBeNull();
  });

  test('with nothing counted the total is unknown, also when nothing was billed', () => {
    expect(sum({ usage: [usageRow({})], missed }).totalRequests).toBeNull();
    expect(sum({ missed }).totalRequests).toBeNull();
    expect(sum({}).totalRequests).toBe(0);
  });

  test('an endpoint that was billed has been called: a count of zero is no count', () => {
    const result = sum({ usage: [usageRow({})], analytics: [calls('fal-ai/a', 0)] });
    expect(result.endpoints[0]).toMatchObject({ count: null, averageCost: null });
    expect(result.uncounted).toEqual(['fal-ai/a']);
  });

  test('calls without how they ended are said to be counted in part', () => {
    const analytics = [{ bucket: hour(0), endpointId: 'fal-ai/a', metrics: { request_count: 7 } }];
    expect(sum({ usage: [usageRow({})], analytics })).toMatchObject({
      totalRequests: 7,
      failedRequests: null,
      uncounted: ['fal-ai/a'],
    });
  });

  test('a part of the cost over all of the calls is no average', () => {
    const readings = { usage: [usageRow({})], analytics: [calls('fal-ai/a', 9)] };
    expect(sum(readings).endpoints[0]?.averageCost).toBe(555_556n);
    expect(sum({ ...readings, usageComplete: false }).endpoints[0]?.averageCost).toBeNull();
  });

  test('dollars over calls of which some were paid in euros are no average', () => {
    const usage = [usageRow({}), usageRow({ currency: 'EUR' })];
    const readings = { usage, analytics: [calls('fal-ai/a', 9)] };
    expect(sum(readings).endpoints[0]?.averageCost).toBeNull();
  });

  test('units are unknown when one row does not state them', () => {
    const usage = [usageRow({}), usageRow({ quantity: null })];
    expect(sum({ usage }).endpoints[0]?.units[0]?.quantity).toBeNull();
  });

  test('with pages missing an empty bucket is unknown; a bucket with rows keeps them', () => {
    const { series } = sum({ usage: [usageRow({ bucket: hour(2) })], usageComplete: false });
    expect(series[2]?.cost).toBe(5_000_000n);
    expect(series[3]?.cost).toBeNull();
  });
});

describe('most used', () => {
  const usage = [usageRow({ cost: 9n }), usageRow({ endpointId: 'fal-ai/b', cost: 1n })];

  test('is the endpoint with the most calls', () => {
    const analytics = [calls('fal-ai/a', 1), calls('fal-ai/b', 8)];
    expect(sum({ usage, analytics }).mostUsed).toBe('fal-ai/b');
  });

  test('is the most expensive one while some count is unknown, and none when nothing was used', () => {
    expect(sum({ usage, analytics: [calls('fal-ai/b', 8)] }).mostUsed).toBe('fal-ai/a');
    expect(sum({}).mostUsed).toBeNull();
  });
});

test('costs in another currency stand apart and are never added to the dollars', () => {
  const usage = [
    usageRow({}),
    usageRow({ currency: 'EUR', cost: 7n }),
    usageRow({ currency: 'EUR', cost: 1n }),
  ];
  const result = sum({ usage });
  expect(result.totalCost).toBe(5_000_000n);
  expect(result.otherCurrencies).toEqual([{ currency: 'EUR', cost: 8n }]);
});

describe('the series', () => {
  test('has every hour of a day, also of one with 23 or 25 of them', () => {
    const hours = (date: string, timezone: string) => {
      const period = resolvePeriod({ start: date, end: date, timezone }, asOf);
      const empty = { usage: [], usageComplete: true, analytics: [], missed: [] };
      return totals(empty, period, asOf).series.length;
    };
    expect(hours('2026-03-05', 'America/Mexico_City')).toBe(24);
    expect(hours('2026-03-08', 'America/New_York')).toBe(23);
    expect(hours('2025-11-02', 'America/New_York')).toBe(25);
    expect(hours('2026-03-05', 'Asia/Kathmandu')).toBe(24);
  });

  test('has every day of a fortnight once, also where clocks change', () => {
    const dates = { start: '2025-10-27', end: '2025-11-09', timezone: 'America/New_York' };
    const period = resolvePeriod(dates, asOf);
    const empty = { usage: [], usageComplete: true, analytics: [], missed: [] };
    const days = totals(empty, period, asOf).series.map(({ bucket }) => bucket);
    expect(days).toHaveLength(14);
    expect(new Set(days.map((day) => day.toPlainTime().toString()))).toEqual(new Set(['00:00:00']));
  });

  test('of the exact last 24 hours begins and ends with a part of an hour', () => {
    const now = Temporal.Instant.from('2026-03-05T10:30:00Z');
    const period = resolvePeriod({ timezone: 'UTC' }, now);
    const empty = { usage: [], usageComplete: true, analytics: [], missed: [] };
    const { series } = totals(empty, period, now);
    expect(series).toHaveLength(25);
    expect(series[0]?.bucket.toString()).toBe('2026-03-04T10:00:00+00:00[UTC]');
  });

  test('stops at the present', () => {
    const noon = Temporal.Instant.from('2026-03-05T12:00:00Z');
    const empty = { usage: [], usageComplete: true, analytics: [], missed: [] };
    expect(totals(empty, day, noon).series).toHaveLength(12);
  });

  test('loses no cost, wherever fal cuts its buckets and however clocks shift', () => {
    const zones = [
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'America/New_York',
      'Asia/Kathmandu',
      'UTC',
    ];
    const days = ['2025-10-05', '2026-04-05', '2026-03-08', '2025-11-02', '2026-01-15'];
    const minutes = fc.array(fc.integer({ min: -59, max: 25 * 60 }), { maxLength: 30 });
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...days),
        minutes,
        (timezone, date, at) => {
          const period = resolvePeriod(
            { start: date, end: date, timezone },
            Temporal.Instant.from('2026-06-01T00:00Z'),
          );
          const usage = at.map((minute) =>
            usageRow({ bucket: period.start.add({ minutes: minute }) }),
          );
          const readings = { usage, usageComplete: true, analytics: [], missed: [] };
          const { totalCost, series } = totals(readings, period, period.end);
          expect(sumNano(series.map((point) => point.cost ?? 0n))).toBe(totalCost);
          const starts = series.map((point) => point.bucket.epochMilliseconds);
          expect(starts).toEqual([...new Set(starts)].toSorted((a, b) => a - b));
        },
      ),
    );
  });
});
