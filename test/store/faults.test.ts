import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SQLITE_FILE } from '../../src/store/store.ts';
import { type Panel, startPanel } from '../support/panel.ts';
import { createDatabaseOn } from '../support/postgres/database.ts';
import { startPostgres } from '../support/postgres/server.ts';
import { deeds } from './faults/deeds.ts';

const UNAVAILABLE = [503, 'store_unavailable'];

async function deed(doing: ReturnType<ReturnType<typeof deeds>['post']>): Promise<unknown[]> {
  const { status, body } = await doing;
  return status === 200 ? [200] : [status, body.code];
}

const fileOf = ({ services }: Panel) => join(services.config.dataDir, SQLITE_FILE);

/** Asked by whoever watches the process, until it says so: it asks the database once a second. */
async function untilReady(panel: Panel, status: number): Promise<void> {
  const ask = async () => (await panel.http.get('/readyz')).status;
  await expect.poll(ask, { timeout: 10_000 }).toBe(status);
}

/** What must work without a database: programs with a key of their own, and whoever watches. */
async function expectStillAnswering(panel: Panel): Promise<void> {
  const asking = panel.http.post('/api/config/falai-usage').send({ api_key: panel.fal.keys.admin });
  expect((await asking).body).toMatchObject({ ok: true });
  expect((await panel.http.get('/healthz')).status).toBe(200);
}

/** The page says what happened, in words and by its status. */
async function expectPageUnavailable(browser: Awaited<ReturnType<Panel['as']>>): Promise<void> {
  const page = await browser.get('/admin/config');
  expect([page.status, page.type]).toEqual([503, 'text/html']);
  expect(page.text).toContain('data-problem="store_unavailable"');
  expect(page.text).toContain('El panel no puede usar su base de datos');
  const part = await browser.get('/admin/config').set('HX-Request', 'true');
  expect([part.status, part.text.includes('<html')]).toEqual([503, false]);
}

describe('SQLite', () => {
  test('locked by another process for longer than is waited for', async () => {
    const panel = await startPanel({}, { parts: { busyPatienceMs: 60 } });
    const { post, done } = deeds(panel);
    const browser = await panel.as('admin');
    const other = new DatabaseSync(fileOf(panel));
    onTestFinished(() => other.close());
    other.exec('begin immediate');

    const refused = await Promise.all(['a', 'b', 'c'].map((name) => deed(post(name))));
    expect(refused).toEqual([UNAVAILABLE, UNAVAILABLE, UNAVAILABLE]);
    // Reading goes on meanwhile.
    expect((await browser.get('/admin/config')).status).toBe(200);
    await expectStillAnswering(panel);

    other.exec('rollback');
    expect(await deed(post('d'))).toEqual([200]);
    expect(await done()).toEqual({ deeds: ['d'], audit: ['d'] });
  });

  test('locked for a moment: nobody notices', async () => {
    const panel = await startPanel();
    const { post, done } = deeds(panel);
    const other = new DatabaseSync(fileOf(panel));
    onTestFinished(() => other.close());
    other.exec('begin immediate');
    const waiting = deed(post('a'));
    // It was tried and refused once the request is in the middle of its patience.
    await panel.http.get('/healthz');
    other.exec('rollback');
    expect(await waiting).toEqual([200]);
    expect(await done()).toEqual({ deeds: ['a'], audit: ['a'] });
  });

  test('read-only', async () => {
    const panel = await startPanel();
    const { post, done } = deeds(panel);
    const browser = await panel.as('admin');
    await sql`pragma query_only = 1`.execute(panel.services.store.db);
    expect(await deed(post('a'))).toEqual(UNAVAILABLE);
    expect((await browser.get('/admin/config')).status).toBe(200);
    await expectStillAnswering(panel);
    await sql`pragma query_only = 0`.execute(panel.services.store.db);
    expect(await deed(post('b'))).toEqual([200]);
    expect(await done()).toEqual({ deeds: ['b'], audit: ['b'] });
  });

  test('full: what did not fit is not there in half, and a small thing may still fit', async () => {
    const panel = await startPanel();
    const { post, done } = deeds(panel);
    const browser = await panel.as('admin');
    const { db } = panel.services.store;
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
    await sql.raw(`pragma max_page_count = ${rows[0]?.page_count}`).execute(db);

    expect(await deed(post('a', 'x'.repeat(50_000)))).toEqual(UNAVAILABLE);
    expect(panel.logged()).toContain('database or disk is full');
    expect(await deed(post('b', 'y'))).toEqual([200]);
    expect((await browser.get('/admin/config')).status).toBe(200);
    await untilReady(panel, 200);

    await sql`pragma max_page_count = 1000000`.execute(db);
    expect(await deed(post('c', 'x'.repeat(50_000)))).toEqual([200]);
    expect(await done()).toEqual({ deeds: ['b', 'c'], audit: ['b', 'c'] });
  });

  test('moved away and put back: nothing is written meanwhile, nothing is lost', async () => {
    const panel = await startPanel();
    const { post, done } = deeds(panel);
    const browser = await panel.as('admin');
    await post('a');
    const file = fileOf(panel);
    renameSync(file, `${file}.elsewhere`);

    expect(await deed(post('b'))).toEqual(UNAVAILABLE);
    await expectPageUnavailable(browser);
    await expectStillAnswering(panel);
    await untilReady(panel, 503);
    expect(panel.logged()).toContain('was moved or deleted: put it back');
    // The moved file is whole by itself, and no log is left for whatever comes in its place.
    const moved = new DatabaseSync(`${file}.elsewhere`, { readOnly: true });
    expect(moved.prepare('select target from audit_entries').all()).toEqual([{ target: 'a' }]);
    moved.close();

    renameSync(`${file}.elsewhere`, file);
    await untilReady(panel, 200);
    expect(await deed(post('c'))).toEqual([200]);
    expect(await done()).toEqual({ deeds: ['a', 'c'], audit: ['a', 'c'] });
  });

  test('moved in the middle of a transaction: nothing of it is kept', async () => {
    const panel = await startPanel();
    const { post, done } = deeds(panel);
    const file = fileOf(panel);
    const { db } = panel.services.store;
    const moving = db.transaction().execute(async (trx) => {
      await trx.insertInto('settings').values({ name: 'a', value: '', updated_at: '' }).execute();
      renameSync(file, `${file}.elsewhere`);
      await trx.insertInto('settings').values({ name: 'b', value: '', updated_at: '' }).execute();
    });
    await expect(moving).rejects.toThrow('was moved or deleted');
    renameSync(`${file}.elsewhere`, file);
    expect(await deed(post('c'))).toEqual([200]);
    expect(await done()).toEqual({ deeds: ['c'], audit: ['c'] });
  });

  test('deleted, and a copy put in its place', async () => {
    const panel = await startPanel();
    const { post, done } = deeds(panel);
    await post('a');
    const file = fileOf(panel);
    await sql`vacuum into ${`${file}.copy`}`.execute(panel.services.store.db);
    await post('later than the copy');
    for (const end of ['', '-wal', '-shm']) rmSync(file + end);

    expect(await deed(post('b'))).toEqual(UNAVAILABLE);
    await untilReady(panel, 503);
    copyFileSync(`${file}.copy`, file);
    await untilReady(panel, 200);
    expect(await deed(post('c'))).toEqual([200]);
    expect(await done()).toEqual({ deeds: ['a', 'c'], audit: ['a', 'c'] });
    const opened = new DatabaseSync(file, { readOnly: true });
    expect(opened.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    opened.close();
  });

  test('another database in its place is not taken for it', async () => {
    const panel = await startPanel();
    const { post } = deeds(panel);
    const file = fileOf(panel);
    rmSync(file);
    const stranger = new DatabaseSync(file);
    stranger.exec('create table kysely_migration (name text); create table settings (name text)');
    stranger.close();
    expect(await deed(post('a'))).toEqual(UNAVAILABLE);
    expect(panel.logged()).toContain('is of another version now');
  });
});

describe('PostgreSQL', () => {
  async function startOnItsOwn() {
    const server = await startPostgres();
    onTestFinished(server.stop);
    const { url } = await createDatabaseOn(server.url);
    const panel = await startPanel({ DATABASE_URL: url });
    return { server, panel, url, ...deeds(panel) };
  }

  test('down, and up again', async () => {
    const { server, panel, post, done } = await startOnItsOwn();
    const browser = await panel.as('admin');
    expect(await deed(post('a'))).toEqual([200]);
    await server.restart(async () => {
      expect(await deed(post('b'))).toEqual(UNAVAILABLE);
      await expectPageUnavailable(browser);
      await expectStillAnswering(panel);
      await untilReady(panel, 503);
    });
    expect(await deed(post('c'))).toEqual([200]);
    expect((await browser.get('/admin/config')).status).toBe(200);
    await untilReady(panel, 200);
    expect(await done()).toEqual({ deeds: ['a', 'c'], audit: ['a', 'c'] });
    expect(panel.logged().match(/the database is (?:away|back)/g)).toEqual([
      'the database is away',
      'the database is back',
    ]);
  });

  test('restarted in the middle of a transaction: nothing of it is kept', async () => {
    const { server, panel, post, done } = await startOnItsOwn();
    const { db } = panel.services.store;
    const cut = db.transaction().execute(async (trx) => {
      await trx.insertInto('settings').values({ name: 'a', value: '', updated_at: '' }).execute();
      await server.restart();
      await trx.insertInto('settings').values({ name: 'b', value: '', updated_at: '' }).execute();
    });
    await expect(cut).rejects.toThrow(/terminat|not queryable/i);
    expect(await deed(post('c'))).toEqual([200]);
    expect(await done()).toEqual({ deeds: ['c'], audit: ['c'] });
  });

  test('its connections cut under running statements', async () => {
    const { server, panel, post, url } = await startOnItsOwn();
    const [locking, watching] = [new pg.Client(url), new pg.Client(server.url)];
    await Promise.all([locking.connect(), watching.connect()]);
    onTestFinished(() => watching.end());
    await locking.query('begin');
    await locking.query('lock table settings in access exclusive mode');
    const waiting = Array.from({ length: 3 }, (_, index) => deed(post(`a${index}`)));
    const others = `select pid from pg_stat_activity where wait_event_type = 'Lock'`;
    await expect.poll(async () => (await watching.query(others)).rows.length).toBe(3);
    await watching.query(`select pg_terminate_backend(pid) from (${others}) waiting`);
    expect(await Promise.all(waiting)).toEqual([UNAVAILABLE, UNAVAILABLE, UNAVAILABLE]);
    await locking.end();
    expect(await deed(post('b'))).toEqual([200]);
    await expectStillAnswering(panel);
  });

  test('read-only, as a standby is', async () => {
    const { post, done, url } = await startOnItsOwn();
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    const name = new URL(url).pathname.slice(1);
    const setReadOnly = async (value: 'on' | 'off') => {
      await other.query(`alter database ${name} set default_transaction_read_only = ${value}`);
      await other.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()`,
      );
    };
    await setReadOnly('on');
    await expect.poll(async () => deed(post('a'))).toEqual(UNAVAILABLE);
    await other.query('set default_transaction_read_only = off');
    await setReadOnly('off');
    await other.end();
    await expect.poll(async () => deed(post('b'))).toEqual([200]);
    expect((await done()).audit).toEqual(['b']);
  });
});

test('the process itself survives PostgreSQL being cut off and away, and is ready again after it', async () => {
  const server = await startPostgres();
  onTestFinished(server.stop);
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: {
      PATH: process.env.PATH ?? '',
      PORT: '0',
      DATABASE_URL: server.url,
      APP_SECRET: 'x'.repeat(32),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  await expect.poll(() => said, { timeout: 10_000 }).toMatch(/http:\/\/[\d.:]+/);
  const url = said.match(/http:\/\/[\d.:]+/)?.[0];
  const ready = async () => (await fetch(`${url}/readyz`)).status;
  expect(await ready()).toBe(200);
  await server.restart(async () => {
    await expect.poll(ready, { timeout: 10_000 }).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
  await expect.poll(ready, { timeout: 10_000 }).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
