import fc from 'fast-check';
import { expect, test } from 'vitest';
import { usagePage } from '../../src/fal/schemas.ts';
import { readUsagePage } from '../../src/fal/usage-page.ts';

const text = fc.constantFrom<unknown>('a', null, undefined, 7);
const number = fc.constantFrom<unknown>(1, 0.5, null, undefined, '1', Number.POSITIVE_INFINITY);
const row = fc.record(
  {
    endpoint_id: fc.constantFrom<unknown>('fal-ai/a', 'fal-ai/a', undefined),
    unit: text,
    quantity: number,
    unit_price: number,
    percent_discount: number,
    cost_total: number,
    cost: number,
    currency: text,
    auth_method_structured: fc.oneof(
      fc.constantFrom<unknown>(null, undefined, 'key', []),
      fc.record({ detail: text, api_key_id: text, login_username: text }, { requiredKeys: [] }),
    ),
  },
  { requiredKeys: ['endpoint_id', 'quantity'] },
);
const bucket = fc.record({
  bucket: fc.constantFrom<unknown>('2026-03-05T11:00:00Z', '2026-03-05T11:00:00Z', 0),
  results: fc.oneof(fc.array(row, { maxLength: 2 }), fc.constantFrom<unknown>(null, {})),
});
const page = fc.record(
  {
    time_series: fc.oneof(fc.array(bucket, { maxLength: 2 }), fc.constantFrom<unknown>(null, {})),
    has_more: fc.constantFrom<unknown>(true, false, null, undefined, 'yes'),
    next_cursor: text,
  },
  { requiredKeys: [] },
);

test('the short way of checking a page of usage takes exactly what the schema takes', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(page, fc.constantFrom<unknown>(null, [], 'text')), (json) => {
      const schema = usagePage.safeParse(json);
      const read = () => readUsagePage(json, '/models/usage');
      if (schema.success) {
        taken += 1;
        expect(read()).toMatchObject(schema.data);
      } else {
        expect(read).toThrow('/models/usage');
      }
    }),
    { numRuns: 2_000 },
  );
  expect(taken).toBeGreaterThan(20);
});
