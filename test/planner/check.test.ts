import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outlook } from '../../src/credits/projection.ts';
import { checkPlan, type EventPlan } from '../../src/planner/check.ts';
import { WHOLE_PERCENT } from '../../src/planner/expected-cost.ts';
import type { OutputPrice } from '../../src/planner/output-price.ts';

const DOLLAR = 1_000_000_000n;
const ONE = 1_000_000_000n;
const NOW = Temporal.ZonedDateTime.from('2026-05-01T10:00[America/Mexico_City]');

function output(low: bigint, expected = low, high = expected): OutputPrice {
  return { price: { low, expected, high }, source: 'own_average', units: null };
}

function plan(fields: Partial<EventPlan> = {}): EventPlan {
  return {
    participants: 400,
    outputsPerParticipant: ONE,
    allowancePercent: 0n,
    marginPercent: 0n,
    start: NOW.add({ days: 10 }).toInstant(),
    models: [{ endpointId: 'fal-ai/flux/dev', share: WHOLE_PERCENT, output: output(DOLLAR / 10n) }],
    ...fields,
  };
}

function outlook(dollars: bigint, fields: Partial<Outlook> = {}): Outlook {
  const from = NOW.toInstant();
  return {
    now: NOW,
    lots: [{ id: 'all', amount: dollars * DOLLAR, from, expiresAt: null }],
    pace: null,
    events: [],
    ...fields,
  };
}

const now = NOW.toInstant();

test("the seed's check: participants times $0.005 against a credit limit", () => {
  const each = [{ endpointId: null, share: WHOLE_PERCENT, output: output(5_000_000n) }];
  const check = (participants: number) =>
    checkPlan(plan({ participants, models: each }), { credits: 10n * DOLLAR }, now);
  expect(check(2_000)).toMatchObject({ verdict: 'enough', topUp: 0n, topUpBy: null });
  expect(check(2_001)).toMatchObject({
    verdict: 'top_up',
    cost: { expected: 10_005_000_000n },
    topUp: DOLLAR,
    topUpBy: plan().start.subtract({ hours: 72 }),
  });
});

describe('what decides', () => {
  test.each([
    ['everyday', { pace: { usual: () => 3e9, spread: () => 0 } }, {}],
    [
      'events',
      {
        events: [
          {
            start: NOW.add({ days: 2 }).toInstant(),
            end: NOW.add({ days: 3 }).toInstant(),
            cost: { low: 30n * DOLLAR, expected: 30n * DOLLAR, high: 30n * DOLLAR },
          },
        ],
      },
      {},
    ],
    ['margin', {}, { marginPercent: 50n * ONE }],
    ['allowance', {}, { allowancePercent: 45n * ONE }],
    [
      'price',
      {},
      {
        models: [
          {
            endpointId: 'fal-ai/flux/dev',
            share: WHOLE_PERCENT,
            output: output(DOLLAR / 10n, DOLLAR / 5n, DOLLAR / 4n),
          },
        ],
      },
    ],
  ] as const)(
    'is %s where without it alone credits would be enough',
    (assumption, time, fields) => {
      const check = checkPlan(plan(fields), { outlook: outlook(50n, time) }, now);
      expect(check.verdict).not.toBe('enough');
      expect(check.decidedBy).toBe(assumption);
    },
  );

  test('is that credits expire, where they do before it begins', () => {
    const lots = [
      {
        id: 'soon',
        amount: 50n * DOLLAR,
        from: now,
        expiresAt: NOW.add({ days: 5 }).toInstant(),
      },
    ];
    const check = checkPlan(plan(), { outlook: outlook(0n, { lots }) }, now);
    expect(check).toMatchObject({ verdict: 'top_up', available: 0n, decidedBy: 'expiry' });
    expect(check.topUpBy).toEqual(NOW.add({ days: 2 }).toInstant());
  });
});

test('nobody comes, and it costs nothing', () => {
  const check = checkPlan(plan({ participants: 0 }), { credits: 0n }, now);
  expect(check).toMatchObject({ verdict: 'enough', cost: { high: 0n }, decidedBy: null });
});

test('more credits never make it worse, more guests never better, and enough is enough for the worst', () => {
  const rank = { top_up: 0, tight: 1, enough: 2 };
  const guests = fc.integer({ min: 0, max: 3_000 });
  const credits = fc.integer({ min: 0, max: 900 });
  const percent = fc.integer({ min: 0, max: 90 }).map((each) => BigInt(each) * ONE);
  fc.assert(
    fc.property(guests, guests, credits, credits, percent, (some, more, dollars, added, margin) => {
      const pace = { usual: () => 2e9, spread: (days: number) => 5e8 * Math.sqrt(days) };
      const check = (participants: number, funds: number) =>
        checkPlan(
          plan({ participants, marginPercent: margin }),
          { outlook: outlook(BigInt(funds), { pace }) },
          now,
        );
      const one = check(some, dollars);
      expect(rank[check(some, dollars + added).verdict]).toBeGreaterThanOrEqual(rank[one.verdict]);
      expect(rank[check(some + more, dollars).verdict]).toBeLessThanOrEqual(rank[one.verdict]);
      expect(one.verdict === 'enough').toBe(one.cost.high <= one.available);
    }),
    { numRuns: 40 },
  );
});

test('what everyday spending lacks until then is part of what has to be added', () => {
  const pace = { usual: () => 10e9, spread: () => 0 };
  const check = checkPlan(plan(), { outlook: outlook(30n, { pace }) }, now);
  // Ten days at $10 with $30 there lack $70, and the event needs $40 of its own.
  expect(check).toMatchObject({ verdict: 'top_up', available: 0n, topUp: 110n * DOLLAR });
  const nobody = checkPlan(plan({ participants: 0 }), { outlook: outlook(30n, { pace }) }, now);
  expect(nobody).toMatchObject({ verdict: 'enough', topUp: 0n });
});
