import { expect, test } from 'vitest';
import { billingRequests } from '../../src/demo/billing-request.ts';
import type { Quirks } from '../../src/demo/quirks.ts';
import { ask, body, DAY, NOW, pages, rowsOf, simulator, sum } from './ask.ts';

const USAGE = '/models/usage';
const ANALYTICS = '/models/analytics';
const EVENTS = '/models/billing-events';
const ID = 'fal-ai/flux/dev';
const OTHER = 'fal-ai/whisper';

async function quirky(quirks: Partial<Quirks>, pageSize = 50) {
  const sim = await simulator({ pageSize });
  Object.assign(sim.quirks, quirks);
  return sim;
}

test('costOnly: rows have no other cost than cost', async () => {
  const sim = await quirky({ costOnly: true });
  const [row] = rowsOf([await body(sim, USAGE)]);
  expect(Object.keys(row ?? {})).toEqual([
    'endpoint_id',
    'unit',
    'quantity',
    'unit_price',
    'cost',
    'currency',
  ]);
});

test('nullOptionals: what may be null is null', async () => {
  const sim = await quirky({ nullOptionals: true });
  const [row] = rowsOf([await body(sim, USAGE)]);
  expect(row).toMatchObject({ cost_total: null, percent_discount: null, cost: expect.any(Number) });
  const [event] = (await body(sim, EVENTS)).billing_events;
  expect(event).toMatchObject({ output_units: null, unit_price: null, percent_discount: null });
  const query = { endpoint_id: ID, expand: 'summary,request_count,p50_duration' };
  expect((await body(sim, ANALYTICS, query)).summary).toMatchObject([
    { request_count: expect.any(Number), p50_duration: null },
  ]);
});

test('extraFields: unknown fields everywhere', async () => {
  const sim = await quirky({ extraFields: true });
  expect(await body(sim, USAGE)).toHaveProperty('generated_by');
  expect(await body(sim, EVENTS)).toHaveProperty('billing_events.0.region');
  expect(await body(sim, ANALYTICS, { endpoint_id: ID })).toHaveProperty('generated_by');
  expect(await body(sim, '/account/billing')).toHaveProperty('plan');
});

test('summaryIs401: a good key is refused the summary', async () => {
  const sim = await quirky({ summaryIs401: true });
  expect((await ask(sim, USAGE, { expand: 'summary' })).status).toBe(401);
  const query = { endpoint_id: ID, expand: 'summary,request_count' };
  expect((await ask(sim, ANALYTICS, query)).status).toBe(401);
  expect((await ask(sim, USAGE)).status).toBe(200);
});

test('ignoreWindow: the last 24 hours come back', async () => {
  const sim = await quirky({ ignoreWindow: true });
  const usual = await body(sim, USAGE);
  expect(await body(sim, USAGE, { start: '2026-01-05', end: '2026-01-06' })).toEqual(usual);
});

test('utcBuckets: stamps are in UTC whatever the zone', async () => {
  const sim = await quirky({ utcBuckets: true });
  const query = { timezone: 'America/Mexico_City', timeframe: 'day' };
  const { time_series } = await body(sim, USAGE, query);
  expect(time_series.map(({ bucket }) => bucket)).toEqual([
    '2026-01-11T06:00:00Z',
    '2026-01-12T06:00:00Z',
  ]);
});

test('repeatCursor: the second page is its own next', async () => {
  const sim = await quirky({ repeatCursor: true }, 10);
  const [first, second, third] = await pages(sim, USAGE, {}, 3);
  expect(first?.next_cursor).toBe(second?.next_cursor);
  expect(second).toEqual(third);
  expect(second?.time_series).not.toEqual(first?.time_series);
});

test('emptyPages: nothing, nothing, then all of it', async () => {
  const sim = await quirky({ emptyPages: 2 }, 10);
  const all = await pages(sim, USAGE, { ...DAY, bound_to_timeframe: 'false' });
  expect(all.slice(0, 2)).toMatchObject([
    { time_series: [], has_more: true },
    { time_series: [], has_more: true },
  ]);
  expect(sum(rowsOf(all), 'cost')).toBe(sim.truth(DAY).costNano);
});

test('endlessPages: never an end, always a fresh cursor', async () => {
  const sim = await quirky({ endlessPages: true });
  const all = await pages(sim, EVENTS, {}, 5);
  expect(all.every(({ has_more }) => has_more)).toBe(true);
  expect(new Set(all.map(({ next_cursor }) => next_cursor)).size).toBe(5);
});

test('cursorMissing: more is promised without a way there', async () => {
  const sim = await quirky({ cursorMissing: true });
  expect(await body(sim, USAGE)).toMatchObject({ has_more: true, next_cursor: null });
});

test.each([USAGE, EVENTS])(
  'overlapPages: the end of a page of %s begins the next',
  async (path) => {
    const sim = await quirky({ overlapPages: 2 }, 6);
    const [first, second] = await pages(sim, path, { limit: 6 }, 2);
    const items = (page: typeof first) => page?.time_series ?? page?.billing_events ?? [];
    expect(items(first)).toHaveLength(6);
    expect(items(second).slice(0, 2)).toEqual(items(first).slice(-2));
  },
);

test('overlapPages: comes to an end all the same', async () => {
  const sim = await quirky({ overlapPages: 1 }, 6);
  expect((await pages(sim, USAGE, {}, 20)).at(-1)?.has_more).toBe(false);
});

test('analyticsPoison and analyticsUnknown: one id spoils the batch', async () => {
  const sim = await quirky({ analyticsPoison: [ID], analyticsUnknown: [OTHER] });
  const status = async (endpoint_id: string) => (await ask(sim, ANALYTICS, { endpoint_id })).status;
  expect(await status(`fal-ai/fast-sdxl,${ID}`)).toBe(500);
  expect(await status(`fal-ai/fast-sdxl,${OTHER}`)).toBe(404);
  expect(await status('fal-ai/fast-sdxl')).toBe(200);
});

test('coldBootPoison: cold boot percentiles cannot be asked for', async () => {
  const sim = await quirky({ coldBootPoison: true });
  const status = async (metric: string) =>
    (await ask(sim, ANALYTICS, { endpoint_id: ID, expand: `summary,${metric}` })).status;
  expect(await status('p90_cold_boot_duration')).toBe(500);
  expect(await status('cold_boot_count')).toBe(200);
});

test('noPrice: 404 for everything asked with it', async () => {
  const sim = await quirky({ noPrice: [ID] });
  const status = async (endpoint_id: string) =>
    (await ask(sim, '/models/pricing', { endpoint_id })).status;
  expect([await status(`${OTHER},${ID}`), await status(OTHER)]).toEqual([404, 200]);
});

test('noBalance and balance: no credits, or the ones a test needs', async () => {
  const sim = await quirky({ noBalance: true, balance: 24.5 });
  const query = { expand: 'credits' };
  expect(await body(sim, '/account/billing', query)).not.toHaveProperty('credits');
  sim.quirks.noBalance = false;
  expect(await body(sim, '/account/billing', query)).toMatchObject({
    credits: { current_balance: 24.5 },
  });
});

test('billingEventsDown: usage still works', async () => {
  const sim = await quirky({ billingEventsDown: true });
  expect((await ask(sim, EVENTS)).status).toBe(500);
  expect((await ask(sim, USAGE)).status).toBe(200);
});

test('foreignCurrency: one endpoint is billed in another', async () => {
  const sim = await quirky({ foreignCurrency: { endpointId: ID, currency: 'EUR' } });
  const { summary } = await body(sim, USAGE, { expand: 'summary' });
  const inEuros = summary.filter(({ currency }) => currency === 'EUR');
  expect(new Set(inEuros.map(({ endpoint_id }) => endpoint_id))).toEqual(new Set([ID]));
});

test('lagMs: what just happened is not there yet', async () => {
  const traffic = billingRequests([
    { at: '2026-01-12T17:58:00Z', endpointId: ID },
    { at: NOW.epochMilliseconds, endpointId: ID },
  ]);
  const sim = await simulator({ traffic });
  const period = { start: DAY.start, end: NOW.add({ minutes: 1 }) };
  expect(sim.truth(period).count).toBe(2);
  sim.quirks.lagMs = 90_000;
  expect(sim.truth(period).count).toBe(1);
  expect((await body(sim, EVENTS, period)).billing_events).toHaveLength(1);
});

test('splitCharges: two events of one request, the same sum', async () => {
  const sim = await quirky({ splitCharges: [ID] });
  const all = await pages(sim, EVENTS, { ...DAY, endpoint_id: ID, limit: 7 });
  const events = all.flatMap(({ billing_events }) => billing_events);
  const truth = sim.truth(DAY, [ID]);
  expect(all.every(({ billing_events }) => billing_events.length <= 7)).toBe(true);
  expect(events).toHaveLength(2 * truth.charges);
  expect(events[0]?.request_id).toBe(events[1]?.request_id);
  expect(sum(events, 'cost_total')).toBe(truth.costNano);
});
