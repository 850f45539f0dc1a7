import { describe, expect, test } from 'vitest';
import { listAccounts } from '../../src/accounts/accounts.ts';
import { createToken } from '../../src/auth/tokens.ts';
import { recordEntries } from '../../src/credits/change-ledger.ts';
import * as faults from '../../src/demo/faults.ts';
import { syncOnce } from '../history/synced.ts';
import { NOW, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';

async function startApi(key: 'admin' | 'api' | 'empty' = 'admin') {
  const panel = await startPanel();
  const { services, fal } = panel;
  const token = await createToken(services.store.db, NOW, {
    name: 'a booth',
    role: 'viewer',
    createdBy: 'a test',
    expiresAt: null,
  });
  await storeAccount(services, {
    slug: 'booth',
    name: 'Booth',
    key: fal.keys[key],
    isDefault: true,
  });
  const [account] = await listAccounts(services.store.db);
  if (!account) throw new Error('no account');
  const get = (query = '') =>
    panel.http.get(`/api/v1/balance${query}`).set('Authorization', `Bearer ${token}`);
  return { panel, account, get };
}

describe('GET /api/v1/balance', () => {
  test('is what fal says now, of the account asked for and of all', async () => {
    const { panel, get } = await startApi();
    panel.fal.quirks.balance = 24.5;
    const { status, body } = await get();
    const balance = {
      account: 'booth',
      amount: 24.5,
      currency: 'USD',
      as_of: '2026-03-07T21:20:30.5-06:00',
      source: 'fal',
      reason: null,
    };
    expect([status, body]).toEqual([
      200,
      {
        ok: true,
        balance,
        balances: [balance],
        billing_url: 'https://fal.ai/dashboard/billing',
        message: 'Saldo',
      },
    ]);
    expect((await get('?account=booth')).body.balance).toEqual(balance);
    expect((await get('?account=nobody')).body.code).toBe('not_found');
  });

  test('is the last that was read, with its time and why, while fal is away', async () => {
    const { panel, get } = await startApi();
    panel.fal.quirks.balance = 24.5;
    await syncOnce(panel, 'booth');
    panel.fal.fault('/account/billing', faults.failWith(503));
    expect((await get()).body.balance).toMatchObject({
      amount: 24.5,
      source: 'fal',
      reason: 'fal_unavailable',
      as_of: '2026-03-07T21:20:30.5-06:00',
    });
  });

  test("is the seed's estimate where the key can't read it: $10.00 bought, what was spent taken off", async () => {
    const { panel, account, get } = await startApi('api');
    expect((await get()).body.balance).toMatchObject({
      amount: null,
      source: 'estimate',
      reason: 'admin_scope_required',
    });
    const bought = {
      kind: 'purchase',
      amount: 10_000_000_000n,
      currency: 'USD',
      at: NOW.subtract({ hours: 24 }),
      expiresAt: NOW.add({ hours: 24 * 364 }),
      note: '',
    } as const;
    const actor = { kind: 'person', name: 'ana@example.com', address: null } as const;
    await recordEntries(panel.services, actor, account.id, [bought], 'hand');
    expect((await get()).body.balance).toMatchObject({
      amount: 10,
      source: 'estimate',
      reason: 'admin_scope_required',
    });
  });
});
