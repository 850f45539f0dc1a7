import { describe, expect, test } from 'vitest';
import { billingRequests } from '../../src/demo/billing-request.ts';
import * as faults from '../../src/demo/faults.ts';
import { toJsonNumber } from '../../src/money.ts';
import { NOW, type Panel, startPanel } from '../support/panel.ts';

const DAY = { start: NOW.subtract({ hours: 24 }), end: NOW };

async function ask(panel: Panel, fields: Record<string, unknown> = {}) {
  const { body } = await panel.http
    .post('/api/config/falai-usage')
    .send({ api_key: panel.fal.keys.admin, ...fields });
  return body.usage;
}

/** A page of fal's list of models. */
function listing(ids: string[], page = {}) {
  const models = ids.map((endpoint_id) => ({ endpoint_id }));
  return faults.wrongShape({ models, has_more: false, next_cursor: null, ...page });
}

function paths(panel: Panel): string[] {
  return panel.fal.received.map((request) => request.path);
}

describe('an endpoint that is billed by family, beside a member that is billed on its own', () => {
  const FAMILY = 'fal-ai/kling-video/v2.1/standard';
  const MEMBER = `${FAMILY}/image-to-video`;
  const OTHER = `${FAMILY}/text-to-video`;
  const traffic = () =>
    billingRequests([
      ...Array.from({ length: 10 }, (_, minute) => ({
        at: NOW.subtract({ minutes: minute + 1 }).epochMilliseconds,
        endpointId: MEMBER,
        unitPrice: 0.05,
        quantity: 5,
      })),
      ...Array.from({ length: 3 }, (_, minute) => ({
        at: NOW.subtract({ minutes: minute + 20 }).epochMilliseconds,
        endpointId: OTHER,
        billedId: FAMILY,
        unitPrice: 0.05,
        quantity: 5,
      })),
    ]);

  test('each call counts once, the first time and from then on', async () => {
    const panel = await startPanel({}, { simulator: { traffic: traffic() } });
    for (const time of ['first', 'again']) {
      const usage = await ask(panel);
      expect([time, usage.total_requests]).toEqual([time, 13]);
      expect(usage.endpoints[FAMILY].count).toBe(3);
      expect(usage.endpoints[MEMBER].count).toBe(10);
    }
  });
});

test('an endpoint that can be called itself is not given the calls of one below it', async () => {
  const [above, below] = ['fal-ai/flux/dev', 'fal-ai/flux/dev/image-to-image'];
  const at = NOW.subtract({ minutes: 5 }).epochMilliseconds;
  const traffic = billingRequests([
    { at, endpointId: above },
    { at, endpointId: above },
    { at, endpointId: below, outcome: 'server_error' },
  ]);
  const panel = await startPanel({}, { simulator: { traffic } });
  panel.fal.fault('/models', listing([above, below]));
  const fields = { endpoint_id: [above, below] };
  await ask(panel, fields);
  const { endpoints } = await ask(panel, fields);
  expect([endpoints[above].count, endpoints[below].count]).toEqual([2, 1]);
});

describe("fal's list of models", () => {
  test('is read without a key, so that no bad key can spoil it for others', async () => {
    const panel = await startPanel();
    await ask(panel, { api_key: panel.fal.keys.locked });
    const usage = await ask(panel);
    expect(usage.partial).toBe(false);
    const listings = panel.fal.received.filter((request) => request.path === '/models');
    expect(listings.map((request) => request.keyId)).toEqual([null]);
  });

  test('that can not be read costs the counts it is needed for, and nothing else', async () => {
    const panel = await startPanel();
    panel.fal.fault('/models', faults.failWith(500));
    const usage = await ask(panel);
    expect(usage.partial_reason).toBe('counts_missing');
    expect(usage.endpoints['fal-ai/kling-video/v2.1/standard'].count).toBeNull();
    expect(usage.total_cost).toBe(toJsonNumber(panel.fal.truth(DAY).costNano));
  });

  test('is read again for the next question', async () => {
    const panel = await startPanel();
    const mend = panel.fal.fault('/models', faults.failWith(503));
    expect((await ask(panel)).partial).toBe(true);
    mend();
    expect((await ask(panel)).partial).toBe(false);
  });

  test('that comes late is waited for where counts need it', async () => {
    const panel = await startPanel();
    panel.fal.fault('/models', faults.slowHeaders(200));
    expect(await ask(panel)).toMatchObject({
      partial: false,
      total_requests: panel.fal.truth(DAY).count,
    });
  });

  test('that is not whole is no list: what is missing from it may be called', async () => {
    const panel = await startPanel();
    const family = 'fal-ai/kling-video/v2.1/standard';
    panel.fal.fault('/models', listing([`${family}/text-to-video`], { has_more: true }));
    const usage = await ask(panel);
    expect(usage.partial_reason).toBe('counts_missing');
    expect(usage.endpoints[family].count).toBeNull();
    await ask(panel);
    expect(paths(panel).filter((path) => path === '/models')).toHaveLength(1);
  });

  test('that does not come is not waited for as long as the answer may take', async () => {
    const panel = await startPanel({ FAL_TIMEOUT_MS: '120000' });
    panel.fal.fault('/models', faults.hang());
    expect((await ask(panel)).partial_reason).toBe('counts_missing');
  });
});

test('a balance that does not come is not waited for as long as the answer may take', async () => {
  const panel = await startPanel({ FAL_TIMEOUT_MS: '120000' });
  panel.fal.fault('/account/billing', faults.hang());
  expect(await ask(panel)).toMatchObject({
    balance: null,
    balance_reason: 'fal_timeout',
    partial: false,
  });
});

test('a balance in credits is shown as such', async () => {
  const panel = await startPanel();
  panel.fal.fault(
    '/account/billing',
    faults.custom((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      res.end(
        JSON.stringify({ username: 'x', credits: { current_balance: 7, currency: 'credits' } }),
      );
    }),
  );
  expect(await ask(panel)).toMatchObject({ balance: 7, balance_currency: 'credits' });
  const page = await (await panel.as('viewer')).post('/admin/config/usage', {
    api_key: panel.fal.keys.admin,
  });
  expect(page.status).toBe(200);
  expect(page.text).toContain('7.00 credits');
});

test.each([401, 403])('a balance that is refused with %d lacks the scope', async (status) => {
  const panel = await startPanel();
  panel.fal.fault('/account/billing', faults.failWith(status));
  expect(await ask(panel)).toMatchObject({
    balance: null,
    balance_reason: 'admin_scope_required',
    partial: false,
  });
});

test('a debt is a balance too', async () => {
  const panel = await startPanel();
  panel.fal.quirks.balance = -3.456;
  expect(await ask(panel)).toMatchObject({ balance: -3.456, balance_reason: null });
});

describe('a locked account may still read', () => {
  test('its usage but not its balance', async () => {
    const panel = await startPanel();
    panel.fal.fault('/account/billing', faults.lockNotice());
    expect(await ask(panel)).toMatchObject({
      balance: null,
      balance_reason: 'account_locked',
      partial: false,
      total_cost: toJsonNumber(panel.fal.truth(DAY).costNano),
    });
  });

  test('its usage but not its counts', async () => {
    const panel = await startPanel();
    panel.fal.fault('/models/analytics', faults.lockNotice());
    expect(await ask(panel)).toMatchObject({
      total_requests: null,
      partial_reason: 'counts_missing',
      total_cost: toJsonNumber(panel.fal.truth(DAY).costNano),
    });
  });
});

test('an endpoint of long ago that can not be counted does not spoil later answers', async () => {
  const traffic = billingRequests([
    {
      at: NOW.subtract({ hours: 1 }).epochMilliseconds,
      endpointId: 'fal-ai/flux/dev',
      unitPrice: 0.025,
      quantity: 1,
    },
    {
      at: NOW.subtract({ hours: 100 }).epochMilliseconds,
      endpointId: 'fal-ai/whisper',
      unitPrice: 0.01,
      quantity: 1,
    },
  ]);
  const panel = await startPanel({}, { simulator: { traffic } });
  panel.fal.quirks.analyticsPoison = ['fal-ai/whisper'];
  expect((await ask(panel, { start_date: '2026-03-01' })).partial).toBe(true);
  expect(await ask(panel)).toMatchObject({ partial: false, total_requests: 1 });
  panel.fal.received.length = 0;
  await ask(panel);
  expect(paths(panel).filter((path) => path === '/models/analytics')).toHaveLength(1);
});

test('answers are remembered for one period, zone and filter, not for another', async () => {
  const panel = await startPanel({}, { parts: { cacheMs: 60_000 } });
  const all = await ask(panel);
  const week = await ask(panel, { start_date: '2026-03-01' });
  const one = await ask(panel, { endpoint_id: 'fal-ai/flux/dev' });
  const elsewhere = await ask(panel, { timezone: 'Europe/Madrid' });
  expect(week.total_cost).toBeGreaterThan(all.total_cost);
  expect(Object.keys(one.endpoints)).toEqual(['fal-ai/flux/dev']);
  expect(elsewhere.timezone).toBe('Europe/Madrid');
  expect(elsewhere.total_cost).toBe(all.total_cost);
});

test('usage in an outage of fal is not looked for in single charges', async () => {
  const panel = await startPanel();
  panel.fal.fault('/models/usage', faults.failWith(503));
  await ask(panel);
  expect(paths(panel)).not.toContain('/models/billing-events');
});

test('usage that is not its contract is added up from single charges', async () => {
  const panel = await startPanel();
  panel.fal.fault('/models/usage', faults.wrongShape());
  const usage = await ask(panel);
  expect(usage.source).toBe('billing_events');
  expect(usage.total_cost).toBe(toJsonNumber(panel.fal.truth(DAY).costNano));
});

describe('what is added up from single charges', () => {
  test('keeps to the endpoints asked for', async () => {
    const panel = await startPanel();
    panel.fal.fault('/models/usage', faults.failWith(500));
    const usage = await ask(panel, { endpoint_id: 'fal-ai/fast-sdxl' });
    expect(Object.keys(usage.endpoints)).toEqual(['fal-ai/fast-sdxl']);
    const truth = panel.fal.truth(DAY, ['fal-ai/fast-sdxl']);
    expect(usage.total_cost).toBe(toJsonNumber(truth.costNano));
  });

  test('is a lower bound that says so when a page of them is missing', async () => {
    const panel = await startPanel({}, { simulator: { eventsPageSize: 50 } });
    panel.fal.fault('/models/usage', faults.failWith(500));
    panel.fal.fault(/billing-events\?.*cursor=/, faults.failWith(503));
    const usage = await ask(panel);
    expect(usage).toMatchObject({
      source: 'billing_events',
      partial_reason: 'usage_pages_missing',
    });
    expect(usage.total_cost).toBeLessThan(toJsonNumber(panel.fal.truth(DAY).costNano));
  });

  test.each([
    [false, { units: [1, 2], unit: [null, null], unit_price: [0.01, 0.02] }],
    [true, { units: null, unit: null, unit_price: null }],
  ])('says prices but no unit, and nothing where fal is silent: %s', async (silent, expected) => {
    const at = (minutes: number) => NOW.subtract({ minutes }).epochMilliseconds;
    const endpointId = 'fal-ai/flux/dev';
    const traffic = billingRequests([
      { at: at(3), endpointId, unitPrice: 0.02 },
      { at: at(2), endpointId, unitPrice: 0.01 },
      { at: at(1), endpointId, unitPrice: 0.02 },
    ]);
    const panel = await startPanel({}, { simulator: { traffic } });
    panel.fal.quirks.nullOptionals = silent;
    panel.fal.fault('/models/usage', faults.failWith(500));
    const usage = await ask(panel);
    expect(usage.endpoints[endpointId]).toMatchObject({ cost: 0.05, ...expected });
  });
});

test('records of which a page can not be had are missing, not fewer', async () => {
  const panel = await startPanel({}, { simulator: { eventsPageSize: 3 } });
  panel.fal.fault(/billing-events\?.*cursor=/, faults.failWith(503));
  expect(await ask(panel, { page_size: 10 })).toMatchObject({
    records: null,
    records_reason: 'fal_unavailable',
  });
});

test('records whose pages stop short are said to go on', async () => {
  const panel = await startPanel({}, { simulator: { eventsPageSize: 3 } });
  panel.fal.quirks.cursorMissing = true;
  const usage = await ask(panel, { page_size: 10 });
  expect(usage.records).toHaveLength(3);
  expect(usage.has_more).toBe(true);
});

test('when usage can not be had, the questions beside it are dropped', async () => {
  const panel = await startPanel();
  const asked = Promise.withResolvers<void>();
  const dropped = Promise.withResolvers<void>();
  panel.fal.fault(
    '/account/billing',
    faults.custom((_req, res) => {
      res.once('close', () => dropped.resolve());
      asked.resolve();
    }),
  );
  panel.fal.fault(
    '/models/usage',
    faults.custom(async (_req, res) => {
      await asked.promise;
      res.writeHead(400, { 'content-type': 'application/json' }).end('{}');
    }),
  );
  await ask(panel);
  await dropped.promise;
});

test('records are refused for their scope, and not read on for an answer that failed', async () => {
  const panel = await startPanel();
  panel.fal.fault('/models/billing-events', faults.failWith(401));
  expect(await ask(panel, { page: 1 })).toMatchObject({
    records: null,
    records_reason: 'admin_scope_required',
  });
});
