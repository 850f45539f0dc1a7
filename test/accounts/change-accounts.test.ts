import { describe, expect, test } from 'vitest';
import {
  type FalAccount,
  findAccount,
  listAccounts,
  openAccount,
} from '../../src/accounts/accounts.ts';
import {
  createAccount,
  deleteAccount,
  makeDefault,
  replaceKey,
  updateAccount,
} from '../../src/accounts/change-accounts.ts';
import { seedAccount } from '../../src/accounts/seed.ts';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { SealError } from '../../src/secrets/seal.ts';
import { ENGINES, type Panel, startPanel } from '../support/panel.ts';

const KEY = '0a1b2c3d-1111-4222-8333-444444447f3a:5ec2e700000000000000000000000001';
const OTHER = '0a1b2c3d-1111-4222-8333-44444444beef:5ec2e700000000000000000000000002';

function add({ services }: Panel, name: string, key = KEY): Promise<FalAccount> {
  const fields = { name, note: '', timezone: 'America/Bogota', color: 3 };
  return createAccount(services, COMMAND_LINE, fields, key);
}

const list = ({ services }: Panel) => listAccounts(services.store.db);
const open = ({ services: { store, seal } }: Panel, slug: string | null) =>
  openAccount(store.db, seal, slug);

async function audited({ services: { store } }: Panel): Promise<string[]> {
  const rows = await store.db.selectFrom('audit_entries').select(['action', 'target']).execute();
  return rows.map(({ action, target }) => `${action} ${target}`).toSorted();
}

describe.each(ENGINES)('accounts on %s', (engine) => {
  const start = () => startPanel({}, { engine, simulator: { days: 1 } });

  test('the first account is the default; its key comes back whole, of the id only the end is shown', async () => {
    const panel = await start();
    const account = await add(panel, 'Cabinas México');
    expect(account).toMatchObject({ slug: 'cabinas-mexico', isDefault: true, keyHint: '…7f3a' });
    await add(panel, 'Otra', OTHER);
    expect(await open(panel, null)).toEqual({ account, key: KEY });
    expect((await open(panel, 'otra'))?.key).toBe(OTHER);
    expect(await findAccount(panel.services.store.db, account.id)).toEqual(account);
    expect(JSON.stringify(await list(panel))).not.toContain('5ec2e7');
    expect(await audited(panel)).toEqual([
      'account.created Cabinas México',
      'account.created Otra',
    ]);
  });

  test('names in any script get names for programs, no two the same', async () => {
    const panel = await start();
    for (const name of ['Año 2', 'año-2', '日本', '東京', `'; drop table x; --`, 'ﬁesta ½']) {
      await add(panel, name);
    }
    const slugs = (await list(panel)).map(({ name, slug }) => [name, slug]);
    expect(Object.fromEntries(slugs)).toEqual({
      'Año 2': 'ano-2',
      'año-2': 'ano-2-2',
      日本: 'account',
      東京: 'account-2',
      "'; drop table x; --": 'drop-table-x',
      'ﬁesta ½': 'fiesta-1-2',
    });
  });

  test('an account named like the id of another is not taken for it, nor the other way round', async () => {
    const panel = await start();
    const { db } = panel.services.store;
    const [before, first] = [await add(panel, 'A'), await add(panel, 'B')];
    const last = await add(panel, first.id, OTHER);
    expect(last.slug).toBe(first.id);
    // Also where the one of that name was there first.
    await db
      .updateTable('fal_accounts')
      .set({ slug: last.id })
      .where('id', '=', before.id)
      .execute();
    for (const { id } of [before, first, last]) expect((await findAccount(db, id))?.id).toBe(id);
    expect((await open(panel, first.id))?.account.id).toBe(first.id);
  });

  test('ten added at once have ten names, and one is the default', async () => {
    const panel = await start();
    await Promise.all(Array.from({ length: 10 }, () => add(panel, 'La misma')));
    const accounts = await list(panel);
    expect(new Set(accounts.map(({ slug }) => slug)).size).toBe(10);
    expect(accounts.filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  test('of two changes of the same version the second one is a conflict and changes nothing', async () => {
    const panel = await start();
    const seen = await add(panel, 'Antes');
    const change = (name: string) =>
      updateAccount(panel.services, COMMAND_LINE, seen, { ...fieldsOf(seen), name });
    const results = await Promise.allSettled([change('Ana'), change('Beto')]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'conflict' },
    });
    const [account] = await list(panel);
    expect(account).toMatchObject({ version: 2, slug: 'antes' });
    for (const late of [
      () => replaceKey(panel.services, COMMAND_LINE, seen, OTHER),
      () => deleteAccount(panel.services, COMMAND_LINE, seen),
    ]) {
      await expect(late()).rejects.toMatchObject({ code: 'conflict' });
    }
    expect((await open(panel, null))?.key).toBe(KEY);
    expect(await audited(panel)).toHaveLength(2);
  });

  test('a replaced key is gone, and the end of the new one is shown', async () => {
    const panel = await start();
    const account = await add(panel, 'Una');
    await replaceKey(panel.services, COMMAND_LINE, account, OTHER);
    expect(await open(panel, 'una')).toMatchObject({
      key: OTHER,
      account: { keyHint: '…beef', version: 2 },
    });
  });

  test('whoever is made the default is the only one, even when all are at once', async () => {
    const panel = await start();
    for (const name of ['A', 'B', 'C', 'D']) await add(panel, name);
    const accounts = await list(panel);
    await Promise.all(accounts.map(({ id }) => makeDefault(panel.services, COMMAND_LINE, id)));
    expect((await list(panel)).filter(({ isDefault }) => isDefault)).toHaveLength(1);
    const last = accounts.at(-1)?.id ?? '';
    await makeDefault(panel.services, COMMAND_LINE, last);
    expect((await open(panel, null))?.account.id).toBe(last);
  });

  test('a deleted default passes it on; with the last account there is none', async () => {
    const panel = await start();
    for (const name of ['Zeta', 'Mu', 'Alfa']) await add(panel, name);
    for (const heir of ['Alfa', 'Mu', undefined]) {
      const [first] = await list(panel);
      if (first) await deleteAccount(panel.services, COMMAND_LINE, first);
      expect((await open(panel, null))?.account.name).toBe(heir);
    }
    expect(await list(panel)).toEqual([]);
  });

  test('a key in the row of another account does not open', async () => {
    const panel = await start();
    await add(panel, 'Una');
    await add(panel, 'Otra', OTHER);
    const { db } = panel.services.store;
    const [row] = await db
      .selectFrom('fal_accounts')
      .selectAll()
      .where('slug', '=', 'una')
      .execute();
    await db
      .updateTable('fal_accounts')
      .set({ sealed_key: row?.sealed_key ?? '' })
      .where('slug', '=', 'otra')
      .execute();
    await expect(open(panel, 'otra')).rejects.toThrow(SealError);
    expect((await open(panel, 'una'))?.key).toBe(KEY);
  });

  test('what is no name of an account finds nothing', async () => {
    const panel = await start();
    await add(panel, 'Una');
    for (const text of ['', 'dos', "una' or '1'='1", 'una\0', '../una', 'ñ'.repeat(1_000_000)]) {
      expect(await findAccount(panel.services.store.db, text)).toBeNull();
    }
  });

  test('FAL_KEY becomes the first account, once, also for two processes at once', async () => {
    const panel = await start();
    const config = { ...panel.services.config, falKey: KEY };
    await Promise.all([1, 2, 3].map(() => seedAccount({ ...panel.services, config })));
    await seedAccount({ ...panel.services, config: { ...config, falKey: OTHER } });
    expect(await list(panel)).toMatchObject([
      { name: 'Cuenta principal', isDefault: true, keyHint: '…7f3a' },
    ]);
    expect((await open(panel, null))?.key).toBe(KEY);
  });
});

test('a start with FAL_KEY stores it', async () => {
  const panel = await startPanel({ FAL_KEY: KEY, DEFAULT_LOCALE: 'en' });
  expect(await list(panel)).toMatchObject([
    { name: 'Main account', slug: 'main-account', timezone: 'America/Mexico_City' },
  ]);
  expect(panel.logged()).not.toContain('5ec2e7');
  const { text } = await (await panel.as('admin')).get('/admin/audit?action=account.created');
  expect(text).toContain('the server at its start');
});

function fieldsOf({ name, note, timezone, color }: FalAccount) {
  return { name, note, timezone, color };
}
