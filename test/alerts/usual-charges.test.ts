import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chargesByModel,
  farAbove,
  KEPT_CHARGES,
  LEAST_COST,
  requestSums,
  usualOf,
} from '../../src/alerts/usual-charges.ts';
import type { BillingEvent } from '../../src/fal/billing-events.ts';
import { NANO_PER_UNIT } from '../../src/money.ts';

const usd = (amount: number) => BigInt(Math.round(amount * 1e9));
const FLUX = Array.from({ length: 30 }, () => usd(0.03));

describe('far above', () => {
  test('is an 80 second clip that was billed as 10,272 seconds (fal-ai/fal#1175)', () => {
    const clips = Array.from({ length: 12 }, (_, index) => usd(200 + index));
    expect(farAbove(usd(40_500), clips, null)).toEqual({ usual: usd(205) });
  });

  test.each([
    ['five times as much', 0.15 * 5, 0.15, true],
    ['not quite five times as much', 0.15 * 5 - 0.001, 0.15, false],
    ['a hundred times as much, of next to nothing', 0.3, 0.003, false],
  ])('%s', (_, cost, each, isFar) => {
    const known = Array.from({ length: 30 }, () => usd(each));
    expect(farAbove(usd(cost), known, null) !== null).toBe(isFar);
  });

  test('is not what a model does now and then', () => {
    const minutes = Array.from({ length: 40 }, (_, index) => usd(index % 8 === 0 ? 4 : 0.2));
    expect(farAbove(usd(4), minutes, null)).toBeNull();
    expect(farAbove(usd(8.1), minutes, null)).toEqual({ usual: usd(0.2) });
  });

  test('is judged by what calls cost on average where too few are known', () => {
    expect(farAbove(usd(1), FLUX.slice(0, 9), usd(0.2))).toEqual({ usual: usd(0.2) });
    expect(farAbove(usd(0.9), FLUX.slice(0, 9), usd(0.2))).toBeNull();
  });

  test('is only what is much for any model where nobody knows', () => {
    expect(farAbove(usd(49.99), [], null)).toBeNull();
    expect(farAbove(usd(50), [], null)).toEqual({ usual: 0n });
  });

  test('one ruinous request hides no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 9, max: 100 }), fc.nat({ max: 100 }), (count, place) => {
        const known = Array.from({ length: count }, () => usd(0.03));
        known.splice(place % count, 0, usd(40_500));
        expect(farAbove(usd(40_500), known, null)).toEqual({ usual: usd(0.03) });
      }),
    );
  });

  test('is at least five times the usual, and half a dollar', () => {
    const cost = fc.bigInt({ min: 1n, max: 100n * NANO_PER_UNIT });
    fc.assert(
      fc.property(fc.array(cost, { minLength: 10, maxLength: 101 }), cost, (known, asked) => {
        const found = farAbove(asked, known, null);
        const usual = usualOf(known);
        expect(usual && usual.median <= usual.most).toBe(true);
        if (!found) return;
        expect(asked).toBeGreaterThanOrEqual(found.usual * 5n);
        expect(asked).toBeGreaterThanOrEqual(LEAST_COST);
      }),
    );
  });
});

const event = (requestId: string, timestampMs: number, cost: bigint): BillingEvent => ({
  ...{ requestId, timestampMs, cost, endpointId: 'fal-ai/flux/dev' },
  ...{ units: null, unitPrice: null, percentDiscount: null, auth: null },
});

test('every cent of every request is counted once, on whichever page it comes', () => {
  const MINUTE = 60_000;
  fc.assert(
    fc.property(
      fc.array(fc.record({ id: fc.nat({ max: 30 }), late: fc.nat({ max: 9 * MINUTE }) })),
      fc.integer({ min: 1, max: 7 }),
      (parts, pageSize) => {
        // The events of a request are minutes apart at most.
        const events = parts
          .map(({ id, late }) => event(`r${id}`, id * 3 * MINUTE + late, BigInt(id + 1)))
          .sort((one, other) => other.timestampMs - one.timestampMs);
        const sums = requestSums();
        const whole = [];
        for (let from = 0; from < events.length; from += pageSize) {
          whole.push(...sums.add(events.slice(from, from + pageSize)));
        }
        whole.push(...sums.rest());
        const expected = Map.groupBy(events, ({ requestId }) => requestId);
        expect(whole).toHaveLength(expected.size);
        for (const { requestId, cost } of whole) {
          const own = expected.get(requestId) ?? [];
          expect(cost).toBe(own.reduce((sum, each) => sum + each.cost, 0n));
        }
      },
    ),
  );
});

test('of a million charges few are held, and the newest and the dearest are those', () => {
  const sums = requestSums();
  const charges = chargesByModel({ learnFromMs: 0, learnUntilMs: 2_000_000 });
  let held = 0;
  for (let page = 0; page < 100; page += 1) {
    const events = Array.from({ length: 1_000 }, (_, index) => {
      const number = 99_999 - page * 1_000 - index;
      return event(`r${number}`, number * 20, usd(number % 1_000 === 7 ? number : 0.7));
    });
    charges.add(sums.add(events));
    const [model] = charges.models.values();
    held = Math.max(held, sums.rest().length + (model?.dear.length ?? 0));
  }
  charges.add(sums.rest());
  expect(held).toBeLessThan(40_000);
  const [dearest] = charges.dearOf('fal-ai/flux/dev');
  expect(dearest?.cost).toBe(usd(99_007));
  const learnt = charges.learntOf('fal-ai/flux/dev');
  expect(learnt).toHaveLength(KEPT_CHARGES);
});
