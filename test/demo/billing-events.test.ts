import { expect, onTestFinished, test } from 'vitest';
import { billingRequests } from '../../src/demo/billing-request.ts';
import { createFalClient } from '../../src/fal/client.ts';
import { createTransport, openQuestion } from '../../src/fal/transport.ts';
import { ask, body, DAY, NOW, pages, simulator, sum } from './ask.ts';

const PATH = '/models/billing-events';

test('the pages add up to the truth to the nano', async () => {
  const sim = await simulator();
  const all = await pages(sim, PATH, { ...DAY, limit: 50 });
  const events = all.flatMap(({ billing_events }) => billing_events);
  const truth = sim.truth(DAY);
  expect(all.length).toBeGreaterThan(3);
  expect(events.length).toBe(truth.charges);
  expect(sum(events, 'cost_total')).toBe(truth.costNano);
  const nanos = events.reduce((total, event) => total + Number(event.cost_estimate_nano_usd), 0);
  expect(BigInt(nanos)).toBe(truth.costNano);
});

test('events come newest first with every field of the contract', async () => {
  const sim = await simulator();
  const { billing_events } = await body(sim, PATH, { endpoint_id: 'fal-ai/flux/dev' });
  const times = billing_events.map(({ timestamp }) => String(timestamp));
  expect(times).toEqual(times.toSorted().reverse());
  expect(times.length).toBeGreaterThan(5);
  expect(billing_events[0]).toEqual({
    request_id: expect.any(String),
    endpoint_id: expect.any(String),
    timestamp: expect.stringMatching(/^2026-01-12T.*Z$/),
    output_units: expect.any(Number),
    unit_price: expect.any(Number),
    percent_discount: null,
    cost_subtotal: expect.any(Number),
    cost_discount: 0,
    cost_total: expect.any(Number),
    cost_estimate_nano_usd: expect.any(Number),
  });
});

test('units times price less the discount is rounded once a request', async () => {
  const traffic = billingRequests([
    {
      at: '2026-01-12T17:00:00Z',
      endpointId: 'fal-ai/whisper',
      quantity: 1.234567891,
      unitPrice: 0.000555556,
      percentDiscount: 12.5,
    },
  ]);
  const { billing_events } = await body(await simulator({ traffic }), PATH);
  expect(billing_events).toMatchObject([
    {
      output_units: 1.234567891,
      unit_price: 0.000555556,
      percent_discount: 12.5,
      cost_subtotal: 0.000685872,
      cost_total: 0.000600138,
      cost_discount: 0.000085734,
      cost_estimate_nano_usd: 600138,
    },
  ]);
});

test('a request can be looked up, with who made it', async () => {
  const sim = await simulator();
  const { billing_events } = await body(sim, PATH, { expand: 'auth_method' });
  const [first] = billing_events;
  const found = await body(sim, PATH, {
    request_id: String(first?.request_id),
    expand: 'auth_method',
  });
  expect(first?.auth_method).toEqual(expect.any(String));
  expect(found.billing_events).toContainEqual(first);
});

test('the client finds a single request, with all its charges, among many', async () => {
  const traffic = billingRequests([
    ...['one', 'two', 'three'].map((requestId) => ({
      requestId,
      at: '2026-01-02T17:00:00Z',
      endpointId: 'a',
    })),
    {
      requestId: 'two',
      at: '2026-01-02T17:00:00Z',
      endpointId: 'a',
      unit: 'searches',
      call: false,
    },
  ]);
  const sim = await simulator({ traffic });
  const fal = createFalClient(createTransport({ baseUrl: sim.url }));
  onTestFinished(() => fal.close());
  async function found(...requestIds: string[]) {
    const ids: string[] = [];
    const period = { start: NOW.subtract({ hours: 100 * 24 }), end: NOW };
    const stops = await fal.billingEvents(
      openQuestion(sim.keys.admin, 60_000),
      { ...period, requestIds },
      (events) => {
        ids.push(...events.map(({ requestId }) => requestId));
        return undefined;
      },
    );
    expect(stops).toEqual([]);
    return ids.toSorted();
  }
  expect(await found('two')).toEqual(['two', 'two']);
  expect(await found('one', 'three')).toEqual(['one', 'three']);
  expect(await found('four')).toEqual([]);
  expect(sim.received.at(-1)?.query.getAll('request_id')).toEqual(['four']);
});

test('pages are at most 10,000 rows, or what the simulator is told', async () => {
  const traffic = billingRequests(
    Array.from({ length: 10_050 }, () => ({ at: '2026-01-12T17:00:00Z', endpointId: 'a' })),
  );
  const sim = await simulator({ traffic });
  const lengthOf = async (query: Record<string, number>) =>
    (await body(sim, PATH, query)).billing_events.length;
  expect(await lengthOf({})).toBe(1000);
  expect(await lengthOf({ limit: 20_000 })).toBe(10_000);
  const small = await simulator({ traffic, eventsPageSize: 20 });
  expect((await body(small, PATH, { limit: 5000 })).billing_events.length).toBe(20);
});

test('new events do not shift the pages of a question that is under way', async () => {
  let now = NOW;
  const sim = await simulator({ now: () => now });
  const query = { start: DAY.start, end: NOW.add({ hours: 12 }), limit: 30 };
  const first = await body(sim, PATH, query);
  now = NOW.add({ hours: 6 });
  const second = await body(sim, PATH, { ...query, cursor: String(first.next_cursor) });
  const seen = new Set(first.billing_events.map((event) => JSON.stringify(event)));
  expect(second.billing_events.some((event) => seen.has(JSON.stringify(event)))).toBe(false);
});

test('more than 90 days at once are refused', async () => {
  const sim = await simulator();
  const days = async (count: number) =>
    (await ask(sim, PATH, { start: NOW.subtract({ hours: 24 * count }), end: NOW })).status;
  expect([await days(90), await days(91)]).toEqual([200, 400]);
});
