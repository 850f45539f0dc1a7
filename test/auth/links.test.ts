import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { SERVER } from '../../src/audit/actor.ts';
import { createSetupLink } from '../../src/auth/first-admin.ts';
import { invite } from '../../src/auth/invitations.ts';
import type { LinkPurpose } from '../../src/auth/links.ts';
import { giveResetLink } from '../../src/auth/password-reset.ts';
import { createPerson } from '../../src/auth/people.ts';
import { atOnce } from '../support/at-once.ts';
import { stoppedClock } from '../support/clock.ts';
import { FILLED, PASSWORD, Visitor } from '../support/one-time-link.ts';
import { ENGINES, type Panel, startPanel } from '../support/panel.ts';
import { signIn } from '../support/sign-in.ts';

const ADMIN = { kind: 'person', name: 'admin@example.com', address: null } as const;
const HOURS: Record<LinkPurpose, number> = { setup: 1, invitation: 168, reset: 24 };

/** A good link for that purpose, in a panel where there is what it needs. */
async function makeLink({ services }: Panel, purpose: LinkPurpose): Promise<string> {
  if (purpose === 'setup') return (await createSetupLink(services, SERVER)) ?? '';
  const admin = await signIn(services, 'admin');
  if (purpose === 'invitation') {
    return invite(services, ADMIN, { email: 'eva@example.com', name: null, role: 'operator' });
  }
  const { personId } = await signIn(services, 'operator');
  return giveResetLink(services, { personId: admin.personId, actor: ADMIN }, personId);
}

const people = (panel: Panel) =>
  panel.services.store.db.selectFrom('people').selectAll().orderBy('email').execute();

/** Whether that address and password sign in, as better-auth sees it. */
async function signsIn(panel: Panel, email: string, password: string): Promise<boolean> {
  const { api } = await panel.services.betterAuth();
  return api.signInEmail({ body: { email, password }, headers: new Headers() }).then(
    () => true,
    () => false,
  );
}

describe.each(ENGINES)('on %s', (engine) => {
  test('a setup link makes the first admin, who signs in with the chosen password', async () => {
    const panel = await startPanel({}, { engine });
    const link = await makeLink(panel, 'setup');
    const done = await new Visitor(panel).fillIn(link, { email: ' Lucia@Example.COM ' });
    expect([done.status, done.headers.location]).toEqual([
      303,
      '/admin/login?notice=account_ready',
    ]);
    expect(await people(panel)).toMatchObject([
      { name: 'Lucía Ñandú', email: 'lucia@example.com', role: 'admin' },
    ]);
    expect(await signsIn(panel, 'lucia@example.com', PASSWORD)).toBe(true);
  });

  test('an invitation makes a person with the address and role they were invited for', async () => {
    const panel = await startPanel({}, { engine });
    const link = await makeLink(panel, 'invitation');
    const done = await new Visitor(panel).fillIn(link, { role: 'admin', email: 'other@x.mx' });
    expect(done.status).toBe(303);
    expect((await people(panel)).find(({ email }) => email === 'eva@example.com')).toMatchObject({
      name: 'Lucía Ñandú',
      role: 'operator',
    });
    expect(await people(panel)).toHaveLength(2);
    expect(await signsIn(panel, 'eva@example.com', PASSWORD)).toBe(true);
  });

  test('a reset link sets the password, ends all sessions and leaves two-step verification on', async () => {
    const panel = await startPanel({}, { engine });
    const viewer = await panel.as('viewer');
    const admin = await panel.as('admin');
    const { store } = panel.services;
    await store.db
      .insertInto('second_factors')
      .values({ id: 'f', user_id: viewer.personId, secret: 's', backup_codes: 'c' })
      .execute();
    const acting = { personId: admin.personId, actor: ADMIN };
    const link = await giveResetLink(panel.services, acting, viewer.personId);
    const done = await new Visitor(panel).fillIn(link);
    expect([done.status, done.headers.location]).toEqual([303, '/admin/login?notice=password_set']);
    expect((await viewer.get('/admin/config')).status).toBe(303);
    expect((await admin.get('/admin/config')).status).toBe(200);
    expect(await store.db.selectFrom('second_factors').select('id').execute()).toHaveLength(1);
    expect(await signsIn(panel, viewer.email, PASSWORD)).toBe(true);
  });

  describe.each(['setup', 'invitation', 'reset'] as const)('a %s link', (purpose) => {
    test('is used once, also when it is used twice at the same moment', async () => {
      const panel = await startPanel({}, { engine });
      const link = await makeLink(panel, purpose);
      const [one, two] = [new Visitor(panel), new Visitor(panel)];
      const pages = [await one.open(link), await two.open(link)];
      const done = await Promise.all([
        one.send(link, pages[0]?.text ?? '', { email: 'one@example.com' }),
        two.send(link, pages[1]?.text ?? '', { email: 'two@example.com' }),
      ]);
      expect(done.map(({ status }) => status).sort()).toEqual([303, 410]);
      const created = await panel.services.store.db
        .selectFrom('audit_entries')
        .selectAll()
        .where('action', 'in', ['person.created', 'password.reset'])
        .execute();
      expect(created).toHaveLength(1);
      expect((await one.open(link)).status).toBe(410);
      expect((await one.fillIn(link)).status).not.toBe(303);
    });

    test('works until it expires, and not a moment longer', async () => {
      const { now, forward } = stoppedClock();
      const panel = await startPanel({}, { engine, parts: { now } });
      const link = await makeLink(panel, purpose);
      const visitor = new Visitor(panel);
      forward({ minutes: HOURS[purpose] * 60 - 1, seconds: 59, milliseconds: 999 });
      const { status, text } = await visitor.open(link);
      expect(status).toBe(200);
      forward({ milliseconds: 1 });
      expect((await visitor.open(link)).status).toBe(410);
      expect((await visitor.send(link, text)).status).toBe(410);
    });

    test('stays good when what was filled in can not be used', async () => {
      const panel = await startPanel({}, { engine });
      const link = await makeLink(panel, purpose);
      const visitor = new Visitor(panel);
      const refused = await visitor.fillIn(link, { password_again: 'something else' });
      expect(refused.status).toBe(400);
      expect(refused.text).toContain('Las dos contraseñas no son iguales.');
      expect(refused.text).not.toContain(PASSWORD);
      expect((await visitor.fillIn(link)).status).toBe(303);
    });

    test('has nothing left in the database or the log by which it could be used', async () => {
      const panel = await startPanel({}, { engine });
      const link = await makeLink(panel, purpose);
      const token = link.split('token=')[1] ?? '';
      await new Visitor(panel).open(link);
      const rows = await panel.services.store.db.selectFrom('one_time_links').selectAll().execute();
      const audit = await panel.services.store.db.selectFrom('audit_entries').selectAll().execute();
      expect(rows).toHaveLength(1);
      expect(JSON.stringify([rows, audit]) + panel.logged()).not.toContain(token);
    });
  });

  test('two different setup links can not both make an admin', async () => {
    const panel = await startPanel({}, { engine });
    const first = await makeLink(panel, 'setup');
    const visitors = [new Visitor(panel), new Visitor(panel)];
    const page = await visitors[0]?.open(first);
    // As two processes that start at once could leave them.
    await panel.services.store.db.updateTable('one_time_links').set({ purpose: 'reset' }).execute();
    const second = await makeLink(panel, 'setup');
    await sql`update one_time_links set purpose = 'setup'`.execute(panel.services.store.db);
    const other = await visitors[1]?.open(second);
    const done = await atOnce(panel, [
      async () => visitors[0]?.send(first, page?.text ?? '', { email: 'one@example.com' }),
      async () => visitors[1]?.send(second, other?.text ?? '', { email: 'two@example.com' }),
    ]);
    expect(done.map((each) => each?.status).sort()).toEqual([303, 410]);
    expect(await people(panel)).toHaveLength(1);
  });

  test('an invitation comes to nothing when somebody got the address meanwhile', async () => {
    const panel = await startPanel({}, { engine });
    const link = await makeLink(panel, 'invitation');
    const { store, now } = panel.services;
    await createPerson(store.db, store.engine, now(), {
      name: 'Eva',
      email: 'eva@example.com',
      role: 'viewer',
      passwordHash: null,
    });
    expect((await new Visitor(panel).fillIn(link)).status).toBe(410);
    expect(await signsIn(panel, 'eva@example.com', PASSWORD)).toBe(false);
  });
});

test.each([
  '/admin/setup',
  '/admin/setup?token=',
  '/admin/invitation?token=x',
  `/admin/reset?token=${'A'.repeat(43)}`,
  `/admin/reset?token=${'A'.repeat(10_000)}`,
  '/admin/reset?token[]=a&token[]=b',
  "/admin/reset?token=' or 1=1 --",
  '/admin/invitation?token=%01',
])('no link is opened by %s', async (path) => {
  const panel = await startPanel();
  await panel.as('admin');
  const { status, text, headers } = await new Visitor(panel).open(encodeURI(decodeURI(path)));
  expect(status).toBe(410);
  expect(text).toContain('Este enlace ya no sirve');
  expect(headers['cache-control']).toBe('no-store');
});

test('the setup page says what to do when nobody is there yet, and when somebody is', async () => {
  const panel = await startPanel();
  expect((await new Visitor(panel).open('/admin/setup')).text).toContain('user setup-link');
  await panel.as('viewer');
  const { text } = await new Visitor(panel).open('/admin/setup');
  expect(text).toContain('Este panel ya tiene quien lo administre');
  expect(text).not.toContain('user setup-link');
});

test('a link is good for its own page alone', async () => {
  const panel = await startPanel();
  const link = await makeLink(panel, 'invitation');
  expect((await new Visitor(panel).open(link.replace('invitation', 'reset'))).status).toBe(410);
  expect((await new Visitor(panel).open(link.replace('invitation', 'setup'))).status).toBe(410);
});

test('the other language keeps the link', async () => {
  const panel = await startPanel();
  const link = await makeLink(panel, 'invitation');
  const visitor = new Visitor(panel);
  const { text } = await visitor.open(link);
  const english = text.match(/href="([^"]*lang=en)"/)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const page = await visitor.open(english).redirects(1);
  expect(page.text).toContain('Create your account');
  expect((await visitor.send(link, page.text)).status).toBe(303);
});

test('a form that was not made for this browser is refused, and the link stays good', async () => {
  const panel = await startPanel();
  const link = await makeLink(panel, 'invitation');
  const { text } = await new Visitor(panel).open(link);
  expect((await new Visitor(panel).send(link, text)).status).toBe(403);
  expect((await new Visitor(panel).fillIn(link)).status).toBe(303);
});

test.each([
  ['password', 'seven77', 'al menos 8'],
  ['password', 'x'.repeat(129), 'hasta 128'],
  ['password', '', 'Escribe una contraseña'],
  ['name', '   ', 'Escribe un nombre'],
  ['name', 'ñ'.repeat(81), 'hasta 80'],
  ['name', 'Eva\u0007', 'no se pueden usar'],
  ['name', 'Eva\nadmin', 'no se pueden usar'],
  ['email', 'not an address', 'No parece un correo'],
  ['email', `${'a'.repeat(250)}@example.com`, 'hasta 254'],
  ['email', "x' or '1'='1", 'No parece un correo'],
])('%s %j is refused in words', async (field, value, words) => {
  const panel = await startPanel();
  const link = await makeLink(panel, 'setup');
  const fields = field === 'password' ? { password: value, password_again: value } : {};
  const { status, text } = await new Visitor(panel).fillIn(link, { [field]: value, ...fields });
  expect([status, text.includes(words)]).toEqual([400, true]);
  expect(await people(panel)).toEqual([]);
});

test('a field of a megabyte is refused before anything is done with it', async () => {
  const panel = await startPanel();
  const link = await makeLink(panel, 'setup');
  const { status } = await new Visitor(panel).fillIn(link, { name: 'x'.repeat(1_000_000) });
  expect(status).toBe(413);
});

test('names of any script are kept, and HTML in one is text', async () => {
  const panel = await startPanel();
  const name = '<b>李小龍</b> \u{1f3a4} O’Neil "; drop table people';
  await new Visitor(panel).fillIn(await makeLink(panel, 'setup'), { name });
  expect(await people(panel)).toMatchObject([{ name, email: FILLED.email }]);
  const list = await (await panel.as('admin')).get('/admin/people');
  expect(list.text).toContain('&lt;b&gt;李小龍&lt;/b&gt;');
  expect(list.text).not.toContain('<b>李');
});

test('no password and no link is in the database file or the log', async () => {
  const panel = await startPanel();
  const link = await makeLink(panel, 'setup');
  const visitor = new Visitor(panel);
  await visitor.fillIn(link, { password: 'planted-short', password_again: 'planted-other' });
  await visitor.fillIn(link);
  const { dataDir } = panel.services.config;
  const files = readdirSync(dataDir).filter((name) => name.startsWith('panel.sqlite'));
  const kept = files.map((name) => readFileSync(join(dataDir, name), 'latin1')).join('');
  expect(kept).toContain(FILLED.email);
  for (const secret of [PASSWORD, 'planted-', link.split('token=')[1] ?? '?']) {
    expect([secret, kept.includes(secret), panel.logged().includes(secret)]).toEqual([
      secret,
      false,
      false,
    ]);
  }
});
