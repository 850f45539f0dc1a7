import { describe, expect, test } from 'vitest';
import { atOnce } from '../support/at-once.ts';
import { shownLink, Visitor } from '../support/one-time-link.ts';
import { ENGINES, type Panel, startPanel } from '../support/panel.ts';

const INVITED = { email: 'Eva@Example.com', name: 'Eva', role: 'operator' };

const person = (panel: Panel, id: string) =>
  panel.services.store.db
    .selectFrom('people')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

const audit = async (panel: Panel) => {
  const entries = await panel.services.store.db
    .selectFrom('audit_entries')
    .select(['actor', 'action', 'target', 'detail'])
    .execute();
  return entries.map((entry) => ({ ...entry, detail: JSON.parse(entry.detail ?? 'null') }));
};

const activeAdmins = (panel: Panel) =>
  panel.services.store.db
    .selectFrom('people')
    .select(['id', 'deactivated'])
    .where('role', '=', 'admin')
    .execute()
    .then((rows) => rows.filter(({ deactivated }) => !deactivated));

describe.each(ENGINES)('on %s, an admin', (engine) => {
  test('invites somebody, sees the link once, and the person comes in with that role', async () => {
    const panel = await startPanel({}, { engine });
    const admin = await panel.as('admin');
    const made = await admin.post('/admin/people/invitations', INVITED);
    expect([made.status, made.headers['cache-control']]).toEqual([200, 'no-store']);
    const link = shownLink(made.text);
    expect((await admin.get('/admin/people')).text).not.toContain(link.split('token=')[1]);
    expect((await new Visitor(panel).fillIn(link)).status).toBe(303);
    const list = (await admin.get('/admin/people')).text;
    expect(list).toContain('Lucía Ñandú');
    expect(list).toContain('No hay invitaciones pendientes.');
    expect(await audit(panel)).toEqual([
      {
        actor: admin.email,
        action: 'link.created',
        target: 'eva@example.com',
        detail: { purpose: 'invitation', role: 'operator' },
      },
      {
        actor: '',
        action: 'person.created',
        target: 'eva@example.com',
        detail: { role: 'operator', by: 'invitation', invited_by: admin.email },
      },
    ]);
  });

  test('invites the same address again, and only the newer link works', async () => {
    const panel = await startPanel({}, { engine });
    const admin = await panel.as('admin');
    const first = shownLink((await admin.post('/admin/people/invitations', INVITED)).text);
    const again = { ...INVITED, email: ' eva@EXAMPLE.com', role: 'viewer' };
    const second = shownLink((await admin.post('/admin/people/invitations', again)).text);
    expect((await new Visitor(panel).open(first)).status).toBe(410);
    expect((await new Visitor(panel).open(second)).status).toBe(200);
  });

  test('revokes an invitation, once', async () => {
    const panel = await startPanel({}, { engine });
    const admin = await panel.as('admin');
    const link = shownLink((await admin.post('/admin/people/invitations', INVITED)).text);
    const revoke = () =>
      admin.post('/admin/people/invitations/revocation', { email: 'eva@example.com' });
    expect((await revoke()).headers.location).toBe('/admin/people?done=invitation_revoked');
    expect((await new Visitor(panel).open(link)).status).toBe(410);
    expect((await revoke()).status).toBe(409);
  });

  test('is told who has that address already', async () => {
    const panel = await startPanel({}, { engine });
    const admin = await panel.as('admin');
    const viewer = await panel.as('viewer');
    const email = viewer.email.toUpperCase();
    const { status, text } = await admin.post('/admin/people/invitations', { ...INVITED, email });
    expect(status).toBe(400);
    expect(text).toContain('Ya hay una persona con este correo.');
    expect(text).toContain(`value="${email}"`);
  });

  test('changes a role, which holds from the next request', async () => {
    const panel = await startPanel({}, { engine });
    const [admin, viewer] = [await panel.as('admin'), await panel.as('viewer')];
    expect((await viewer.get('/admin/people')).status).toBe(403);
    const path = `/admin/people/${viewer.personId}`;
    const { headers } = await admin.post(`${path}/role`, { role: 'admin' });
    expect(headers.location).toBe(`${path}?done=role_changed`);
    expect((await viewer.get('/admin/people')).status).toBe(200);
    expect(await audit(panel)).toMatchObject([
      { actor: admin.email, action: 'person.role_changed', target: viewer.email },
    ]);
  });

  test('gives people their names, themselves too', async () => {
    const panel = await startPanel({}, { engine });
    const [admin, viewer] = [await panel.as('admin'), await panel.as('viewer')];
    for (const { personId } of [admin, viewer]) {
      await admin.post(`/admin/people/${personId}/name`, { name: ' Zoë  ' });
      expect(await person(panel, personId)).toMatchObject({ name: 'Zoë' });
    }
    const refused = await admin.post(`/admin/people/${viewer.personId}/name`, { name: '' });
    expect([refused.status, refused.text.includes('Escribe un nombre')]).toEqual([400, true]);
    expect((await audit(panel)).map(({ action }) => action)).toEqual([
      'person.renamed',
      'person.renamed',
    ]);
  });

  test('deactivates somebody: their sessions and links end, and reactivates them', async () => {
    const panel = await startPanel({}, { engine });
    const [admin, viewer] = [await panel.as('admin'), await panel.as('viewer')];
    const path = `/admin/people/${viewer.personId}`;
    const link = shownLink((await admin.post(`${path}/reset-link`)).text);
    await admin.post(`${path}/deactivation`);
    expect((await viewer.get('/admin/config')).status).toBe(303);
    expect((await new Visitor(panel).open(link)).status).toBe(410);
    expect((await admin.post(`${path}/reset-link`)).status).toBe(409);
    await admin.post(`${path}/reactivation`);
    // They sign in again: the session that was ended stays so.
    expect((await viewer.get('/admin/config')).status).toBe(303);
    expect((await admin.get(path)).text).toContain('Desactivar');
    expect((await audit(panel)).map(({ action }) => action)).toEqual([
      'link.created',
      'person.deactivated',
      'person.reactivated',
    ]);
  });

  test('gives a reset link, which replaces the one before', async () => {
    const panel = await startPanel({}, { engine });
    const [admin, viewer] = [await panel.as('admin'), await panel.as('viewer')];
    const path = `/admin/people/${viewer.personId}/reset-link`;
    const first = shownLink((await admin.post(path)).text);
    const second = shownLink((await admin.post(path)).text);
    expect((await new Visitor(panel).open(first)).status).toBe(410);
    expect((await new Visitor(panel).fillIn(second)).status).toBe(303);
  });

  test.each([
    ['name', { name: '' }],
    ['role', { role: 'king' }],
  ])('shows the form of a %s again, at an address that can be opened', async (form, typed) => {
    const panel = await startPanel({}, { engine });
    const [admin, viewer] = [await panel.as('admin'), await panel.as('viewer')];
    const path = `/admin/people/${viewer.personId}`;
    const { status, text } = await admin.post(`${path}/${form}`, typed);
    expect(status).toBe(400);
    expect(text).toContain(`<a href="#${form}">`);
    const opened = await admin.get(`${path}/${form}`);
    expect([opened.status, opened.headers.location]).toEqual([303, path]);
  });

  test('turns two-step verification off', async () => {
    const panel = await startPanel({}, { engine });
    const [admin, viewer] = [await panel.as('admin'), await panel.as('viewer')];
    const { db } = panel.services.store;
    const { personId } = viewer;
    await db
      .insertInto('second_factors')
      .values({ id: 'f', user_id: personId, secret: 's', backup_codes: 'c' })
      .execute();
    await db
      .updateTable('people')
      .set({ two_factor_enabled: engine === 'postgres' ? true : 1 })
      .where('id', '=', personId)
      .execute();
    await admin.post(`/admin/people/${personId}/second-factor-reset`);
    expect(Boolean((await person(panel, personId)).two_factor_enabled)).toBe(false);
    expect(await db.selectFrom('second_factors').select('id').execute()).toEqual([]);
    expect(await audit(panel)).toMatchObject([{ action: 'second_factor.disabled' }]);
  });

  test.each(['role', 'deactivation', 'second-factor-reset', 'reset-link'])(
    'does not do %s to themselves, so that an admin is always left',
    async (change) => {
      const panel = await startPanel({}, { engine });
      const admin = await panel.as('admin');
      const path = `/admin/people/${admin.personId}`;
      const { status, text } = await admin.post(`${path}/${change}`, { role: 'viewer' });
      expect([status, text.includes('tu propia cuenta')]).toEqual([409, true]);
      expect(await activeAdmins(panel)).toHaveLength(1);
      expect((await admin.get(path)).text).not.toContain(`${path}/${change}`);
      expect(await audit(panel)).toEqual([]);
    },
  );

  test.each(['role', 'deactivation'])(
    'can not be without another when two do %s to each other at once',
    async (change) => {
      const panel = await startPanel({}, { engine });
      const [one, two] = [await panel.as('admin'), await panel.as('admin')];
      const answers = await atOnce(panel, [
        () => one.post(`/admin/people/${two.personId}/${change}`, { role: 'viewer' }),
        () => two.post(`/admin/people/${one.personId}/${change}`, { role: 'viewer' }),
      ]);
      expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
      expect(await activeAdmins(panel)).toHaveLength(1);
    },
  );

  test('who has just been demoted changes nobody any more', async () => {
    const panel = await startPanel({}, { engine });
    const [one, two, three] = [
      await panel.as('admin'),
      await panel.as('admin'),
      await panel.as('admin'),
    ];
    const answers = await atOnce(panel, [
      () => one.post(`/admin/people/${two.personId}/role`, { role: 'viewer' }),
      () => two.post(`/admin/people/${three.personId}/role`, { role: 'viewer' }),
      () => three.post(`/admin/people/${one.personId}/role`, { role: 'viewer' }),
    ]);
    const done = answers.filter(({ status }) => status === 303).length;
    expect(await activeAdmins(panel)).toHaveLength(3 - done);
    expect(done).toBeLessThan(3);
  });
});

test('people are for admins alone, and for who is signed in', async () => {
  const panel = await startPanel();
  const admin = await panel.as('admin');
  const paths = ['/admin/people', `/admin/people/${admin.personId}`];
  const forms = [
    '/admin/people/invitations',
    '/admin/people/invitations/revocation',
    ...['name', 'role', 'deactivation', 'reactivation', 'reset-link', 'second-factor-reset'].map(
      (change) => `/admin/people/${admin.personId}/${change}`,
    ),
  ];
  for (const role of ['viewer', 'operator'] as const) {
    const browser = await panel.as(role);
    for (const path of paths) expect([path, (await browser.get(path)).status]).toEqual([path, 403]);
    for (const path of forms) {
      const { status } = await browser.post(path, { ...INVITED });
      expect([path, status]).toEqual([path, 403]);
    }
  }
  for (const path of paths) expect((await panel.http.get(path)).status).toBe(303);
});

test.each(['nobody', '%01', "'%20or%20'1'='1", '..%2f..', 'x'.repeat(5_000)])(
  'there is nobody at /admin/people/%s',
  async (id) => {
    const panel = await startPanel({}, { engine: 'postgres' });
    const admin = await panel.as('admin');
    expect((await admin.get(`/admin/people/${id}`)).status).toBe(404);
    expect((await admin.post(`/admin/people/${id}/deactivation`)).status).toBe(404);
  },
);

test.each([
  [{ ...INVITED, email: '' }, 'Escribe un correo'],
  [{ ...INVITED, email: 'eva@' }, 'No parece un correo'],
  [{ ...INVITED, role: 'owner' }, 'Elige uno de los roles'],
  [{ ...INVITED, name: 'x'.repeat(81) }, 'hasta 80'],
])('an invitation of %j is refused in words', async (fields, words) => {
  const panel = await startPanel();
  const admin = await panel.as('admin');
  const { status, text } = await admin.post('/admin/people/invitations', fields);
  expect([status, text.includes(words)]).toEqual([400, true]);
  const links = await panel.services.store.db.selectFrom('one_time_links').selectAll().execute();
  expect(links).toEqual([]);
});

test('what stands in ?done= is never shown', async () => {
  const panel = await startPanel();
  const admin = await panel.as('admin');
  const { text } = await admin.get('/admin/people?done=<script>alert(1)</script>');
  expect(text).not.toContain('alert(1)');
  expect((await admin.get('/admin/people?done=role_changed')).text).toContain('Rol cambiado.');
});

test('links begin with the address that the operator says people open', async () => {
  const panel = await startPanel({ PUBLIC_URL: 'https://panel.example.com', BASE_PATH: '/fal' });
  const admin = await panel.as('admin');
  const { text } = await admin.post('/admin/people/invitations', INVITED);
  expect(text).toContain('value="https://panel.example.com/fal/admin/invitation?token=');
});

test('HTML in a name that came with an invitation is text', async () => {
  const panel = await startPanel();
  const admin = await panel.as('admin');
  const name = '<img src=x onerror=alert(1)> "\'';
  const { text } = await admin.post('/admin/people/invitations', { ...INVITED, name });
  expect(text).toContain('&lt;img src=x');
  expect(text).not.toContain('<img src=x');
  const page = await new Visitor(panel).open(shownLink(text));
  expect(page.text).not.toContain('<img src=x');
});
