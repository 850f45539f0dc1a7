import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENGINES, startPanel } from '../support/panel.ts';
import { enrol } from './authenticator.ts';
import { invite, openBrowser, PASSWORD, setCookies } from './browser.ts';

describe.each(ENGINES)('what somebody may try, on %s', (engine) => {
  test('a tampered, a forged or an expired session opens nothing', async () => {
    const panel = await startPanel({}, { engine });
    await invite(panel, 'ana@example.com');
    const browser = openBrowser(panel);
    await browser.signIn('ana@example.com');
    const good = browser.cookies().match(/panel\.session_token=([^;]+)/)?.[1] ?? '';
    const { db } = panel.services.store;
    const { token } = await db.selectFrom('sessions').select('token').executeTakeFirstOrThrow();
    const signature = good.slice(good.indexOf('.'));
    const cookies = [
      good.replace(/^./, (first) => (first === 'x' ? 'y' : 'x')),
      good.slice(0, -8),
      `${token}${signature}`,
      `${token}.`,
      '.',
      '%',
      '%00.%00',
      "' or 1=1 --",
    ];
    for (const cookie of cookies) {
      const answer = await panel.http
        .get('/admin/profile')
        .set('Cookie', `panel.session_token=${cookie}`);
      expect([cookie, answer.status]).toEqual([cookie, 303]);
    }
    expect((await browser.get('/admin/profile')).status).toBe(200);
    await db.updateTable('sessions').set({ expires_at: '2026-03-01T00:00:00.000Z' }).execute();
    expect((await browser.get('/admin/profile')).status).toBe(303);
  });

  test('a form without a token, with another’s, or from elsewhere changes nothing', async () => {
    const panel = await startPanel({}, { engine });
    await invite(panel, 'ana@example.com');
    const [browser, other] = [openBrowser(panel), openBrowser(panel)];
    await browser.signIn('ana@example.com');
    await other.signIn('ana@example.com');
    const stolen = tokenOn((await other.get('/admin/profile')).text);
    const own = tokenOn((await browser.get('/admin/profile')).text);
    const send = (fields: object, headers: Record<string, string> = {}) =>
      panel.http
        .post('/admin/profile/sessions')
        .set({ Cookie: browser.cookies(), ...headers })
        .type('form')
        .send({ which: 'all', ...fields });
    const answers = [
      await send({}),
      await send({ _csrf: '' }),
      await send({ _csrf: stolen }),
      await send({ _csrf: own }, { 'Sec-Fetch-Site': 'cross-site' }),
      await send({ _csrf: own }, { 'Sec-Fetch-Site': 'same-site' }),
      await send({ _csrf: own }, { Origin: 'https://evil.example.com' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403]);
    expect((await browser.get('/admin/profile')).status).toBe(200);
    expect((await send({ _csrf: own }, { 'Sec-Fetch-Site': 'same-origin' })).status).toBe(303);
  });

  test('nobody can be signed in to somebody else’s account by a page elsewhere', async () => {
    const panel = await startPanel({}, { engine });
    await invite(panel, 'ana@example.com');
    const browser = openBrowser(panel);
    const page = await browser.get('/admin/login');
    const fields = { _csrf: tokenOn(page.text), email: 'ana@example.com', password: PASSWORD };
    const bare = await panel.http.post('/admin/login').type('form').send(fields);
    const across = await panel.http
      .post('/admin/login')
      .set({ Cookie: browser.cookies(), 'Sec-Fetch-Site': 'cross-site' })
      .type('form')
      .send(fields);
    expect([bare.status, across.status]).toEqual([403, 403]);
    expect([...setCookies(bare), ...setCookies(across)].join()).not.toContain('session_token');
  });

  test('strange input gets a clear answer and is shown as text', async () => {
    const panel = await startPanel({}, { engine });
    const strange = [
      "' or '1'='1' --",
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      'ñandú 🦤 ‮',
      '../../etc/passwd',
      '{"$gt":""}',
    ];
    for (const text of strange) {
      const browser = openBrowser(panel);
      const answers = [
        await browser.signIn(text, text, text),
        await browser.signIn('ana@example.com', text, text),
        await browser.submit('/admin/login/code', { code: text, next: text }),
        await browser.get(
          `/admin/login?next=${encodeURIComponent(text)}&notice=${encodeURIComponent(text)}`,
        ),
      ];
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 303, 200]);
      expect(answers.map(({ text }) => text).join()).not.toMatch(/<script>alert|<img src=x/);
    }
    expect(panel.logged()).not.toContain('unforeseen');
  });

  test.each(['email', 'password', 'next', 'code'])(
    'a %s of a megabyte is refused',
    async (field) => {
      const panel = await startPanel({}, { engine });
      const browser = openBrowser(panel);
      await browser.get('/admin/login');
      const path = field === 'code' ? '/admin/login/code' : '/admin/login';
      const answer = await browser.submit(path, {
        email: 'ana@example.com',
        password: PASSWORD,
        [field]: 'x'.repeat(1_000_000),
      });
      expect(answer.status).toBe(413);
    },
  );

  test('nobody is sent elsewhere after signing in', async () => {
    const panel = await startPanel({ BASE_PATH: '/futurelab_ai' }, { engine });
    await invite(panel, 'ana@example.com');
    const wanted = ['//evil.example.com', '/\\evil.example.com', 'https://evil.example.com/admin'];
    for (const next of wanted) {
      const answer = await openBrowser(panel).signIn('ana@example.com', PASSWORD, next);
      expect([next, answer.headers.location]).toEqual([next, '/admin']);
    }
    const below = openBrowser(panel);
    await below.get('/futurelab_ai/admin/login');
    const answer = await below.submit('/futurelab_ai/admin/login', {
      email: 'ana@example.com',
      password: PASSWORD,
      next: '/admin/profile',
    });
    expect(answer.headers.location).toBe('/futurelab_ai/admin/profile');
  });

  test('who is not signed in any more is told so, with the way back in', async () => {
    const panel = await startPanel({}, { engine });
    const asked = panel.http.post('/admin/config/usage').type('form');
    const page = await asked.send({ api_key: 'x' });
    expect(page.status).toBe(401);
    expect(page.text).toContain('Tu sesión terminó');
    expect(page.text).toContain('href="/admin/login"');
    const part = await panel.http.get('/admin/config').set('HX-Request', 'true');
    expect([part.status, part.text.includes('<html')]).toEqual([401, false]);
    const api = await panel.http.post('/api/config/falai-usage').send({});
    expect(api.body.message).toContain('Authorization: Bearer');
  });

  test('cookies are out of reach of scripts and other sites, and of http behind https', async () => {
    const panel = await startPanel({ TRUST_PROXY: '1' }, { engine });
    await invite(panel, 'ana@example.com');
    const plain = await openBrowser(panel).signIn('ana@example.com');
    const secure = await openBrowser(panel, { 'X-Forwarded-Proto': 'https' }).signIn(
      'ana@example.com',
    );
    for (const cookie of [...setCookies(plain), ...setCookies(secure)]) {
      expect(cookie).toMatch(/HttpOnly/i);
      expect(cookie).toMatch(/SameSite=Lax/i);
    }
    expect(setCookies(plain).every((cookie) => !/Secure/i.test(cookie))).toBe(true);
    expect(setCookies(secure).every((cookie) => /; Secure/i.test(cookie))).toBe(true);
  });
});

describe.each(ENGINES)('what can not be written down does not happen, on %s', (engine) => {
  test('nobody is signed in', async () => {
    const panel = await startPanel({}, { engine });
    await invite(panel, 'ana@example.com');
    const { db } = panel.services.store;
    await db.schema.dropTable('audit_entries').execute();
    const answer = await openBrowser(panel).signIn('ana@example.com');
    expect([answer.status, answer.text.includes('data-notice="internal_error"')]).toEqual([
      500,
      true,
    ]);
    expect(setCookies(answer).join()).not.toContain('session_token');
    expect(await db.selectFrom('sessions').select('id').execute()).toEqual([]);
  });

  test('no two-step verification is turned on, no password changed, no session ended', async () => {
    const panel = await startPanel({}, { engine });
    await invite(panel, 'ana@example.com');
    const [browser, elsewhere] = [openBrowser(panel), openBrowser(panel)];
    await browser.signIn('ana@example.com');
    await elsewhere.signIn('ana@example.com');
    await panel.services.store.db.schema.dropTable('audit_entries').execute();
    expect((await enrol(browser)).recoveryCodes).toEqual([]);
    const change = await browser.submit('/admin/profile/password', {
      current_password: PASSWORD,
      password: 'another password',
      password_again: 'another password',
    });
    const out = await browser.submit('/admin/profile/sessions', { which: 'all' });
    expect([change.status, out.status]).toEqual([500, 500]);
    expect((await elsewhere.get('/admin/profile')).status).toBe(200);
    const { db } = panel.services.store;
    const people = await db.selectFrom('people').select('two_factor_enabled').execute();
    expect(people.map((person) => Boolean(person.two_factor_enabled))).toEqual([false]);
  });
});

test('the database file has no password, session, code or secret in it', async () => {
  const panel = await startPanel();
  await invite(panel, 'ana@example.com');
  const browser = openBrowser(panel);
  await browser.signIn('ana@example.com', 'planted-wrong-password');
  await browser.signIn('ana@example.com');
  const before = browser.cookies();
  const app = await enrol(browser);
  const tokens = [...`${before}; ${browser.cookies()}`.matchAll(/panel\.\w+=([^;.]+)/g)];
  const planted = [
    PASSWORD,
    'planted-wrong-password',
    app.secret.raw,
    app.secret.typed.replaceAll(' ', ''),
    ...app.recoveryCodes,
    ...tokens.map(([, token]) => token ?? ''),
  ];
  expect(planted.every((secret) => secret.length > 8)).toBe(true);
  const folder = panel.services.config.dataDir;
  const kept = readdirSync(folder)
    .filter((name) => name.startsWith('panel.sqlite'))
    .map((name) => readFileSync(join(folder, name)).toString('latin1'))
    .join('');
  expect(kept).toContain('ana@example.com');
  expect(planted.filter((secret) => kept.includes(secret))).toEqual([]);
  expect(planted.filter((secret) => panel.logged().includes(secret))).toEqual([]);
});

function tokenOn(html: string): string {
  return html.match(/name="_csrf" value="([^"]+)"/)?.[1] ?? '';
}
