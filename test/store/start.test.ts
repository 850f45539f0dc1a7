import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startProblem } from '../../src/server.ts';
import { SQLITE_FILE } from '../../src/store/store.ts';
import { ENGINES } from '../support/panel.ts';
import { emptyPlace, openAt } from '../support/stores.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const AT_ONCE = 4;

test.each(ENGINES)(
  'processes that start at the same moment on an empty %s all come up',
  async (engine) => {
    const place = await emptyPlace(engine);
    const children = Array.from({ length: AT_ONCE }, () => {
      const args = ['test/store/start/open.ts', place.databaseUrl ?? '', place.dataDir];
      const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      onTestFinished(() => void child.kill('SIGKILL'));
      return child;
    });
    await Promise.all(children.map((child) => once(child.stdout, 'data')));
    for (const child of children) child.stdin.write('go\n');
    const exits = await Promise.all(children.map((child) => once(child, 'exit')));
    expect(exits).toEqual(children.map(() => [0, null]));
    await (await openAt(place)).check();
  },
);

test('a start waits while another process has the new file', async () => {
  const place = await emptyPlace('sqlite');
  const other = new DatabaseSync(join(place.dataDir, SQLITE_FILE));
  onTestFinished(() => other.close());
  other.exec('BEGIN EXCLUSIVE');
  // It can only let go if the one that waits does not hold up the thread.
  setImmediate(() => other.exec('COMMIT'));
  await (await openAt(place)).check();
});

test('a new database can be read by its owner alone', async () => {
  const place = await emptyPlace('sqlite');
  place.dataDir = join(place.dataDir, 'new', 'folder');
  await openAt(place);
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
  expect(mode(place.dataDir)).toBe('700');
  for (const end of ['', '-wal', '-shm']) {
    expect(mode(join(place.dataDir, SQLITE_FILE + end))).toBe('600');
  }
});

describe('a start without a database that can be used says why, in one line:', () => {
  async function problem(place: { dataDir?: string; databaseUrl?: string }): Promise<string> {
    const base = await emptyPlace('sqlite');
    const error: unknown = await openAt({ ...base, ...place }).then(
      () => 'it opened',
      (error: unknown) => error,
    );
    const said = startProblem(error);
    expect(said.split('\n')).toHaveLength(1);
    return said;
  }

  test('PostgreSQL is down', async () => {
    const databaseUrl = 'postgres://panel:hunter22@localhost:9/panel';
    const said = await problem({ databaseUrl });
    expect(said).toMatch(/PostgreSQL at localhost:9\/panel: .*ECONNREFUSED/);
    expect(said).not.toContain('hunter22');
  });

  test('the file is something else', async () => {
    const dataDir = temporaryFolder();
    writeFileSync(join(dataDir, SQLITE_FILE), 'a letter to a friend '.repeat(100));
    expect(await problem({ dataDir })).toContain(`${SQLITE_FILE}: file is not a database`);
  });

  test('the file is a folder', async () => {
    const dataDir = temporaryFolder();
    mkdirSync(join(dataDir, SQLITE_FILE));
    expect(await problem({ dataDir })).toContain('EISDIR');
  });

  test('the folder can not be made', async () => {
    const dataDir = temporaryFolder();
    writeFileSync(join(dataDir, 'file'), '');
    chmodSync(join(dataDir, 'file'), 0o400);
    expect(await problem({ dataDir: join(dataDir, 'file', 'data') })).toMatch(/ENOTDIR|EEXIST/);
  });
});
