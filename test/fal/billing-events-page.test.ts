import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBillingEventsPage } from '../../src/fal/billing-events-page.ts';
import { billingEventsPage } from '../../src/fal/schemas.ts';

const text = fc.constantFrom<unknown>('a', '', null, undefined, 7, {});
const number = fc.constantFrom<unknown>(1, 0.5, null, undefined, '1', Number.POSITIVE_INFINITY, []);
const auth = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, 'key', []),
  fc.record(
    { detail: text, api_key_id: text, login_username: text, extra: text },
    { requiredKeys: [] },
  ),
);
const row = fc.record(
  {
    request_id: fc.constantFrom<unknown>('r1', 'r2', null, 1),
    endpoint_id: fc.constantFrom<unknown>('fal-ai/a', 'fal-ai/b', undefined),
    timestamp: fc.constantFrom<unknown>('2026-03-05T11:00:00Z', 0),
    output_units: number,
    unit_price: number,
    percent_discount: number,
    cost_total: number,
    cost_estimate_nano_usd: number,
    auth_method_structured: auth,
  },
  { requiredKeys: ['request_id', 'endpoint_id', 'timestamp'] },
);
const page = fc.record(
  {
    billing_events: fc.oneof(fc.array(row, { maxLength: 3 }), fc.constantFrom<unknown>(null, {})),
    has_more: fc.constantFrom<unknown>(true, false, null, undefined, 'yes'),
    next_cursor: text,
  },
  { requiredKeys: [] },
);

test('the short way of checking a page takes exactly what the schema takes', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(page, fc.constantFrom<unknown>(null, [], 'text')), (json) => {
      const schema = billingEventsPage.safeParse(json);
      const read = () => readBillingEventsPage(json, '/models/billing-events');
      if (schema.success) {
        taken += 1;
        expect(read().billing_events).toMatchObject(schema.data.billing_events);
      } else {
        expect(read).toThrow('/models/billing-events');
      }
    }),
    { numRuns: 2_000 },
  );
  expect(taken).toBeGreaterThan(20);
});
