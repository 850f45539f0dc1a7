import { expect, test } from 'vitest';
import { billingRequests } from '../../src/demo/billing-request.ts';
import { ask, body, DAY, NOW, pages, rowsOf, simulator, sum } from './ask.ts';

const PATH = '/models/usage';
const ID = 'fal-ai/flux/dev';
const at = (...times: string[]) =>
  billingRequests(times.map((time) => ({ at: time, endpointId: ID })));

test('rows have every field of the contract', async () => {
  const answer = await body(await simulator(), PATH, { endpoint_id: ID });
  const { time_series, next_cursor, has_more } = answer;
  expect({ next_cursor, has_more }).toEqual({ next_cursor: null, has_more: false });
  expect(time_series.length).toBeGreaterThan(5);
  for (const row of time_series.flatMap(({ results }) => results)) {
    expect(row).toEqual({
      endpoint_id: expect.any(String),
      unit: expect.any(String),
      quantity: expect.any(Number),
      unit_price: expect.any(Number),
      percent_discount: null,
      cost_subtotal: expect.any(Number),
      cost_discount: 0,
      cost_total: row.cost,
      cost: expect.any(Number),
      currency: 'USD',
    });
  }
});

test('the pages add up to the truth to the nano', async () => {
  const sim = await simulator({ pageSize: 7 });
  const period = { start: NOW.subtract({ hours: 24 * 13 }), end: NOW };
  const query = { ...period, timeframe: 'hour', bound_to_timeframe: 'false' };
  const all = await pages(sim, PATH, query);
  expect(all.length).toBeGreaterThan(30);
  expect(all.every(({ time_series }) => time_series.length <= 7)).toBe(true);
  expect(sum(rowsOf(all), 'cost_total')).toBe(sim.truth(period).costNano);
});

test('the summary adds up to the same as the series', async () => {
  const sim = await simulator({ pageSize: 5 });
  const all = await pages(sim, PATH, { expand: ['time_series', 'summary'] });
  expect(sum(all[0]?.summary ?? [], 'cost')).toBe(sum(rowsOf(all), 'cost'));
  expect(await body(sim, PATH, { expand: 'summary' })).not.toHaveProperty('time_series');
});

test('one endpoint has rows by unit, price, discount and caller', async () => {
  const traffic = billingRequests(
    [
      {},
      {},
      { unit: 'megapixels' },
      { unitPrice: 0.02 },
      { percentDiscount: 20 },
      { caller: { detail: 'User token' } },
    ].map((parts) => ({ at: '2026-01-12T17:00:00Z', endpointId: ID, ...parts })),
  );
  const { summary } = await body(await simulator({ traffic }), PATH, { expand: 'summary' });
  expect(summary.map(({ quantity }) => quantity)).toEqual([2, 1, 1, 1, 1]);
  expect(summary).toContainEqual(
    expect.objectContaining({
      percent_discount: 20,
      cost_subtotal: 0.01,
      cost_discount: 0.002,
      cost_total: 0.008,
    }),
  );
});

test('failures that were not billed have no row', async () => {
  const traffic = billingRequests([
    { at: '2026-01-12T17:00:00Z', endpointId: ID, outcome: 'server_error' },
    { at: '2026-01-12T17:00:00Z', endpointId: ID, outcome: 'user_error', quantity: 1 },
  ]);
  const { time_series } = await body(await simulator({ traffic }), PATH);
  expect(time_series).toMatchObject([{ results: [{ quantity: 1 }] }]);
});

test('who called is shown when asked for', async () => {
  const { summary } = await body(await simulator(), PATH, {
    expand: 'summary,auth_method,auth_method_structured',
  });
  expect(summary).toContainEqual(
    expect.objectContaining({
      auth_method: 'Cabina 1',
      auth_method_structured: {
        detail: 'Cabina 1',
        api_key_id: 'de300000-0000-4000-8000-0000000000c1',
      },
    }),
  );
  expect(summary).toContainEqual(
    expect.objectContaining({ auth_method_structured: { detail: 'ana', login_username: 'ana' } }),
  );
});

test('a window snaps outwards by default and is exact when told', async () => {
  const traffic = at('2026-01-11T17:10:00Z', '2026-01-11T17:40:00Z', '2026-01-12T17:40:00Z');
  const sim = await simulator({ traffic });
  const window = { start: '2026-01-11T17:30:00Z', end: '2026-01-12T17:30:00Z', timeframe: 'hour' };
  expect(sum(rowsOf([await body(sim, PATH, window)]), 'quantity')).toBe(3n * 10n ** 9n);
  const exact = await body(sim, PATH, { ...window, bound_to_timeframe: 'false' });
  expect(exact.time_series).toMatchObject([
    { bucket: '2026-01-11T17:00:00+00:00', results: [{ quantity: 1 }] },
  ]);
});

test('the end is exclusive, a bare date begins in the zone and an empty window is empty', async () => {
  const sim = await simulator({ traffic: at('2026-01-11T06:00:00Z', '2026-01-12T06:00:00Z') });
  const timezone = 'America/Mexico_City';
  const day = await body(sim, PATH, { start: '2026-01-11', end: '2026-01-12', timezone });
  expect(day.time_series).toMatchObject([
    { bucket: '2026-01-11T00:00:00-06:00', results: [{ quantity: 1 }] },
  ]);
  const none = await body(sim, PATH, { start: '2026-01-12', end: '2026-01-12', timezone });
  expect(none.time_series).toEqual([]);
});

test.each([
  ['2025-11-02T00:00:00-04:00', '2025-11-03T00:00:00-05:00', 25],
  ['2025-03-09T00:00:00-05:00', '2025-03-10T00:00:00-04:00', 23],
])('the day from %s to %s has %i hours', async (start, end, hours) => {
  const first = Temporal.Instant.from(start);
  const traffic = at(
    ...Array.from({ length: hours }, (_, hour) =>
      first.add({ hours: hour, minutes: 30 }).toString(),
    ),
  );
  const sim = await simulator({ traffic });
  const query = { start, end, timezone: 'America/New_York' };
  const { time_series } = await body(sim, PATH, { ...query, timeframe: 'hour' });
  expect(new Set(time_series.map(({ bucket }) => bucket)).size).toBe(hours);
  expect(time_series[0]?.bucket).toBe(start);
  const whole = await body(sim, PATH, { ...query, timeframe: 'day' });
  expect(whole.time_series).toMatchObject([{ bucket: start, results: [{ quantity: hours }] }]);
});

test('an hour that comes twice is two buckets', async () => {
  const sim = await simulator({ traffic: at('2025-10-26T00:30:00Z', '2025-10-26T01:30:00Z') });
  const query = { start: '2025-10-26', end: '2025-10-27', timezone: 'Europe/Madrid' };
  const { time_series } = await body(sim, PATH, { ...query, timeframe: 'hour' });
  expect(time_series.map(({ bucket }) => bucket)).toEqual([
    '2025-10-26T02:00:00+02:00',
    '2025-10-26T02:00:00+01:00',
  ]);
});

test('an hour in which clocks shift by half an hour is two buckets', async () => {
  const traffic = at('2026-04-04T14:45:00Z', '2026-04-04T15:15:00Z', '2026-04-04T15:45:00Z');
  const now = () => Temporal.Instant.from('2026-04-05T00:00:00Z');
  const query = { timezone: 'Australia/Lord_Howe', timeframe: 'hour' };
  const { time_series } = await body(await simulator({ traffic, now }), PATH, query);
  expect(time_series.map(({ bucket }) => bucket)).toEqual([
    '2026-04-05T01:00:00+11:00',
    '2026-04-05T01:30:00+10:30',
    '2026-04-05T02:00:00+10:30',
  ]);
});

test('the day after one that began at one begins at midnight', async () => {
  const traffic = at('2026-09-06T12:00:00Z', '2026-09-07T03:30:00Z');
  const now = () => Temporal.Instant.from('2026-09-07T12:00:00Z');
  const query = { start: '2026-09-06', timezone: 'America/Santiago', timeframe: 'day' };
  const { time_series } = await body(await simulator({ traffic, now }), PATH, query);
  expect(time_series.map(({ bucket }) => bucket)).toEqual([
    '2026-09-06T01:00:00-03:00',
    '2026-09-07T00:00:00-03:00',
  ]);
});

test.each([
  [1, '2026-01-12T17:17:00+00:00'],
  [47, '2026-01-12T17:00:00+00:00'],
  [48, '2026-01-12T00:00:00+00:00'],
  [64 * 24 - 1, '2026-01-12T00:00:00+00:00'],
  [64 * 24, '2026-01-12T00:00:00+00:00'],
  [183 * 24, '2026-01-01T00:00:00+00:00'],
])('%i hours are cut into buckets like %s without a timeframe', async (hours, bucket) => {
  const sim = await simulator({ traffic: at('2026-01-12T17:17:17Z') });
  const { time_series } = await body(sim, PATH, { start: NOW.subtract({ hours }), end: NOW });
  expect(time_series.map((each) => each.bucket)).toEqual([bucket]);
});

test('weeks begin on Monday', async () => {
  const sim = await simulator({ traffic: at('2026-01-11T17:00:00Z') });
  const { time_series } = await body(sim, PATH, { timeframe: 'week' });
  expect(time_series.map(({ bucket }) => bucket)).toEqual(['2026-01-05T00:00:00+00:00']);
});

test('endpoints, keys and people can be picked, repeated or by comma', async () => {
  const sim = await simulator();
  const ids = ['fal-ai/flux/dev', 'fal-ai/whisper'];
  const repeated = await body(sim, PATH, { ...DAY, endpoint_id: ids, bound_to_timeframe: 'false' });
  const byComma = await body(sim, PATH, {
    ...DAY,
    endpoint_id: ids.join(),
    bound_to_timeframe: 'false',
  });
  expect(repeated).toEqual(byComma);
  expect(sum(rowsOf([repeated]), 'cost')).toBe(sim.truth(DAY, ids).costNano);
  const expand = ['summary', 'auth_method'];
  const key = await body(sim, PATH, { expand, api_key_id: 'de300000-0000-4000-8000-0000000000c2' });
  expect(new Set(key.summary.map(({ auth_method }) => auth_method))).toEqual(new Set(['Cabina 2']));
  const ana = await body(sim, PATH, { expand, login_username: 'ana' });
  expect(new Set(ana.summary.map(({ auth_method }) => auth_method))).toEqual(new Set(['ana']));
});

test('the bill names other ids than the ones called', async () => {
  const sim = await simulator();
  const called = 'fal-ai/kling-video/v2.1/standard/image-to-video';
  const { summary } = await body(sim, PATH, { expand: 'summary' });
  const ids = new Set(summary.map(({ endpoint_id }) => endpoint_id));
  expect(ids).toContain('fal-ai/kling-video/v2.1/standard');
  expect(ids).not.toContain(called);
  expect((await body(sim, PATH, { endpoint_id: called })).time_series).toEqual([]);
});

test('unknown parameters are ignored: the last 24 hours come back', async () => {
  const sim = await simulator();
  const usual = await body(sim, PATH);
  expect(await body(sim, PATH, { start_date: '2026-01-01', page_size: 3 })).toEqual(usual);
});

test.each([
  { start: 'yesterday' },
  { start: '2026-01-11T10:00:00' },
  { start: '2026-02-30' },
  { start: '2026-01-12', end: '2026-01-11' },
  { timezone: 'Mars/Olympus' },
  { timeframe: 'fortnight' },
  { bound_to_timeframe: 'maybe' },
  { limit: 0 },
  { limit: 'many' },
  { cursor: 'Mg==' },
  { expand: 'auth_method' },
  { endpoint_id: '' },
  { endpoint_id: Array.from({ length: 51 }, (_, index) => `fal-ai/${index}`) },
])('%j is refused', async (query) => {
  const response = await ask(await simulator(), PATH, query);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    error: {
      type: 'validation_error',
      message: expect.any(String),
      request_id: expect.any(String),
    },
  });
});

test('longer answers are gzipped for those who take it', async () => {
  const sim = await simulator();
  const headers = { authorization: `Key ${sim.keys.admin}` };
  const plain = await fetch(`${sim.url}${PATH}`, {
    headers: { ...headers, 'accept-encoding': 'identity' },
  });
  const zipped = await fetch(`${sim.url}${PATH}`, {
    headers: { ...headers, 'accept-encoding': 'gzip' },
  });
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(zipped.headers.get('content-encoding')).toBe('gzip');
  expect(await zipped.text()).toBe(await plain.text());
});
