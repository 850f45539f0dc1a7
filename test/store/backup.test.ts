import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { createPerson } from '../../src/auth/people.ts';
import { backup } from '../../src/cli/backup.ts';
import { type Command, CommandError, UsageError } from '../../src/cli/command.ts';
import { restore } from '../../src/cli/restore.ts';
import { readConfig } from '../../src/config.ts';
import { SQLITE_FILE, type StoreOptions } from '../../src/store/store.ts';
import { toText } from '../../src/store/values.ts';
import { NOW } from '../support/panel.ts';
import { emptyPlace, openAt } from '../support/stores.ts';
import { rowsOf, startWriting } from './kill/writing.ts';

/** What a command prints, in lines. */
async function run(command: Command, place: StoreOptions, ...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  const services = () => Promise.reject(new Error('it would bring the database to this version'));
  const { dataDir, databaseUrl } = place;
  const config = readConfig({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl ?? '' });
  await command.run(args, { config, services, print: (line) => void lines.push(line) });
  return lines;
}

async function backUp(place: StoreOptions, ...args: string[]): Promise<string> {
  const [path = '', ...others] = await run(backup, place, ...args);
  expect(others).toEqual([]);
  return path;
}

const ana = { name: 'Ana', email: 'ana@example.com', role: 'admin', passwordHash: 'h' } as const;

/** A place with a store in which Ana is, and which nobody has open. */
async function placeWithAna(): Promise<StoreOptions & { file: string }> {
  const place = await emptyPlace('sqlite');
  const store = await openAt(place);
  await createPerson(store.db, store.engine, NOW, ana);
  await store.close();
  return { ...place, file: join(place.dataDir, SQLITE_FILE) };
}

async function namesAt(place: StoreOptions): Promise<string[]> {
  const store = await openAt(place);
  const people = await store.db.selectFrom('people').select('name').execute();
  await store.close();
  return people.map(({ name }) => name);
}

/** A store at a file of any name. */
async function openCopy(file: string) {
  const place = await emptyPlace('sqlite');
  copyFileSync(file, join(place.dataDir, SQLITE_FILE));
  return openAt(place);
}

describe('a backup', () => {
  test('holds all that was acknowledged, and nothing in half, while another process writes', async () => {
    const place = await emptyPlace('sqlite');
    const writing = startWriting(place, 'w');
    await writing.heard(20);
    for (const name of ['one', 'two', 'three']) {
      const acknowledged = writing.acknowledged.length;
      const file = await backUp(place, join(place.dataDir, name));
      const rows = await rowsOf(await openCopy(file));
      expect(rows.size).toBeGreaterThanOrEqual(acknowledged);
      await writing.heard(writing.acknowledged.length + 20);
    }
    await writing.kill();
  });

  test('is a single file for its owner alone, in the data folder if it is given no name', async () => {
    const place = await placeWithAna();
    const file = await backUp(place);
    expect(dirname(file)).toBe(join(place.dataDir, 'backups'));
    expect(basename(file)).toMatch(/^panel-\d{8}T\d{6}Z\.sqlite$/);
    expect(readdirSync(dirname(file))).toEqual([basename(file)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('is never written over a file that is there', async () => {
    const place = await placeWithAna();
    const file = join(place.dataDir, 'letter');
    writeFileSync(file, 'a letter');
    await expect(run(backup, place, file)).rejects.toThrow('letter is there already');
    expect(readFileSync(file, 'utf8')).toBe('a letter');
    expect(readdirSync(place.dataDir).filter((name) => name.includes('draft'))).toEqual([]);
  });

  test('of a damaged database is not left behind', async () => {
    const place = await placeWithAna();
    truncateSync(place.file, statSync(place.file).size / 2);
    const file = join(place.dataDir, 'copy');
    await expect(run(backup, place, file)).rejects.toThrow(CommandError);
    expect(readdirSync(place.dataDir).filter((name) => /copy|draft/.test(name))).toEqual([]);
  });

  test('of nothing, or to where nothing can be written, is refused', async () => {
    const place = await emptyPlace('sqlite');
    await expect(run(backup, place)).rejects.toThrow('there is no database at');
    const { dataDir, file } = await placeWithAna();
    await expect(run(backup, { ...place, dataDir }, join(file, 'x'))).rejects.toThrow(CommandError);
  });

  test('holds nothing of what was deleted', async () => {
    const place = await placeWithAna();
    const store = await openAt(place);
    await store.db.deleteFrom('people').execute();
    const copy = readFileSync(await backUp(place));
    expect(copy.includes('ana@example.com')).toBe(false);
  });
});

describe('a restore', () => {
  test('brings everything back, and keeps what was there', async () => {
    const place = await placeWithAna();
    const file = await backUp(place);
    const store = await openAt(place);
    await store.db.updateTable('people').set({ name: 'Eva' }).execute();
    await store.close();

    const [done, before] = await run(restore, place, file);
    expect(done).toBe(`restored: ${place.file}`);
    expect(await namesAt(place)).toEqual(['Ana']);
    const aside = before?.replace('the database before: ', '') ?? '';
    expect(aside).toMatch(/panel\.sqlite\.replaced-\d{8}T\d{6}Z$/);
    const kept = new DatabaseSync(aside, { readOnly: true });
    expect(kept.prepare('select name from people').all()).toEqual([{ name: 'Eva' }]);
    kept.close();
    expect(statSync(place.file).mode & 0o777).toBe(0o600);
  });

  test('brings back no session and no link: they may have ended since', async () => {
    const place = await placeWithAna();
    const store = await openAt(place);
    const at = toText(NOW);
    const { id } = await store.db.selectFrom('people').select('id').executeTakeFirstOrThrow();
    const times = { expires_at: at, created_at: at };
    await store.db
      .insertInto('sessions')
      .values({ id: 's', token: 't', user_id: id, updated_at: at, ...times })
      .execute();
    await store.db
      .insertInto('one_time_links')
      .values({ token_hash: 'h', purpose: 'reset', person_id: id, created_by: '', ...times })
      .execute();
    await store.close();
    await run(restore, place, await backUp(place));
    const restored = await openAt(place);
    expect(await restored.db.selectFrom('sessions').selectAll().execute()).toEqual([]);
    expect(await restored.db.selectFrom('one_time_links').selectAll().execute()).toEqual([]);
    await restored.close();
  });

  test('makes a database where there was none', async () => {
    const file = await backUp(await placeWithAna());
    const place = await emptyPlace('sqlite');
    expect(await run(restore, place, file)).toHaveLength(1);
    expect(await namesAt(place)).toEqual(['Ana']);
  });

  test('does not let a log that was left behind into the restored file', async () => {
    const place = await placeWithAna();
    const file = await backUp(place);
    const writing = startWriting(place, 'w');
    await writing.heard(10);
    await writing.kill();
    expect(existsSync(`${place.file}-wal`)).toBe(true);
    rmSync(place.file);
    expect(await run(restore, place, file)).toHaveLength(2);
    const rows = await rowsOf(await openAt(place));
    expect(rows).toEqual(new Set());
  });

  test('replaces a database that is beyond repair', async () => {
    const place = await placeWithAna();
    const file = await backUp(place);
    writeFileSync(place.file, 'a letter to a friend '.repeat(100));
    await run(restore, place, file);
    expect(await namesAt(place)).toEqual(['Ana']);
  });

  test.each(['this', 'another'])(
    'is refused while %s process runs the panel, which goes on',
    async (whose) => {
      const place = await placeWithAna();
      const file = await backUp(place);
      const store = await openAt(place);
      if (whose === 'another') {
        await store.close();
        const writing = startWriting(place, 'w');
        await writing.heard(5);
        await expect(run(restore, place, file)).rejects.toThrow('is in use: stop the panel first');
        await writing.heard(writing.acknowledged.length + 5);
        return;
      }
      await store.check();
      await expect(run(restore, place, file)).rejects.toThrow('is in use: stop the panel first');
      await createPerson(store.db, store.engine, NOW, { ...ana, email: 'eva@example.com' });
      expect(await namesAt(place)).toEqual(['Ana', 'Ana']);
    },
  );

  test.each<[string, (file: string) => void, RegExp]>([
    ['is not there', (file) => rmSync(file), /there is no file/],
    ['is a letter', (file) => writeFileSync(file, 'a letter'.repeat(999)), /not a database/],
    ['is empty', (file) => writeFileSync(file, ''), /not a database of a panel/],
    ['is a folder', intoFolder, /unable to open|not a database/],
    ['is cut short', (file) => truncateSync(file, statSync(file).size / 2), /damaged|malformed/],
    [
      "is another program's",
      (file) => change(file, 'drop table kysely_migration'),
      /no such table/,
    ],
    [
      'is of a newer panel',
      (file) => change(file, "insert into kysely_migration values ('9999-novelty', '2030')"),
      /is of version 9999-novelty, made by a newer panel/,
    ],
  ])('of a file that %s changes nothing', async (_what, spoil, reason) => {
    const place = await placeWithAna();
    const file = await backUp(place);
    spoil(file);
    const before = readdirSync(place.dataDir);
    await expect(run(restore, place, file)).rejects.toThrow(reason);
    expect(readdirSync(place.dataDir)).toEqual(before);
    expect(await namesAt(place)).toEqual(['Ana']);
  });
});

function intoFolder(file: string): void {
  rmSync(file);
  mkdirSync(file);
}

function change(file: string, statement: string): void {
  const database = new DatabaseSync(file);
  database.exec(statement);
  database.close();
}

test('a command that names too many files, or none to restore, is not understood', async () => {
  const place = await placeWithAna();
  await expect(run(backup, place, 'a', 'b')).rejects.toThrow(UsageError);
  await expect(run(restore, place, 'a', 'b')).rejects.toThrow(UsageError);
  await expect(run(restore, place)).rejects.toThrow(UsageError);
});

test('PostgreSQL has tools of its own, which both commands name without the password', async () => {
  const place = { ...(await emptyPlace('sqlite')), databaseUrl: 'postgres://panel:hunter22@h/d' };
  await expect(run(backup, place)).rejects.toThrow(/pg_dump .*"\$DATABASE_URL"/);
  await expect(run(restore, place, 'x')).rejects.toThrow(/pg_restore .*"\$DATABASE_URL"/);
});
