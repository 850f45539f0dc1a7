import { describe, expect, test } from 'vitest';
import { replaceCheck } from '../../src/secrets/check.ts';
import { createSeal } from '../../src/secrets/seal.ts';
import { ENGINES, type Panel, startPanel } from '../support/panel.ts';
import { authenticatorOf, enrol, recoveryCodesOn } from './authenticator.ts';
import { invite, openBrowser, PASSWORD, setCookies, signedIn, type Visitor } from './browser.ts';

const CODE = '/admin/login/code';

describe.each(ENGINES)('two-step verification, on %s', (engine) => {
  /** Somebody who has one, in a browser where they are signed in. */
  async function withSecondFactor() {
    const there = await signedIn(engine);
    return { ...there, app: await enrol(there.browser) };
  }

  /** A browser that has passed the first step. */
  async function halfWay(panel: Panel, next = '/admin/config'): Promise<Visitor> {
    const browser = openBrowser(panel);
    const answer = await browser.signIn('ana@example.com', PASSWORD, next);
    expect(answer.headers.location).toBe(`${CODE}?next=${encodeURIComponent(next)}`);
    await browser.get(CODE);
    return browser;
  }

  test('is asked for after the password, and only then anybody is in', async () => {
    const { panel, app } = await withSecondFactor();
    const browser = await halfWay(panel);
    expect((await browser.get('/admin/config')).headers.location).toContain('/admin/login');
    await browser.get(CODE);
    const next = '/admin/config';
    const answer = await browser.submit(CODE, { code: ` ${await app.code(1)} `, next });
    expect([answer.status, answer.headers.location]).toEqual([303, next]);
    expect((await browser.get('/admin/config')).status).toBe(200);
    const entries = await panel.services.store.db
      .selectFrom('audit_entries')
      .select(['action', 'detail'])
      .execute();
    expect(entries).toContainEqual({
      action: 'session.started',
      detail: '{"method":"password","second_factor":"totp"}',
    });
  });

  test('takes a code once, also when it comes twice at the same moment', async () => {
    const { panel, app } = await withSecondFactor();
    const first = await halfWay(panel);
    const refused = await first.submit(CODE, { code: app.used });
    expect([refused.status, refused.text.includes('data-notice="used_code"')]).toEqual([401, true]);
    const browsers = [first, await halfWay(panel), await halfWay(panel)];
    const code = await app.code(1);
    const before = await sessionCount(panel);
    const answers = await Promise.all(browsers.map((browser) => browser.submit(CODE, { code })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 401, 401]);
    expect(await sessionCount(panel)).toBe(before + 1);
  });

  test('a recovery code does instead, once, and leads to the profile', async () => {
    const { panel, app } = await withSecondFactor();
    expect(new Set(app.recoveryCodes).size).toBe(10);
    const code = app.recoveryCodes[3] ?? '';
    const answer = await (await halfWay(panel)).submit(CODE, {
      code: code.replace('-', '').toUpperCase(),
    });
    expect(answer.headers.location).toBe('/admin/profile?done=recovery_code');
    const again = await (await halfWay(panel)).submit(CODE, { code });
    expect([again.status, again.text.includes('data-notice="wrong_code"')]).toEqual([401, true]);
  });

  test('after five wrong codes the password is asked for again', async () => {
    const { panel, app } = await withSecondFactor();
    const browser = await halfWay(panel);
    for (let guess = 0; guess < 5; guess += 1) {
      expect((await browser.submit(CODE, { code: '000000' })).status).toBe(401);
    }
    const over = await browser.submit(CODE, { code: await app.code(1) });
    expect(over.headers.location).toBe('/admin/login?notice=over&next=%2Fadmin');
    expect(browser.cookies()).not.toContain('two_factor');
    const failed = await panel.services.store.db
      .selectFrom('audit_entries')
      .select('target')
      .where('action', '=', 'session.failed')
      .execute();
    expect(failed).toEqual(Array(6).fill({ target: 'ana@example.com' }));
  });

  test('after ten wrong codes nothing is accepted for a while', async () => {
    const { panel, app } = await withSecondFactor();
    for (const browser of [await halfWay(panel), await halfWay(panel)]) {
      for (let guess = 0; guess < 5; guess += 1) await browser.submit(CODE, { code: '000000' });
    }
    const limited = await openBrowser(panel).signIn('ana@example.com');
    expect([limited.status, Number(limited.headers['retry-after']) > 0]).toEqual([429, true]);
    await panel.services.store.db.deleteFrom('sign_in_failures').execute();
    // better-auth's own lock is still there.
    const locked = await (await halfWay(panel)).submit(CODE, { code: await app.code(1) });
    expect([locked.status, Number(locked.headers['retry-after']) > 60]).toEqual([429, true]);
    expect(locked.text).toContain('data-notice="rate_limited"');
  });

  test('takes no longer than five minutes', async () => {
    const { panel, app } = await withSecondFactor();
    const browser = await halfWay(panel);
    await panel.services.store.db
      .updateTable('verifications')
      .set({ expires_at: '2020-01-01T00:00:00.000Z' })
      .execute();
    const answer = await browser.submit(CODE, { code: await app.code(1) });
    expect(answer.headers.location).toContain('notice=over');
    expect((await browser.get('/admin/login?notice=over')).text).toContain('data-notice="over"');
  });

  test('can not be guessed at with a made-up or a stranger’s challenge', async () => {
    const { panel, app } = await withSecondFactor();
    const browser = await halfWay(panel);
    const cookie = browser.cookies().match(/panel\.two_factor=[^;]+/)?.[0] ?? '';
    const forged = cookie.replace('2fa-', '2fa-x');
    const page = await panel.http.get('/admin/login');
    const visitor = setCookies(page)
      .join()
      .match(/panel\.visitor=[^;]+/)?.[0];
    const answer = await panel.http
      .post(CODE)
      .set('Cookie', `${forged}; ${visitor}`)
      .type('form')
      .send({ _csrf: csrf(page.text), code: await app.code(1) });
    expect(answer.headers.location).toContain('/admin/login?notice=over');
    expect((await openBrowser(panel).get(CODE)).headers.location).toContain('notice=over');
  });

  test('signing out everywhere ends what waits for its second step too', async () => {
    const { panel, browser, app } = await withSecondFactor();
    const waiting = await halfWay(panel);
    await browser.get('/admin/profile');
    await browser.submit('/admin/profile/sessions', { which: 'others' });
    const answer = await waiting.submit(CODE, { code: await app.code(1) });
    expect(answer.headers.location).toContain('notice=over');
  });

  test('is turned on with the password and a code of the app, and the codes are shown once', async () => {
    const panel = await startPanel({}, { engine });
    await invite(panel, 'ana@example.com');
    const browser = openBrowser(panel);
    const elsewhere = openBrowser(panel);
    await elsewhere.signIn('ana@example.com');
    await browser.signIn('ana@example.com');
    await browser.get('/admin/profile');
    const wrong = await browser.submit('/admin/profile/second-factor', { password: 'not it' });
    expect([wrong.status, wrong.text.includes('class="secret"')]).toEqual([400, false]);
    const app = await enrol(browser);
    expect(app.recoveryCodes).toHaveLength(10);
    expect((await browser.get('/admin/profile')).text).not.toContain(app.recoveryCodes[0]);
    expect((await elsewhere.get('/admin/profile')).status).toBe(303);
    const again = await browser.submit('/admin/profile/second-factor', { password: PASSWORD });
    expect(again.status).toBe(409);
  });

  test('does not count before a code was confirmed, nor with a wrong one', async () => {
    const panel = await startPanel({}, { engine });
    await invite(panel, 'ana@example.com');
    const browser = openBrowser(panel);
    await browser.signIn('ana@example.com');
    await browser.get('/admin/profile');
    const page = await browser.submit('/admin/profile/second-factor', { password: PASSWORD });
    const secret = page.text.match(/class="secret">([^<]+)/)?.[1] ?? 'none';
    const wrong = await browser.submit('/admin/profile/second-factor/confirmation', {
      code: '000000',
    });
    expect([wrong.status, wrong.text.includes(secret)]).toEqual([400, false]);
    expect((await openBrowser(panel).signIn('ana@example.com')).headers.location).toBe('/admin');
  });

  test('is turned off and its recovery codes are renewed with the password', async () => {
    const { panel, browser, app } = await withSecondFactor();
    await browser.get('/admin/profile');
    const path = '/admin/profile/second-factor';
    expect((await browser.submit(`${path}/recovery-codes`, { password: 'no' })).status).toBe(400);
    const renewed = await browser.submit(`${path}/recovery-codes`, { password: PASSWORD });
    const codes = recoveryCodesOn(renewed.text);
    expect(codes).toHaveLength(10);
    const old = await (await halfWay(panel)).submit(CODE, { code: app.recoveryCodes[0] ?? '' });
    expect(old.status).toBe(401);
    const fresh = await (await halfWay(panel)).submit(CODE, { code: codes[0] ?? '' });
    expect(fresh.status).toBe(303);
    expect((await browser.submit(`${path}/removal`, { password: 'no' })).status).toBe(400);
    const off = await browser.submit(`${path}/removal`, { password: PASSWORD });
    expect(off.headers.location).toBe('/admin/profile?done=second_factor_removed');
    expect((await openBrowser(panel).signIn('ana@example.com')).headers.location).toBe('/admin');
  });

  test.each(['begun', 'confirmed', 'renewed'])(
    'is not %s under a secret that was replaced',
    async (step) => {
      const panel = await startPanel({}, { engine });
      await invite(panel, 'ana@example.com');
      const browser = openBrowser(panel);
      await browser.signIn('ana@example.com');
      await browser.get('/admin/profile');
      const path = '/admin/profile/second-factor';
      if (step === 'renewed') await enrol(browser);
      const page = step === 'confirmed' ? await browser.submit(path, { password: PASSWORD }) : null;
      const before = await secondFactors(panel);
      const { store, now } = panel.services;
      await replaceCheck(store.db, createSeal('another secret of thirty-two characters'), now());
      if (step !== 'confirmed') await browser.get('/admin/profile');
      const typed = page?.text.match(/class="secret">([^<]+)/)?.[1];
      const answer = typed
        ? await browser.submit(`${path}/confirmation`, {
            code: await authenticatorOf(typed).code(),
          })
        : await browser.submit(step === 'begun' ? path : `${path}/recovery-codes`, {
            password: PASSWORD,
          });
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expect(await secondFactors(panel)).toEqual(before);
    },
  );
});

function secondFactors({ services }: Panel) {
  return services.store.db
    .selectFrom('second_factors')
    .select(['secret', 'backup_codes', 'verified'])
    .execute();
}

async function sessionCount({ services }: Panel): Promise<number> {
  return (await services.store.db.selectFrom('sessions').select('id').execute()).length;
}

function csrf(html: string): string | undefined {
  return html.match(/name="_csrf" value="([^"]+)"/)?.[1];
}
