import { describe, expect, test } from 'vitest';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { openSettings } from '../../src/settings/current-settings.ts';
import { readSettings, saveSettings, settingsVersion } from '../../src/settings/settings.ts';
import { ENGINES, type Panel, startPanel } from '../support/panel.ts';

const PATH = '/admin/settings';

/** The settings form as an admin's page has it, with some fields changed. */
async function save(panel: Panel, fields: Record<string, string>) {
  const admin = await panel.as('admin');
  const { text } = await admin.get(PATH);
  const version = text.match(/name="version" value="([^"]*)"/)?.[1] ?? '';
  const unchanged = {
    locale: '',
    timezone: '',
    refresh_seconds: '60',
    currency_display: 'symbol',
    history_days: 'all',
  };
  return admin.post(PATH, { ...unchanged, version, ...fields });
}

async function auditEntries({ services }: Panel) {
  const rows = await services.store.db.selectFrom('audit_entries').selectAll().execute();
  return rows.map(({ action, detail }) => ({ action, detail: JSON.parse(detail ?? 'null') }));
}

describe.each(ENGINES)('settings, on %s', (engine) => {
  test('go before the environment once they are saved, and say so on the page', async () => {
    const panel = await startPanel({ DEFAULT_LOCALE: 'es' }, { engine });
    expect(panel.services.settings.current()).toMatchObject({
      locale: 'es',
      timezone: 'America/Mexico_City',
    });
    const response = await save(panel, { locale: 'en', timezone: 'America/Bogota' });
    expect([response.status, response.headers.location]).toEqual([303, `${PATH}?done=saved`]);
    expect(panel.services.settings.current()).toMatchObject({
      locale: 'en',
      timezone: 'America/Bogota',
    });
    const page = await (await panel.as('admin')).get(`${PATH}?done=saved`);
    expect(page.text).toContain('Settings saved');
    expect(page.text).toContain('DEFAULT_TIMEZONE');
  });

  test('that two admins save at once are those of one of them', async () => {
    const panel = await startPanel({}, { engine });
    const { store, now } = panel.services;
    const version = settingsVersion(await readSettings(store.db));
    const saving = [{ locale: 'en' }, { timezone: 'UTC', refreshSeconds: 30 }] as const;
    const results = await Promise.allSettled(
      saving.map((wanted) => saveSettings(store.db, now(), COMMAND_LINE, wanted, version)),
    );
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await auditEntries(panel)).toHaveLength(1);
  });

  test('that are unset again are the environment’s', async () => {
    const panel = await startPanel({}, { engine });
    await save(panel, { timezone: 'america/bogota' });
    expect(panel.services.settings.current().timezone).toBe('America/Bogota');
    await save(panel, { timezone: '' });
    expect(panel.services.settings.current().timezone).toBe('America/Mexico_City');
    const rows = await panel.services.store.db.selectFrom('settings').select('name').execute();
    expect(rows).toEqual([{ name: 'app_secret_check' }]);
  });

  test('are written down with what was and what is, and only when something changed', async () => {
    const panel = await startPanel({}, { engine });
    await save(panel, { refresh_seconds: '300' });
    await save(panel, { refresh_seconds: '300' });
    expect(await auditEntries(panel)).toEqual([
      {
        action: 'settings.changed',
        detail: { before: { refresh_seconds: null }, after: { refresh_seconds: 300 } },
      },
    ]);
  });

  test('that somebody else changed meanwhile are not overwritten', async () => {
    const panel = await startPanel({}, { engine });
    const admin = await panel.as('admin');
    const version = (await admin.get(PATH)).text.match(/name="version" value="([^"]*)"/)?.[1] ?? '';
    await save(panel, { timezone: 'America/Lima' });
    const late = { locale: 'en', timezone: '', refresh_seconds: '0', currency_display: 'code' };
    const response = await admin.post(PATH, { ...late, history_days: 'all', version });
    expect(response.status).toBe(409);
    expect(response.text).toContain('data-notice="conflict"');
    expect(panel.services.settings.stored()).toEqual({ timezone: 'America/Lima' });
  });

  test('changed by another process are seen soon', async () => {
    const panel = await startPanel({}, { engine });
    const { db } = panel.services.store;
    const other = await openSettings({
      db,
      defaults: panel.services.settings.defaults,
      log: panel.services.log,
      refreshMs: 20,
    });
    await save(panel, { currency_display: 'code' });
    await expect.poll(() => other.current().currencyDisplay).toBe('code');
    other.close();
  });
});

test.each([
  ['locale', 'fr'],
  ['timezone', 'Atlantis/Centre'],
  ['timezone', '<script>alert(1)</script>'],
  ['timezone', `America/${'x'.repeat(10_000)}`],
  ['refresh_seconds', '1'],
  ['refresh_seconds', 'NaN'],
  ['history_days', '1'],
  ['history_days', 'null'],
  ['currency_display', "'; drop table settings; --"],
])('%s = %j is refused, names the field, and nothing is saved', async (field, value) => {
  const panel = await startPanel();
  const response = await save(panel, { [field]: value });
  expect(response.status).toBe(400);
  expect(response.text).toContain(`data-field="${field}"`);
  expect(response.text).not.toContain('<script>alert');
  expect(panel.services.settings.stored()).toEqual({});
  expect(await auditEntries(panel)).toEqual([]);
});

test('a stored value that can not be used counts as none', async () => {
  const panel = await startPanel();
  const { db } = panel.services.store;
  for (const [name, value] of [
    ['locale', '"xx"'],
    ['timezone', 'no JSON'],
    ['refresh_seconds', '"30"'],
  ] as const) {
    await db.insertInto('settings').values({ name, value, updated_at: '2026-01-01' }).execute();
  }
  await panel.services.settings.refresh();
  expect(panel.services.settings.current()).toEqual(panel.services.settings.defaults);
});

test('the last settings stay in force while the database is away, which is said once', async () => {
  const panel = await startPanel();
  await save(panel, { locale: 'en' });
  const { store, log, settings } = panel.services;
  const opened = await openSettings({ ...settings, db: store.db, log, refreshMs: 5 });
  await store.db.schema.alterTable('settings').renameTo('gone').execute();
  await expect.poll(() => panel.logged()).toContain('could not be read again');
  await store.db.schema.alterTable('gone').renameTo('settings').execute();
  await expect.poll(() => opened.current().locale).toBe('en');
  opened.close();
  expect(panel.logged().split('could not be read again')).toHaveLength(2);
});

describe('settings hold', () => {
  test('for the language of who does not say theirs', async () => {
    const panel = await startPanel();
    await save(panel, { locale: 'en' });
    const page = await (await panel.as('viewer')).get('/admin/config');
    expect(page.text).toContain('<html lang="en"');
    const spanish = (await panel.as('viewer')).get('/admin/config').set('Accept-Language', 'es');
    expect((await spanish).text).toContain('<html lang="es"');
  });

  test('for the zone of pages and of the API', async () => {
    const panel = await startPanel();
    await save(panel, { timezone: 'America/Lima' });
    const page = await (await panel.as('viewer')).get('/admin/config');
    expect(page.text).toContain('<option selected>America/Lima</option>');
    const asked = panel.http.post('/api/config/falai-usage');
    const { body } = await asked.send({ api_key: panel.fal.keys.admin });
    expect(body.usage.timezone).toBe('America/Lima');
  });

  test.each([
    ['symbol', /[^S]\$\d/],
    ['us_symbol', /US\$\d/],
    ['code', /USD\s\d/],
  ])('for how dollars are written: %s', async (display, written) => {
    const panel = await startPanel();
    await save(panel, { currency_display: display });
    const viewer = await panel.as('viewer');
    const { text } = await viewer.post('/admin/config/usage', { api_key: panel.fal.keys.admin });
    expect(text.match(/<dd class="figure">.*?<\/dd>/s)?.[0]).toMatch(written);
  });
});

test('a remembered answer asks the database nothing', async () => {
  const panel = await startPanel({}, { parts: { cacheMs: 60_000 } });
  const ask = () =>
    panel.http.post('/api/config/falai-usage').send({ api_key: panel.fal.keys.admin });
  await ask();
  await panel.services.store.close();
  expect((await ask()).status).toBe(200);
});
