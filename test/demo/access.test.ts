import { expect, test } from 'vitest';
import { ask, body, simulator } from './ask.ts';

const READER_PATHS = ['/models/usage', '/models/billing-events', '/account/billing', '/keys'];
const PRICE = '/models/pricing';
const ONE = { endpoint_id: 'fal-ai/flux/dev' };

const authorizationError = (message: string) => ({
  error: { type: 'authorization_error', message, request_id: expect.any(String) },
});

test.each(READER_PATHS)('%s is for keys that may read the account', async (path) => {
  const sim = await simulator();
  const { admin, readOnly, placeholder, api } = sim.keys;
  for (const key of [admin, readOnly, placeholder]) {
    expect((await ask(sim, path, {}, key)).status).toBe(200);
  }
  const refused = await ask(sim, path, {}, api);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toEqual(authorizationError('Access denied'));
});

test('missing rights can show as 401, just like an unknown key', async () => {
  const sim = await simulator();
  sim.quirks.missingRightsStatus = 401;
  const missing = await ask(sim, '/models/usage', {}, sim.keys.api);
  const unknown = await ask(sim, '/models/usage', {}, 'nobody:knows');
  expect([missing.status, unknown.status]).toEqual([401, 401]);
  expect(await missing.json()).toEqual(authorizationError('Authentication required'));
  expect((await ask(sim, PRICE, ONE, sim.keys.api)).status).toBe(200);
  expect((await ask(sim, PRICE, ONE, 'nobody:knows')).status).toBe(401);
});

test.each(['', 'Bearer x:y', 'Key ', 'key a:b'])(
  '%j is no authorization',
  async (authorization) => {
    const sim = await simulator();
    const response = await fetch(`${sim.url}/models/usage`, { headers: { authorization } });
    expect(response.status).toBe(401);
  },
);

test('a new key may be bound to nobody yet', async () => {
  const sim = await simulator();
  const response = await ask(sim, PRICE, ONE, sim.keys.unbound);
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual(authorizationError('No user found for Key ID and Secret'));
});

test('a locked account is refused everywhere', async () => {
  const sim = await simulator();
  for (const path of [...READER_PATHS, '/models', PRICE]) {
    const response = await ask(sim, path, {}, sim.keys.locked);
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({
      detail:
        'User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.',
    });
  }
});

test('an account without usage has none', async () => {
  const sim = await simulator();
  const { empty } = sim.keys;
  expect((await body(sim, '/models/usage', {}, empty)).time_series).toEqual([]);
  expect((await body(sim, '/models/billing-events', {}, empty)).billing_events).toEqual([]);
  expect((await body(sim, '/models/analytics', ONE, empty)).time_series).toEqual([]);
});

test('what is for enterprises is refused and what is unknown is not found', async () => {
  const sim = await simulator();
  expect((await ask(sim, '/account/focus')).status).toBe(403);
  expect((await ask(sim, '/organization/usage')).status).toBe(403);
  expect((await ask(sim, '/usage')).status).toBe(404);
  expect((await fetch(sim.url.replace('/v1', '/v2/models'))).status).toBe(404);
  expect((await fetch(`${sim.url}/models/usage`, { method: 'POST' })).status).toBe(404);
});
