import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openAccount } from '../../src/accounts/accounts.ts';
import { createAccount } from '../../src/accounts/change-accounts.ts';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { readConfig } from '../../src/config.ts';
import { createLogger } from '../../src/log.ts';
import { createServices, type Services } from '../../src/services.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KEY = '0a1b2c3d-1111-4222-8333-444444447f3a:5ec2e700000000000000000000000001';
const CHILD = 'test/secrets/rotate-and-die.ts';

async function use<T>(dataDir: string, work: (services: Services) => Promise<T>): Promise<T> {
  const config = readConfig({ DATA_DIR: dataDir });
  const services = await createServices(config, { log: createLogger('silent') });
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}

const keyIn = async ({ store, seal }: Services) => (await openAccount(store.db, seal, null))?.key;
const secretIn = (dataDir: string) => readFileSync(join(dataDir, 'app-secret'), 'utf8');

/** @returns how the process that rotates the secret ended, killed before its n-th step if it has one. */
function rotate(dataDir: string, dieAt: number) {
  const env = { PATH: process.env.PATH ?? '', DATA_DIR: dataDir, LOG_LEVEL: 'silent' };
  return spawnSync('node', [CHILD, String(dieAt)], { env });
}

test('a rotation killed at any point leaves a panel that starts, and can be done again', async () => {
  const before = temporaryFolder();
  const fields = { name: 'Una', note: '', timezone: 'UTC', color: 1 };
  await use(before, (services) => createAccount(services, COMMAND_LINE, fields, KEY));
  const kept: boolean[] = [];
  for (let step = 1; ; step += 1) {
    const dataDir = temporaryFolder();
    cpSync(before, dataDir, { recursive: true });
    const { signal, status } = rotate(dataDir, step);
    if (signal === null) {
      expect(status).toBe(0);
      break;
    }
    expect(await use(dataDir, keyIn)).toBe(KEY);
    kept.push(secretIn(dataDir) === secretIn(before));
  }
  expect(kept.length).toBeGreaterThan(20);
  // Up to the commit it is the old secret, from there on the next one.
  expect(kept).toEqual(kept.toSorted((a, b) => Number(b) - Number(a)));
  expect(new Set(kept).size).toBe(2);
}, 120_000);

test.each([8, 14])(
  'one that was cut off before step %i is done at the second try',
  async (step) => {
    const dataDir = temporaryFolder();
    const fields = { name: 'Una', note: '', timezone: 'UTC', color: 1 };
    await use(dataDir, (services) => createAccount(services, COMMAND_LINE, fields, KEY));
    const before = secretIn(dataDir);
    expect(rotate(dataDir, step).signal).toBe('SIGKILL');
    expect(rotate(dataDir, Number.POSITIVE_INFINITY).status).toBe(0);
    expect(secretIn(dataDir)).not.toBe(before);
    expect(await use(dataDir, keyIn)).toBe(KEY);
  },
  30_000,
);
