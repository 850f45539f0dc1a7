import { describe, expect, test } from 'vitest';
import type { HistoryAnswer } from '../../src/history/answer.ts';
import { type KnownPrices, type OwnCost, outputPrice } from '../../src/planner/output-price.ts';
import { ownCosts } from '../../src/planner/own-costs.ts';

const ONE = 1_000_000_000n;
const NOTHING: KnownPrices = { list: null, own: null, estimate: null, manual: null };

function list(unit: string, unitPrice: bigint, currency = 'USD') {
  return { endpointId: 'fal-ai/kling', unit, unitPrice, currency };
}

const own: OwnCost = {
  perCall: { low: 200n, expected: 300n, high: 500n },
  unitsPerCall: { unit: 'second', quantity: 5n * ONE },
  calls: 40,
  days: 9,
};

describe('what an output costs', () => {
  test('is the unit price times the units that the plan says', () => {
    const known = { ...NOTHING, list: list('seconds', 56_000_000n), own };
    expect(outputPrice(known, 10n * ONE)).toMatchObject({
      source: 'unit_price',
      price: { low: 560_000_000n, expected: 560_000_000n, high: 560_000_000n },
      units: { perOutput: 10n * ONE, from: 'plan' },
    });
  });

  test('is that times the units of the own calls where the plan does not say', () => {
    const known = { ...NOTHING, list: list('seconds', 56_000_000n), own };
    expect(outputPrice(known, null)).toMatchObject({
      price: { expected: 280_000_000n },
      units: { from: 'history' },
    });
  });

  test('may be as much or as little as the own calls cost, unless the plan says the units', () => {
    const known = { ...NOTHING, list: list('images', 250n), own };
    const units = { unit: 'images', unitPrice: 250n, perOutput: ONE, from: 'unit' };
    expect(outputPrice(known, null)).toEqual({
      source: 'unit_price',
      price: { low: 200n, expected: 250n, high: 500n },
      units,
    });
    expect(outputPrice(known, ONE)).toMatchObject({ price: { low: 250n, high: 250n } });
  });

  test('of an image is the price of an image', () => {
    expect(outputPrice({ ...NOTHING, list: list('images', 5_000_000n) }, null)).toMatchObject({
      price: { expected: 5_000_000n },
      units: { from: 'unit' },
    });
  });

  test('is the own average where nobody knows how many units an output is', () => {
    const known = { ...NOTHING, list: list('megapixels', 3n), own, estimate: 7n, manual: 9n };
    expect(outputPrice(known, null)).toEqual({
      price: own.perCall,
      source: 'own_average',
      units: null,
    });
  });

  test("is fal's estimate before what somebody says, and nothing where nothing is known", () => {
    const known = { ...NOTHING, list: list('images', 5n, 'EUR'), estimate: 7n, manual: 9n };
    expect(outputPrice(known, null)).toMatchObject({ source: 'estimate', price: { high: 7n } });
    expect(outputPrice({ ...known, estimate: null }, null)).toMatchObject({
      source: 'manual',
      price: { low: 9n },
    });
    expect(outputPrice(NOTHING, ONE)).toBeNull();
  });
});

test('own costs are the average call, and the cheap and dear days around it', () => {
  const days = [10n, 20n, 30n, 40n, 50n, 60n, 70n, 80n, 90n, 100n, 1000n];
  const answer = {
    groups: [
      {
        key: 'fal-ai/kling',
        count: 11,
        averageCost: 141n,
        units: [{ unit: 'seconds', quantity: 33n * ONE, unitPrice: 1n }],
      },
      { key: 'fal-ai/never-counted', count: null, averageCost: null, units: [] },
    ],
    series: days.map((cost) => ({ parts: [{ group: 0, cost, count: 1, failures: 0 }] })),
  } as unknown as HistoryAnswer;
  expect([...ownCosts(answer)]).toEqual([
    [
      'fal-ai/kling',
      {
        perCall: { low: 20n, expected: 141n, high: 141n },
        unitsPerCall: { unit: 'seconds', quantity: 3n * ONE },
        calls: 11,
        days: 11,
      },
    ],
  ]);
});

test('an image at the double price counts as two, and a search besides for its cost', () => {
  const unit = { subtotal: 0n, percentDiscount: null };
  const answer = {
    groups: [
      {
        key: 'fal-ai/gemini',
        count: 10,
        averageCost: 200n,
        units: [
          { ...unit, unit: 'images', quantity: 8n * ONE, unitPrice: 150n },
          { ...unit, unit: 'images', quantity: 2n * ONE, unitPrice: 300n },
          { ...unit, unit: 'searches', quantity: 5n * ONE, unitPrice: 60n },
        ],
      },
    ],
    series: [],
  } as unknown as HistoryAnswer;
  expect(ownCosts(answer).get('fal-ai/gemini')?.unitsPerCall).toEqual({
    unit: 'images',
    quantity: (14n * ONE) / 10n,
  });
});
