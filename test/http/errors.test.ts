import { describe, expect, test } from 'vitest';
import * as faults from '../../src/demo/faults.ts';
import { NOW, type Panel, startPanel } from '../support/panel.ts';

const PATH = '/api/config/falai-usage';

const post = (panel: Panel, body: object = { api_key: panel.fal.keys.admin }) =>
  panel.http.post(PATH).send(body);

/** Every failure has the same shape: what programs read, what people read, and what support asks for. */
function expectFailure(response: Awaited<ReturnType<typeof post>>, status: number, code: string) {
  expect([response.status, response.body.code]).toEqual([status, code]);
  expect(response.body).toMatchObject({ ok: false, code, message: expect.stringMatching(/.{20}/) });
  expect(response.body.request_id).toBe(response.headers['x-request-id']);
  expect(response.headers['content-type']).toContain('application/json');
}

describe('what fal answers becomes', () => {
  test.each([
    ['an unknown key', 401, 'invalid_api_key', { api_key: 'nobody:knows-this-key' }, null],
    ['a text that is no key', 401, 'invalid_api_key', { api_key: 'my-password' }, null],
    ['a 429', 429, 'rate_limited', null, faults.rateLimited({ retryAfter: 49 })],
    ['a 503', 503, 'fal_unavailable', null, faults.failWith(503)],
    ['a connection that breaks', 503, 'fal_unavailable', null, faults.resetConnection()],
    ['a CDN challenge', 503, 'fal_unavailable', null, faults.cdnChallenge()],
    ['something that is not JSON', 502, 'fal_bad_response', null, faults.notJson()],
    ['JSON of another shape', 502, 'fal_bad_response', null, faults.wrongShape()],
    ['a lock notice', 403, 'account_locked', null, faults.lockNotice()],
    [
      'a lock notice with status 200',
      403,
      'account_locked',
      null,
      faults.lockNotice('TOP_UP', 200),
    ],
    ['no answer', 504, 'fal_timeout', null, faults.hang()],
  ] as const)('%s: %d %s', async (_, status, code, body, fault) => {
    const env = fault?.kind === 'hang' ? { FAL_TIMEOUT_MS: '150' } : {};
    const panel = await startPanel(env);
    if (fault) panel.fal.fault(/./, fault);
    expectFailure(await post(panel, body ?? undefined), status, code);
  });

  test.each([401, 403] as const)(
    'a missing scope, shown as %d: 403 admin_scope_required',
    async (status) => {
      const panel = await startPanel();
      panel.fal.quirks.missingRightsStatus = status;
      const response = await post(panel, { api_key: panel.fal.keys.api });
      expectFailure(response, 403, 'admin_scope_required');
      expect(response.body.message).toContain('Admin');
    },
  );

  test('a missing scope is told even when prices can not be asked for: fal said 403', async () => {
    const panel = await startPanel();
    panel.fal.quirks.missingRightsStatus = 403;
    panel.fal.fault('/models/pricing', faults.rateLimited({ retryAfter: 49 }));
    expectFailure(await post(panel, { api_key: panel.fal.keys.api }), 403, 'admin_scope_required');
  });

  test.each([400, 404])('a %d at usage, which is not the fault of the caller', async (status) => {
    const panel = await startPanel();
    panel.fal.fault('/models/usage', faults.failWith(status));
    expectFailure(await post(panel), 502, 'fal_bad_response');
  });

  test('a refusal that can not be told apart, for fal fails then: 503, not a bad key', async () => {
    const panel = await startPanel();
    panel.fal.fault('/models/pricing', faults.failWith(503));
    expectFailure(await post(panel, { api_key: 'nobody:knows-this-key' }), 503, 'fal_unavailable');
  });

  test('a key that fal does not know the owner of yet: 401, and says to wait', async () => {
    const panel = await startPanel();
    const response = await post(panel, { api_key: panel.fal.keys.unbound });
    expectFailure(response, 401, 'invalid_api_key');
    expect(response.body.message).toContain('todavía');
  });

  test('a filter in front of fal is told apart from an outage', async () => {
    const panel = await startPanel();
    panel.fal.fault(/./, faults.cdnChallenge());
    expect((await post(panel)).body.message).toContain('filtro de seguridad');
  });

  test('a status that nobody knows is a bad response', async () => {
    const panel = await startPanel();
    panel.fal.fault('/models/usage', faults.failWith(418));
    panel.fal.fault('/models/billing-events', faults.failWith(418));
    expectFailure(await post(panel), 502, 'fal_bad_response');
  });

  test('usage that fails, when single charges fail too, is told as what failed first', async () => {
    const panel = await startPanel();
    panel.fal.fault('/models/usage', faults.failWith(500));
    panel.fal.fault('/models/billing-events', faults.wrongShape());
    expectFailure(await post(panel), 503, 'fal_unavailable');
  });

  test('how long fal asks to wait is passed on', async () => {
    const panel = await startPanel();
    panel.fal.fault(/./, faults.rateLimited({ retryAfter: 49 }));
    const response = await post(panel);
    expect(response.headers['retry-after']).toBe('49');
    expect(response.body.message).toContain('49');
  });

  test('a 429 that does not say how long to wait says a minute', async () => {
    const panel = await startPanel();
    panel.fal.fault(/./, faults.rateLimited());
    const response = await post(panel);
    expectFailure(response, 429, 'rate_limited');
    expect(response.headers['retry-after']).toBe('60');
  });

  test.each([
    ['Exhausted balance. Top up your balance.', 'saldo'],
    ['Admin lock. Please contact support@fal.ai', 'soporte|support@fal.ai'],
    ['Payment method required', 'pago'],
    ['Budget exceeded', 'presupuesto'],
  ])('a lock says which one it is: %s', async (reason, words) => {
    const panel = await startPanel();
    panel.fal.fault(/./, faults.lockNotice(reason));
    expect((await post(panel)).body.message).toMatch(new RegExp(words));
  });
});

describe('a request that can not be used is refused before fal is asked', () => {
  test.each([
    [{ api_key: 12 }, 'api_key'],
    [{ api_key: 'a:b\r\nX-Injected: yes' }, 'api_key'],
    [{ api_key: 'clave:ñandú' }, 'api_key'],
    [{ api_key: 'a:b', start_date: 'yesterday' }, 'start_date'],
    [{ api_key: 'a:b', start_date: 20260101 }, 'start_date'],
    [{ api_key: 'a:b', start_date: '2026-03-05', end_date: '2026-03-01' }, 'end_date'],
    [{ api_key: 'a:b', start_date: '2024-01-01', end_date: '2026-01-01' }, 'end_date'],
    [{ api_key: 'a:b', start_date: '2027-01-01' }, 'start_date'],
    [{ api_key: 'a:b', timezone: 'Mars/Olympus' }, 'timezone'],
    [{ api_key: 'a:b', page: 0 }, 'page'],
    [{ api_key: 'a:b', page: 'two' }, 'page'],
    [{ api_key: 'a:b', page_size: 5000 }, 'page_size'],
    [{ api_key: 'a:b', page: 90000, page_size: 1000 }, 'page'],
    [{ api_key: 'a:b', endpoint_id: '../../etc/passwd' }, 'endpoint_id'],
    [{ api_key: 'a:b', endpoint_id: [{ deep: true }] }, 'endpoint_id'],
    [
      { api_key: 'a:b', endpoint_id: Array.from({ length: 201 }, (_, i) => `a/${i}`) },
      'endpoint_id',
    ],
  ])('%j: %s', async (body, field) => {
    const panel = await startPanel();
    const response = await post(panel, body);
    expectFailure(response, 400, 'invalid_request');
    expect(response.body.errors).toEqual([{ field, message: expect.stringMatching(/.{10}/) }]);
    expect(panel.fal.received).toEqual([]);
  });

  test.each([{}, { api_key: '' }, { api_key: '   ' }, { api_key: null }])(
    '%j: nobody says who asks',
    async (body) => {
      const panel = await startPanel();
      for (const path of [PATH, '/api/config/falai-test']) {
        const response = await panel.http.post(path).send(body);
        expectFailure(response, 401, 'not_signed_in');
        expect(response.body.errors).toMatchObject([{ field: 'api_key' }]);
      }
      expect(panel.fal.received).toEqual([]);
    },
  );

  test('all that is wrong is said at once', async () => {
    const panel = await startPanel();
    const { body } = await post(panel, { api_key: 12, timezone: 'Mars/Olympus', page: -1 });
    expect(body.errors.map((error: { field: string }) => error.field)).toEqual([
      'api_key',
      'timezone',
      'page',
    ]);
  });

  test('JSON that is none, or no object', async () => {
    const panel = await startPanel();
    for (const text of ['{"api_key":', '[]', '"text"']) {
      const response = await panel.http.post(PATH).type('json').send(text);
      expectFailure(response, 400, 'invalid_request');
    }
  });

  test('a body that is neither form nor JSON', async () => {
    const panel = await startPanel();
    expectFailure(
      await panel.http.post(PATH).type('text/plain').send('api_key=x'),
      415,
      'unsupported_media_type',
    );
    expectFailure(
      await panel.http.post(PATH).field('api_key', 'a:b'),
      415,
      'unsupported_media_type',
    );
    const charset = 'application/json; charset=koi8-r';
    expectFailure(
      await panel.http.post(PATH).set('Content-Type', charset).send('{}'),
      415,
      'unsupported_media_type',
    );
    const packed = panel.http.post(PATH).type('json').set('Content-Encoding', 'lzma').send('{}');
    expectFailure(await packed, 415, 'unsupported_media_type');
  });

  test('a body over 64 kB', async () => {
    const panel = await startPanel();
    const response = await post(panel, { api_key: 'a:b', endpoint_id: 'x'.repeat(66_000) });
    expectFailure(response, 413, 'payload_too_large');
  });

  test('a form of more than 1000 fields', async () => {
    const panel = await startPanel();
    const response = await panel.http.post(PATH).type('form').send('a=&'.repeat(1_001));
    expectFailure(response, 413, 'payload_too_large');
  });

  test('an address that does not exist', async () => {
    const panel = await startPanel();
    expectFailure(await panel.http.get('/api/nothing-here'), 404, 'not_found');
    expectFailure(await panel.http.get(PATH), 404, 'not_found');
  });
});

test('more questions than allowed: 429 with how long to wait, for each client', async () => {
  const panel = await startPanel({ RATE_LIMIT_PER_MINUTE: '3', TRUST_PROXY: '1' });
  const from = (address: string) => post(panel).set('X-Forwarded-For', address);
  for (let asked = 0; asked < 3; asked += 1) expect((await from('203.0.113.7')).status).toBe(200);
  const refused = await from('203.0.113.7');
  expectFailure(refused, 429, 'rate_limited');
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect((await from('203.0.113.8')).status).toBe(200);
});

test('the buttons of the panel are counted with the questions of programs', async () => {
  const panel = await startPanel({ RATE_LIMIT_PER_MINUTE: '2' });
  const viewer = await panel.as('viewer');
  await post(panel);
  for (const [button, status] of [
    ['usage', 200],
    ['test', 429],
    ['usage', 429],
  ] as const) {
    const fields = { api_key: panel.fal.keys.admin };
    const response = await viewer.post(`/admin/config/${button}`, fields);
    expect([button, response.status]).toEqual([button, status]);
  }
});

test('a forwarded address is not believed unless told to', async () => {
  const panel = await startPanel({ RATE_LIMIT_PER_MINUTE: '1' });
  await post(panel).set('X-Forwarded-For', '203.0.113.7');
  expect((await post(panel).set('X-Forwarded-For', '203.0.113.8')).status).toBe(429);
});

test('a fault of our own is a 500 that says nothing of its cause, which is in the log', async () => {
  let clockHangs = true;
  const panel = await startPanel(
    {},
    {
      parts: {
        now: () => {
          if (clockHangs) return NOW;
          throw new Error('the clock fell off the wall');
        },
      },
    },
  );
  clockHangs = false;
  const response = await post(panel);
  expectFailure(response, 500, 'internal_error');
  expect(response.text).not.toContain('clock');
  const lines = panel.logged().trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({
      msg: 'unforeseen error',
      err: expect.objectContaining({ message: 'the clock fell off the wall' }),
    }),
  );
});

test('messages are in the language of the caller', async () => {
  const panel = await startPanel();
  const message = async (language: string) =>
    (await post(panel, {}).set('Accept-Language', language)).body.message;
  expect(await message('es-MX')).not.toBe(await message('en'));
});
