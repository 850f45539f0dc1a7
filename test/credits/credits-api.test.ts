import { describe, expect, test } from 'vitest';
import { findAccount } from '../../src/accounts/accounts.ts';
import { createToken } from '../../src/auth/tokens.ts';
import type { Role } from '../../src/auth/viewer.ts';
import { billingRequests } from '../../src/demo/billing-request.ts';
import type { SimulatorOptions } from '../../src/demo/simulator.ts';
import { recordBalance } from '../../src/history/balance-samples.ts';
import { NANO_PER_UNIT } from '../../src/money.ts';
import { planEvent } from '../../src/planner/change-events.ts';
import type { Parts } from '../../src/services.ts';
import { syncOnce } from '../history/synced.ts';
import { NOW, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';

async function startApi(parts: Parts = {}, simulator: SimulatorOptions = {}) {
  const panel = await startPanel({}, { parts, simulator });
  const { services, fal } = panel;
  await storeAccount(services, { slug: 'booth', name: 'Booth', key: fal.keys.admin });
  const account = await findAccount(services.store.db, 'booth');
  if (!account) throw new Error('no account');
  const tokenOf = (role: Role) =>
    createToken(services.store.db, NOW, {
      ...{ name: `a ${role}`, role, createdBy: 'a test', expiresAt: null },
    });
  const [viewer, operator] = await Promise.all([tokenOf('viewer'), tokenOf('operator')]);
  return {
    ...{ panel, account },
    get: (query = '') =>
      panel.http.get(`/api/v1/credits${query}`).set('Authorization', `Bearer ${viewer}`),
    post: (body: object, token = operator) =>
      panel.http.post('/api/v1/credits').set('Authorization', `Bearer ${token}`).send(body),
    viewer,
  };
}

const BOUGHT = { amount: 10, at: '2026-03-06T21:00:00-06:00', note: 'booth' };

describe('POST /api/v1/credits', () => {
  test('writes one entry down and answers with it; it expires 365 days later', async () => {
    const { post } = await startApi();
    const { status, body } = await post(BOUGHT);
    expect([status, body]).toEqual([
      201,
      {
        ok: true,
        entry: {
          account: 'booth',
          id: expect.any(String),
          kind: 'purchase',
          amount: 10,
          currency: 'USD',
          at: '2026-03-06T21:00:00-06:00',
          expires_at: '2027-03-06T21:00:00-06:00',
          note: 'booth',
          recorded_at: '2026-03-07T21:20:30.5-06:00',
          recorded_by: 'a operator',
        },
        message: 'Quedó anotado.',
      },
    ]);
    const never = await post({ ...BOUGHT, kind: 'promotion', amount: '2.50', expires_at: null });
    expect(never.body.entry).toMatchObject({ kind: 'promotion', amount: 2.5, expires_at: null });
    const later = { ...BOUGHT, at: '2026-03-06T21:01:00-06:00', expires_at: null };
    expect((await post(later)).body.entry.expires_at).toBeNull();
  });

  test('does not write the same down twice, such as when a program asks again', async () => {
    const { post } = await startApi();
    const answers = await Promise.all([post(BOUGHT), post(BOUGHT)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400]);
    expect((await post(BOUGHT)).body.errors).toMatchObject([{ field: 'at' }]);
    expect((await post({ ...BOUGHT, amount: 11 })).status).toBe(201);
  });

  test('says what is wrong, and who may not', async () => {
    const { post, viewer } = await startApi();
    const { status, body } = await post({ amount: -1, at: BOUGHT.at });
    expect([status, body.code, body.errors]).toEqual([
      400,
      'invalid_request',
      [{ field: 'amount', message: 'Solo un ajuste puede ser negativo.' }],
    ]);
    expect((await post({})).body.errors.map(({ field }: { field: string }) => field)).toEqual([
      'amount',
      'at',
    ]);
    expect((await post({ ...BOUGHT, account: 'nobody' })).body.code).toBe('not_found');
    expect((await post(BOUGHT, viewer)).status).toBe(403);
  });
});

describe('GET /api/v1/credits', () => {
  test("is the seed's example: $10.00 bought, $0.225 spent, 365 days", async () => {
    const at = Temporal.Instant.from('2026-03-07T15:00:00Z');
    const traffic = billingRequests([
      { at: at.epochMilliseconds, endpointId: 'fal-ai/fast-sdxl', unitPrice: 0.225 },
    ]);
    const { panel, get, post } = await startApi({}, { traffic });
    panel.fal.quirks.noBalance = true;
    await syncOnce(panel, 'booth');
    const { body } = await post({ ...BOUGHT, at: '2026-03-07T08:00' });
    const { credits } = (await get('?account=booth')).body;
    expect(credits.lots).toEqual([
      {
        id: body.entry.id,
        kind: 'purchase',
        amount: 10,
        spent: 0.225,
        expired: 0,
        remaining: 9.775,
        at: '2026-03-07T08:00:00-06:00',
        expires_at: '2027-03-07T08:00:00-06:00',
      },
    ]);
    expect(credits).toMatchObject({
      account: 'booth',
      balance: { amount: 9.775, currency: 'USD', source: 'estimate', reason: 'not_stated' },
      estimate: { from: 'purchases', amount: 10, since: '2026-03-07T08:00:00-06:00' },
      // A single day in eight weeks is no habit: nothing is spent any more.
      runway: {
        until: '2027-03-07T08:00:00-06:00',
        driver: { assumption: 'expiry', until_without: null },
      },
      expiring: [{ id: body.entry.id, amount: 9.775, expires_at: '2027-03-07T08:00:00-06:00' }],
      ...{ runway_reason: null, unfunded: 0, proposals: [], difference: null },
    });
  });

  test('is how long they last, what expires unused, and what seems to be missing', async () => {
    const { panel, account, get, post } = await startApi();
    panel.fal.quirks.balance = 5_000;
    await syncOnce(panel, 'booth');
    await panel.services.store.db.transaction().execute(async (trx) => {
      const rise = { balance: 5_050n * NANO_PER_UNIT, currency: 'USD' };
      await recordBalance(trx, account.id, NOW.add({ minutes: 5 }), rise);
    });
    await post({ ...BOUGHT, amount: 4_000, expires_at: '2026-03-20' });
    const { credits } = (await get()).body;
    expect(credits.balance).toMatchObject({ amount: 5_050, source: 'fal', reason: null });
    expect(credits.estimate).toBeNull();
    expect(credits.runway).toMatchObject({ until: expect.stringMatching(/^2026-/) });
    expect(credits.runway.earliest <= credits.runway.until).toBe(true);
    expect(['pace', 'expiry']).toContain(credits.runway.driver.assumption);
    expect(credits.expiring).toMatchObject([{ expires_at: '2026-03-20T00:00:00-06:00' }]);
    expect(credits.proposals).toMatchObject([
      { after: '2026-03-07T21:20:30.5-06:00', before: '2026-03-07T21:25:30.5-06:00' },
    ]);
    const [{ low, amount, high }] = credits.proposals;
    expect(low <= amount && amount <= high && low >= 50).toBe(true);
    expect(credits.difference).toMatchObject({ cause: 'top_up_to_confirm' });
  });

  test('says why it does not know how long they last', async () => {
    const { get, post } = await startApi();
    const nothing = (await get()).body.credits;
    expect([nothing.runway, nothing.runway_reason]).toEqual([null, 'balance_unknown']);
    await post(BOUGHT);
    const { credits } = (await get()).body;
    expect([credits.runway, credits.runway_reason]).toEqual([null, 'history_too_short']);
    expect(credits.expiring).toEqual([]);
  });

  test('knows of no account that is not there', async () => {
    const { get } = await startApi();
    expect((await get('?account=nobody')).body.code).toBe('not_found');
  });
});

test('how long they last takes account of what is planned', async () => {
  const { panel, account, get } = await startApi();
  panel.fal.quirks.balance = 500;
  await syncOnce(panel, 'booth');
  const before = (await get()).body.credits.runway;
  const start = NOW.add({ hours: 12 });
  const actor = { kind: 'person', name: 'ana@example.com', address: null } as const;
  await planEvent(panel.services, actor, account.id, {
    ...{ name: 'Boda', venue: '', client: '', note: '', timezone: 'America/Mexico_City' },
    ...{ start, end: start.add({ hours: 4 }), participants: 450, models: null },
    ...{ outputsPerParticipant: NANO_PER_UNIT, allowancePercent: 0n, marginPercent: 0n },
    ...{
      pricePerOutput: NANO_PER_UNIT,
      peakParticipants: null,
      concurrency: null,
      apiKeyIds: null,
    },
  });
  const { until, driver } = (await get()).body.credits.runway;
  expect(until < before.until).toBe(true);
  expect(driver).toMatchObject({ assumption: 'events', until_without: before.until });
});
