import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listAccounts, openAccount } from '../../src/accounts/accounts.ts';
import { createAccount } from '../../src/accounts/change-accounts.ts';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { hashPassword } from '../../src/auth/password.ts';
import { createPerson } from '../../src/auth/people.ts';
import { UsageError } from '../../src/cli/command.ts';
import { rotateSecretCommand } from '../../src/cli/rotate-secret.ts';
import { readConfig } from '../../src/config.ts';
import { createChannel } from '../../src/deliveries/change-channels.ts';
import { openTarget } from '../../src/deliveries/target-seal.ts';
import { createLogger } from '../../src/log.ts';
import { WrongSecretError } from '../../src/secrets/check.ts';
import { rotateSecret } from '../../src/secrets/rotate.ts';
import { SealError } from '../../src/secrets/seal.ts';
import { createServices, type Services } from '../../src/services.ts';
import { createPostgresDatabase } from '../support/databases.ts';
import { ENGINES, NOW } from '../support/panel.ts';
import { signIn } from '../support/sign-in.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KEY = '0a1b2c3d-1111-4222-8333-444444447f3a:5ec2e700000000000000000000000001';
const OLD = 'the old secret, of at least thirty-two characters';
const NEW = 'the new secret, of at least thirty-two characters';
const PASSWORD = 'correct horse battery';

/** A place for a panel, which can be opened again and again. */
async function place(engine: (typeof ENGINES)[number]) {
  const env: Record<string, string> = { DATA_DIR: temporaryFolder() };
  if (engine === 'postgres') {
    const { url, drop } = await createPostgresDatabase();
    onTestFinished(drop);
    env.DATABASE_URL = url;
  }
  const log = createLogger('silent');

  async function use<T>(secrets: Record<string, string>, work: (services: Services) => T) {
    const services = await createServices(readConfig({ ...env, ...secrets }), {
      now: () => NOW,
      log,
    });
    try {
      return await work(services);
    } finally {
      await services.close();
    }
  }

  /** Runs the command as the command line does. @returns what it printed. */
  async function rotate(secrets: Record<string, string>, args: string[] = []): Promise<string> {
    const config = readConfig({ ...env, ...secrets });
    const printed: string[] = [];
    const opened: Services[] = [];
    try {
      await rotateSecretCommand.run(args, {
        config,
        services: async () => {
          const services = await createServices(config, { now: () => NOW, log });
          opened.push(services);
          return services;
        },
        print: (line) => void printed.push(line),
      });
    } finally {
      for (const services of opened) await services.close();
    }
    return printed.join('\n');
  }

  return { dataDir: env.DATA_DIR ?? '', use, rotate };
}

function addAccount(services: Services, name = 'Una') {
  const fields = { name, note: '', timezone: 'UTC', color: 1 };
  return createAccount(services, COMMAND_LINE, fields, KEY);
}

const keyIn = async ({ store, seal }: Services) => (await openAccount(store.db, seal, null))?.key;

/** Turns two-step verification on for a new person, by better-auth itself. @returns the secret. */
async function enrol(services: Services) {
  const { store, now } = services;
  const email = 'ana@example.com';
  await createPerson(store.db, store.engine, now(), {
    name: 'Ana',
    email,
    role: 'admin',
    passwordHash: await hashPassword(PASSWORD),
  });
  const { api } = await services.betterAuth();
  const { headers } = await api.signInEmail({
    body: { email, password: PASSWORD },
    returnHeaders: true,
  });
  const cookie = headers.getSetCookie().map((each) => each.split(';')[0]);
  const enrolment = await api.enableTwoFactor({
    body: { password: PASSWORD },
    headers: new Headers({ cookie: cookie.join('; ') }),
  });
  await store.db
    .updateTable('people')
    .set({ two_factor_enabled: store.engine === 'postgres' ? true : 1 })
    .execute();
  return { email, backupCodes: 'backupCodes' in enrolment ? enrolment.backupCodes : [] };
}

/** Signs in with a recovery code, by better-auth itself. */
async function signInWithCode(services: Services, email: string, code: string) {
  const { api } = await services.betterAuth();
  const { headers } = await api.signInEmail({
    body: { email, password: PASSWORD },
    returnHeaders: true,
  });
  const cookie = headers.getSetCookie().map((each) => each.split(';')[0]);
  return api.verifyBackupCode({
    body: { code },
    headers: new Headers({ cookie: cookie.join('; ') }),
  });
}

describe.each(ENGINES)('a rotation on %s', (engine) => {
  test('with the secret in the environment: the new one opens all, the old one nothing', async () => {
    const { use, rotate } = await place(engine);
    await use({ APP_SECRET: OLD }, async (services) => {
      await addAccount(services);
      await addAccount(services, 'Otra');
      await signIn(services);
    });
    const said = await rotate({ APP_SECRET: OLD, NEW_APP_SECRET: NEW });
    expect(said).toContain('fal keys: 2');
    expect(said).toContain('Now set APP_SECRET');
    expect(said).not.toContain(NEW);
    await use({ APP_SECRET: NEW }, async (services) => {
      expect(await keyIn(services)).toBe(KEY);
      expect(await services.store.db.selectFrom('sessions').selectAll().execute()).toEqual([]);
      const entries = await services.store.db.selectFrom('audit_entries').selectAll().execute();
      expect(entries.map(({ action }) => action)).toContain('secret.rotated');
    });
    await expect(use({ APP_SECRET: OLD }, () => {})).rejects.toThrow(WrongSecretError);
    expect(await use({ APP_SECRET: NEW }, keyIn)).toBe(KEY);
  });

  test('where messages go is opened by the new one, each channel by itself', async () => {
    const { use, rotate } = await place(engine);
    const target = { kind: 'webhook', url: 'https://example.com/', secrets: [] } as const;
    await use({ APP_SECRET: OLD }, async (services) => {
      for (const id of ['c1', 'c2']) {
        await createChannel(services, COMMAND_LINE, { id, name: id, locale: 'es', target });
      }
    });
    expect(await rotate({ APP_SECRET: OLD, NEW_APP_SECRET: NEW })).toContain('channels: 2');
    await use({ APP_SECRET: NEW }, async ({ store, seal }) => {
      const rows = await store.db.selectFrom('delivery_channels').selectAll().execute();
      expect(rows.map((row) => openTarget(seal, row))).toEqual([target, target]);
      const [one, other] = rows;
      const swapped = { id: one?.id ?? '', sealed_target: other?.sealed_target ?? '' };
      expect(() => openTarget(seal, swapped)).toThrow(SealError);
    });
  });

  test('with the secret kept in the data folder: another is kept in its place', async () => {
    const { use, rotate, dataDir } = await place(engine);
    await use({}, addAccount);
    const kept = () => readFileSync(join(dataDir, 'app-secret'), 'utf8');
    const before = kept();
    for (const _ of [1, 2]) expect(await rotate({})).toContain('kept in DATA_DIR');
    expect(kept()).not.toBe(before);
    expect(existsSync(join(dataDir, 'app-secret.next'))).toBe(false);
    expect(await use({}, keyIn)).toBe(KEY);
  });

  test('two-step verification works on, recovery codes included', async () => {
    const { use, rotate } = await place(engine);
    const { email, backupCodes } = await use({ APP_SECRET: OLD }, enrol);
    expect(await rotate({ APP_SECRET: OLD, NEW_APP_SECRET: NEW })).toContain(
      'two-step verifications: 1',
    );
    await use({ APP_SECRET: NEW }, async (services) => {
      const [code = '', other = ''] = backupCodes;
      expect(await signInWithCode(services, email, code)).toMatchObject({ user: { email } });
      await expect(signInWithCode(services, email, code)).rejects.toThrow();
      expect(await signInWithCode(services, email, other)).toMatchObject({ user: { email } });
    });
  });

  test('all or nothing: a key that does not open stops it before anything is changed', async () => {
    const { use, rotate } = await place(engine);
    await use({ APP_SECRET: OLD }, async (services) => {
      await addAccount(services);
      const { id } = await addAccount(services, 'Rota');
      await services.store.db
        .updateTable('fal_accounts')
        .set({ sealed_key: 'v1.x.y.z' })
        .where('id', '=', id)
        .execute();
      await signIn(services);
    });
    await expect(rotate({ APP_SECRET: OLD, NEW_APP_SECRET: NEW })).rejects.toThrow(SealError);
    await use({ APP_SECRET: OLD }, async (services) => {
      expect(await keyIn(services)).toBe(KEY);
      expect(await services.store.db.selectFrom('sessions').selectAll().execute()).toHaveLength(1);
    });
  });

  test('a panel that was left running stores nothing under the old secret', async () => {
    const { use, rotate } = await place(engine);
    await use({ APP_SECRET: OLD }, async (stale) => {
      await addAccount(stale);
      await rotate({ APP_SECRET: OLD, NEW_APP_SECRET: NEW });
      await expect(addAccount(stale, 'Tarde')).rejects.toThrow(WrongSecretError);
      await expect(keyIn(stale)).rejects.toThrow(SealError);
    });
    expect(await use({ APP_SECRET: NEW }, keyIn)).toBe(KEY);
  });

  test('of several at once one happens, and keys added meanwhile are not lost', async () => {
    const { use } = await place(engine);
    const secrets = [1, 2, 3].map((n) => `secret number ${n}, of at least thirty-two characters`);
    const results = await use({ APP_SECRET: OLD }, async (services) => {
      await addAccount(services, 'De antes');
      return Promise.allSettled([
        addAccount(services, 'Primera'),
        ...secrets.map((secret) => rotateSecret(services, secret)),
        addAccount(services, 'Última'),
      ]);
    });
    const rotations = results.slice(1, 4);
    const added = [results[0], results[4]].filter((result) => result?.status === 'fulfilled');
    const won = secrets.filter((_, n) => rotations[n]?.status === 'fulfilled');
    expect(won).toHaveLength(1);
    await use({ APP_SECRET: won[0] ?? '' }, async ({ store, seal }) => {
      const stored = await listAccounts(store.db);
      expect(stored).toHaveLength(1 + added.length);
      for (const { id } of stored) expect((await openAccount(store.db, seal, id))?.key).toBe(KEY);
    });
  });
});

describe('words that mean nothing', () => {
  test.each([
    ['no new secret', { APP_SECRET: OLD }, []],
    ['the same secret', { APP_SECRET: OLD, NEW_APP_SECRET: OLD }, []],
    ['a new secret for a kept one', { NEW_APP_SECRET: NEW }, []],
    ['an argument', { APP_SECRET: OLD, NEW_APP_SECRET: NEW }, [NEW]],
    ['an option', { APP_SECRET: OLD, NEW_APP_SECRET: NEW }, ['--now']],
  ])('%s is refused and changes nothing', async (_, secrets, args) => {
    const { use, rotate } = await place('sqlite');
    const now = 'APP_SECRET' in secrets ? { APP_SECRET: OLD } : {};
    await use(now, addAccount);
    const refused = await rotate(secrets, args).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UsageError);
    expect(String(refused)).not.toContain(NEW);
    expect(await use(now, keyIn)).toBe(KEY);
  });
});
