import { describe, expect, test } from 'vitest';
import * as faults from '../../src/demo/faults.ts';
import { type Panel, startPanel } from '../support/panel.ts';

async function diagnose(panel: Panel, api_key = panel.fal.keys.admin) {
  const { body, status } = await panel.http.post('/api/config/falai-test').send({ api_key });
  return { status, body, result: body.test };
}

function accessOf(result: { capabilities: { capability: string; access: string }[] }) {
  return Object.fromEntries(
    result.capabilities.map(({ capability, access }) => [capability, access]),
  );
}

test('a key that can read all is ready, with the name and balance of its account', async () => {
  const panel = await startPanel();
  const { body, result } = await diagnose(panel);
  expect(body).toMatchObject({ ok: true, message: expect.any(String) });
  expect(result).toMatchObject({
    verdict: 'ready',
    well_formed: true,
    known: true,
    admin_scope: true,
    locked: false,
    account: 'futurelab-eventos',
    balance: expect.any(Number),
    balance_currency: 'USD',
  });
  expect(accessOf(result)).toEqual({
    usage: 'granted',
    billing_events: 'granted',
    balance: 'granted',
    analytics: 'granted',
    pricing: 'granted',
  });
  expect(result.capabilities.every((one: { latency_ms: number }) => one.latency_ms >= 0)).toBe(
    true,
  );
});

test('all is asked at once', async () => {
  const panel = await startPanel();
  await diagnose(panel);
  expect(panel.fal.received.map((request) => request.path).toSorted()).toEqual([
    '/account/billing',
    '/models/analytics',
    '/models/billing-events',
    '/models/pricing',
    '/models/usage',
  ]);
});

describe('five troubles are five verdicts', () => {
  test('a key that fal does not know', async () => {
    const panel = await startPanel();
    const { result } = await diagnose(panel, 'nobody:knows-this-key');
    expect(result).toMatchObject({
      verdict: 'unknown_key',
      known: false,
      admin_scope: null,
      account: null,
    });
  });

  test.each([401, 403] as const)('a key without the Admin scope, shown as %d', async (status) => {
    const panel = await startPanel();
    panel.fal.quirks.missingRightsStatus = status;
    const { result } = await diagnose(panel, panel.fal.keys.api);
    expect(result).toMatchObject({
      verdict: 'admin_scope_missing',
      known: true,
      admin_scope: false,
      balance: null,
      balance_reason: 'admin_scope_required',
    });
    expect(accessOf(result)).toEqual({
      usage: 'denied',
      billing_events: 'denied',
      balance: 'denied',
      analytics: 'granted',
      pricing: 'granted',
    });
    expect(result.link).toBe('https://fal.ai/dashboard/keys');
  });

  test('a locked account, and why', async () => {
    const panel = await startPanel();
    const { result } = await diagnose(panel, panel.fal.keys.locked);
    expect(result).toMatchObject({
      verdict: 'account_locked',
      known: true,
      locked: true,
      lock_kind: 'exhausted_balance',
      lock_reason: expect.stringContaining('Exhausted balance'),
      link: 'https://fal.ai/dashboard/billing',
    });
    expect(new Set(Object.values(accessOf(result)))).toEqual(new Set(['denied']));
  });

  test('a locked account of which something can still be read', async () => {
    const panel = await startPanel();
    panel.fal.fault('/account/billing', faults.lockNotice());
    const { result } = await diagnose(panel);
    expect(result).toMatchObject({
      verdict: 'account_locked',
      known: true,
      balance_reason: 'account_locked',
    });
    expect(accessOf(result)).toMatchObject({ balance: 'denied', usage: 'granted' });
  });

  test('a CDN challenge, which says nothing of the key', async () => {
    const panel = await startPanel();
    panel.fal.fault(/./, faults.cdnChallenge());
    expect((await diagnose(panel)).result).toMatchObject({ verdict: 'challenged', known: null });
  });

  test('an outage, which says nothing of the key either', async () => {
    const panel = await startPanel();
    panel.fal.fault(/./, faults.failWith(503));
    const { result } = await diagnose(panel);
    expect(result).toMatchObject({ verdict: 'fal_unavailable', known: null, admin_scope: null });
    expect(new Set(Object.values(accessOf(result)))).toEqual(new Set(['unknown']));
  });
});

test('a key that may read nothing at all is known, for fal said 403', async () => {
  const panel = await startPanel();
  panel.fal.fault(/./, faults.failWith(403));
  expect((await diagnose(panel)).result).toMatchObject({
    verdict: 'admin_scope_missing',
    known: true,
    admin_scope: false,
  });
});

test('a key that may not read prices has its Admin scope all the same', async () => {
  const panel = await startPanel();
  panel.fal.fault('/models/pricing', faults.failWith(403));
  const { result } = await diagnose(panel);
  expect(result).toMatchObject({ verdict: 'degraded', admin_scope: true });
  expect(accessOf(result)).toMatchObject({ pricing: 'denied', usage: 'granted' });
});

describe('fal failing with 500 says nothing of the key', () => {
  test('at everything', async () => {
    const panel = await startPanel();
    panel.fal.fault(/./, faults.failWith(500));
    const { result } = await diagnose(panel);
    expect(result).toMatchObject({ verdict: 'fal_unavailable', known: null });
  });

  test('at analytics: an unknown key is still unknown', async () => {
    const panel = await startPanel();
    panel.fal.fault('/models/analytics', faults.failWith(500));
    expect((await diagnose(panel, 'nobody:knows-this-key')).result.verdict).toBe('unknown_key');
    const { result } = await diagnose(panel);
    expect(result.verdict).toBe('degraded');
    expect(accessOf(result)).toMatchObject({ analytics: 'unknown' });
  });
});

describe('finer troubles', () => {
  test('a text that has not the form of a key', async () => {
    const panel = await startPanel();
    const { result } = await diagnose(panel, 'my-password');
    expect(result).toMatchObject({ verdict: 'malformed_key', well_formed: false, key: '…' });
  });

  test('a new key whose owner fal does not know yet', async () => {
    const panel = await startPanel();
    expect((await diagnose(panel, panel.fal.keys.unbound)).result.verdict).toBe('unbound_key');
  });

  test('too many questions', async () => {
    const panel = await startPanel();
    panel.fal.fault(/./, faults.rateLimited({ retryAfter: 49 }));
    expect((await diagnose(panel)).result.verdict).toBe('rate_limited');
  });

  test('no answer in time', async () => {
    const panel = await startPanel({ FAL_TIMEOUT_MS: '150' });
    panel.fal.fault(/./, faults.hang());
    expect((await diagnose(panel)).result.verdict).toBe('fal_unavailable');
  });

  test('one endpoint of fal that is broken while the key is fine', async () => {
    const panel = await startPanel();
    panel.fal.quirks.billingEventsDown = true;
    const { result } = await diagnose(panel);
    expect(result.verdict).toBe('degraded');
    expect(accessOf(result)).toMatchObject({ billing_events: 'unknown', usage: 'granted' });
  });

  test('an answer without credits: the balance is not stated', async () => {
    const panel = await startPanel();
    panel.fal.quirks.noBalance = true;
    const { result } = await diagnose(panel);
    expect(result).toMatchObject({ verdict: 'ready', balance: null, balance_reason: 'not_stated' });
  });
});

test('a key copied with quotes, spaces or "Key " before it is understood', async () => {
  const panel = await startPanel();
  const { admin } = panel.fal.keys;
  for (const pasted of [` ${admin}\n`, `"${admin}"`, `Key ${admin}`]) {
    expect((await diagnose(panel, pasted)).result.verdict).toBe('ready');
  }
});

test('a key with characters that no key has is refused', async () => {
  const panel = await startPanel();
  const response = await panel.http.post('/api/config/falai-test').send({ api_key: 'clave:ñandú' });
  expect(response.body).toMatchObject({
    ok: false,
    code: 'invalid_request',
    errors: [{ field: 'api_key' }],
  });
});
