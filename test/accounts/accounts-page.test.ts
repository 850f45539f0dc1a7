import { describe, expect, test } from 'vitest';
import { type FalAccount, listAccounts, openAccount } from '../../src/accounts/accounts.ts';
import { createAccount } from '../../src/accounts/change-accounts.ts';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import * as faults from '../../src/demo/faults.ts';
import { translator } from '../../src/i18n/index.ts';
import { type Browser, ENGINES, type Panel, startPanel } from '../support/panel.ts';

const PATH = '/admin/accounts';
const FIELDS = { name: 'Cabinas', note: 'De Ana', timezone: 'America/Bogota', color: '4' };

function store({ services, fal }: Panel, name = 'Cabinas', key: string = fal.keys.admin) {
  const fields = { name, note: '', timezone: 'America/Bogota', color: 4 };
  return createAccount(services, COMMAND_LINE, fields, key);
}

const list = ({ services }: Panel) => listAccounts(services.store.db);
const keyOf = async ({ services: { store, seal } }: Panel, slug: string | null = null) =>
  (await openAccount(store.db, seal, slug))?.key;

async function start(engine: (typeof ENGINES)[number] = 'sqlite') {
  const panel = await startPanel({}, { engine, simulator: { days: 1 } });
  return { panel, admin: await panel.as('admin') };
}

/** Posts, expects to be sent on, and shows the page it leads to. */
async function follow(browser: Browser, path: string, fields: Record<string, string> = {}) {
  const response = await browser.post(path, fields);
  expect(response.status).toBe(303);
  return (await browser.get(response.headers.location ?? '')).text;
}

describe.each(ENGINES)('an admin, on %s', (engine) => {
  test('adds an account: fal is asked first, and what the key can read is shown', async () => {
    const { panel, admin } = await start(engine);
    const { readOnly } = panel.fal.keys;
    const page = await follow(admin, PATH, { ...FIELDS, api_key: ` "${readOnly}" ` });
    expect(page).toContain('La cuenta quedó guardada.');
    expect(page).toContain('data-verdict="ready"');
    expect(page).toContain('futurelab-eventos');
    expect(await list(panel)).toMatchObject([{ ...FIELDS, color: 4, isDefault: true, version: 1 }]);
    expect(await keyOf(panel)).toBe(readOnly);
  });

  test('edits, replaces the key, makes another the default and deletes', async () => {
    const { panel, admin } = await start(engine);
    const [first, second] = [await store(panel), await store(panel, 'Otra')];
    const edited = { ...FIELDS, name: 'Cabinas Norte', version: '1' };
    expect(await follow(admin, `${PATH}/${first.id}/edit`, edited)).toContain('Cabinas Norte');
    const fields = { api_key: panel.fal.keys.empty, version: '2' };
    expect(await follow(admin, `${PATH}/${first.id}/key`, fields)).toContain('cuenta-nueva');
    expect(await follow(admin, `${PATH}/${second.id}/default`)).toContain('predeterminada');
    expect(await keyOf(panel)).toBe(panel.fal.keys.admin);
    await follow(admin, `${PATH}/${second.id}/delete`, { version: '1', confirm: 'yes' });
    expect(await list(panel)).toMatchObject([
      { name: 'Cabinas Norte', slug: 'cabinas', isDefault: true, version: 3 },
    ]);
    expect(await keyOf(panel)).toBe(panel.fal.keys.empty);
  });

  test('does not undo what another admin saved in the meantime', async () => {
    const { panel, admin } = await start(engine);
    const { id } = await store(panel);
    const other = await panel.as('admin');
    await follow(other, `${PATH}/${id}/edit`, { ...FIELDS, note: 'De Beto', version: '1' });
    const late = { ...FIELDS, note: 'Lo que escribí', version: '1' };
    for (const [path, fields] of [
      ['edit', late],
      ['key', { version: '1', api_key: panel.fal.keys.empty }],
      ['delete', { version: '1', confirm: 'yes' }],
    ] as const) {
      const response = await admin.post(`${PATH}/${id}/${path}`, fields);
      expect(response.status).toBe(409);
      expect(response.text).toContain('Alguien más cambió esto');
      expect(response.text).toContain('name="version" value="1"');
      if (path === 'edit') expect(response.text).toContain('Lo que escribí');
    }
    expect(await list(panel)).toMatchObject([{ note: 'De Beto', version: 2 }]);
    expect(await keyOf(panel)).toBe(panel.fal.keys.admin);
  });

  test('gets a clear answer for fields that are too long, markup, SQL or control characters', async () => {
    const { panel, admin } = await start(engine);
    const send = (fields: Record<string, string>) =>
      admin.post(PATH, { ...FIELDS, api_key: panel.fal.keys.admin, ...fields });
    expect((await send({ note: 'x'.repeat(1_000_000) })).status).toBe(413);
    for (const wrong of [
      { name: 'x'.repeat(81) },
      { name: '   ' },
      { note: 'x'.repeat(501) },
      { note: 'a\u0007' },
      { color: '9' },
      { color: 'rojo' },
      { timezone: 'Mars/Olympus' },
      { timezone: '' },
    ]) {
      const response = await send(wrong);
      expect([response.status, Object.keys(wrong)]).toEqual([400, [expect.any(String)]]);
      expect(response.text).toContain(`data-field="${Object.keys(wrong)[0]}"`);
    }
    expect(await list(panel)).toEqual([]);
    const name = `<b onclick="x()">'); delete from fal_accounts; --</b>`;
    const page = await follow(admin, PATH, {
      ...FIELDS,
      name,
      note: '日本\n🎉',
      api_key: panel.fal.keys.admin,
    });
    expect(page).not.toContain('<b onclick');
    expect(page).toContain('日本\n🎉');
    expect(await list(panel)).toMatchObject([{ name, note: '日本\n🎉' }]);
  });
});

describe('a key that is not stored', () => {
  test.each([
    ['unknown to fal', 'nobody:knows-this-key', 'unknown_key'],
    ['malformed', 'my-password', 'malformed_key'],
    ['new and bound to nobody', 'unbound', 'unbound_key'],
  ] as const)('%s: the form comes back filled, without the key', async (_, given, verdict) => {
    const { panel, admin } = await start();
    const api_key = given === 'unbound' ? panel.fal.keys.unbound : given;
    const response = await admin.post(PATH, { ...FIELDS, api_key });
    expect(response.status).toBe(400);
    expect(response.text).toContain(translator('es')(`field.api_key.${verdict}`));
    expect(response.text).toContain('value="Cabinas"');
    expect(response.text).toContain('De Ana');
    expect(response.text).toMatch(/value="4" checked/);
    expect(response.text).not.toContain(api_key);
    expect(await list(panel)).toEqual([]);
  });

  test('a malformed one is refused while fal is away, too', async () => {
    const { panel, admin } = await start();
    panel.fal.fault(/./, faults.failWith(503));
    const response = await admin.post(PATH, { ...FIELDS, api_key: 'my-password' });
    expect(response.text).toContain(translator('es')('field.api_key.malformed_key'));
    expect(await list(panel)).toEqual([]);
  });

  test('in its place the stored one stays', async () => {
    const { panel, admin } = await start();
    const { id } = await store(panel);
    const fields = { api_key: 'nobody:knows-this-key', version: '1' };
    const response = await admin.post(`${PATH}/${id}/key`, fields);
    expect(response.text).toContain(translator('es')('field.api_key.unknown_key'));
    expect(await keyOf(panel)).toBe(panel.fal.keys.admin);
  });

  test('pasted into the name or the note is refused and not shown again', async () => {
    const { panel, admin } = await start();
    const { admin: api_key } = panel.fal.keys;
    for (const wrong of [{ name: api_key }, { note: `clave ${api_key}` }]) {
      const response = await admin.post(PATH, { ...FIELDS, api_key, ...wrong });
      expect(response.status).toBe(400);
      expect(response.text).not.toContain(api_key.split(':')[1]);
      expect(response.text).toContain(`data-field="${Object.keys(wrong)[0]}"`);
    }
    expect(await list(panel)).toEqual([]);
  });
});

describe('a key that is stored with a warning', () => {
  test('cannot be checked because fal is away', async () => {
    const { panel, admin } = await start();
    panel.fal.fault(/./, faults.failWith(503));
    const page = await follow(admin, PATH, { ...FIELDS, api_key: panel.fal.keys.admin });
    expect(page).toContain('La clave se guardó sin poder comprobarla');
    expect(await keyOf(panel)).toBe(panel.fal.keys.admin);
  });

  test('has no Admin scope: says what it lacks and where to make a better one', async () => {
    const { panel, admin } = await start();
    const page = await follow(admin, PATH, { ...FIELDS, api_key: panel.fal.keys.api });
    expect(page).toContain('data-verdict="admin_scope_missing"');
    expect(page).toContain('https://fal.ai/dashboard/keys');
    expect(page).toContain('solo lectura');
  });

  test('could spend for all that fal says, whichever it is', async () => {
    const { panel, admin } = await start();
    for (const api_key of [panel.fal.keys.admin, panel.fal.keys.readOnly]) {
      const page = await follow(admin, PATH, { ...FIELDS, api_key });
      expect(page).toContain('fal no dice si esta clave también puede ejecutar modelos');
    }
  });
});

test('an admin who leaves while fal is asked has stored nothing', async () => {
  const { panel, admin } = await start();
  const [arrived, dropped] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  panel.fal.fault(
    '/models/usage',
    faults.custom((_req, res) => {
      res.once('close', () => dropped.resolve());
      arrived.resolve();
    }),
  );
  const saving = admin.post(PATH, { ...FIELDS, api_key: panel.fal.keys.admin });
  saving.end(() => {});
  await arrived.promise;
  saving.abort();
  await dropped.promise;
  expect(await list(panel)).toEqual([]);
});

test('deleting asks first, says what is lost, and needs the box ticked', async () => {
  const { panel, admin } = await start();
  const { id } = await store(panel);
  await store(panel, 'Heredera');
  const page = (await admin.get(`${PATH}/${id}/delete`)).text;
  for (const part of ['…00aa', 'account=cabinas', 'pasa a ser Heredera']) {
    expect(page).toContain(part);
  }
  const response = await admin.post(`${PATH}/${id}/delete`, { version: '1' });
  expect(response.status).toBe(400);
  expect(response.text).toContain('Marca la casilla');
  expect(await list(panel)).toHaveLength(2);
});

test('deleting the last account says that FAL_KEY brings it back', async () => {
  const panel = await startPanel({ FAL_KEY: 'some:key-of-fal' }, { simulator: { days: 1 } });
  const admin = await panel.as('admin');
  const [account] = await list(panel);
  const page = (await admin.get(`${PATH}/${account?.id}/delete`)).text;
  expect(page).toContain('FAL_KEY');
  expect(page).toContain('La única cuenta');
});

test('an operator tests a stored key, and everybody sees what came out', async () => {
  const { panel } = await start();
  const { id } = await store(panel);
  const [operator, viewer] = [await panel.as('operator'), await panel.as('viewer')];
  expect(await follow(operator, `${PATH}/${id}/test`)).toContain('data-verdict="ready"');
  expect((await viewer.get(`${PATH}/${id}`)).text).toContain(
    'Probada el 7 mar 2026, 22:20, hora de America/Bogota',
  );
});

test('a viewer sees the accounts and can change none', async () => {
  const { panel } = await start();
  const { id } = await store(panel);
  const viewer = await panel.as('viewer');
  expect((await viewer.get(PATH)).text).toContain('Cabinas');
  const page = (await viewer.get(`${PATH}/${id}`)).text;
  expect(page).toContain('…00aa');
  expect(page.split('<main')[1]).not.toContain('<form');
  for (const path of ['', `/${id}/edit`, `/${id}/key`, `/${id}/default`, `/${id}/delete`]) {
    expect((await viewer.post(PATH + path, FIELDS)).status).toBe(403);
  }
  expect((await viewer.post(`${PATH}/${id}/test`)).status).toBe(403);
  expect(await list(panel)).toMatchObject([{ version: 1 }]);
});

test('a row that was tampered with is refused clearly, and nothing is asked of fal', async () => {
  const { panel } = await start();
  const [first, second] = [await store(panel), await store(panel, 'Otra', panel.fal.keys.empty)];
  await swapKeys(panel, first, second);
  const operator = await panel.as('operator');
  const response = await operator.post(`${PATH}/${first.id}/test`);
  expect(response.status).toBe(500);
  expect(response.text).toContain('No se puede abrir la clave guardada');
  const asked = await operator.post('/admin/config/usage', { account: first.slug });
  expect(asked.text).toContain('data-problem="key_unreadable"');
  expect(panel.fal.received).toEqual([]);
  expect(panel.logged()).toContain('a stored key can not be opened');
});

test('an account that is not there is not found, whatever its name', async () => {
  const { admin } = await start();
  for (const name of ['nobody', "'or'1", 'x'.repeat(5_000)]) {
    const response = await admin.get(`${PATH}/${name}`);
    expect(response.status).toBe(404);
    expect(response.text).toContain('No hay una cuenta guardada con ese nombre');
  }
});

async function swapKeys(panel: Panel, a: FalAccount, b: FalAccount): Promise<void> {
  const { db } = panel.services.store;
  const rows = await db.selectFrom('fal_accounts').select(['id', 'sealed_key']).execute();
  const sealed = (id: string) => rows.find((row) => row.id === id)?.sealed_key ?? '';
  for (const [to, from] of [
    [a.id, b.id],
    [b.id, a.id],
  ] as const) {
    await db
      .updateTable('fal_accounts')
      .set({ sealed_key: sealed(from) })
      .where('id', '=', to)
      .execute();
  }
}
