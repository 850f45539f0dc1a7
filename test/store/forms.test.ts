import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { createToken } from '../../src/auth/tokens.ts';
import { CURRENCY_DISPLAYS } from '../../src/i18n/format.ts';
import { settingsVersion } from '../../src/settings/settings.ts';
import type { Tables } from '../../src/store/tables.ts';
import { invite, openBrowser } from '../auth/browser.ts';
import { type Browser, ENGINES, type Panel, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';

/** Said above a form, or in place of one that has nothing to fill in. */
const SAID = /data-(?:problem|notice)="store_unavailable"/;

/** Every kind of change there is on a page, as a browser sends it. */
const FORMS: Record<
  string,
  (panel: Panel, admin: Browser) => Promise<{ status: number; text: string }>
> = {
  'signing in': (panel) => openBrowser(panel).signIn('eva@example.com'),
  'saving the settings': async (_panel, admin) => {
    const { text } = await admin.get('/admin/settings');
    const version = text.match(/name="version" value="([^"]*)"/)?.[1] ?? '';
    const fields = {
      locale: 'en',
      timezone: '',
      refresh_seconds: '60',
      currency_display: CURRENCY_DISPLAYS[0],
      history_days: 'all',
    };
    return admin.post('/admin/settings', { ...fields, version });
  },
  'adding a fal account': ({ fal }, admin) =>
    admin.post('/admin/accounts', {
      name: 'Cabinas',
      note: '',
      timezone: 'UTC',
      color: '1',
      api_key: fal.keys.admin,
    }),
  'inviting somebody': (_panel, admin) =>
    admin.post('/admin/people/invitations', { name: '', email: 'new@example.com', role: 'viewer' }),
  'making a token': (_panel, admin) =>
    admin.post('/admin/tokens', {
      form_id: randomUUID(),
      name: 'x',
      role: 'viewer',
      expires: '30',
    }),
  'scheduling a report': (_panel, admin) =>
    admin.post('/admin/reports/schedules', {
      form_id: randomUUID(),
      cadence: 'daily',
      local_time: '09:00',
      timezone: 'UTC',
      enabled: 'yes',
    }),
  'signing out': (_panel, admin) => admin.post('/admin/logout'),
};

const INVITATION = { email: 'nia@example.com', name: '', role: 'viewer' };

/** Every row of every table. */
async function contents(db: Kysely<Tables>): Promise<unknown> {
  const tables = await db.introspection.getTables();
  const rows = tables.map(async ({ name }) => {
    const table = await sql<object>`select * from ${sql.table(name)}`.execute(db);
    return [name, table.rows.map((row) => JSON.stringify(row)).sort()] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}

/** As a full disk that was mounted again read-only, or a standby, would have it. */
async function setReadOnly({ services: { store, config } }: Panel, isReadOnly: boolean) {
  if (store.engine === 'sqlite') {
    await sql.raw(`pragma query_only = ${Number(isReadOnly)}`).execute(store.db);
    return;
  }
  const client = new pg.Client(config.databaseUrl ?? '');
  await client.connect();
  const name = new URL(config.databaseUrl ?? '').pathname.slice(1);
  await client.query('set default_transaction_read_only = off');
  await client.query(`alter database ${name} set default_transaction_read_only = ${isReadOnly}`);
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  );
  await client.end();
  // The pool hears of it a little later than we do.
  await expect
    .poll(() =>
      store.check().then(
        () => 'there',
        () => 'away',
      ),
    )
    .toBe('there');
}

describe.each(ENGINES)('on %s, with a database that can only be read,', (engine) => {
  test.each(Object.entries(FORMS))(
    '%s is refused, changes nothing, and works later',
    async (_name, send) => {
      const panel = await startPanel({}, { engine, simulator: { days: 1 } });
      await invite(panel, 'eva@example.com');
      const admin = await panel.as('admin');
      const before = await contents(panel.services.store.db);
      await setReadOnly(panel, true);

      const refused = await send(panel, admin);
      expect(refused.status).toBe(503);
      expect(refused.text).toMatch(SAID);

      await setReadOnly(panel, false);
      expect(await contents(panel.services.store.db)).toEqual(before);
      expect([200, 303]).toContain((await send(panel, admin)).status);
      expect(await contents(panel.services.store.db)).not.toEqual(before);
    },
  );

  test('a token opens the API as before, though nobody can note that it was used', async () => {
    const panel = await startPanel({}, { engine, simulator: { days: 1 } });
    const { store, now } = panel.services;
    const { admin: key } = panel.fal.keys;
    await storeAccount(panel.services, { slug: 'una', name: 'Una', key, isDefault: true });
    const fields = { name: 'x', role: 'viewer', createdBy: 'a test', expiresAt: null } as const;
    const token = await createToken(store.db, now(), fields);
    await setReadOnly(panel, true);
    const answer = await panel.http
      .post('/api/config/falai-usage')
      .set('Authorization', `Bearer ${token}`)
      .send({});
    expect([answer.status, answer.body.usage.account]).toEqual([200, 'una']);
    await setReadOnly(panel, false);
    const uses = await store.db.selectFrom('api_tokens').select('last_used_at').execute();
    expect(uses).toEqual([{ last_used_at: null }]);
  });
});

/** What is typed into a form, and what of it the form shows again when it could not be saved. */
const TYPED: Record<string, [path: string, fields: Record<string, string>, shown: RegExp[]]> = {
  'an account': [
    '/admin/accounts',
    { name: 'Cabinas', note: 'De Ana', timezone: 'America/Bogota', color: '4', api_key: 'KEY' },
    [/id="name"[^>]*value="Cabinas"/, />De Ana</, /selected>America\/Bogota</, /value="4" checked/],
  ],
  'an invitation': [
    '/admin/people/invitations',
    { email: 'new@example.com', name: 'Nía', role: 'operator' },
    [/id="email"[^>]*value="new@example.com"/, /value="Nía"/, /value="operator" checked/],
  ],
  "a person's name": ['/admin/people/ID/name', { name: 'Ana Otra' }, [/value="Ana Otra"/]],
  "a person's role": ['/admin/people/ID/role', { role: 'operator' }, [/value="operator" checked/]],
  'a token': [
    '/admin/tokens',
    { form_id: randomUUID(), name: 'x7', role: 'operator', expires: '30' },
    [/value="x7"/, /value="operator" checked/, /value="30" selected/],
  ],
  'a badge': [
    '/admin/embeds',
    {
      ...{ form_id: randomUUID(), name: 'x8', locale: 'en', expires: '30' },
      ...{ shows: 'event', frame_origins: 'https://x9.example.com' },
    },
    [
      ...[/value="x8"/, />https:\/\/x9.example.com</, /value="en" selected/, /value="30" selected/],
      ...[/value="event" checked/, /value="amounts" >/],
    ],
  ],
  settings: [
    '/admin/settings',
    {
      locale: 'en',
      timezone: 'Asia/Tokyo',
      refresh_seconds: '300',
      currency_display: 'code',
      history_days: '800',
    },
    [
      /value="en" selected/,
      /selected>Asia\/Tokyo</,
      /value="300" checked/,
      /value="code" checked/,
      /value="800" checked/,
    ],
  ],
  'an invited person': [
    '/admin/invitation',
    { token: 'LINK', name: 'Nía', password: 'a long password', password_again: 'a long password' },
    [/value="Nía"/],
  ],
};

test.each(Object.entries(TYPED))(
  'a form for %s keeps what was typed when the database can not write, but no secret',
  async (_name, [path, fields, shown]) => {
    const panel = await startPanel({}, { simulator: { days: 1 } });
    const [id, admin] = [await invite(panel, 'eva@example.com'), await panel.as('admin')];
    const link = await admin.post('/admin/people/invitations', INVITATION);
    const real = {
      ...fields,
      ...(fields.api_key && { api_key: panel.fal.keys.admin }),
      ...(fields.token && { token: link.text.match(/token=([\w-]{43})/)?.[1] ?? '' }),
      ...(path === '/admin/settings' && { version: settingsVersion({}) }),
    };
    await setReadOnly(panel, true);
    const refused = await admin.post(path.replace('ID', id), real);
    expect(refused.status).toBe(503);
    expect(refused.text).toContain('data-notice="store_unavailable"');
    for (const kept of shown) expect(refused.text).toMatch(kept);
    expect(refused.text).not.toContain('a long password');
    expect(refused.text).not.toContain(panel.fal.keys.admin);
  },
);

test('a disk that fills up in the middle of a sign-in is no wrong password', async () => {
  const panel = await startPanel({}, { engine: 'postgres', simulator: { days: 1 } });
  const { db } = panel.services.store;
  await invite(panel, 'eva@example.com');
  await sql`create function fill_up() returns trigger language plpgsql as
    $$ begin raise exception 'no space left on device' using errcode = '53100'; end $$`.execute(db);
  await sql`create trigger full_disk before insert on sessions
    for each row execute function fill_up()`.execute(db);
  const refused = await openBrowser(panel).signIn('eva@example.com');
  expect([refused.status, refused.headers.location]).toEqual([503, undefined]);
  expect(refused.text).toMatch(SAID);
  await sql`drop trigger full_disk on sessions`.execute(db);
  expect((await openBrowser(panel).signIn('eva@example.com')).status).toBe(303);
});
