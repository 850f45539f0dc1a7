import { describe, expect, test } from 'vitest';
import { createToken } from '../../src/auth/tokens.ts';
import { type FakeHistory, fakeHistory, fakeRow } from '../support/fake-history.ts';
import { NOW, type Panel, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';

async function startApi(history: FakeHistory = fakeHistory([])) {
  const panel = await startPanel({}, { parts: { history } });
  const token = await createToken(panel.services.store.db, NOW, {
    name: 'a program',
    role: 'viewer',
    createdBy: 'a test',
    expiresAt: null,
  });
  const get = (path: string) =>
    panel.http.get(path).set('Authorization', `Bearer ${token}`).set('Accept-Language', 'en');
  return { panel, get };
}

function store({ services }: Panel, slug: string, name: string) {
  return storeAccount(services, { slug, name, key: 'a1b2:0123' });
}

describe('GET /api/v1/usage', () => {
  test('answers what the local copy knows, in the shape programs rely on', async () => {
    const history = fakeHistory(
      [
        fakeRow('2026-03-06T18:00:00Z'),
        fakeRow('2026-03-06T18:00:00Z', { endpointId: 'fal-ai/veo3', cost: 1n }),
        fakeRow('2026-03-06T19:00:00Z', { currency: 'EUR', cost: 5_000_000_000n }),
      ],
      { gaps: ['2026-03-06T20:00:00Z'] },
    );
    const { get } = await startApi(history);
    const { status, body } = await get(
      '/api/v1/usage?start=2026-03-06T12:00:00&end=2026-03-06T15:00:00&timezone=America/Mexico_City',
    );
    expect(status).toBe(200);
    const flux = { key: 'fal-ai/flux/dev', cost: 0.0625, count: 3, failures: 1 };
    const veo = { key: 'fal-ai/veo3', cost: 1e-9, count: 3, failures: 1 };
    const same = {
      name: null,
      units: [{ unit: 'megapixels', quantity: 2.5, unit_price: 0.025 }],
      p50_duration: 4_200,
      p95_duration: 18_700,
    };
    expect(body).toEqual({
      ok: true,
      usage: {
        total_cost: 0.062500001,
        total_requests: 6,
        successful_requests: 4,
        failed_requests: 2,
        currency: 'USD',
        start: '2026-03-06T12:00:00-06:00',
        end: '2026-03-06T15:00:00-06:00',
        timezone: 'America/Mexico_City',
        timeframe: 'hour',
        group_by: 'endpoint',
        freshness: 'partial',
        as_of: '2026-03-07T21:00:00-06:00',
        partial: true,
        partial_reason: 'days_not_read',
        groups: [
          { ...flux, ...same, average_cost: 0.020833333, share: expect.closeTo(1, 6) },
          { ...veo, ...same, average_cost: 0, share: expect.closeTo(0, 6) },
        ],
        series: [
          {
            bucket: '2026-03-06T12:00:00-06:00',
            state: 'final',
            cost: 0.062500001,
            count: 6,
            failures: 2,
            groups: [flux, veo],
          },
          {
            bucket: '2026-03-06T13:00:00-06:00',
            state: 'final',
            cost: 0,
            count: 0,
            failures: 0,
            groups: [],
          },
          {
            bucket: '2026-03-06T14:00:00-06:00',
            state: 'unknown',
            cost: null,
            count: null,
            failures: null,
            groups: [],
          },
        ],
        other_currencies: [{ currency: 'EUR', cost: 5 }],
      },
      message: expect.any(String),
    });
  });

  test('asks for the 24 hours up to the end of the running one when nothing is said', async () => {
    const history = fakeHistory([]);
    const { get } = await startApi(history);
    await get('/api/v1/usage').expect(200);
    expect(history.asked).toMatchObject([
      {
        start: Temporal.Instant.from('2026-03-07T04:00:00Z'),
        end: Temporal.Instant.from('2026-03-08T04:00:00Z'),
        timezone: 'America/Mexico_City',
        resolution: 'hour',
        groupBy: 'endpoint',
        accountId: null,
        endpointIds: [],
        apiKeyIds: [],
      },
    ]);
  });

  test('takes lists in every way they are written, and whole days', async () => {
    const history = fakeHistory([]);
    const { get } = await startApi(history);
    await get(
      '/api/v1/usage?start=2026-01-01&end=2026-02-28&timezone=UTC&group_by=unit&utm_source=x' +
        '&endpoint_id=fal-ai/a,fal-ai/b&endpoint_id=fal-ai/a&api_key_id[]=k1&api_key_id[]=User token',
    ).expect(200);
    expect(history.asked).toMatchObject([
      {
        start: Temporal.Instant.from('2026-01-01T00:00:00Z'),
        end: Temporal.Instant.from('2026-03-01T00:00:00Z'),
        resolution: 'day',
        groupBy: 'unit',
        endpointIds: ['fal-ai/a', 'fal-ai/b'],
        apiKeyIds: ['k1', 'User token'],
      },
    ]);
  });

  test.each([
    ['start=2026-02-20&end=2026-03-01', 'day'],
    ['start=2025-11-01&end=2026-03-01', 'week'],
    ['start=2025-04-01&end=2026-03-01', 'month'],
    ['start=2025-04-01&end=2026-03-01&timeframe=day', 'day'],
  ])('cuts %s by %s', async (query, resolution) => {
    const history = fakeHistory([]);
    const { get } = await startApi(history);
    await get(`/api/v1/usage?${query}`).expect(200);
    expect(history.asked[0]?.resolution).toBe(resolution);
  });

  test('knows an account by its name for programs and by its id', async () => {
    const history = fakeHistory([]);
    const { panel, get } = await startApi(history);
    await store(panel, 'main', 'Principal');
    const { id } = await panel.services.store.db
      .selectFrom('fal_accounts')
      .select('id')
      .executeTakeFirstOrThrow();
    await get('/api/v1/usage?account=main').expect(200);
    await get(`/api/v1/usage?account=${id}`).expect(200);
    expect(history.asked.map(({ accountId }) => accountId)).toEqual([id, id]);
  });

  test('does not find an account that is not there', async () => {
    const { get } = await startApi();
    const { status, body } = await get('/api/v1/usage?account=nobody');
    expect(status).toBe(404);
    expect(body).toMatchObject({ ok: false, code: 'not_found', errors: [{ field: 'account' }] });
  });

  test.each([
    ['start=yesterday', 'start'],
    ['start=2026-03-02&end=2026-03-01', 'end'],
    ['start=2024-01-01&end=2026-03-01', 'end'],
    ['start=2027-01-01', 'start'],
    ['timezone=Mars/Olympus', 'timezone'],
    ['timeframe=minute', 'timeframe'],
    ['group_by=person', 'group_by'],
    ['endpoint_id=not an id', 'endpoint_id'],
    ['api_key_id=0123456789abcdef0123:0123456789abcdef0123', 'api_key_id'],
    ['start=2026-01-01&end=2026-03-01&timeframe=hour', 'timeframe'],
    ['start=a&start=b', 'start'],
  ])('refuses %s, naming %s', async (query, field) => {
    const { get } = await startApi();
    const { status, body } = await get(`/api/v1/usage?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ ok: false, code: 'invalid_request', errors: [{ field }] });
  });

  test('says that more than 31 days of hours are days or a file', async () => {
    const { get } = await startApi();
    const query = 'start=2026-01-01&end=2026-03-01&timeframe=hour';
    const { body } = await get(`/api/v1/usage?${query}`);
    expect(body.errors[0].message).toContain('usage.csv');
    await get(`/api/v1/usage.csv?${query}`).expect(200);
  });

  test.each(['usage', 'usage.csv', 'usage.xlsx', 'focus.csv', 'billing-events'])(
    'needs a token or a session for %s',
    async (path) => {
      const { panel } = await startApi();
      const { status, body } = await panel.http.get(`/api/v1/${path}`);
      expect([status, body.code]).toEqual([401, 'not_signed_in']);
      const viewer = await panel.as('viewer');
      const { status: own } = await viewer
        .get(`/api/v1/${path}`)
        .set('Sec-Fetch-Site', 'same-origin');
      expect(own).toBe(path === 'billing-events' ? 404 : 200);
    },
  );

  test('answers a failure of the local copy as any other', async () => {
    const history = fakeHistory([]);
    history.usage = () => Promise.reject(new Error('the disk is gone'));
    const { get } = await startApi(history);
    for (const path of ['usage', 'usage.csv', 'usage.xlsx']) {
      const { status, body, headers } = await get(`/api/v1/${path}`);
      expect([status, body.code]).toEqual([500, 'internal_error']);
      expect(headers['content-disposition']).toBeUndefined();
    }
  });
});
