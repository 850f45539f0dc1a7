import { describe, expect, test } from 'vitest';
import * as faults from '../../src/demo/faults.ts';
import { programOf, startPlanner, storeBooth } from './booth.ts';

async function startApi() {
  const panel = await startPlanner();
  const { check } = await programOf(panel, 'viewer');
  return { panel, check, withAccount: () => storeBooth(panel) };
}

describe('POST /api/v1/planned-events/check', () => {
  test("answers the seed's example in one call: participants x $0.005 against a credit limit", async () => {
    const { check } = await startApi();
    const asked = { participants: 1_600, price_per_output: 0.005, credit_limit: 10 };
    const { status, body } = await check(asked);
    expect(status).toBe(200);
    expect(body).toEqual({
      ok: true,
      check: {
        verdict: 'enough',
        expected_cost: 8,
        cost_low: 6.4,
        cost_high: 9.6,
        available: 10,
        top_up_amount: 0,
        top_up_by: null,
        price_source: 'manual',
        reasons: ['credit_limit_given'],
        decided_by: 'margin',
        currency: 'USD',
        starts_at: '2026-03-07T21:20:30.5-06:00',
        timezone: 'America/Mexico_City',
        account: null,
        models: [
          {
            endpoint_id: null,
            share: 100,
            price_per_output: 0.005,
            price_source: 'manual',
            unit: null,
            unit_price: null,
            units_per_output: null,
            expected_cost: 8,
          },
        ],
      },
      message: 'Alcanza: costará entre $6.40 y $9.60 y ese día tendrás $10.00.',
    });
    const more = await check({ ...asked, participants: 2_500 });
    expect(more.body.check).toMatchObject({ verdict: 'top_up', top_up_amount: 5 });
    expect(more.body.message).toBe(
      'Recarga $5.00 antes del evento: costará entre $10.00 y $15.00 y ese día tendrás $10.00.',
    );
  });

  test('takes a form as well, and decimals with a comma', async () => {
    const { panel } = await startApi();
    const session = await panel.as('viewer');
    const { status, body } = await panel.http
      .post('/api/v1/planned-events/check')
      .set('Cookie', session.header)
      .set('Sec-Fetch-Site', 'same-origin')
      .set('Accept-Language', 'en')
      .type('form')
      .send({ participants: '100', price_per_output: '0,05', credit_limit: '5,2', account: '' });
    expect([status, body.check?.verdict]).toEqual([200, 'tight']);
    expect(body.message).toMatch(/^Tight: it will cost between \$4\.00 and \$6\.00/);
  });

  test("judges by the account's own models, prices, credits and everyday spending", async () => {
    const { check, withAccount } = await startApi();
    await withAccount();
    const { status, body } = await check({
      participants: 300,
      starts_at: '2026-03-14T18:00',
      ends_at: '2026-03-15T01:00',
      timezone: 'America/Mexico_City',
    });
    expect(status).toBe(200);
    const { check: result } = body;
    expect(result.models.length).toBeGreaterThan(2);
    expect(
      result.models.reduce((sum: number, { share }: { share: number }) => sum + share, 0),
    ).toBeCloseTo(100, 9);
    expect(result.starts_at).toBe('2026-03-14T18:00:00-06:00');
    expect(result.reasons).toContain('everyday_spend_before');
    expect(result.account).toBe('booth');
    expect(result.cost_low).toBeLessThanOrEqual(result.expected_cost);
    expect(result.expected_cost).toBeLessThanOrEqual(result.cost_high);
  });

  test('prices a video by its seconds, at the price that fal lists', async () => {
    const { check, withAccount } = await startApi();
    await withAccount();
    const { body } = await check({
      participants: 10,
      models: [
        { endpoint_id: 'fal-ai/kling-video/v2.1/standard', share: 100, units_per_output: 5 },
      ],
    });
    expect(body.check.models).toMatchObject([
      {
        price_source: 'unit_price',
        unit: 'seconds',
        units_per_output: 5,
        unit_price: 0.056,
        price_per_output: 0.28,
      },
    ]);
    expect(body.check.expected_cost).toBe(2.8);
  });

  test.each([
    [{}, 'participants'],
    [{ participants: 1.5 }, 'participants'],
    [{ participants: 1_000_001 }, 'participants'],
    [{ participants: -1 }, 'participants'],
    [{ participants: '99999999999999999999' }, 'participants'],
    [{ participants: false }, 'participants'],
    [{ participants: [] }, 'participants'],
    [{ participants: '1.000' }, 'participants'],
    [{ participants: '1e3' }, 'participants'],
    [{ participants: 1, models: [{ endpoint_id: 'a/b', share: 60 }] }, 'models'],
    [{ participants: 1, models: [{ endpoint_id: 'a/b', share: 100.2 }] }, 'models'],
    [
      { participants: 1, models: [{ endpoint_id: 'a/b', share: 100, units_per_output: 0 }] },
      'models',
    ],
    [{ participants: 1, price_per_output: -0.01 }, 'price_per_output'],
    [{ participants: 1, starts_at: '9999-12-31T18:00' }, 'starts_at'],
    [{ participants: 1, starts_at: '+270000-01-01T00:00Z' }, 'starts_at'],
    [{ participants: 1, starts_at: '1999-12-31T18:00' }, 'starts_at'],
    [{ participants: 1, starts_at: '2026-03-01T18:00', ends_at: '2026-03-01T20:00' }, 'ends_at'],
    [{ participants: 1, ends_at: '2026-03-14T18:00' }, 'starts_at'],
    [{ participants: 1, starts_at: 'Saturday' }, 'starts_at'],
    [{ participants: 1, starts_at: '2026-03-14T18:00', ends_at: '2026-03-14T18:00' }, 'ends_at'],
    [{ participants: 1, timezone: 'Mars/Base' }, 'timezone'],
    [{ participants: 1, price_per_output: 'cheap' }, 'price_per_output'],
  ])('refuses %j and says which field and why', async (asked, field) => {
    const { check } = await startApi();
    const { status, body } = await check(asked);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors).toEqual([{ field, message: expect.any(String) }]);
  });

  test('says so where nobody knows a price, or what is left', async () => {
    const { check, withAccount, panel } = await startApi();
    expect((await check({ participants: 1 })).body.code).toBe('not_found');
    await withAccount();
    const unknown = await check({ participants: 1, models: [{ endpoint_id: 'a/b', share: 100 }] });
    expect(unknown.body.errors).toEqual([
      { field: 'models.a/b', message: expect.stringContaining('precio') },
    ]);
    await panel.services.store.db.deleteFrom('balance_samples').execute();
    const broke = await check({ participants: 1, price_per_output: 1 });
    expect(broke.body.errors).toEqual([
      { field: 'credit_limit', message: expect.stringContaining('saldo') },
    ]);
  });

  test('a top-up is due three days before; where that is over it is now, and said to be late', async () => {
    const { check } = await startApi();
    const asked = { participants: 1, price_per_output: 1, credit_limit: 0, timezone: 'UTC' };
    const early = await check({ ...asked, starts_at: '2026-03-20T18:00' });
    expect(early.body.check.top_up_by).toBe('2026-03-17T18:00:00+00:00');
    expect(early.body.check.reasons).not.toContain('top_up_late');
    const late = await check({ ...asked, starts_at: '2026-03-10T18:00' });
    expect(late.body.check.top_up_by).toBe('2026-03-08T03:20:30.5+00:00');
    expect(late.body.check.reasons).toContain('top_up_late');
    expect((await check(asked)).body.check.reasons).toEqual(['credit_limit_given']);
    const enough = await check({ ...asked, credit_limit: 2, starts_at: '2026-03-10T18:00' });
    expect(enough.body.check.reasons).not.toContain('top_up_late');
  });

  test("fal's own estimate of a price is taken where there is no better, and said to be one", async () => {
    const { check, withAccount, panel } = await startApi();
    await withAccount();
    const estimate = { estimate_type: 'historical_api_price', total_cost: 0.02, currency: 'USD' };
    panel.fal.fault('/models/pricing/estimate', faults.wrongShape(estimate), Infinity);
    const models = [{ endpoint_id: 'a/b', share: 100 }];
    const { body } = await check({ participants: 100, models, price_per_output: 3 });
    expect(body.check).toMatchObject({ price_source: 'estimate', expected_cost: 2 });
    expect(body.check.reasons).toContain('price_estimated');
  });

  test('a price or a balance in another currency is never taken for dollars', async () => {
    const { check, panel } = await startApi();
    const euros = { unit_price: 4, unit: 'images', currency: 'EUR' };
    const price = {
      prices: [{ endpoint_id: 'a/b', ...euros }],
      next_cursor: null,
      has_more: false,
    };
    panel.fal.fault('/models/pricing', faults.wrongShape(price), Infinity);
    const credits = { current_balance: 1_000_000, currency: 'EUR' };
    const billing = faults.wrongShape({ username: 'booth', credits });
    panel.fal.fault('/account/billing', billing, Infinity);
    await storeBooth(panel);
    const models = [{ endpoint_id: 'a/b', share: 100 }];
    const asked = { participants: 10, models, price_per_output: 1 };
    const priced = await check({ ...asked, credit_limit: 100 });
    expect(priced.body.check).toMatchObject({ price_source: 'manual', expected_cost: 10 });
    const { body } = await check(asked);
    expect(body.errors).toMatchObject([{ field: 'credit_limit' }]);
  });

  test('nobody, or a million: no NaN, and no zero that means unknown', async () => {
    const { check } = await startApi();
    for (const participants of [0, 1_000_000]) {
      const { body } = await check({ participants, price_per_output: 0.005, credit_limit: 0 });
      expect(body.check.expected_cost).toBe(participants * 0.005);
      expect(body.check.verdict).toBe(participants === 0 ? 'enough' : 'top_up');
    }
  });
});
