import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Price } from '../../src/fal/pricing.ts';
import { divideNano, NANO_PER_UNIT } from '../../src/money.ts';
import {
  atListPrice,
  type BilledModel,
  type ListedPrices,
  onOtherModel,
} from '../../src/pricing/repricing.ts';
import type { BilledUnits } from '../../src/usage/report.ts';

const CENT = NANO_PER_UNIT / 100n;
const price = (unitPrice: bigint, unit = 'images', currency = 'USD'): Price => ({
  ...{ endpointId: 'fal-ai/m', unitPrice, unit, currency },
});
const line = (quantity: bigint, unitPrice: bigint | null, unit = 'image'): BilledUnits => ({
  ...{ unit, unitPrice },
  quantity: quantity * NANO_PER_UNIT,
});
const listing = (...prices: (bigint | null)[]): ListedPrices => ({
  prices: new Set(prices.filter((each) => each !== null)),
  isWhole: false,
});
const none = listing();

const nano = fc.bigInt({ min: 0n, max: 10n ** 15n });
const lines = fc.array(
  fc.record({ unit: fc.constantFrom('image', 'search'), quantity: nano, unitPrice: nano }),
  { minLength: 1, maxLength: 6 },
);

/** Units at the listed price, or as they were billed, in 1e-18. */
function exactly(units: BilledUnits[], kept: BilledUnits[], unitPrice: bigint): bigint {
  return units.reduce(
    (sum, each) =>
      sum + (each.quantity ?? 0n) * (kept.includes(each) ? (each.unitPrice ?? 0n) : unitPrice),
    0n,
  );
}

/** Billed at its prices. */
function undiscounted(units: BilledUnits[]): BilledModel {
  return { cost: divideNano(exactly(units, units, 0n), NANO_PER_UNIT), units };
}

describe("a month's units at the list price of today", () => {
  test('are units times price to the nano, what fal lists no price for as it was billed', () => {
    fc.assert(
      fc.property(lines, nano, (units, unitPrice) => {
        const listed = listing(...units.map((each) => each.unitPrice));
        const { cost, kept } = atListPrice(undiscounted(units), price(unitPrice), listed);
        if (units.every(({ unit }) => unit === 'search')) {
          expect(cost).toBeNull();
          return;
        }
        expect(kept).toEqual(units.filter(({ unit }) => unit === 'search'));
        const whole = divideNano(exactly(units, kept, unitPrice), NANO_PER_UNIT);
        expect(cost).toBe(whole);
      }),
    );
  });

  test('cost what they were billed where no price changed, discounts taken off', () => {
    fc.assert(
      fc.property(
        nano,
        nano,
        fc.bigInt({ min: 0n, max: 10n ** 6n }),
        (quantity, unitPrice, off) => {
          const gross = divideNano(quantity * unitPrice, NANO_PER_UNIT);
          const units = [{ unit: 'images', quantity, unitPrice }];
          const { cost, discount } = atListPrice(
            { cost: gross - off, units },
            price(unitPrice),
            none,
          );
          expect([cost, discount]).toEqual([quantity * unitPrice === 0n ? 0n : gross - off, off]);
        },
      ),
    );
  });

  test('keep the discount that they had at another price', () => {
    const billed = { cost: 82n * CENT, units: [line(100n, CENT)] };
    expect(atListPrice(billed, price(2n * CENT), none)).toMatchObject({
      ...{ cost: 164n * CENT, discount: 18n * CENT },
    });
  });

  test('never cost less at a higher price, nor with more of them', () => {
    fc.assert(
      fc.property(lines, nano, nano, (units, unitPrice, more) => {
        const listed = listing(...units.map((each) => each.unitPrice));
        const costAt = (some: BilledUnits[], listPrice: bigint) =>
          atListPrice(undiscounted(some), price(listPrice), listed).cost ?? 0n;
        const cost = costAt(units, unitPrice);
        expect(costAt(units, unitPrice + more)).toBeGreaterThanOrEqual(cost);
        const grown = units.map((each) => ({ ...each, quantity: each.quantity + more }));
        expect(costAt(grown, unitPrice)).toBeGreaterThanOrEqual(cost);
      }),
    );
  });

  test('go by the new price where they were billed at one that was listed, not where at a class of its own', () => {
    const units = [line(10n, 15n * CENT), line(5n, 18n * CENT), line(2n, 30n * CENT)];
    const billed = { cost: 300n * CENT, units };
    const known = atListPrice(billed, price(18n * CENT), listing(15n * CENT, 18n * CENT));
    expect(known).toMatchObject({ cost: (15n * 18n + 60n) * CENT, kept: [units[2]] });
    expect(known.discount).toBe(0n);
    const unseen = atListPrice(billed, price(20n * CENT), none);
    expect(unseen).toMatchObject({ cost: null, reason: 'not_listed' });
  });

  test('are of a class of their own at a price never listed while all listed ones are known', () => {
    const billed = { cost: 300n * CENT, units: [line(10n, 30n * CENT)] };
    const whole = { ...listing(18n * CENT), isWhole: true };
    expect(atListPrice(billed, price(15n * CENT), whole)).toMatchObject({
      ...{ cost: null, reason: 'not_listed' },
    });
    // It may as well be what it cost before anybody read prices.
    expect(atListPrice(billed, price(15n * CENT), none).cost).toBe(150n * CENT);
    const before = { cost: 180n * CENT, units: [line(10n, 18n * CENT)] };
    expect(atListPrice(before, price(15n * CENT), whole).cost).toBe(150n * CENT);
  });

  test('are not known, and never zero, where fal says no price, another unit or none', () => {
    const units = [line(10n, CENT)];
    const reasonOf = (at: Price | null, some: BilledUnits[] = units) => {
      const { cost, reason } = atListPrice({ cost: CENT, units: some }, at, none);
      expect(cost).toBeNull();
      return reason;
    };
    expect(reasonOf(null)).toBe('no_price');
    expect(reasonOf(price(CENT, 'images', 'EUR'))).toBe('other_currency');
    expect(reasonOf(price(CENT, 'megapixels'))).toBe('unit_differs');
    expect(reasonOf(price(CENT), [])).toBe('units_unknown');
    expect(reasonOf(price(CENT), [{ unit: 'image', quantity: null, unitPrice: CENT }])).toBe(
      'units_unknown',
    );
    expect(reasonOf(price(CENT), [...units, line(1n, null, 'searches')])).toBe('units_unknown');
  });
});

describe('calls on another model', () => {
  test('cost the average of its own, rounded once', () => {
    const used = { cost: 100n, count: 3 };
    expect(onOtherModel(2, { used, list: price(CENT) })).toMatchObject({
      ...{ cost: 67n, perCall: 33n, source: 'own_average' },
    });
  });

  test('cost a unit each where it was not used and a unit is an output', () => {
    const on = (list: Price | null) => onOtherModel(7, { used: null, list });
    expect(on(price(4n * CENT))).toMatchObject({ cost: 28n * CENT, source: 'unit_price' });
    expect(on(price(CENT, 'seconds'))).toBeNull();
    expect(on(price(CENT, 'images', 'EUR'))).toBeNull();
    expect(on(null)).toBeNull();
  });
});
