import supertest from 'supertest';
import { expect, test } from 'vitest';
import * as faults from '../../src/demo/faults.ts';
import { type Browser, type Panel, startPanel } from '../support/panel.ts';

const SECRET = '5ec2e7000000000000000000deadbeef';
const KEY = `5ec2e700-1111-4222-8333-444444444444:${SECRET}`;

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
function deliveries(panel: Panel, { header, formToken }: Browser) {
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
    http.get(`/admin/config?api_key=${KEY}`),
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
    cause(panel);
    const responses = await Promise.all(deliveries(panel, await panel.as('admin')));
    expect(responses.length).toBeGreaterThan(35);
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
