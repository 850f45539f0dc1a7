import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { custom, failWith } from '../../src/demo/faults.ts';
import { RequestError } from '../../src/http/failure.ts';
import { PERIODS, type PeriodName, periodDays } from '../../src/mcp/periods.ts';
import { plantIncident } from '../alerts/planted-incident.ts';
import { boothToken, startSynced } from '../embeds/embeds.ts';
import { plannedEvent } from '../planner/events.ts';
import { listening } from '../support/listening.ts';
import { ENGINES, type Panel, startPanel } from '../support/panel.ts';
import { apiToken, connectMcp } from './mcp.ts';

const SOON = {
  start: Temporal.Instant.from('2026-03-15T00:00Z'),
  end: Temporal.Instant.from('2026-03-15T08:00Z'),
};

/** What the API answers to the same question. */
async function asked(panel: Panel, path: string, body?: object) {
  const token = `Bearer ${await apiToken(panel)}`;
  const request = body ? panel.http.post(path).send(body) : panel.http.get(path);
  return (await request.set('Authorization', token)).body;
}

describe.each(ENGINES)('a client of the protocol, on %s', (engine) => {
  test('is told the same by each tool as by the API', async () => {
    const panel = await startSynced({ engine });
    await plannedEvent(panel.services, 'booth', SOON);
    const { client, call } = await connectMcp(panel);
    expect(client.getServerVersion()).toMatchObject({ name: 'fal-usage-panel' });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      ...['get_usage', 'get_balance', 'get_runway', 'check_event'],
      ...['list_planned_events', 'list_alerts', 'list_accounts'],
    ]);
    expect(tools.filter(({ annotations }) => annotations?.readOnlyHint !== true)).toEqual([]);

    const usage = await call('get_usage', { period: 'today', account: 'booth', timeframe: 'hour' });
    const today = 'start=2026-03-07&end=2026-03-07&account=booth&timeframe=hour';
    expect(usage.content).toEqual(await asked(panel, `/api/v1/usage?${today}`));
    expect(usage.content.usage.total_cost).toBeGreaterThan(0);
    expect(usage.text).toMatch(
      /^Cabina <b>& Co<\/b>, 7 mar 2026, 00:00 a 8 mar 2026, 00:00 \(America\/Mexico_City\): \$\d/,
    );
    expect(usage.text).toContain('Leído de fal ahora.');

    const balance = await call('get_balance');
    expect(balance.content).toEqual(await asked(panel, '/api/v1/balance'));
    expect(balance.text).toMatch(/^Cabina .*: \$[\d.,]+ USD, según fal, ahora \(/);

    const runway = await call('get_runway', { account: 'booth' });
    expect(runway.content).toEqual(await asked(panel, '/api/v1/credits?account=booth'));
    expect(runway.text).toContain('Alcanza hasta cerca del');

    const plan = { participants: 450, price_per_output: 0.005, credit_limit: 1 };
    const check = await call('check_event', plan);
    expect(check.content).toEqual(await asked(panel, '/api/v1/planned-events/check', plan));
    expect(check.content.check.verdict).toBe('top_up');
    expect(check.text).toContain('Recarga');
    const kept = panel.services.store.db.selectFrom('planned_events').selectAll().execute();
    expect(await kept).toHaveLength(1);

    const events = await call('list_planned_events');
    expect(events.content).toEqual(await asked(panel, '/api/v1/planned-events'));
    expect(events.text).toContain('Boda de Ana & Luis: sáb 14 de mar, 18:00');
    expect((await call('list_planned_events', { past: true })).text).toBe('No hay eventos.');

    expect((await call('list_alerts')).text).toBe('No hay alertas sin resolver.');
    await plantIncident(panel.services, { account: 'booth', state: 'resolved' });
    await plantIncident(panel.services, { account: 'booth', severity: 'critical' });
    await plantIncident(panel.services, { account: 'booth', state: 'acknowledged', hoursAgo: 30 });
    const alerts = await call('list_alerts', { account: 'booth' });
    expect(alerts.content).toEqual(await asked(panel, '/api/v1/alerts?state=unresolved'));
    expect(alerts.text.split('\n')).toEqual([
      expect.stringMatching(
        /^Cabina .*: .*\$7\.25.* \(Crítica; desde 7 mar 2026, 19:20, America\/Mexico_City; Abierta\)$/,
      ),
      expect.stringMatching(/ \(Advertencia; desde 6 mar 2026, 15:20, .*; Alguien la atiende\)$/),
    ]);
    const first = await call('list_alerts', { limit: 1 });
    const older = await call('list_alerts', { limit: 1, before: first.content.next });
    expect([...first.content.alerts, ...older.content.alerts]).toEqual(alerts.content.alerts);

    const accounts = await call('list_accounts');
    expect(accounts.text).toBe('booth: Cabina <b>& Co</b> (America/Mexico_City)');
    expect(accounts.content.accounts).toMatchObject([{ account: 'booth', is_default: true }]);
  });
});

test('every tool and every period has its place in the documentation', async () => {
  const { client } = await connectMcp(await startPanel());
  const { tools } = await client.listTools();
  const told = readFileSync('docs/mcp.md', 'utf8');
  const names = [...tools.map(({ name }) => name), ...PERIODS];
  expect(names.filter((name) => !told.includes(`\`${name}\``))).toEqual([]);
});

test('without a timeframe the series, which is long, is left out', async () => {
  const { call } = await connectMcp(await startSynced());
  const { content } = await call('get_usage', { group_by: 'api_key' });
  expect(content.usage.group_by).toBe('api_key');
  expect(content.usage.series).toBe(undefined);
});

test('under the base path and in English it is the same', async () => {
  const panel = await startSynced({}, { BASE_PATH: '/futurelab_ai' });
  const path = '/futurelab_ai/mcp';
  const { call } = await connectMcp(panel, { path, headers: { 'Accept-Language': 'en' } });
  expect((await call('get_balance')).text).toMatch(/as fal says, now/);
});

test('what is not known is said to be, never zero', async () => {
  const panel = await startPanel();
  const { call } = await connectMcp(panel);
  const usage = await call('get_usage', { period: 'this_month' });
  expect(usage.text).toContain(': no se sabe.');
  expect(usage.text).not.toContain('$0');
  expect((await call('list_accounts')).text).toBe('No hay cuentas guardadas.');
  const balance = await call('get_balance');
  expect([balance.isError, balance.text]).toEqual([true, expect.stringMatching(/^not_found: /)]);
});

describe('a tool that can’t answer', () => {
  test.each([
    ['get_usage', { account: 'nobody' }, 'not_found', 'account'],
    ['get_balance', { account: 'nobody' }, 'not_found', null],
    ['get_runway', { account: 'nobody' }, 'not_found', null],
    ['check_event', { participants: 10, account: 'nobody' }, 'not_found', null],
    ['list_planned_events', { account: 'nobody' }, 'not_found', null],
    ['list_alerts', { account: 'nobody' }, 'not_found', null],
    ['list_alerts', { limit: 1_000 }, 'invalid_request', 'limit'],
    ['list_alerts', { before: 'yesterday' }, 'invalid_request', 'before'],
    ['get_usage', { period: 'someday' }, 'invalid_request', 'period'],
    ['get_usage', { period: 'today', start: '2026-03-01' }, 'invalid_request', 'period'],
    ['get_usage', { timezone: 'Mars/Olympus' }, 'invalid_request', 'timezone'],
    ['get_usage', { start: 'soon' }, 'invalid_request', 'start'],
    ['get_usage', { account: 5 }, 'invalid_request', 'account'],
    ['get_balance', { account: ['booth'] }, 'invalid_request', 'account'],
    ['check_event', {}, 'invalid_request', 'participants'],
    ['check_event', { participants: 'many' }, 'invalid_request', 'participants'],
  ])('%s %j says so by the API’s code: %s', async (name, args, code, field) => {
    const { call } = await connectMcp(await startSynced());
    const { isError, text, content } = await call(name, args);
    expect([isError, content]).toEqual([true, undefined]);
    expect(text).toMatch(new RegExp(`^${code}: \\S`));
    if (field) expect(text).toMatch(new RegExp(`^${field}: \\S`, 'm'));
    expect(text).toMatch(/^request_id: [\w-]+$/m);
  });

  test('keeps the cause to itself', async () => {
    const panel = await startSynced();
    panel.services.history.usage = () => Promise.reject(new Error('secret cause'));
    const { call } = await connectMcp(panel);
    const { text } = await call('get_usage');
    expect(text).toMatch(/^internal_error: /);
    expect(text).not.toContain('secret cause');
    expect(panel.logged()).toContain('secret cause');
  });

  test('says how long to wait where that helps', async () => {
    const panel = await startSynced();
    panel.services.history.usage = () =>
      Promise.reject(new RequestError('rate_limited', { retryAfterSeconds: 7 }));
    const { call } = await connectMcp(panel);
    expect((await call('get_usage')).text).toMatch(
      /^rate_limited: .+\nretry_after: 7\nrequest_id: /,
    );
  });

  test('of a balance that fal does not tell, tells the last that is known', async () => {
    const panel = await startSynced();
    panel.fal.fault(/./, failWith(503));
    const { call } = await connectMcp(panel);
    const { isError, content } = await call('get_balance');
    expect([isError, content.balance.reason]).toEqual([false, 'fal_unavailable']);
  });

  test('there is not is a fault of the protocol', async () => {
    const { client } = await connectMcp(await startSynced());
    await expect(client.callTool({ name: 'buy_credits' })).rejects.toThrow('no tool buy_credits');
  });
});

describe('who asks', () => {
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  const ask = ({ http }: Panel, headers: Record<string, string>) =>
    http
      .post('/mcp')
      .set({ Accept: 'application/json, text/event-stream', ...headers })
      .send(message);

  test.each(['', 'Bearer fup_nonsense', 'Basic dXNlcjpwYXNz'])(
    'with "%s" is refused, and told what to come with',
    async (Authorization) => {
      const { status, body, headers } = await ask(await startPanel(), { Authorization });
      expect([status, body.code]).toEqual([401, 'not_signed_in']);
      expect(headers['www-authenticate']).toBe('Bearer realm="fal-usage-panel"');
    },
  );

  test('with the SDK’s client and no token, a wrong one or an embed’s is refused', async () => {
    const panel = await startSynced();
    for (const token of [null, 'fup_wrong', await boothToken(panel)]) {
      await expect(connectMcp(panel, { token })).rejects.toThrow(/not_signed_in/);
    }
  });

  test('from a page of another origin is refused, with a token as well', async () => {
    const panel = await startPanel({
      PUBLIC_URL: 'https://panel.example.com',
      CORS_ORIGINS: 'https://tools.example.com',
    });
    const Authorization = `Bearer ${await apiToken(panel)}`;
    const statusOf = async (Origin: string) => (await ask(panel, { Authorization, Origin })).status;
    expect(await statusOf('https://panel.example.com')).toBe(200);
    expect(await statusOf('https://tools.example.com')).toBe(200);
    for (const origin of ['https://evil.example.com', 'http://127.0.0.1', 'null']) {
      expect([origin, await statusOf(origin)]).toEqual([origin, 403]);
    }
  });

  test('by a name that was bound to this machine is refused where no address is configured', async () => {
    const panel = await startPanel();
    const Authorization = `Bearer ${await apiToken(panel)}`;
    const statusOf = async (Host: string) =>
      (await ask(panel, { Authorization, Host, Origin: `http://${Host}` })).status;
    expect(await statusOf('evil.example.com:3000')).toBe(403);
    expect(await statusOf('127.0.0.1:3000')).toBe(200);
    expect(await statusOf('localhost:3000')).toBe(200);
  });

  test('is held to the limit, the body and one message at a time, as elsewhere', async () => {
    const panel = await startPanel({ RATE_LIMIT_PER_MINUTE: '3' });
    const Authorization = `Bearer ${await apiToken(panel)}`;
    const send = (body: object) =>
      panel.http.post('/mcp').set('Authorization', Authorization).send(body);
    const large = await send({ ...message, params: { filler: 'x'.repeat(70_000) } });
    expect([large.status, large.body.code]).toEqual([413, 'payload_too_large']);
    const many = await send([message, message]);
    expect([many.status, many.body.code]).toEqual([400, 'invalid_request']);
    await send(message);
    const limited = await send(message);
    expect([limited.status, limited.body.code]).toEqual([429, 'rate_limited']);
  });

  test('for a stream or to end a session is told that there is none', async () => {
    const panel = await startPanel();
    const Authorization = `Bearer ${await apiToken(panel)}`;
    for (const method of ['get', 'delete'] as const) {
      const { status, headers } = await panel.http[method]('/mcp').set({ Authorization });
      expect([status, headers.allow, headers['cache-control']]).toEqual([405, 'POST', 'no-store']);
    }
  });

  test('gets an answer that nobody keeps', async () => {
    const panel = await startPanel();
    const answer = await ask(panel, { Authorization: `Bearer ${await apiToken(panel)}` });
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
  });
});

test('who hangs up midway lets fal go, and leaves no fault in the log', async () => {
  const panel = await startSynced();
  const [arrived, dropped] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  panel.fal.fault(
    /./,
    custom((_req, res) => {
      res.once('close', () => dropped.resolve());
      arrived.resolve();
    }),
  );
  const hangUp = new AbortController();
  const params = { name: 'get_balance', arguments: {} };
  const asking = fetch(`http://127.0.0.1:${await listening(panel.app)}/mcp`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${await apiToken(panel)}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
    signal: hangUp.signal,
  });
  await arrived.promise;
  hangUp.abort();
  await expect(asking).rejects.toThrow();
  await dropped.promise;
  await expect.poll(() => panel.logged()).toContain('the caller went away');
  expect(panel.logged()).not.toContain('unforeseen');
});

test('a key that is pasted into an argument is in no answer and no log', async () => {
  const panel = await startSynced();
  const secret = '5ec2e7000000000000000000deadbeef';
  const key = `5ec2e700-1111-4222-8333-444444444444:${secret}`;
  const { call } = await connectMcp(panel);
  const answers = [
    await call('get_usage', { account: key }),
    await call('get_usage', { api_key_id: key, endpoint_id: key, period: key }),
    await call('get_balance', { account: key, api_key: key }),
    await call('check_event', { participants: key, models: key, account: key }),
  ];
  expect(JSON.stringify(answers) + panel.logged()).not.toContain(secret);
});

test.each([
  ['today', '2026-03-07', '2026-03-07'],
  ['yesterday', '2026-03-06', '2026-03-06'],
  ['last_7_days', '2026-03-01', '2026-03-07'],
  ['last_30_days', '2026-02-06', '2026-03-07'],
  ['this_month', '2026-03-01', '2026-03-07'],
  ['last_month', '2026-02-01', '2026-02-28'],
] as [PeriodName, string, string][])('%s is from %s to %s', (name, start, end) => {
  expect(periodDays(name, Temporal.PlainDate.from('2026-03-07'))).toEqual({ start, end });
});
