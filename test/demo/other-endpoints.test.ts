import { expect, test } from 'vitest';
import { billingRequests } from '../../src/demo/billing-request.ts';
import type { Simulator } from '../../src/demo/simulator.ts';
import { ask, body, simulator } from './ask.ts';

function estimate(sim: Simulator, question: unknown): Promise<Response> {
  return fetch(`${sim.url}/models/pricing/estimate`, {
    method: 'POST',
    headers: { authorization: `Key ${sim.keys.api}`, 'content-type': 'application/json' },
    body: typeof question === 'string' ? question : JSON.stringify(question),
  });
}

test('prices have unit and currency', async () => {
  const sim = await simulator();
  const endpoint_id = ['fal-ai/flux/dev', 'fal-ai/any-llm'];
  expect(await body(sim, '/models/pricing', { endpoint_id }, sim.keys.api)).toEqual({
    prices: [
      { endpoint_id: 'fal-ai/flux/dev', unit_price: 0.025, unit: 'megapixels', currency: 'USD' },
      { endpoint_id: 'fal-ai/any-llm', unit_price: 0.0000003, unit: 'tokens', currency: 'USD' },
    ],
    next_cursor: null,
    has_more: false,
  });
});

test('one id without a price is 404 for the whole batch', async () => {
  const sim = await simulator();
  const endpoint_id = ['fal-ai/flux/dev', 'fal-ai/unheard-of'];
  expect((await ask(sim, '/models/pricing', { endpoint_id })).status).toBe(404);
});

test('a very long question for prices is 404', async () => {
  const sim = await simulator();
  const known = await ask(sim, '/models/pricing', {
    endpoint_id: 'fal-ai/flux/dev',
    note: 'x'.repeat(4000),
  });
  expect(known.status).toBe(404);
});

test('an estimate by units is price times units', async () => {
  const response = await estimate(await simulator(), {
    estimate_type: 'unit_price',
    endpoints: {
      'fal-ai/flux/dev': { unit_quantity: 50 },
      'fal-ai/whisper': { unit_quantity: 1.5 },
    },
  });
  expect(await response.json()).toEqual({
    estimate_type: 'unit_price',
    total_cost: 1.250833334,
    currency: 'USD',
  });
});

test('an estimate by calls is what calls have cost, and far too low for compute seconds', async () => {
  const at = '2026-01-12T17:00:00Z';
  const traffic = billingRequests([
    { at, endpointId: 'fal-ai/flux/dev', unitPrice: 0.02 },
    { at, endpointId: 'fal-ai/flux/dev', unitPrice: 0.04 },
    { at, endpointId: 'fal-ai/whisper', unitPrice: 0.5 },
  ]);
  const sim = await simulator({ traffic });
  const total = async (endpointId: string) => {
    const endpoints = { [endpointId]: { call_quantity: 100 } };
    const response = await estimate(sim, { estimate_type: 'historical_api_price', endpoints });
    return ((await response.json()) as { total_cost: number }).total_cost;
  };
  expect(await total('fal-ai/flux/dev')).toBe(3);
  expect(await total('fal-ai/whisper')).toBe(0.5);
});

test('an estimate needs a question it understands', async () => {
  const sim = await simulator();
  const endpoints = { 'fal-ai/flux/dev': { call_quantity: 0.5 } };
  expect((await estimate(sim, 'not JSON')).status).toBe(400);
  expect((await estimate(sim, { endpoints })).status).toBe(400);
  const fraction = { estimate_type: 'historical_api_price', endpoints };
  expect((await estimate(sim, fraction)).status).toBe(400);
  const unknown = { estimate_type: 'unit_price', endpoints: { nothing: { unit_quantity: 1 } } };
  expect((await estimate(sim, unknown)).status).toBe(404);
});

test('the balance is there only when asked for', async () => {
  const sim = await simulator();
  expect(await body(sim, '/account/billing')).toEqual({ username: 'futurelab-eventos' });
  expect(await body(sim, '/account/billing', { expand: 'credits' }, sim.keys.empty)).toEqual({
    username: 'cuenta-nueva',
    credits: { current_balance: 10, currency: 'USD' },
  });
});

test('keys that run models are listed, with who made them when asked for', async () => {
  const sim = await simulator();
  const first = await body(sim, '/keys', { limit: 2, expand: 'creator_info' });
  expect(first.keys).toEqual([
    {
      key_id: 'de300000-0000-4000-8000-0000000000c1',
      alias: 'Cabina 1',
      scope: 'API',
      created_at: '2025-02-03T16:20:00Z',
      creator_nickname: 'ana',
      creator_email: 'ana@example.com',
    },
    expect.objectContaining({ alias: 'Cabina 2' }),
  ]);
  const second = await body(sim, '/keys', { limit: 2, cursor: String(first.next_cursor) });
  expect(second).toMatchObject({ keys: [{ alias: 'Tablet VIP' }], has_more: false });
});

test('models are listed, found and searched without a key', async () => {
  const sim = await simulator();
  const models = async (query: Record<string, string | number>) =>
    (await body(sim, '/models', query, null)).models as { endpoint_id: string }[];
  expect((await models({})).length).toBeGreaterThan(12);
  expect(await models({ endpoint_id: 'fal-ai/whisper,fal-ai/unheard-of' })).toMatchObject([
    { endpoint_id: 'fal-ai/whisper', metadata: { display_name: 'Whisper', status: 'active' } },
  ]);
  expect((await models({ q: 'kling text' })).map((model) => model.endpoint_id)).toContain(
    'fal-ai/kling-video/v2.1/standard/text-to-video',
  );
  expect(await models({ category: 'speech-to-text' })).toHaveLength(1);
  expect(await models({ status: 'deprecated' })).toEqual([]);
  const page = await body(sim, '/models', { limit: 3 }, null);
  expect(page).toMatchObject({ has_more: true, next_cursor: expect.any(String) });
  expect((await ask(sim, '/models', { endpoint_id: 'fal-ai/unheard-of' }, null)).status).toBe(404);
});
