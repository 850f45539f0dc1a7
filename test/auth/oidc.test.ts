import { describe, expect, test } from 'vitest';
import type { Parts } from '../../src/services.ts';
import { toFlag } from '../../src/store/values.ts';
import { type OidcServer, startOidcServer } from '../support/oidc-server.ts';
import { ENGINES, type Panel, startPanel } from '../support/panel.ts';
import { enrol } from './authenticator.ts';
import { invite, openBrowser, setCookies, type Visitor } from './browser.ts';

const PUBLIC_URL = 'http://127.0.0.1:3000';
const BASE_PATH = '/futurelab_ai';
const START = '/admin/login/oidc';

describe.each(ENGINES)('signing in at an OpenID Connect provider, on %s', (engine) => {
  async function startBoth(parts: Parts = {}): Promise<{ panel: Panel; provider: OidcServer }> {
    const provider = await startOidcServer(`${PUBLIC_URL}${BASE_PATH}${START}/callback`);
    const panel = await startPanel(
      {
        PUBLIC_URL,
        BASE_PATH,
        OIDC_ISSUER: provider.issuer,
        OIDC_CLIENT_ID: provider.clientId,
        OIDC_CLIENT_SECRET: provider.clientSecret,
        OIDC_NAME: 'Mi Empresa <b>',
      },
      { engine, parts },
    );
    return { panel, provider };
  }

  /** Goes there and comes back. @param change what happens to the address on the way back. */
  async function comeBack(
    browser: Visitor,
    provider: OidcServer,
    name: string | null,
    { next = '', change = (url: URL) => url } = {},
  ) {
    const start = await browser.get(`${BASE_PATH}${START}?next=${encodeURIComponent(next)}`);
    expect(start.headers.location).toMatch(provider.issuer);
    const back = change(await provider.visit(start.headers.location ?? '', name));
    expect(back.origin).toBe(PUBLIC_URL);
    return browser.get(back.pathname + back.search);
  }

  test('lets an invited person in, again and again, to the page that was asked for', async () => {
    const { panel, provider } = await startBoth();
    await invite(panel, 'ana@example.com');
    for (const next of ['/admin/profile', '/admin/config?a=b&c=d']) {
      const browser = openBrowser(panel);
      const answer = await comeBack(browser, provider, 'ana', { next });
      expect([answer.status, answer.headers.location]).toEqual([303, BASE_PATH + next]);
      expect((await browser.get('/admin/profile')).text).toContain('ana@example.com');
    }
    const methods = await panel.services.store.db
      .selectFrom('sign_in_methods')
      .selectAll()
      .where('provider_id', '=', 'oidc')
      .execute();
    expect(methods).toHaveLength(1);
    expect(methods[0]).toMatchObject({ access_token: null, refresh_token: null, id_token: null });
    const log = await panel.services.store.db
      .selectFrom('audit_entries')
      .select(['actor', 'action', 'detail'])
      .execute();
    expect(log[1]).toEqual({
      actor: 'ana@example.com',
      action: 'session.started',
      detail: '{"method":"oidc"}',
    });
    expect(panel.logged()).not.toContain(provider.clientSecret);
  });

  test('refuses strangers, deactivated people and addresses nobody vouches for', async () => {
    const { panel, provider } = await startBoth();
    const { db } = panel.services.store;
    await invite(panel, 'bo@example.com');
    const gone = await invite(panel, 'gone@example.com');
    const deactivated = { deactivated: toFlag(true, engine) };
    await db.updateTable('people').set(deactivated).where('id', '=', gone).execute();
    provider.unverified.add('bo');
    for (const [name, notice] of [
      ['stranger', 'oidc_not_invited'],
      ['gone', 'oidc_not_invited'],
      ['bo', 'oidc_unverified'],
      [null, 'oidc_cancelled'],
    ] as const) {
      const browser = openBrowser(panel);
      const answer = await comeBack(browser, provider, name);
      expect(answer.headers.location).toBe(`${BASE_PATH}/admin/login?notice=${notice}`);
      expect((await browser.get(answer.headers.location ?? '')).text).toContain(notice);
      expect((await browser.get('/admin/profile')).status).toBe(303);
    }
    expect(await db.selectFrom('sessions').select('id').execute()).toEqual([]);
    expect(await db.selectFrom('people').select('id').execute()).toHaveLength(2);
  });

  test('refuses who comes back with a forged state, or in another browser', async () => {
    const { panel, provider } = await startBoth();
    await invite(panel, 'ana@example.com');
    const forged = await comeBack(openBrowser(panel), provider, 'ana', {
      change: (url) => new URL(url.href.replace(/state=\w+/, 'state=forged')),
    });
    const start = await openBrowser(panel).get(START);
    const back = await provider.visit(start.headers.location ?? '', 'ana');
    const victim = await openBrowser(panel).get(back.pathname + back.search);
    const bare = await openBrowser(panel).get(`${START}/callback`);
    const odd = await openBrowser(panel).get(`${START}/callback?state=a&state=b&code[]=1`);
    for (const answer of [forged, victim, bare, odd]) {
      expect(answer.headers.location).toMatch(/\/admin\/login\?notice=oidc_expired$/);
      expect(setCookies(answer).join()).not.toMatch(/session_token=\w/);
    }
  });

  test('asks those who turned two-step verification on here for a code', async () => {
    const { panel, provider } = await startBoth();
    await invite(panel, 'ana@example.com');
    const first = openBrowser(panel);
    await first.signIn('ana@example.com');
    const app = await enrol(first);
    const browser = openBrowser(panel);
    const next = '/admin/config';
    const answer = await comeBack(browser, provider, 'ana', { next });
    const code = `${BASE_PATH}/admin/login/code`;
    expect(answer.headers.location).toBe(`${code}?next=%2Fadmin%2Fconfig`);
    expect((await browser.get('/admin/config')).status).toBe(303);
    await browser.get(code);
    expect((await browser.submit(code, { code: '000000' })).status).toBe(401);
    const done = await browser.submit(code, { code: await app.code(1), next });
    expect(done.headers.location).toBe(BASE_PATH + next);
    const log = await panel.services.store.db
      .selectFrom('audit_entries')
      .select('detail')
      .where('action', '=', 'session.started')
      .execute();
    expect(log).toContainEqual({ detail: '{"method":"oidc","second_factor":"totp"}' });
  });

  test('says so when the provider is away, and passwords still work', async () => {
    const { panel, provider } = await startBoth({ oidcTimeoutMs: 300 });
    await invite(panel, 'ana@example.com');
    provider.hang();
    const waiting = openBrowser(panel).get(START);
    expect((await openBrowser(panel).signIn('ana@example.com')).status).toBe(303);
    expect((await waiting).headers.location).toBe('/admin/login?notice=oidc_unavailable');
  });

  test('begins on the sign-in page alone', async () => {
    const { panel } = await startBoth();
    const { text } = await openBrowser(panel).get('/admin/login?next=/admin/profile');
    expect(text).toContain('href="/admin/login/oidc?next=%2Fadmin%2Fprofile"');
    expect(text).toContain('Iniciar sesión con Mi Empresa &lt;b&gt;');
    const elsewhere = await openBrowser(panel, { 'Sec-Fetch-Site': 'cross-site' }).get(START);
    expect(elsewhere.headers.location).toBe('/admin/login');
    const without = await startPanel({}, { engine });
    expect((await openBrowser(without).get('/admin/login')).text).not.toContain('/oidc');
    expect((await openBrowser(without).get(START)).headers.location).toContain(
      '/admin/login?next=',
    );
  });
});
