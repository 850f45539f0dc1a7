import { describe, expect, test } from 'vitest';
import * as faults from '../../src/demo/faults.ts';
import { hangUpMidway, startPanel } from '../support/panel.ts';

const PATH = '/api/config/falai-usage';

describe('the base path', () => {
  test('answers beside the root', async () => {
    const panel = await startPanel({ BASE_PATH: '/futurelab_ai' });
    for (const base of ['', '/futurelab_ai']) {
      const response = await panel.http
        .post(base + PATH)
        .type('form')
        .send({ api_key: panel.fal.keys.admin });
      expect([base, response.status]).toEqual([base, 200]);
      expect((await panel.http.get(`${base}/healthz`)).body).toEqual({ ok: true });
    }
  });

  test('stands before every address on its pages, and on those alone', async () => {
    const panel = await startPanel({ BASE_PATH: '/futurelab_ai' });
    const addresses = (html: string) =>
      [...html.matchAll(/(?:href|src|action|formaction|hx-post)="(\/[^"]*)"/g)].map(
        ([, address]) => address,
      );
    const admin = await panel.as('admin');
    const under = addresses((await admin.get('/futurelab_ai/admin/config')).text);
    const root = addresses((await admin.get('/admin/config')).text);
    expect(under.length).toBeGreaterThan(5);
    expect(under.every((address) => address?.startsWith('/futurelab_ai/'))).toBe(true);
    expect(root).toEqual(under.map((address) => address?.slice('/futurelab_ai'.length)));
  });

  test('is nothing special when it is not set', async () => {
    const panel = await startPanel();
    expect((await panel.http.post(`/futurelab_ai${PATH}`)).status).toBe(404);
  });
});

describe('other origins', () => {
  const listed = 'https://admin.example.com';

  test('that are listed may ask, with a preflight and without', async () => {
    const panel = await startPanel({ CORS_ORIGINS: `${listed}, https://other.example.com` });
    const preflight = await panel.http.options(PATH).set({
      Origin: listed,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type',
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': listed,
      'access-control-allow-methods': 'GET,POST,PUT,DELETE',
      'access-control-allow-headers': 'content-type',
    });
    const response = await panel.http
      .post(PATH)
      .set('Origin', listed)
      .send({ api_key: panel.fal.keys.admin });
    expect(response.headers['access-control-allow-origin']).toBe(listed);
  });

  test.each(['https://evil.example.com', 'null', 'https://admin.example.com.evil.com'])(
    '%s may not',
    async (origin) => {
      const panel = await startPanel({ CORS_ORIGINS: listed });
      for (const ask of [panel.http.options(PATH), panel.http.post(PATH)]) {
        const { headers } = await ask.set({
          Origin: origin,
          'Access-Control-Request-Method': 'POST',
        });
        expect(headers).not.toHaveProperty('access-control-allow-origin');
      }
    },
  );

  test('may not when none is listed', async () => {
    const panel = await startPanel();
    const { headers } = await panel.http.post(PATH).set('Origin', listed);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('headers', () => {
  test('let nothing inline and nothing foreign run, and nobody frame the panel', async () => {
    const panel = await startPanel();
    const { headers } = await (await panel.as('admin')).get('/admin/config');
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  test('of a page say that it depends on the language asked for', async () => {
    const panel = await startPanel();
    const { headers } = await (await panel.as('admin')).get('/admin/config');
    expect(headers.vary).toContain('Cookie, Accept-Language');
  });

  test('let nothing of an answer for programs be run or framed', async () => {
    const panel = await startPanel();
    const { headers } = await panel.http.post(PATH).send({ api_key: panel.fal.keys.admin });
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  test('ask browsers to stay on https only where the panel is reached by it', async () => {
    const plain = await startPanel();
    expect((await plain.http.get('/healthz')).headers).not.toHaveProperty(
      'strict-transport-security',
    );
    const secure = await startPanel({ PUBLIC_URL: 'https://panel.example.com' });
    expect((await secure.http.get('/healthz')).headers).toHaveProperty('strict-transport-security');
  });

  test('carry a request id: the one given when it is plain, else a new one', async () => {
    const panel = await startPanel();
    const id = async (given: string) =>
      (await panel.http.get('/healthz').set('X-Request-Id', given)).headers['x-request-id'];
    expect(await id('proxy-1234567')).toBe('proxy-1234567');
    expect(await id('<script>alert(1)</script>')).toMatch(/^[\da-f-]{36}$/);
  });
});

test('no link leads to another host, whatever address was asked for', async () => {
  const panel = await startPanel();
  for (const path of ['//evil.example/x', '/\\\\evil.example/x']) {
    const { text } = await panel.http.get(path);
    expect(text).not.toMatch(/href="(?:\/\/|\\|\/\\)/);
  }
});

test('a panel that is told to stop says that it is not ready', async () => {
  const panel = await startPanel();
  expect((await panel.http.get('/readyz')).status).toBe(200);
  panel.services.stopping = true;
  expect((await panel.http.get('/readyz')).status).toBe(503);
  expect((await panel.http.get('/healthz')).status).toBe(200);
});

test('a page that does not exist says so in words, and leads back', async () => {
  const panel = await startPanel();
  const response = await (await panel.as('viewer')).get('/admin/nothing-here');
  expect(response.status).toBe(404);
  expect(response.headers['content-type']).toContain('text/html');
  expect(response.text).toContain('/admin/config');
});

test('/ leads to the overview', async () => {
  const panel = await startPanel({ BASE_PATH: '/futurelab_ai' });
  for (const [path, to] of [
    ['/', '/admin'],
    ['/futurelab_ai', '/futurelab_ai/admin'],
    ['/futurelab_ai/', '/futurelab_ai/admin'],
  ]) {
    const response = await panel.http.get(path ?? '');
    expect([path, response.status, response.headers.location]).toEqual([path, 302, to]);
  }
});

test('each answered request is one line in the log, with its path but not its query', async () => {
  const panel = await startPanel();
  await (await panel.as('admin')).get('/admin/config?secret=1234');
  const lines = panel
    .logged()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([{ method: 'GET', path: '/admin/config', status: 200 }]);
  expect(panel.logged()).not.toContain('1234');
});

test('a caller that hangs up is no error in the log', async () => {
  const panel = await startPanel();
  await hangUpMidway(panel, PATH);
  await expect.poll(() => panel.logged()).toContain('"path":"/api/config/falai-usage"');
  const levels = panel
    .logged()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).level);
  expect(Math.max(...levels)).toBeLessThan(50);
});

test('a failure of fal is told in the log once, with its cause and one line of the request', async () => {
  const panel = await startPanel();
  panel.fal.fault(/./, faults.failWith(503));
  await panel.http.post(PATH).send({ api_key: panel.fal.keys.admin });
  const lines = panel
    .logged()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map((line) => [line.msg, Boolean(line.err)])).toEqual([
    ['fal failed', true],
    ['failed', false],
  ]);
});
