import { expect, test } from 'vitest';
import { FOCUS_COLUMNS, focusCharges, focusUnit } from '../../src/usage/focus.ts';
import { fakeRow } from '../support/fake-history.ts';
import { focusHeaderFaults, focusRowFaults } from '../support/focus-checker.ts';

/** A charge as the file has it, before it is CSV. */
function charge(facts: Parameters<typeof fakeRow>[1] = {}): Record<string, string> {
  const cells = focusCharges()(fakeRow('2026-12-31T23:00:00Z', facts));
  return Object.fromEntries(
    FOCUS_COLUMNS.map((column, index) => {
      const cell = cells[index];
      return [column, typeof cell === 'object' ? (cell?.digits ?? '') : String(cell)];
    }),
  );
}

test('a row of fal is a usage charge of its month', () => {
  expect(charge({ percentDiscount: 12.5 })).toEqual({
    BilledCost: '0.0625',
    BillingAccountId: 'main',
    BillingAccountName: 'Principal',
    BillingCurrency: 'USD',
    BillingPeriodEnd: '2027-01-01T00:00:00Z',
    BillingPeriodStart: '2026-12-01T00:00:00Z',
    ChargeCategory: 'Usage',
    ChargeClass: '',
    ChargeDescription: 'fal-ai/flux/dev, Megapixels',
    ChargeFrequency: 'Usage-Based',
    ChargePeriodEnd: '2027-01-01T00:00:00Z',
    ChargePeriodStart: '2026-12-31T23:00:00Z',
    ConsumedQuantity: '2.5',
    ConsumedUnit: 'Megapixels',
    ContractedCost: '0.0625',
    EffectiveCost: '0.0625',
    HostProviderName: 'fal',
    InvoiceIssuerName: 'fal',
    ListCost: '0.0625',
    ListUnitPrice: '0.025',
    PricingQuantity: '2.5',
    PricingUnit: 'Megapixels',
    RegionId: '',
    ResourceId: '',
    ServiceCategory: 'AI and Machine Learning',
    ServiceName: 'fal Model APIs',
    ServiceProviderName: 'fal',
    ServiceSubcategory: 'Generative AI',
    SkuId: 'fal-ai/flux/dev',
    SkuPriceId: 'fal-ai/flux/dev:megapixels',
    SubAccountId: 'main',
    SubAccountName: 'Principal',
    Tags: '{"fal/api_key_id":"key-1","fal/auth_method":"Booth"}',
    x_DiscountPercent: '12.5',
    x_State: 'final',
  });
});

test('a price that fal does not state is no price at all, and what was charged is', () => {
  for (const facts of [{ unitPrice: null }, { unit: null }]) {
    const row = charge(facts);
    expect(focusRowFaults(row)).toEqual([]);
    expect(row).toMatchObject({ SkuPriceId: '', ListUnitPrice: '', PricingQuantity: '' });
    expect(row).toMatchObject({ ListCost: '0.0625', BilledCost: '0.0625' });
  }
});

test.each([
  ['image', 'Images'],
  ['megapixels', 'Megapixels'],
  ['1000 characters', '1000 Characters'],
  ['1k tokens', '1000 Tokens'],
  ['1m tokens', '1000000 Tokens'],
  ['1 second', 'Seconds'],
  ['compute seconds', 'Compute-Seconds'],
  ['search', 'Searches'],
  ['units', 'Units'],
  ['', 'Units'],
  ['5s clip', '5s-Clips'],
])('the unit %j is written %j', (unit, written) => {
  expect(focusUnit(unit)).toBe(written);
});

test.each([
  ['BilledCost', '1e-7'],
  ['BilledCost', ''],
  ['BilledCost', '+1'],
  ['BillingCurrency', 'usd'],
  ['BillingPeriodStart', '2026-12-01'],
  ['ChargePeriodStart', '2026-12-31T17:00:00-06:00'],
  ['ChargePeriodStart', '2026-11-30T23:00:00Z'],
  ['ChargeCategory', 'usage'],
  ['ChargeClass', 'None'],
  ['ConsumedUnit', ''],
  ['ListCost', '0.07'],
  ['ListUnitPrice', ''],
  ['PricingUnit', 'megapixels'],
  ['ServiceCategory', 'AI'],
  ['ServiceName', ' '],
  ['SkuPriceId', ''],
  ['Tags', 'key-1'],
  ['Tags', '{"a":{"b":1}}'],
])('the checker finds a %s of %j', (column, value) => {
  expect(focusRowFaults(charge())).toEqual([]);
  expect(focusRowFaults({ ...charge(), [column]: value })).not.toEqual([]);
});

test.each(['BilledCost', 'HostProviderName', 'ChargeClass', 'PricingUnit'])(
  'the checker misses a header without %s, or with a column of another kind',
  (column) => {
    expect(focusHeaderFaults(FOCUS_COLUMNS)).toEqual([]);
    expect(focusHeaderFaults(FOCUS_COLUMNS.filter((one) => one !== column))).not.toEqual([]);
    expect(focusHeaderFaults([...FOCUS_COLUMNS, 'PublisherName'])).not.toEqual([]);
  },
);
