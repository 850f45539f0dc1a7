import { expect, test } from 'vitest';
import { type BillingRequestParts, billingRequests } from '../../src/demo/billing-request.ts';
import { body, NOW, rowsOf, simulator, sum } from './ask.ts';

const HOUR_MS = 3_600_000;
const ID = 'fal-ai/flux/dev';
const AT = NOW.subtract({ hours: 2 }).toString();
const PERIOD = { start: NOW.subtract({ hours: 3 }), end: NOW, bound_to_timeframe: 'false' };

/** A request of two hours ago, and what fal says of it as the clock goes forward. */
async function request(parts: Partial<BillingRequestParts>) {
  let now = NOW;
  const traffic = billingRequests([{ at: AT, endpointId: ID, ...parts }]);
  const sim = await simulator({ now: () => now, traffic });
  return async function said(hoursLater: number) {
    now = NOW.add({ milliseconds: Math.round(hoursLater * HOUR_MS) });
    const usage = rowsOf([await body(sim, '/models/usage', PERIOD)]);
    const calls = rowsOf([await body(sim, '/models/analytics', { ...PERIOD, endpoint_id: ID })]);
    const { billing_events } = await body(sim, '/models/billing-events', PERIOD);
    const truth = sim.truth(PERIOD);
    expect(sum(usage, 'cost_total')).toBe(truth.costNano);
    expect(sum(billing_events, 'cost_total')).toBe(truth.costNano);
    return {
      rows: usage.length,
      events: billing_events.length,
      calls: calls.reduce((count, row) => count + Number(row.request_count), 0),
      count: truth.count,
      cost: Number(truth.costNano) / 1e9,
    };
  };
}

test('a request that fal knows late is nowhere until then', async () => {
  const said = await request({ knownAt: NOW.add({ hours: 5 }).toString() });
  expect(await said(4.999)).toEqual({ rows: 0, events: 0, calls: 0, count: 0, cost: 0 });
  expect(await said(5)).toEqual({ rows: 1, events: 1, calls: 1, count: 1, cost: 0.01 });
});

test('a correction changes what a request has cost, from then on', async () => {
  const at = NOW.add({ hours: 5 }).toString();
  const said = await request({ correction: { at, cost: 0.003_000_001, quantity: 0.3 } });
  expect(await said(4.999)).toMatchObject({ rows: 1, cost: 0.01 });
  expect(await said(5)).toMatchObject({ rows: 1, calls: 1, cost: 0.003_000_001 });
});

test('a charge that is taken back is a call without a row', async () => {
  const at = NOW.add({ hours: 5 }).toString();
  const said = await request({ correction: { at, cost: 0, quantity: 0 } });
  expect(await said(5)).toEqual({ rows: 0, events: 0, calls: 1, count: 1, cost: 0 });
});

test('what is corrected before it is known is only ever seen corrected', async () => {
  const said = await request({
    knownAt: NOW.add({ hours: 5 }).toString(),
    correction: { at: NOW.add({ hours: 1 }).toString(), cost: 0.5 },
  });
  expect(await said(2)).toMatchObject({ rows: 0 });
  expect(await said(5)).toMatchObject({ rows: 1, cost: 0.5 });
});

test('subtotal less discount is the cost after a correction too', async () => {
  const correction = { at: AT, cost: 0.02, quantity: 3 };
  const traffic = billingRequests([
    { at: AT, endpointId: ID, quantity: 2, percentDiscount: 20, correction },
  ]);
  const sim = await simulator({ traffic });
  const [row] = rowsOf([await body(sim, '/models/usage')]);
  expect(row).toMatchObject({
    quantity: 3,
    percent_discount: 20,
    cost_subtotal: 0.024,
    cost_discount: 0.004,
    cost_total: 0.02,
  });
});

test('a late request joins the row of its bucket, and a lag comes on top', async () => {
  const traffic = billingRequests([
    { at: AT, endpointId: ID },
    { at: AT, endpointId: ID, knownAt: NOW.toString() },
  ]);
  const sim = await simulator({ traffic });
  const quantity = async () => rowsOf([await body(sim, '/models/usage', PERIOD)])[0]?.quantity;
  expect(await quantity()).toBe(2);
  sim.quirks.lagMs = 1;
  expect(await quantity()).toBe(1);
  expect(sim.charges('futurelab-eventos', PERIOD)).toHaveLength(1);
});
