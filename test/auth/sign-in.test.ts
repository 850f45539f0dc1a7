import { describe, expect, test } from 'vitest';
import { toFlag } from '../../src/store/values.ts';
import { ENGINES, NOW, startPanel } from '../support/panel.ts';
import { enrol } from './authenticator.ts';
import { invite, openBrowser, PASSWORD, setCookies } from './browser.ts';

describe.each(ENGINES)('signing in, on %s', (engine) => {
  test('leads to the page that was asked for, with a session that lasts', async () => {
    const panel = await startPanel({}, { engine });
    await invite(panel, 'ana@example.com');
    const browser = openBrowser(panel);
    const sent = await browser.get('/admin/config?x=1');
    expect(sent.headers.location).toBe('/admin/login?next=%2Fadmin%2Fconfig%3Fx%3D1');
    const answer = await browser.signIn('Ana@Example.com ', PASSWORD, '/admin/config?x=1');
    expect([answer.status, answer.headers.location]).toEqual([303, '/admin/config?x=1']);
    expect((await browser.get('/admin/config')).status).toBe(200);
    const again = await browser.get('/admin/login');
    expect([again.status, again.headers.location]).toEqual([303, '/admin']);
  });

  test('refuses a wrong person, a wrong password and a deactivated one alike', async () => {
    const panel = await startPanel({}, { engine });
    await invite(panel, 'ana@example.com');
    const gone = await invite(panel, 'gone@example.com');
    await panel.services.store.db
      .updateTable('people')
      .set({ deactivated: toFlag(true, engine) })
      .where('id', '=', gone)
      .execute();
    const pages = [
      await openBrowser(panel).signIn('nobody@example.com'),
      await openBrowser(panel).signIn('ana@example.com', 'another password'),
      await openBrowser(panel).signIn('gone@example.com'),
      await openBrowser(panel).signIn('ana@example.com', 'x'.repeat(200)),
    ];
    const uniform = pages.map(({ status, text }) => [
      status,
      text.replace(/value="\w+@example.com"/, '').replace(/name="_csrf" value="[^"]+"/, ''),
    ]);
    expect(uniform[0]?.[0]).toBe(401);
    expect(uniform[0]?.[1]).toContain('data-notice="refused"');
    expect(new Set(uniform.map((page) => JSON.stringify(page))).size).toBe(1);
    expect(pages.flatMap(setCookies).join()).not.toContain('session_token');
    expect(await sessions(panel)).toBe(0);
  });

  test('keeps the e-mail address for another try and the password never', async () => {
    const panel = await startPanel({}, { engine });
    const { text } = await openBrowser(panel).signIn('ana@example.com', 'planted-password');
    expect(text).toContain('value="ana@example.com"');
    expect(text + panel.logged()).not.toContain('planted-password');
  });

  test.each([
    [{ email: 'ana@example.com', password: '' }, 'password'],
    [{ email: '', password: PASSWORD }, 'email'],
    [{ email: '', password: '' }, 'email'],
  ])('begins where something is wrong: after %j at %s', async (typed, field) => {
    const browser = openBrowser(await startPanel({}, { engine }));
    await browser.get('/admin/login');
    const { status, text } = await browser.submit('/admin/login', typed);
    const inputs = text.match(/<input [^>]*autofocus[^>]*>/g) ?? [];
    expect([status, inputs.length, text.match(/autofocus/g)?.length]).toEqual([400, 1, 1]);
    expect(inputs[0]).toContain(`name="${field}"`);
  });

  test('writes down who came in, who did not, and who left', async () => {
    const panel = await startPanel({}, { engine });
    await invite(panel, 'ana@example.com');
    const browser = openBrowser(panel);
    await browser.signIn('ana@example.com', 'planted-password');
    await browser.signIn('planted-password', 'whatever it is');
    await browser.signIn('ana@example.com');
    await browser.get('/admin/config');
    await browser.submit('/admin/logout');
    const log = await panel.services.store.db.selectFrom('audit_entries').selectAll().execute();
    expect(log.map(({ action, actor, target }) => [action, actor, target]).toSorted()).toEqual([
      ['session.ended', 'ana@example.com', null],
      ['session.failed', '', null],
      ['session.failed', '', 'ana@example.com'],
      ['session.started', 'ana@example.com', null],
    ]);
    expect(log.every(({ address }) => address !== null)).toBe(true);
    expect(JSON.stringify(log)).not.toContain('planted-password');
  });

  test('ends with signing out, and the cookie opens nothing any more', async () => {
    const panel = await startPanel({}, { engine });
    await invite(panel, 'ana@example.com');
    const browser = openBrowser(panel);
    await browser.signIn('ana@example.com');
    await browser.get('/admin/config');
    const stolen = browser.cookies();
    const out = await browser.submit('/admin/logout');
    expect([out.status, out.headers.location]).toEqual([303, '/admin/login?notice=signed_out']);
    expect((await browser.get('/admin/login?notice=signed_out')).text).toContain('signed_out');
    expect((await panel.http.get('/admin/config').set('Cookie', stolen)).status).toBe(303);
    expect((await browser.submit('/admin/logout')).status).toBe(303);
  });

  test('gives another session each time, whatever cookie the browser came with', async () => {
    const panel = await startPanel({}, { engine });
    await invite(panel, 'ana@example.com');
    const [one, two] = [openBrowser(panel), openBrowser(panel)];
    await one.signIn('ana@example.com');
    const planted = one.cookies().match(/panel\.session_token=[^;]+/)?.[0] ?? '';
    await panel.services.store.db.deleteFrom('sessions').execute();
    await two.get('/admin/login');
    const page = await panel.http.get('/admin/login').set('Cookie', planted);
    const visitor = setCookies(page)
      .join()
      .match(/panel\.visitor=[^;]+/)?.[0];
    const answer = await panel.http
      .post('/admin/login')
      .set('Cookie', `${planted}; ${visitor}`)
      .type('form')
      .send({
        _csrf: page.text.match(/name="_csrf" value="([^"]+)"/)?.[1],
        email: 'ana@example.com',
        password: PASSWORD,
      });
    const made = setCookies(answer).find((cookie) => cookie.startsWith('panel.session_token='));
    expect(made).toBeDefined();
    expect(made).not.toContain(planted);
    expect((await panel.http.get('/admin/config').set('Cookie', planted)).status).toBe(303);
  });

  describe('limits', () => {
    test.each(['ana@example.com', 'nobody@example.com'])(
      'ten wrong guesses at %s in a quarter of an hour',
      async (email) => {
        let now = NOW;
        const panel = await startPanel({}, { engine, parts: { now: () => now } });
        await invite(panel, 'ana@example.com');
        for (let guess = 0; guess < 10; guess += 1) {
          now = now.add({ seconds: 10 });
          expect((await openBrowser(panel).signIn(email, `guess ${guess}`)).status).toBe(401);
        }
        const refused = await openBrowser(panel).signIn(email);
        expect([refused.status, refused.headers['retry-after']]).toEqual([429, '810']);
        expect(refused.text).toContain('data-notice="rate_limited"');
        expect(refused.text).toContain('14 minutos');
        now = now.add({ seconds: 810 });
        const after = await openBrowser(panel).signIn(email);
        expect(after.status).toBe(email.startsWith('ana') ? 303 : 401);
      },
    );

    test('guesses made at the same time get no further than one after another', async () => {
      const panel = await startPanel({}, { engine });
      await invite(panel, 'ana@example.com');
      const browser = openBrowser(panel);
      await browser.get('/admin/login');
      const answers = await Promise.all(
        Array.from({ length: 25 }, (_, guess) =>
          browser.submit('/admin/login', { email: 'ana@example.com', password: `guess ${guess}` }),
        ),
      );
      const heard = answers.filter(({ status }) => status === 401);
      // Maybe none: each is counted once it is written, and all may be written by then.
      expect(heard.length).toBeLessThanOrEqual(10);
      expect(answers.filter(({ status }) => status === 429).length).toBe(25 - heard.length);
    });

    test('thirty wrong guesses from one address, whoever is tried', async () => {
      const panel = await startPanel({ TRUST_PROXY: '1' }, { engine });
      await invite(panel, 'ana@example.com');
      const from = (address: string) => openBrowser(panel, { 'X-Forwarded-For': address });
      for (let guess = 0; guess < 30; guess += 1) {
        await from('2001:db8::1').signIn(`nobody-${guess}@example.com`, 'x'.repeat(200));
      }
      // The same network, another of its addresses.
      expect((await from('2001:db8::2').signIn('ana@example.com')).status).toBe(429);
      expect((await from('2001:db8:0:1::1').signIn('ana@example.com')).status).toBe(303);
    });

    test('do not count a guess that could not be looked at', async () => {
      const panel = await startPanel({}, { engine });
      await invite(panel, 'ana@example.com');
      const browser = openBrowser(panel);
      await browser.signIn('ana@example.com');
      await enrol(browser);
      const waiting = openBrowser(panel);
      await waiting.signIn('ana@example.com');
      await waiting.get('/admin/login/code');
      await browser.get('/admin/profile');
      const { db } = panel.services.store;
      await db.updateTable('sign_in_methods').set({ password: 'broken' }).execute();
      await db.updateTable('second_factors').set({ secret: 'broken' }).execute();
      const answers = [
        await openBrowser(panel).signIn('ana@example.com'),
        await browser.submit('/admin/profile/second-factor/removal', { password: PASSWORD }),
        await waiting.submit('/admin/login/code', { code: '000000' }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([500, 500, 500]);
      expect(await db.selectFrom('sign_in_failures').selectAll().execute()).toEqual([]);
    });

    test('are forgotten for an account that was signed in to, and after their time', async () => {
      let now = NOW;
      const panel = await startPanel({}, { engine, parts: { now: () => now } });
      await invite(panel, 'ana@example.com');
      const rows = () =>
        panel.services.store.db.selectFrom('sign_in_failures').selectAll().execute();
      for (let guess = 0; guess < 9; guess += 1) {
        await openBrowser(panel).signIn('ana@example.com', 'x'.repeat(200));
      }
      expect((await openBrowser(panel).signIn('ana@example.com')).status).toBe(303);
      // Those of the address stay: they may have been about others.
      expect(await rows()).toHaveLength(9);
      expect(JSON.stringify(await rows())).not.toContain('ana@example.com');
      now = now.add({ minutes: 16 });
      await openBrowser(panel).signIn('nobody@example.com', 'x'.repeat(200));
      expect(await rows()).toHaveLength(2);
    });
  });
});

async function sessions({ services }: Awaited<ReturnType<typeof startPanel>>): Promise<number> {
  const rows = await services.store.db.selectFrom('sessions').select('id').execute();
  return rows.length;
}
