import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalField, parseDecimal } from '../../src/http/decimal-field.ts';
import { toDecimal, toJsonNumber } from '../../src/money.ts';

test('whatever an amount is written as, it is that amount', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (nano) => {
      expect(parseDecimal(toDecimal(nano))).toBe(nano);
      expect(parseDecimal(toDecimal(nano).replace('.', ','))).toBe(nano);
      expect(parseDecimal(JSON.stringify(toJsonNumber(nano)))).toBe(nano);
    }),
  );
});

test.each([
  '',
  '-',
  '.',
  '1.',
  '1e3',
  '1,000.50',
  '1 000',
  'NaN',
  '0x10',
  '1.0000000001',
  '9'.repeat(13),
])('%j is no plain decimal', (text) => {
  expect(parseDecimal(text)).toBeNull();
});

test('a field says whether it is no number or one too large', () => {
  const field = decimalField({ min: 0, max: 100 });
  const fault = (value: unknown) => field.safeParse(value).error?.issues[0]?.message;
  expect([fault('x'), fault({}), fault(null), fault('101'), fault(-1), fault('100')]).toEqual([
    'not_a_number',
    'not_a_number',
    'not_a_number',
    'out_of_range',
    'out_of_range',
    undefined,
  ]);
});

test('a comma that may be of thousands is no decimal comma: 1,500 is not read as one and a half', () => {
  const field = decimalField({ min: -5_000, max: 5_000 });
  const fault = (value: unknown) => field.safeParse(value).error?.issues[0]?.message;
  for (const text of ['1,500', '-12,000', '100,000']) expect(fault(text)).toBe('ambiguous_comma');
  for (const text of ['0,005', '1,50', '1,5000', '1.500', '1234,500']) {
    expect(fault(text)).toBeUndefined();
  }
});
