import { expect, test } from 'vitest';
import { billingRequests } from '../../src/demo/billing-request.ts';
import { CATALOGUE } from '../../src/demo/models.ts';
import { ask, body, DAY, pages, rowsOf, simulator } from './ask.ts';

const PATH = '/models/analytics';
const BILLED = 'fal-ai/kling-video/v2.1/standard';
const CALLED = [`${BILLED}/image-to-video`, `${BILLED}/text-to-video`];

test('counts of calls by called id add up to the truth', async () => {
  const sim = await simulator({ pageSize: 4 });
  const all = await pages(sim, PATH, {
    ...DAY,
    bound_to_timeframe: 'false',
    endpoint_id: CATALOGUE.map(({ endpointId }) => endpointId),
    expand: ['time_series', 'request_count', 'success_count', 'user_error_count', 'error_count'],
  });
  const total = (field: string) =>
    rowsOf(all).reduce((count, row) => count + Number(row[field]), 0);
  const truth = sim.truth(DAY);
  expect(truth.count).toBeGreaterThan(200);
  expect(total('request_count')).toBe(truth.count);
  expect(total('success_count')).toBe(truth.successes);
  expect(total('user_error_count') + total('error_count')).toBe(truth.failures);
});

test('a billed id that is never called has no calls', async () => {
  const sim = await simulator();
  const billed = await body(sim, PATH, { endpoint_id: BILLED });
  expect(billed.time_series).toEqual([]);
  const called = await body(sim, PATH, {
    ...DAY,
    bound_to_timeframe: 'false',
    endpoint_id: CALLED,
    expand: 'summary,request_count',
  });
  const counted = called.summary.map((row) => row.request_count);
  const kling = sim.truth(DAY, [BILLED]).endpoints[BILLED];
  expect(Object.keys(kling?.calls ?? {}).toSorted()).toEqual(CALLED);
  expect(counted).toEqual(called.summary.map((row) => kling?.calls[row.endpoint_id]?.count));
});

test('only the metrics asked for are answered', async () => {
  const endpoint_id = 'fal-ai/flux/dev';
  const traffic = billingRequests(
    [1000, 2000, 3000, 4000].map((durationMs) => ({
      at: '2026-01-12T17:00:00Z',
      endpointId: endpoint_id,
      durationMs,
    })),
  );
  const sim = await simulator({ traffic });
  const expand = ['time_series', 'p50_duration', 'p90_duration', 'total_billable_duration'];
  const { time_series } = await body(sim, PATH, { endpoint_id, expand });
  expect(time_series.map(({ results }) => results)).toEqual([
    [{ endpoint_id, p50_duration: 2, p90_duration: 4, total_billable_duration: 10 }],
  ]);
  const usual = await body(sim, PATH, { endpoint_id });
  expect(usual.time_series[0]?.results).toEqual([{ endpoint_id, request_count: 4 }]);
});

test('a second charge of a request is no second call', async () => {
  const endpointId = 'fal-ai/flux/dev';
  const traffic = billingRequests([
    { at: '2026-01-12T17:00:00Z', endpointId, requestId: 'one' },
    { at: '2026-01-12T17:00:00Z', endpointId, requestId: 'one', call: false, unit: 'searches' },
  ]);
  const sim = await simulator({ traffic });
  const { time_series } = await body(sim, PATH, { endpoint_id: endpointId });
  expect(time_series).toMatchObject([{ results: [{ request_count: 1 }] }]);
  expect(sim.truth(DAY)).toMatchObject({ count: 1, charges: 2 });
});

test('any key may ask', async () => {
  const sim = await simulator();
  const response = await ask(sim, PATH, { endpoint_id: 'fal-ai/flux/dev' }, sim.keys.api);
  expect(response.status).toBe(200);
});

test.each([
  {},
  { endpoint_id: Array.from({ length: 51 }, (_, index) => `fal-ai/${index}`) },
  { endpoint_id: 'fal-ai/flux/dev', expand: 'request_count' },
  { endpoint_id: 'fal-ai/flux/dev', expand: 'time_series' },
])('%j is refused', async (query) => {
  expect((await ask(await simulator(), PATH, query)).status).toBe(400);
});
