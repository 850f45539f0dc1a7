import { describe, expect, test } from 'vitest';
import { createToken } from '../../src/auth/tokens.ts';
import * as faults from '../../src/demo/faults.ts';
import { recordPrices } from '../../src/history/model-prices.ts';
import { NOW, startPanel } from '../support/panel.ts';
import { plantHours, plantSeries } from '../support/planted-history.ts';
import { storeAccount } from '../support/stored-account.ts';

const [KONTEXT, SCHNELL] = ['fal-ai/flux-pro/kontext', 'fal-ai/flux/schnell'] as const;
const CENT = 10_000_000n;
const ago = (days: number) => NOW.subtract({ hours: 24 * days });

async function startApi() {
  const panel = await startPanel();
  const { services, fal } = panel;
  const { db } = services.store;
  const token = await createToken(db, NOW, {
    ...{ name: 'a booth', role: 'viewer', createdBy: 'a test', expiresAt: null },
  });
  const key = fal.keys.admin;
  await storeAccount(services, { slug: 'booth', name: 'Booth', key, isDefault: true });
  for (const [days, unitPrice] of [
    [9, 5n * CENT],
    [8, 5n * CENT],
    [7, 4n * CENT],
    [1, 4n * CENT],
  ] as const) {
    await recordPrices(db, ago(days), [
      { endpointId: KONTEXT, unitPrice, unit: 'images', currency: 'USD' },
    ]);
  }
  const authorize = (request: ReturnType<typeof panel.http.get>) =>
    request.set('Authorization', `Bearer ${token}`);
  return {
    fal,
    services,
    pricing: (query: string) => authorize(panel.http.get(`/api/v1/pricing${query}`)),
    estimate: (body: object) => authorize(panel.http.post('/api/v1/estimate')).send(body),
  };
}

describe('GET /api/v1/pricing', () => {
  test('has the last price that was read, since when, and what changed', async () => {
    const { fal, pricing } = await startApi();
    const { status, body } = await pricing(`?endpoint_id=${KONTEXT}`);
    expect(status).toBe(200);
    expect(body.prices).toEqual([
      {
        endpoint_id: KONTEXT,
        unit_price: 0.04,
        unit: 'images',
        currency: 'USD',
        since: '2026-02-28T21:20:30.5-06:00',
        as_of: '2026-03-06T21:20:30.5-06:00',
        source: 'snapshot',
        reason: null,
      },
    ]);
    expect(body.changes).toEqual([
      {
        endpoint_id: KONTEXT,
        before: { unit_price: 0.05, unit: 'images', currency: 'USD' },
        after: { unit_price: 0.04, unit: 'images', currency: 'USD' },
        last_seen_before: '2026-02-27T21:20:30.5-06:00',
        first_seen_after: '2026-02-28T21:20:30.5-06:00',
      },
    ]);
    expect(fal.received).toEqual([]);
  });

  test('asks fal for models that were never read, and says why there is no price', async () => {
    const { fal, pricing } = await startApi();
    const priceOf = async (id: string) =>
      (await pricing(`?endpoint_id=${id}`)).body.prices[0] as object;
    expect(await priceOf(SCHNELL)).toMatchObject({
      ...{ unit_price: 0.003, unit: 'megapixels', source: 'fal', since: null },
      as_of: '2026-03-07T21:20:30.5-06:00',
    });
    expect(await priceOf('fal-ai/no/such')).toMatchObject({ unit_price: null, reason: 'no_price' });
    fal.fault(/pricing/, faults.failWith(503), Number.POSITIVE_INFINITY);
    expect(await priceOf(SCHNELL)).toMatchObject({ unit_price: null, reason: 'fal_unavailable' });
    expect((await pricing('')).body).toMatchObject({ ok: true, prices: [], changes: [] });
    expect((await pricing('?endpoint_id=x')).body.errors[0].field).toBe('endpoint_id');
  });
});

test('a price that was not read for days is asked for, and stands where fal has no answer', async () => {
  const { fal, services, pricing } = await startApi();
  const old = { unitPrice: CENT, unit: 'megapixels', currency: 'USD' };
  await recordPrices(services.store.db, ago(40), [
    { endpointId: SCHNELL, ...old },
    { endpointId: 'fal-ai/withdrawn', ...old },
  ]);
  const ask = async () =>
    (await pricing(`?endpoint_id=${SCHNELL},fal-ai/withdrawn`)).body.prices as object[];
  const snapshot = { unit_price: 0.01, source: 'snapshot', reason: null };
  expect(await ask()).toMatchObject([{ unit_price: 0.003, source: 'fal' }, snapshot]);
  fal.fault(/pricing/, faults.failWith(503), Number.POSITIVE_INFINITY);
  expect(await ask()).toMatchObject([snapshot, snapshot]);
});

test('without names, models in use that were never read are asked for, too', async () => {
  const { services, pricing } = await startApi();
  const { db } = services.store;
  const series = await plantSeries(db, null, SCHNELL);
  await plantHours(db, series, [{ at: Temporal.Instant.from('2026-03-08T02:00Z'), cost: 1n }]);
  expect((await pricing('')).body.prices).toMatchObject([
    { endpoint_id: SCHNELL, unit_price: 0.003, source: 'fal' },
  ]);
});

describe('POST /api/v1/estimate', () => {
  test("is fal's own total, with what it rests on and what to beware of", async () => {
    const { estimate } = await startApi();
    const units = await estimate({
      type: 'unit_price',
      endpoints: { [KONTEXT]: { unit_quantity: 10 }, [SCHNELL]: { unit_quantity: '0.5' } },
    });
    expect(units.body).toEqual({
      ok: true,
      estimate: {
        ...{ cost: 0.4015, currency: 'USD' },
        ...{ source: 'unit_price', caveat: 'before_discounts' },
      },
      account: 'booth',
      message: 'Es a precios de lista, antes de descuentos.',
    });
    const calls = await estimate({
      type: 'historical_api_price',
      endpoints: { [KONTEXT]: { call_quantity: 100 } },
    });
    expect(calls.body.estimate).toMatchObject({ currency: 'USD', caveat: 'may_be_too_low' });
    expect(calls.body.estimate.cost).toBeGreaterThan(0);
    expect(calls.body.message).toContain('suele quedarse corto');
  });

  test('refuses what fal could not be asked, and names the field', async () => {
    const { fal, estimate } = await startApi();
    const faultOf = async (body: object) => {
      const { status, body: answer } = await estimate(body);
      expect(status).toBe(400);
      return answer.errors[0] as { field: string; message: string };
    };
    const [type, one] = ['unit_price', { unit_quantity: 1 }];
    expect((await faultOf({ endpoints: { [KONTEXT]: one } })).field).toBe('type');
    expect((await faultOf({ type })).field).toBe('endpoints');
    expect((await faultOf({ type, endpoints: {} })).message).toBe('Falta este dato.');
    for (const quantity of [0, -1, 'many', null]) {
      const endpoints = { [KONTEXT]: { unit_quantity: quantity } };
      expect((await faultOf({ type, endpoints })).field).toBe('endpoints');
    }
    expect((await faultOf({ type, endpoints: { '../x': one } })).field).toBe('endpoints');
    const calls = {
      type: 'historical_api_price',
      endpoints: { [KONTEXT]: { call_quantity: 1.5 } },
    };
    expect((await faultOf(calls)).field).toBe('endpoints');
    expect(fal.received).toEqual([]);
    expect((await faultOf({ type, endpoints: { 'fal-ai/no/such': one } })).message).toBe(
      'fal no tiene el precio de alguno de estos modelos.',
    );
  });

  test('passes on why fal gave none', async () => {
    const { fal, estimate } = await startApi();
    const asked = { type: 'unit_price', endpoints: { [KONTEXT]: { unit_quantity: 1 } } };
    expect((await estimate({ ...asked, account: 'nobody' })).body.code).toBe('not_found');
    fal.fault(/estimate/, faults.failWith(503), Number.POSITIVE_INFINITY);
    const { status, body } = await estimate(asked);
    expect([status, body.code]).toEqual([503, 'fal_unavailable']);
  });
});
