import { expect, test } from 'vitest';
import { failWith } from '../../src/demo/faults.ts';
import { periodWith } from '../../src/reports/period.ts';
import { readReport } from '../../src/reports/read-report.ts';
import { insertReport } from '../../src/reports/report-rows.ts';
import { plantIncident } from '../alerts/planted-incident.ts';
import { boothToken } from '../embeds/embeds.ts';
import { type Client, startClient } from './client.ts';
import type { ApiOperation } from './operations.ts';

/** Ids of what operations are about, by their tag. */
type Ids = Record<string, string>;
const NONE: Ids = {
  'Planned events': 'none',
  'Alert rules': 'none',
  Alerts: 'none',
  Reports: 'none',
};

/** Each is asked with what the document gives as an example, about one of these where it is about one. */
function asked({ operations, embedToken, example }: Client, name: string, ids: Ids) {
  const { parameters, body } = example(name);
  const told = operations.get(name);
  const id = ids[told?.tags[0] ?? ''];
  const takes = (parameter: string) =>
    told?.parameters?.some((each) => each.name === parameter) ?? false;
  const place = { ...(takes('id') && { id }), ...(takes('token') && { token: embedToken }) };
  return { parameters: { ...parameters, ...place }, body };
}

/** A report that is kept. @returns its id. */
async function keepReport({ panel }: Client): Promise<string> {
  const { services } = panel;
  const period = periodWith('daily', Temporal.PlainDate.from('2026-03-06'), 'America/Mexico_City');
  const report = await readReport(services, { period, account: null }, AbortSignal.timeout(10_000));
  const stored = { id: 'a-report', scheduleId: 's', dueAt: services.now(), isLate: false, report };
  await insertReport(services.store.db, stored, null);
  return stored.id;
}

/** An event and a rule, made by the client, something that a rule found, and a report. */
async function made(client: Client): Promise<Ids> {
  const { panel, call, example } = client;
  const event = await call('planEvent', example('planEvent'));
  expect(event.headers.location).toBe(`/api/v1/planned-events/${event.data.event.id}`);
  const rule = await call('createAlertRule', example('createAlertRule'));
  expect(rule.headers.location).toBe(`/api/v1/alert-rules/${rule.data.rule.id}`);
  return {
    'Planned events': event.data.event.id,
    'Alert rules': rule.data.rule.id,
    Alerts: await plantIncident(panel.services, {
      account: 'booth',
      told: [{ channel: 'Slack', state: 'sent' }],
    }),
    Reports: await keepReport(client),
  };
}

const codesOf = ({ responses }: ApiOperation) =>
  Object.values(responses).flatMap(({ 'x-codes': codes = [] }) => codes);

test('a client made of the document calls every operation by its examples', async () => {
  const client = await startClient();
  const ids = await made(client);
  // What deletes something comes last.
  const isLast = (name: string) => Number(name.startsWith('delete'));
  const names = [...client.operations.keys()].toSorted((one, other) => isLast(one) - isLast(other));
  for (const name of names) {
    const { status, data } = await client.call(name, asked(client, name, ids));
    expect([200, 201], `${name}: ${JSON.stringify(data)?.slice(0, 300)}`).toContain(status);
  }
});

test('whatever may be a form is understood as one', async () => {
  const client = await startClient();
  const ids = await made(client);
  for (const [name, { requestBody }] of client.operations) {
    if (!requestBody) continue;
    const { parameters, body } = asked(client, name, ids);
    const form = new URLSearchParams(
      Object.entries(body ?? {}).map(([field, value]) => [field, String(value)]),
    );
    const isForm = 'application/x-www-form-urlencoded' in requestBody.content;
    const { status } = await client.call(name, {
      ...{ parameters, body: form.toString() },
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expect(status < 300, name).toBe(isForm);
  }
});

test('answers in their other shapes are as the document says, too', async () => {
  const { panel, call } = await startClient();
  const { keys } = panel.fal;
  const nobody = { role: 'nobody' } as const;
  await call('askUsage', { body: { api_key: keys.admin, page: 1, page_size: 5 }, ...nobody });
  for (const key of Object.values(keys)) {
    await call('askUsage', { body: { api_key: key }, ...nobody });
    await call('testKey', { body: { api_key: key }, ...nobody });
  }
  for (const group_by of ['endpoint', 'api_key', 'unit', 'account']) {
    await call('readUsage', { parameters: { group_by, timeframe: 'day' } });
  }
  await call('readUsage', { parameters: { start: '2024-01-01', end: '2024-01-02' } });
  const endpoint_id = ['fal-ai/flux/dev', 'fal-ai/none/such'];
  await call('readPrices', { parameters: { endpoint_id } });
  const endpoints = { 'fal-ai/flux/dev': { call_quantity: 100 } };
  await call('estimateCost', { body: { type: 'historical_api_price', endpoints } });
  await call('checkEvent', { body: { participants: 4_000, starts_at: '2026-03-12T20:00' } });
  await call('recordCredits', { body: { amount: '2,5', at: '2026-03-01', expires_at: null } });
  await call('recordCredits', { body: { amount: 900, at: '2026-03-01', kind: 'promotion' } });
  await call('readCredits');

  const soon = { name: 'Hoy', participants: 40, starts_at: '2026-03-07T20:00' };
  const { data } = await call('planEvent', {
    body: { ...soon, ends_at: '2026-03-07T23:00', concurrency: 2, api_key_ids: ['key-1'] },
  });
  await call('readEvent', { parameters: { id: data.event.id } });
  await call('listEvents', { parameters: { past: 'true' } });

  for (const path of ['/account/billing', '/models/usage', '/models/pricing']) {
    panel.fal.fault(path, failWith(503));
  }
  await call('readBalance');
  await call('askUsage', { body: {} });
  await call('readPrices', { parameters: { endpoint_id } });
  await call('readSync');
  for (const more of [{ shows: [] }, { shows: ['event'] as const }, { accountId: null }]) {
    await call('readEmbedStatus', { parameters: { token: await boothToken(panel, more) } });
  }
  await call('readEmbedStatus', { parameters: { token: 'none' } });
  const lang = await call('readDocs', { parameters: { lang: 'en' } });
  expect(lang.status).toBe(303);
  panel.services.stopping = true;
  expect((await call('readReadiness')).status).toBe(503);
});

test('every operation fails as the document says', async () => {
  const client = await startClient();
  const ids = await made(client);
  const statusOf = async (name: string, more: Parameters<Client['call']>[1]) => {
    const { parameters, body } = asked(client, name, ids);
    const mixed = { ...parameters, ...more?.parameters };
    return (await client.call(name, { body, ...more, parameters: mixed })).status;
  };

  for (const [name, operation] of client.operations) {
    const codes = codesOf(operation);
    const { requestBody, parameters = [] } = operation;
    const expected = (code: string, status: number) =>
      codes.includes(code) ? [status] : [200, 201, 404];
    expect(expected('not_signed_in', 401), name).toContain(
      await statusOf(name, { role: 'nobody' }),
    );
    const changes = !['readEvent', 'deleteEvent', 'readReport'].includes(name);
    if (changes || codes.includes('forbidden')) {
      expect(expected('forbidden', 403), name).toContain(await statusOf(name, { role: 'viewer' }));
    }
    if (parameters.some((each) => each.name === 'account')) {
      const unknown = { parameters: { account: 'nobody' } };
      expect(await statusOf(name, unknown), name).toBe(404);
    }
    if (parameters.some((each) => each.name === 'id')) {
      expect(await statusOf(name, { parameters: { id: 'none' } }), name).toBe(404);
    }
    if (codes.includes('invalid_request') && !requestBody && codes.length > 4) {
      const asked = { parameters: { timezone: 'Mars', endpoint_id: '?' } };
      const takes = parameters.some((each) => each.name in asked.parameters);
      if (takes) expect(await statusOf(name, asked), name).toBe(400);
    }
    if (!requestBody) continue;
    const { body } = asked(client, name, ids);
    const unknown = { body: { ...(body as object), account: 'nobody' } };
    expect([404, 400], name).toContain(await statusOf(name, unknown));
    expect(await statusOf(name, { body: { text: 'x'.repeat(70_000) } }), name).toBe(413);
    expect(await statusOf(name, { body: '[1', headers: { 'Content-Type': 'text/plain' } })).toBe(
      415,
    );
    expect(await statusOf(name, { body: { account: '\0' } }), name).toBe(400);
  }
  expect(await statusOf('changeEvent', { body: { version: 7 } })).toBe(400);
  const { body } = client.example('changeEvent');
  const stale = { ...(body as object), version: 7 };
  expect(await statusOf('changeEvent', { body: stale })).toBe(409);
});

test('whatever fal does, answers are as the document says', async () => {
  const client = await startClient({ FAL_TIMEOUT_MS: '200' });
  const ids = await made(client);
  for (const name of client.operations.keys()) {
    for (const fault of [failWith(401), failWith(403), failWith(429), failWith(500)]) {
      client.panel.fal.reset();
      client.panel.fal.fault(/./, fault);
      await client.call(name, asked(client, name, ids));
    }
    client.panel.fal.fault(/./, { kind: 'hang' });
    await client.call(name, asked(client, name, ids));
  }
});

test('what counts for the limit of a client is said, and nothing else counts', async () => {
  const client = await startClient({ RATE_LIMIT_PER_MINUTE: '1' });
  await client.call('readCredits');
  // What pages show costs little: it has ten times the limit.
  for (let times = 0; times < 10; times += 1) {
    await client.call('readEmbedStatus', asked(client, 'readEmbedStatus', NONE));
  }
  for (const [name, operation] of client.operations) {
    const { status, headers } = await client.call(name, asked(client, name, NONE));
    const isLimited = codesOf(operation).includes('rate_limited');
    expect(status === 429, name).toBe(isLimited);
    if (isLimited) expect(Number(headers['retry-after']), name).toBeGreaterThan(0);
  }
});
