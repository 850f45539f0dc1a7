import { describe, expect, test } from 'vitest';
import { listAccounts } from '../../src/accounts/accounts.ts';
import * as faults from '../../src/demo/faults.ts';
import { recordBalance } from '../../src/history/balance-samples.ts';
import { isAlone } from '../../src/overview/first-steps.ts';
import { toText } from '../../src/store/values.ts';
import { ENGINES, NOW, startPanel } from '../support/panel.ts';
import { storeTwo } from '../support/stored-account.ts';

/** Addresses that other parts of the navigation lead to. */
function places(html: string): string[] {
  return [...html.matchAll(/<a class="place" href="([^"?]*)" data-shortcut/g)].map(
    ([, href]) => href ?? '',
  );
}

describe('the navigation', () => {
  test('has the places a role may go to, and no others', async () => {
    const panel = await startPanel();
    const paths = [
      '',
      '/usage',
      '/history',
      '/credits',
      '/events',
      '/alerts',
      '/reports',
      '/pricing',
      '/config',
      '/accounts',
    ];
    const seen = paths.map((path) => `/admin${path}`);
    for (const role of ['viewer', 'operator'] as const) {
      expect(places((await (await panel.as(role)).get('/admin')).text)).toEqual(seen);
    }
    const all = places((await (await panel.as('admin')).get('/admin')).text);
    expect(all).toEqual([
      ...seen,
      ...['people', 'tokens', 'settings', 'audit'].map((name) => `/admin/${name}`),
    ]);
  });

  test('leads nowhere that does not exist or is not allowed', async () => {
    const panel = await startPanel();
    await storeTwo(panel);
    for (const role of ['viewer', 'operator', 'admin'] as const) {
      const person = await panel.as(role);
      const { text } = await person.get('/admin');
      for (const path of [...places(text), '/admin/profile']) {
        expect([role, path, (await person.get(path)).status]).toEqual([role, path, 200]);
      }
    }
  });

  test('marks the place one is at, also after a form was sent', async () => {
    const panel = await startPanel();
    const admin = await panel.as('admin');
    const current = (html: string) => html.match(/href="([^"]*)"[^>]*aria-current="page"/)?.[1];
    for (const path of [
      '/admin',
      '/admin/usage',
      '/admin/credits',
      '/admin/config',
      '/admin/settings',
      '/admin/audit',
    ]) {
      expect(current((await admin.get(path)).text)).toBe(path);
    }
    const sent = await admin.post('/admin/config/test', { api_key: panel.fal.keys.admin });
    expect(current(sent.text)).toBe('/admin/config');
    expect(sent.text).toContain('href="/admin/config?lang=en"');
  });

  test('is not there for who is not signed in, but language and colours are', async () => {
    const panel = await startPanel();
    const { text } = await panel.http.get('/nothing-here');
    expect(places(text)).toEqual([]);
    expect(text).not.toContain('/admin/logout');
    expect(text).toContain('?lang=en');
    expect(text).toContain('?theme=dark');
  });

  test('has who is signed in, and a form to sign out', async () => {
    const panel = await startPanel();
    const { text } = await (await panel.as('operator')).get('/admin');
    expect(text).toContain('Una operator');
    expect(text).toContain('Operación');
    expect(text).toMatch(/action="\/admin\/logout">\s*<input type="hidden" name="_csrf"/);
  });
});

describe('the colours', () => {
  test('are the device’s until somebody chooses, and then kept', async () => {
    const panel = await startPanel({ BASE_PATH: '/base' });
    const viewer = await panel.as('viewer');
    expect((await viewer.get('/base/admin')).text).toMatch(/<html lang="es">/);
    const chosen = await viewer.get('/base/admin?theme=dark');
    expect([chosen.status, chosen.headers.location]).toEqual([303, '/base/admin']);
    expect(chosen.headers['set-cookie']?.[0]).toMatch(
      /^theme=dark; Max-Age=31536000; Path=\/base;/,
    );
    const cookies = (await viewer.get('/base/admin')).request.get('Cookie');
    const dark = await panel.http.get('/base/admin').set('Cookie', `${cookies}; theme=dark`);
    expect(dark.text).toContain('<html lang="es" data-theme="dark">');
    expect(dark.text).toContain('<meta name="color-scheme" content="dark">');
    const forgotten = await viewer.get('/base/admin?theme=auto');
    expect(forgotten.headers['set-cookie']?.[0]).toMatch(/^theme=; .*Expires=Thu, 01 Jan 1970/);
  });

  test.each(['"><script>', 'blue', '__proto__'])('are never %s', async (theme) => {
    const panel = await startPanel();
    const asked = await panel.http.get(`/nothing?theme=${encodeURIComponent(theme)}`);
    const kept = await panel.http
      .get('/nothing')
      .set('Cookie', `theme=${encodeURIComponent(theme)}`);
    for (const { text } of [asked, kept]) expect(text).toContain('<html lang="es">');
  });
});

test('a switch keeps nothing of an address that might be a secret', async () => {
  const panel = await startPanel();
  const { text } = await (await panel.as('admin')).get('/admin/config?api_key=secret1234');
  expect(text).not.toContain('secret1234');
});

describe('the account switcher', () => {
  test('is not there without accounts', async () => {
    const panel = await startPanel();
    expect((await (await panel.as('viewer')).get('/admin')).text).not.toContain('switcher');
  });

  test('remembers an account, shows its figures alone, and can be undone', async () => {
    const panel = await startPanel();
    await storeTwo(panel);
    const viewer = await panel.as('viewer');
    const blocks = (html: string) =>
      [...html.matchAll(/href="\/admin\/usage\?account=(\w+)"/g)].map((m) => m[1]);
    expect(blocks((await viewer.get('/admin')).text)).toEqual(['futurelab', 'bodas']);
    const chosen = await viewer.get('/admin?account=bodas');
    expect([chosen.status, chosen.headers.location]).toEqual([303, '/admin']);
    expect(chosen.headers['set-cookie']?.[0]).toMatch(/^account=bodas; /);
    const cookies = (await viewer.get('/admin')).request.get('Cookie');
    const one = await panel.http.get('/admin').set('Cookie', `${cookies}; account=bodas`);
    expect(blocks(one.text)).toEqual(['bodas']);
    const all = await viewer.get('/admin?account=');
    expect(all.headers['set-cookie']?.[0]).toMatch(/^account=; .*1970/);
  });

  test.each(['gone', '<script>', "' or 1=1"])('is not led astray by %s', async (slug) => {
    const panel = await startPanel();
    await storeTwo(panel);
    const viewer = await panel.as('viewer');
    const asked = await viewer.get(`/admin?account=${encodeURIComponent(slug)}`);
    expect(asked.headers['set-cookie']).toBeUndefined();
    const cookies = asked.request.get('Cookie');
    const kept = await panel.http
      .get('/admin')
      .set('Cookie', `${cookies}; account=${encodeURIComponent(slug)}`);
    expect(kept.text).toContain('Todas las cuentas');
  });
});

describe.each(ENGINES)('the overview, on %s', (engine) => {
  test('leads through the first steps while there is no account', async () => {
    const panel = await startPanel({}, { engine });
    const steps = (html: string) => html.slice(html.indexOf('class="card first-run"'));
    const admin = await (await panel.as('admin')).get('/admin');
    for (const path of ['/admin/accounts/new', '/admin/config', '/admin/people']) {
      expect(steps(admin.text)).toContain(`href="${path}"`);
    }
    const viewer = await (await panel.as('viewer')).get('/admin');
    expect(steps(viewer.text)).not.toContain('/admin/people"');
    expect(viewer.text).toContain('Pídeselo a alguien con rol de administración');
  });
});

test('figures are asked for again as often as the settings say', async () => {
  const panel = await startPanel();
  await storeTwo(panel);
  const viewer = await panel.as('viewer');
  const { db } = panel.services.store;
  const row = { name: 'refresh_seconds', value: '0', updated_at: '' };
  await db.insertInto('settings').values(row).execute();
  await panel.services.settings.refresh();
  expect((await viewer.get('/admin/credits')).text).toContain('hx-trigger="load"');
  await db.updateTable('settings').set({ value: '30' }).where('name', '=', row.name).execute();
  await panel.services.settings.refresh();
  expect((await viewer.get('/admin/credits')).text).toContain('hx-trigger="load, every 30s"');
});

test.each([
  ['account_locked', faults.lockNotice()],
  ['fal_unavailable', faults.failWith(503)],
  ['fal_bad_response', faults.notJson()],
  ['rate_limited', faults.rateLimited({ retryAfter: 49 })],
])(
  'on the page that asks fal for a stored account, %s has its words and a way on',
  async (code, fault) => {
    const panel = await startPanel();
    await storeTwo(panel);
    panel.fal.fault(/./, fault);
    const viewer = await panel.as('viewer');
    const { text } = await viewer.get('/admin/credits?ask=now');
    expect(text).toContain(`data-problem="${code}"`);
    const problem = text.slice(text.indexOf(`data-problem="${code}"`));
    expect(problem).toMatch(/class="button" href="[^#"]/);
  },
);

test('a key that can no longer be opened is said of that account alone, and logged', async () => {
  const panel = await startPanel();
  await storeTwo(panel);
  const { db } = panel.services.store;
  await db
    .updateTable('fal_accounts')
    .set({ sealed_key: 'v1.a.b.c' })
    .where('slug', '=', 'bodas')
    .execute();
  const { status, text } = await (await panel.as('viewer')).get('/admin/credits?ask=now');
  expect(status).toBe(200);
  expect(text).toContain('data-problem="key_unreadable"');
  expect(text).toContain('data-answered');
  expect(panel.logged()).toContain("can't be opened");
});

test('credits are the live balance, and a part of the page leads to the page', async () => {
  const panel = await startPanel();
  await storeTwo(panel);
  const viewer = await panel.as('viewer');
  const { text } = await viewer.get('/admin/credits?ask=now');
  expect(text).toMatch(/class="figure"><span title="Exacto: \$[\d.,]+ USD">\$[\d.,]+</);
  expect(text).toContain('futurelab-eventos');
  expect(text).toContain('https://fal.ai/dashboard/billing');
  const part = '/admin/credits/futurelab';
  expect((await viewer.get(part)).headers.location).toBe('/admin/credits');
  expect((await viewer.get(`${part}x`).set('HX-Request', 'true')).status).toBe(404);
});

describe('while fal gives no balance', () => {
  const read = { balance: 12_340_000_000n, currency: 'USD' };
  /** The account, whose balance was read in those hours before now, and can't be since. */
  async function withSamples(hours: number[], failedSince?: number) {
    const panel = await startPanel();
    await storeTwo(panel);
    const { db } = panel.services.store;
    const [account] = await listAccounts(db);
    for (const ago of hours) {
      await recordBalance(db, account?.id ?? '', NOW.subtract({ hours: ago }), read);
    }
    if (failedSince !== undefined) {
      const at = NOW.subtract({ hours: failedSince });
      await recordBalance(db, account?.id ?? '', at, { reason: 'fal_unavailable' });
    }
    panel.fal.fault(/./, faults.failWith(503));
    const viewer = await panel.as('viewer');
    const part = () => viewer.get('/admin/credits/futurelab').set('HX-Request', 'true');
    return { viewer, said: async () => wordsOf((await part()).text) };
  }

  test('credits are the last balance that was read, with its time, and since when there is none', async () => {
    const { said } = await withSamples([3, 2], 1);
    const words = await said();
    expect(words).toContain('Último saldo conocido $12.34 Leído hace 2 h · 7 mar 2026, 19:20');
    expect(words).toContain('No se puede leer el saldo desde el 7 mar 2026, 20:20 · hace 1 h');
    expect(words).toContain('fal no está disponible');
    expect(words).not.toContain('en vivo');
  });

  test('and nothing has noticed that yet, it is said that it was so until then', async () => {
    const { said } = await withSamples([2]);
    expect(await said()).toContain('Después ya no se pudo leer.');
  });

  test('and none was ever read, that is said, and nothing is zero', async () => {
    const { said } = await withSamples([], 1);
    const words = await said();
    expect(words).toContain('Todavía no se ha leído el saldo de esta cuenta.');
    expect(words).toContain('No se puede leer el saldo desde el 7 mar 2026, 20:20 ·');
    expect(words).not.toContain('$');
  });

  test('the page has what was kept before fal is asked, and how it went day by day', async () => {
    const { viewer } = await withSamples([75, 2]);
    const { text } = await viewer.get('/admin/credits');
    expect(wordsOf(text)).toContain('Último saldo conocido $12.34 Leído hace 2 h');
    expect(text).toContain(
      'aria-label="Saldo al cierre de cada día. Del mié 4 de mar al sáb 7 de mar: el primero es $12.34; el último, $12.34."',
    );
    expect(wordsOf(text)).toMatch(/Día Saldo sáb 7 de mar \$12\.34 vie 6 de mar/);
  });
});

function wordsOf(html: string): string {
  return html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

describe('the account of a question', () => {
  test('stands in the address, which can be sent to a colleague', async () => {
    const panel = await startPanel();
    await storeTwo(panel);
    const viewer = await panel.as('viewer');
    const page = await viewer.get('/admin/usage?account=bodas');
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/value="bodas" selected/);
    expect(page.text).toContain('/admin/usage?account=bodas&amp;period=7d&amp;lang=en');
    expect(page.headers['set-cookie']?.[0]).toMatch(/^account=bodas; /);
    const cookies = page.request.get('Cookie');
    const looked = await panel.http.head('/admin/usage?account=bodas').set('Cookie', cookies);
    expect(looked.status).toBe(200);
    const asked = await viewer.get('/admin/usage?account=bodas&period=30d');
    expect(asked.text).toContain('/admin/usage?account=bodas&amp;period=30d&amp;lang=en');
  });

  test('goes before the one that was chosen, and so does “all”', async () => {
    const panel = await startPanel();
    await storeTwo(panel);
    const viewer = await panel.as('viewer');
    const cookies = (await viewer.get('/admin')).request.get('Cookie');
    const { text } = await panel.http
      .get('/admin/usage?account=bodas')
      .set('Cookie', `${cookies}; account=futurelab`);
    expect(text).toMatch(/value="bodas" selected/);
    const all = await viewer.get('/admin/usage?account=&period=7d');
    expect(all.status).toBe(200);
    expect(all.text).toMatch(/value="" selected/);
    expect(all.headers['set-cookie']?.[0]).toMatch(/^account=; /);
  });

  test.each(['gone', '<script>', 'a&account=b'])(
    'that nobody stored, %s, is not another one’s',
    async (slug) => {
      const panel = await startPanel();
      await storeTwo(panel);
      const viewer = await panel.as('viewer');
      const { status, text } = await viewer.get(`/admin/usage?period=24h&account=${slug}`);
      expect(status).toBe(404);
      expect(text).toContain('No hay una cuenta guardada con ese nombre');
      expect(text).toContain('class="button" href="/admin/accounts"');
      expect(text).not.toContain('data-result');
      expect(text).not.toContain('account=gone');
      expect(panel.fal.received).toEqual([]);
    },
  );

  test.each(['/admin/usage/', '/admin/USAGE'])('is none of another at %s either', async (path) => {
    const panel = await startPanel();
    await storeTwo(panel);
    const { status } = await (await panel.as('viewer')).get(`${path}?period=24h&account=gone`);
    expect([status, panel.fal.received]).toEqual([404, []]);
  });

  test('that was deleted a moment ago, the last of all, is unknown', async () => {
    const panel = await startPanel();
    const viewer = await panel.as('viewer');
    const { status, text } = await viewer.get('/admin/usage?account=gone&period=24h');
    expect(status).toBe(404);
    expect(text).toContain('data-notice="not_found"');
  });

  test.each(['/admin/accounts', '/admin/accounts/bodas', '/admin'])(
    'is what Ver Uso of %s leads to',
    async (path) => {
      const panel = await startPanel();
      await storeTwo(panel);
      const { text } = await (await panel.as('viewer')).get(path);
      expect(text).toContain('href="/admin/usage?account=bodas"');
      expect(text).not.toContain('/admin/config?account=');
    },
  );
});

test('an admin who is alone is told to invite somebody, until somebody is', async () => {
  const panel = await startPanel();
  await storeTwo(panel);
  const admin = await panel.as('admin');
  expect((await admin.get('/admin')).text).toContain('Solo tú puedes iniciar sesión');
  await panel.as('viewer');
  expect((await admin.get('/admin')).text).not.toContain('Solo tú puedes iniciar sesión');
});

test('an invitation that is still open counts as company', async () => {
  const panel = await startPanel();
  const { store, now } = panel.services;
  await panel.as('admin');
  const link = {
    purpose: 'invitation',
    token_hash: 'x',
    created_by: 'ana',
    created_at: '',
  } as const;
  await store.db
    .insertInto('one_time_links')
    .values({ ...link, expires_at: toText(now()) })
    .execute();
  expect(await isAlone(store.db, now())).toBe(true);
  await store.db
    .updateTable('one_time_links')
    .set({ expires_at: '2027-01-01T00:00:00.000Z' })
    .execute();
  expect(await isAlone(store.db, now())).toBe(false);
});
