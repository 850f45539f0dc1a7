import { describe, expect, test } from 'vitest';
import type { Nano } from '../../src/money.ts';
import { findPriceChanges } from '../../src/usage/price-changes.ts';

const UNIT = { endpointId: 'fal-ai/a', unit: 'images' };
const at = (hour: number) => Temporal.Instant.from('2026-03-01T00:00:00Z').add({ hours: hour });

/** One row an hour at each of those prices. */
async function* rows(...prices: (Nano | Nano[] | null)[]) {
  for (const [hour, price] of prices.entries()) {
    for (const unitPrice of [price].flat()) yield { ...UNIT, unitPrice, start: at(hour) };
  }
}

describe('a price', () => {
  test('that another one follows for good has changed', async () => {
    expect(await findPriceChanges([UNIT], rows(4n, 4n, null, 5n, 5n, 7n))).toEqual([
      { ...UNIT, from: 5n, to: 7n, at: at(5) },
      { ...UNIT, from: 4n, to: 5n, at: at(3) },
    ]);
  });

  test.each([
    ['goes on beside another', rows(4n, 5n, 4n)],
    ['is billed in the same hour as another', rows(4n, [4n, 5n], 5n)],
    ['is the only one', rows(4n, 4n)],
    ['is not known', rows(null, null)],
  ])('that %s has not changed', async (_, read) => {
    expect(await findPriceChanges([UNIT], read)).toEqual([]);
  });
});

test('of other units nothing is said', async () => {
  const other = { ...UNIT, unit: 'seconds' };
  expect(await findPriceChanges([other], rows(4n, 5n))).toEqual([]);
});

test('no row more is read once prices stand side by side', async () => {
  let read = 0;
  async function* counted() {
    for await (const row of rows(4n, 5n, 4n, 5n, 4n)) {
      read += 1;
      yield row;
    }
  }
  await findPriceChanges([UNIT], counted());
  expect(read).toBe(3);
});
