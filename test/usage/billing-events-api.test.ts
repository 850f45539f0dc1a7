import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createToken } from '../../src/auth/tokens.ts';
import type { Role } from '../../src/auth/viewer.ts';
import { custom, failWith, htmlError } from '../../src/demo/faults.ts';
import type { BillingEvent } from '../../src/fal/billing-events.ts';
import { type Nano, sumNano, toNano } from '../../src/money.ts';
import type { Services } from '../../src/services.ts';
import { listening } from '../support/listening.ts';
import { NOW, type PanelOptions, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';
import { expectRecords } from './expect-records.ts';

const DAY = {
  start: Temporal.Instant.from('2026-03-06T06:00:00Z'),
  end: Temporal.Instant.from('2026-03-07T06:00:00Z'),
};
const PATH = '/api/v1/billing-events?start=2026-03-06&end=2026-03-06';

async function startLedger(options: PanelOptions = {}) {
  const panel = await startPanel({}, { simulator: { eventsPageSize: 50 }, ...options });
  const { services, fal } = panel;
  await storeAccount(services, {
    slug: 'main',
    name: 'Principal',
    key: fal.keys.admin,
    isDefault: true,
  });
  const get = async (path: string, role: Role = 'viewer') =>
    panel.http.get(path).set('Authorization', `Bearer ${await tokenOf(services, role)}`);
  const pages = () => fal.received.filter(({ path }) => path === '/models/billing-events');
  return { ...panel, get, pages };
}

async function tokenOf({ store }: Services, role: Role): Promise<string> {
  const facts = { name: 'p', role, createdBy: 'a test', expiresAt: null };
  return String(await createToken(store.db, NOW, facts));
}

/** Opens an answer without reading it. */
async function open(services: Services, path: string) {
  const port = await listening(createApp(services));
  const authorization = `Bearer ${await tokenOf(services, 'viewer')}`;
  const asking = httpRequest({ port, host: '127.0.0.1', path, headers: { authorization } }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return response;
}

test('every charge of a day comes as one document, newest first, and adds up', async () => {
  const { get, fal, pages } = await startLedger();
  const { status, body, headers } = await get(PATH);
  expect(status).toBe(200);
  expect(headers['content-type']).toContain('application/json');
  const truth = fal.truth(DAY);
  const { billing_events: events, ...facts } = body;
  expect(facts).toEqual({
    ok: true,
    account: 'main',
    start: '2026-03-06T00:00:00-06:00',
    end: '2026-03-07T00:00:00-06:00',
    timezone: 'America/Mexico_City',
    currency: 'USD',
    count: truth.charges,
    total_cost: expect.any(Number),
    partial: false,
    partial_reason: null,
    message: expect.any(String),
  });
  expect(pages().length).toBeGreaterThan(3);
  expect(events).toHaveLength(truth.charges);
  expect(sumNano(events.map(({ cost }: { cost: number }): Nano => toNano(cost)))).toBe(
    truth.costNano,
  );
  expect(toNano(facts.total_cost)).toBe(truth.costNano);
  expectRecords(events);
});

test('one request is found by its id, models by theirs', async () => {
  const { get } = await startLedger();
  const all = (await get(PATH)).body.billing_events;
  const one = await get(`${PATH}&request_id=${all[0].request_id}`);
  expect(one.body.billing_events[0]).toEqual(all[0]);
  expect(one.body.count).toBe(
    all.filter((event: { request_id: string }) => event.request_id === all[0].request_id).length,
  );
  const some = await get(`${PATH}&endpoint_id=${all[0].endpoint_id}`);
  expect(some.body.count).toBeGreaterThan(0);
  expect(some.body.count).toBeLessThan(all.length);
});

test('nothing charged is an empty list', async () => {
  const { get } = await startLedger();
  const { body } = await get(`${PATH}&request_id=nobody-made-it`);
  expect(body).toMatchObject({ billing_events: [], count: 0, total_cost: 0, partial: false });
});

test('a failure before the first page is an ordinary one', async () => {
  const { get, fal } = await startLedger();
  fal.fault('/models/billing-events', htmlError(502));
  const { status, body } = await get(PATH);
  expect([status, body.code]).toEqual([503, 'fal_unavailable']);
});

test.each([
  [htmlError(502), 'fal_unavailable'],
  [failWith(401), 'invalid_api_key'],
])('a later failure leaves a document that says it is partial', async (fault, reason) => {
  const { get, fal } = await startLedger();
  fal.fault(/cursor=/, fault);
  const { status, body } = await get(PATH);
  expect(status).toBe(200);
  expect(body.billing_events).toHaveLength(50);
  expect(body).toMatchObject({ ok: true, count: 50, partial: true, partial_reason: reason });
});

test('so does a failure in the second question of a long period', async () => {
  const { get, fal } = await startLedger();
  fal.fault(/start=2025-10-01/, htmlError(502));
  const { body } = await get('/api/v1/billing-events?start=2025-10-01');
  expect(body).toMatchObject({ partial: true, partial_reason: 'fal_unavailable' });
  expect(body.count).toBeGreaterThan(50);
});

test('pages that never end are cut and said to be', async () => {
  const { get, fal } = await startLedger();
  fal.quirks.repeatCursor = true;
  const { body } = await get(PATH);
  expect(body).toMatchObject({
    partial: true,
    partial_reason: expect.stringMatching(/^repeated_/),
  });
});

test('fal is asked no faster than the answer is taken, and no more when nobody takes it', async () => {
  const { services } = await startLedger();
  let asked = 0;
  let ended = false;
  const charge: BillingEvent = {
    requestId: 'r',
    endpointId: 'fal-ai/flux/dev',
    timestampMs: NOW.epochMilliseconds,
    units: 1n,
    unitPrice: 1n,
    percentDiscount: null,
    cost: 1n,
    auth: null,
  };
  const endless: Services = {
    ...services,
    fal: {
      ...services.fal,
      async billingEvents(_question, _query, visit) {
        try {
          for (;;) {
            asked += 1;
            await visit(Array.from({ length: 5_000 }, () => charge));
          }
        } finally {
          ended = true;
        }
      },
    },
  };
  const response = await open(endless, PATH);
  const settled = async () => {
    const before = asked;
    for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
    return asked === before;
  };
  await expect.poll(settled).toBe(true);
  expect(asked).toBeLessThan(50);
  response.destroy();
  await expect.poll(() => ended).toBe(true);
});

test('who hangs up lets fal go', async () => {
  const { services, fal } = await startLedger();
  const arrived = Promise.withResolvers<void>();
  const dropped = Promise.withResolvers<void>();
  fal.fault(
    /cursor=/,
    custom((_req, res) => {
      res.once('close', () => dropped.resolve());
      arrived.resolve();
    }),
  );
  const response = await open(services, PATH);
  await arrived.promise;
  response.destroy();
  await dropped.promise;
});

test('a key in the address is not used: stored accounts only', async () => {
  const { get, http, fal } = await startLedger();
  await http.get(`${PATH}&api_key=${fal.keys.admin}`).expect(401);
  const { status, body } = await get(`${PATH}&account=nobody`);
  expect([status, body.code]).toEqual([404, 'not_found']);
});

test.each([
  ['start=soon', 'start'],
  ['request_id=not one', 'request_id'],
  ['endpoint_id=flux', 'endpoint_id'],
  ['timezone=Mars/Olympus', 'timezone'],
])('%s is refused before fal is asked', async (query, field) => {
  const { get, pages } = await startLedger();
  const { status, body } = await get(`/api/v1/billing-events?${query}`);
  expect([status, body.errors[0].field]).toEqual([400, field]);
  expect(pages()).toEqual([]);
});
