import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import supertest from 'supertest';
import { describe, expect, test } from 'vitest';
import type { FalAccount } from '../../src/accounts/accounts.ts';
import { createAccount } from '../../src/accounts/change-accounts.ts';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import * as faults from '../../src/demo/faults.ts';
import { type Browser, type Panel, startPanel } from '../support/panel.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SECRET = '5ec2e7000000000000000000deadbeef';
const KEY = `5ec2e700-1111-4222-8333-444444444444:${SECRET}`;

const ACCOUNT = { name: 'Una', note: '', timezone: 'UTC', color: '1', version: '1' };

/** fal quoting the whole key back, as some errors do. */
const quoting = (status: number) => faults.failWith(status, `Bad key ${KEY} (secret ${SECRET})`);

const TROUBLES = {
  'an unknown key': () => {},
  'a refusal that quotes the key': (panel: Panel) => panel.fal.fault(/./, quoting(401)),
  'a scope error that quotes the key': (panel: Panel) =>
    panel.fal.fault('/models/usage', quoting(403)),
  'an outage that quotes the key': (panel: Panel) => panel.fal.fault(/./, quoting(503)),
  'a 500 that quotes the key': (panel: Panel) => panel.fal.fault(/./, quoting(500)),
  'a validation error that quotes the key': (panel: Panel) => panel.fal.fault(/./, quoting(400)),
  'a lock notice that quotes the key': (panel: Panel) =>
    panel.fal.fault(/./, faults.lockNotice(`Admin lock ${KEY}`)),
  'a lost connection': (panel: Panel) => panel.fal.fault(/./, faults.resetConnection()),
  'an answer that is not JSON': (panel: Panel) => panel.fal.fault(/./, faults.notJson()),
  'a CDN challenge': (panel: Panel) => panel.fal.fault(/./, faults.cdnChallenge()),
};

/** Every way a key comes in, well formed and broken. */
function deliveries(panel: Panel, { header, formToken }: Browser, account: FalAccount) {
  const http = supertest.agent(panel.app).set('Cookie', header);
  const form = { api_key: KEY, _csrf: formToken };
  const broken = `{"api_key":"${KEY}", oops`;
  return [
    ...[
      '/api/config/falai-usage',
      '/api/config/falai-test',
      '/admin/config/usage',
      '/admin/config/test',
    ].flatMap((path) => [
      http.post(path).type('form').send(form),
      http.post(path).send(form),
      http.post(path).set('HX-Request', 'true').type('form').send(form),
      http
        .post(path)
        .type('form')
        .send({ ...form, period: 'nonsense', timezone: KEY, start_date: KEY }),
      http.post(path).type('json').send(broken),
      http.post(path).type('text/plain').send(`api_key=${KEY}`),
      http
        .post(path)
        .type('form')
        .send({ ...form, api_key: `${KEY} and more ${KEY}` }),
      http
        .post(path)
        .type('form')
        .send(`_csrf=${formToken}&api_key=${KEY}&filler=${'x'.repeat(70_000)}`),
      http.post(`${path}?api_key=${KEY}`).type('form').send(form),
    ]),
    ...[
      '/admin/accounts',
      `/admin/accounts/${account.id}/edit`,
      `/admin/accounts/${account.id}/key`,
      `/admin/accounts/${account.id}/delete`,
    ].flatMap((path) => [
      http
        .post(path)
        .type('form')
        .send({ ...form, ...ACCOUNT }),
      http.post(path).send({ ...form, ...ACCOUNT }),
      http
        .post(path)
        .type('form')
        .send({ ...form, ...ACCOUNT, name: KEY, note: `la clave es ${KEY}`, timezone: KEY }),
      http
        .post(path)
        .type('form')
        .send({ ...form, ...ACCOUNT, version: KEY, color: KEY, confirm: KEY }),
      http
        .post(path)
        .type('form')
        .send({ ...form, ...ACCOUNT, name: '' }),
      http.post(path).type('json').send(broken),
    ]),
    http.post('/api/config/falai-usage').send({ account: KEY }),
    http.post('/admin/config/usage').type('form').send({ _csrf: formToken, account: KEY }),
    http.post(`/admin/accounts/${account.id}/test`).type('form').send({ _csrf: formToken }),
    http.get(`/admin/accounts/${account.id}?done=${KEY}`),
    http.get(`/admin/config?account=${KEY}`),
    http.get(`/admin/usage?account=${KEY}&period=24h`),
    http.get(`/admin/usage?period=${KEY}&timeframe=${KEY}&timezone=${KEY}&compare=${KEY}`),
    http.get(`/admin/usage?start_date=${KEY}&endpoint_id=${KEY}&api_key_id=${KEY}`),
    http.get(`/admin/usage/request?account=&id=${KEY}`),
    http.get(`/admin/usage/request?account=${KEY}&id=abc`),
    http.get(`/admin/config?api_key=${KEY}`),
    ...[
      '/api/v1/usage',
      '/api/v1/usage.csv',
      '/api/v1/billing-events',
      '/admin/usage.xlsx',
    ].flatMap((path) => [
      http.get(`${path}?api_key=${KEY}`),
      http.get(`${path}?account=${KEY}`),
      http.get(`${path}?api_key_id=${KEY}&request_id=${KEY}&start=${KEY}&timezone=${KEY}`),
      http.get(`${path}?api_key_id=${KEY}`),
    ]),
    http.get(`/api/v1/reports/daily?date=${KEY}&timezone=${KEY}&account=${KEY}`),
    http.get(`/api/v1/reports?cadence=${KEY}&account=${KEY}&page=${KEY}`),
    http.get(`/admin/reports?cadence=${KEY}&page=${KEY}&done=${KEY}`),
    http
      .post('/admin/reports/schedules')
      .type('form')
      .send({ _csrf: formToken, cadence: KEY, account: KEY, local_time: KEY, timezone: KEY }),
    http
      .post('/admin/reports/schedules')
      .type('form')
      .send({ _csrf: formToken, weekday: KEY, month_day: KEY, channels: KEY, channel_ids: KEY }),
    http.get(`/admin/nothing?api_key=${KEY}`),
    http.get(`/api/nothing?api_key=${KEY}`),
    http.get(`/admin/config?lang=en&api_key=${KEY}`).redirects(1),
  ];
}

test.each(Object.entries(TROUBLES))('a key is in no answer and no log: %s', async (_, cause) => {
  const printed: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (chunk: string | Uint8Array) => {
    printed.push(String(chunk));
    return true;
  };
  try {
    const panel = await startPanel({}, { simulator: { days: 2 } });
    const account = await storeAccount(panel, KEY);
    cause(panel);
    const responses = await Promise.all(deliveries(panel, await panel.as('admin'), account));
    expect(responses.length).toBeGreaterThan(65);
    const seen = [
      ...responses.map(({ text, headers }) => text + JSON.stringify(headers)),
      ...panel.logged().split('\n'),
      ...printed,
    ];
    expect(panel.logged()).toContain('/api/config/falai-usage');
    expect(seen.filter((text) => text.includes(SECRET))).toEqual([]);
  } finally {
    process.stderr.write = write;
  }
});

function storeAccount({ services }: Panel, key: string): Promise<FalAccount> {
  const fields = { name: 'Guardada', note: '', timezone: 'UTC', color: 1 };
  return createAccount(services, COMMAND_LINE, fields, key);
}

describe('a stored key', () => {
  test('is nowhere in the files of the data folder', async () => {
    const dataDir = temporaryFolder();
    const panel = await startPanel({ DATA_DIR: dataDir, FAL_KEY: `first:${SECRET}` });
    const admin = await panel.as('admin');
    const { id } = await storeAccount(panel, KEY);
    const { admin: api_key } = panel.fal.keys;
    await admin.post('/admin/accounts', { ...ACCOUNT, api_key });
    await admin.post(`/admin/accounts/${id}/key`, { version: '1', api_key });
    const files = readdirSync(dataDir).map((name) => readFileSync(join(dataDir, name), 'latin1'));
    expect(files.join('')).toContain('Guardada');
    for (const key of [KEY, api_key]) {
      expect(files.filter((file) => file.includes(key.split(':')[1] ?? ''))).toEqual([]);
    }
  });

  test('is on no page, whoever looks', async () => {
    const panel = await startPanel();
    const { id, slug } = await storeAccount(panel, panel.fal.keys.admin);
    const secret = panel.fal.keys.admin.split(':')[1] ?? '';
    for (const role of ['viewer', 'operator', 'admin'] as const) {
      const browser = await panel.as(role);
      const pages = await Promise.all([
        ...['', `/${id}`, '/new', `/${id}/edit`, `/${id}/key`, `/${id}/delete`].map((path) =>
          browser.get(`/admin/accounts${path}`),
        ),
        browser.get(`/admin/config?account=${slug}`),
        browser.post('/admin/config/usage', { account: slug }),
        browser.post('/admin/config/test', { account: slug }),
        browser.post(`/admin/accounts/${id}/test`),
      ]);
      expect(pages.filter(({ text }) => text.includes(secret))).toEqual([]);
    }
    expect(panel.logged()).not.toContain(secret);
  });
});

test('a key is in no answer and no log when all goes well', async () => {
  const panel = await startPanel();
  const admin = await panel.as('admin');
  const responses = await Promise.all(
    [
      '/api/config/falai-usage',
      '/api/config/falai-test',
      '/admin/config/usage',
      '/admin/config/test',
    ].map((path) => admin.post(path, { api_key: panel.fal.keys.admin, page: '1' })),
  );
  expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const secret = panel.fal.keys.admin.split(':')[1] ?? '';
  expect(secret).toHaveLength(32);
  expect(responses.map(({ text }) => text).join('') + panel.logged()).not.toContain(secret);
});
