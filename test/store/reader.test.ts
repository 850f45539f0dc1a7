import { execFile } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { digits } from '../../src/store/big-numbers.ts';
import { isStoreError, StoreAwayError } from '../../src/store/errors.ts';
import { migrationsFor } from '../../src/store/migrations/index.ts';
import { CHUNK_ROWS } from '../../src/store/reader.ts';
import { SQLITE_FILE, type Store, type StoreOptions } from '../../src/store/store.ts';
import type { Tables } from '../../src/store/tables.ts';
import { ENGINES } from '../support/panel.ts';
import { emptyPlace, openAt } from '../support/stores.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { PLANTED } from './planted/index.ts';

/** The numbers from 1 on, a row each. */
function numbers(db: Kysely<Tables>, upTo: number) {
  return db
    .withRecursive('numbers(value)', (query) =>
      query
        .selectNoFrom(sql<number>`1`.as('value'))
        .unionAll(
          query
            .selectFrom('numbers')
            .select(sql<number>`value + 1`.as('value'))
            .where('value', '<', upTo),
        ),
    )
    .selectFrom('numbers');
}

const allNumbers = (upTo: number) => (db: Kysely<Tables>) => numbers(db, upTo).select('value');

const countTo = (upTo: number) => async (db: Kysely<Tables>) => {
  const query = numbers(db, upTo).select(({ fn }) => digits(fn.countAll()).as('count'));
  return Number((await query.executeTakeFirstOrThrow()).count);
};

const settings = (db: Kysely<Tables>) => db.selectFrom('settings').select('name').orderBy('name');
const names = async (db: Kysely<Tables>) => (await settings(db).execute()).map(({ name }) => name);

async function set({ db }: Store, name: string): Promise<void> {
  await db.insertInto('settings').values({ name, value: '', updated_at: '' }).execute();
}

const failureOf = (asking: Promise<unknown>) =>
  asking.then(
    () => null,
    (error: unknown) => error,
  );

/** How many chunks the database was asked for, from now on. */
function countChunks(): () => number {
  const toThread = vi.spyOn(Worker.prototype, 'postMessage');
  const toServer = vi.spyOn(pg.Client.prototype, 'query');
  return () =>
    toThread.mock.calls.filter(([{ act }]) => act === 'read' || act === 'go on').length +
    toServer.mock.calls.filter(([text]) => String(text).startsWith('fetch ')).length;
}

describe.each(ENGINES)('the reader of a store on %s', (engine) => {
  let place: StoreOptions;
  let store: Store;
  beforeEach(async () => {
    place = await emptyPlace(engine);
    store = await openAt(place);
  });

  test('gives the rows that the store itself gives', async () => {
    const planted = Object.keys(migrationsFor(engine)).map((each) => PLANTED[each]?.(engine) ?? {});
    for (const [table, rows] of planted.flatMap((each) => Object.entries(each))) {
      const name = table as keyof Tables;
      await store.db
        .insertInto(name)
        .values(rows as never)
        .execute();
      const query = (db: Kysely<Tables>) => db.selectFrom(name).selectAll();
      const expected = await query(store.db).execute();
      expect(expected).not.toEqual([]);
      expect(await store.reader.snapshot((db) => query(db).execute())).toEqual(expected);
      expect(await Array.fromAsync(store.reader.stream(query))).toEqual(expected);
    }
  });

  test('gives no row where there is none', async () => {
    expect(await store.reader.snapshot(names)).toEqual([]);
    expect(await Array.fromAsync(store.reader.stream(settings))).toEqual([]);
  });

  test('does not see in a snapshot what is written meanwhile, and does so in the next', async () => {
    await set(store, 'a');
    const seen = await store.reader.snapshot(async (db) => {
      const before = await names(db);
      await set(store, 'b');
      return [before, await names(db)];
    });
    expect(seen).toEqual([['a'], ['a']]);
    expect(await store.reader.snapshot(names)).toEqual(['a', 'b']);
  });

  test('leaves the event loop free while it reads for long', async () => {
    let ticks = 0;
    let isDone = false;
    const tick = () => {
      ticks += 1;
      if (!isDone) setImmediate(tick);
    };
    const counting = store.reader.snapshot(countTo(3_000_000));
    tick();
    expect(await counting).toBe(3_000_000);
    isDone = true;
    expect(ticks).toBeGreaterThan(20);
  });

  test('streams many rows, and asks for more when what it has is used up only', async () => {
    const rows = 200_000;
    const chunks = countChunks();
    let taken = 0;
    let tooEarly = 0;
    for await (const { value } of store.reader.stream(allNumbers(rows))) {
      taken += 1;
      if (value !== taken || chunks() !== Math.ceil(taken / CHUNK_ROWS)) tooEarly += 1;
      if (tooEarly > 0) break;
    }
    expect([taken, tooEarly]).toEqual([rows, 0]);
  });

  test('is free again whenever a consumer stops early', async () => {
    for (let turn = 0; turn < 15; turn += 1) {
      for await (const { value } of store.reader.stream(allNumbers(5_000))) {
        if (value > turn * 100) break;
      }
    }
    const failing = async () => {
      for await (const _ of store.reader.stream(allNumbers(5_000))) throw new Error('no disk');
    };
    for (let turn = 0; turn < 5; turn += 1) await expect(failing()).rejects.toThrow('no disk');
    expect(await Array.fromAsync(store.reader.stream(settings))).toEqual([]);
    expect(await store.reader.snapshot(names)).toEqual([]);
  });

  test('answers while downloads stand still', async () => {
    const stalled = Array.from({ length: 5 }, () => store.reader.stream(allNumbers(5_000)));
    const first = stalled.map((rows) => rows.next());
    await first[0];
    await set(store, 'a');
    expect(await store.reader.snapshot(names)).toEqual(['a']);
    for (const rows of stalled) await rows.return?.();
    expect((await Promise.all(first)).map(({ value }) => value.value)).toEqual([1, 1, 1, 1, 1]);
  });

  test('does four at a time, and all in the end', async () => {
    const fourAtOnce = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    const read = async (db: Kysely<Tables>) => {
      running += 1;
      most = Math.max(most, running);
      if (running === 4) fourAtOnce.resolve();
      await fourAtOnce.promise;
      const counts = [await countTo(10)(db), await countTo(20)(db)];
      running -= 1;
      return counts;
    };
    const all = Array.from({ length: 30 }, () => store.reader.snapshot(read));
    expect(await Promise.all(all)).toEqual(Array(30).fill([10, 20]));
    expect(most).toBe(4);
  });

  test('streams inside a snapshot, one after the other', async () => {
    const read = store.reader.snapshot(async (db) => {
      for await (const _ of allNumbers(5_000)(db).stream(10)) break;
      const rows = await Array.fromAsync(allNumbers(3)(db).stream(10));
      return [rows.map(({ value }) => value), await countTo(7)(db)];
    });
    expect(await read).toEqual([[1, 2, 3], 7]);
  });

  test('takes numbers that are beyond what JavaScript keeps exactly', async () => {
    const cost = 2n ** 60n + 1n;
    const measures = {
      units: 0n,
      unit_nanos: 0n,
      requests: 0n,
      successes: 0n,
      failures: 0n,
      timed: 0n,
    };
    const row = { series_id: 1, slot: 1, cost, ...measures, p50_ms: 0n, p95_ms: 0n };
    await store.db.insertInto('usage_slots').values(row).execute();
    const found = await store.reader.snapshot((db) =>
      db
        .selectFrom('usage_slots')
        .select(({ ref }) => digits(ref('cost')).as('cost'))
        .where(({ ref }) => sql<boolean>`${ref('cost')} = ${cost}`)
        .execute(),
    );
    expect(found).toEqual([{ cost: String(cost) }]);
  });

  test('refuses to write', async () => {
    await set(store, 'a');
    const remove = (db: Kysely<Tables>) => db.deleteFrom('settings');
    const failure = await failureOf(store.reader.snapshot((db) => remove(db).execute()));
    expect(failure).toMatchObject(
      engine === 'sqlite' ? { code: 'ERR_SQLITE_ERROR', errcode: 8 } : { code: '25006' },
    );
    expect(isStoreError(failure)).toBe(true);
    const returning = (db: Kysely<Tables>) => remove(db).returning('name');
    await expect(Array.fromAsync(store.reader.stream(returning))).rejects.toThrow();
    expect(await store.reader.snapshot(names)).toEqual(['a']);
  });

  test('says what was wrong with a question, and answers the next', async () => {
    const wrong = sql`select * from nowhere`;
    const failure = await failureOf(store.reader.snapshot((db) => wrong.execute(db)));
    expect((failure as Error).message).toContain('nowhere');
    expect(failure).toMatchObject(
      engine === 'sqlite' ? { code: 'ERR_SQLITE_ERROR', errcode: 1 } : { code: '42P01' },
    );
    expect(isStoreError(failure)).toBe(false);
    const stream = store.reader.stream((db) => db.selectFrom('nowhere' as 'settings').selectAll());
    await expect(Array.fromAsync(stream)).rejects.toThrow('nowhere');
    expect(await store.reader.snapshot(names)).toEqual([]);
  });

  test('ends with the store, downloads that stand still and those that wait too', async () => {
    const streams = Array.from({ length: 4 }, () => store.reader.stream(allNumbers(5_000)));
    const [first, second, ...waiting] = streams.map((rows) => rows.next());
    await Promise.all([first, second]);
    const refused = Promise.all(waiting.map((each) => each && failureOf(each)));
    await store.close();
    for (const failure of await refused) expect(failure).toBeInstanceOf(StoreAwayError);
    await expect(Array.fromAsync(streams[0] ?? [])).rejects.toThrow(StoreAwayError);
    await expect(store.reader.snapshot(names)).rejects.toThrow(StoreAwayError);
  });
});

describe('the reader of SQLite', () => {
  const asked = () => vi.spyOn(Worker.prototype, 'postMessage');

  test('fails what is being asked and what waits when the store is closed', async () => {
    const store = await openAt(await emptyPlace('sqlite'));
    const isAsking = Promise.withResolvers<void>();
    const askOnAndOn = async (db: Kysely<Tables>) => {
      for (;;) {
        await countTo(100)(db);
        isAsking.resolve();
      }
    };
    const failing = Array.from({ length: 6 }, () => failureOf(store.reader.snapshot(askOnAndOn)));
    await isAsking.promise;
    await store.close();
    for (const failure of await Promise.all(failing)) {
      expect(failure).toBeInstanceOf(StoreAwayError);
    }
  });

  test('has no thread before the first question', async () => {
    const posted = asked();
    const store = await openAt(await emptyPlace('sqlite'));
    await store.close();
    expect(posted).not.toHaveBeenCalled();
  });

  test('gets another thread when the one it had died, and fails what that was asked', async () => {
    const store = await openAt(await emptyPlace('sqlite'));
    const posted = asked();
    const failing = store.reader.snapshot(async (db) => {
      await names(db);
      const [thread] = posted.mock.contexts as Worker[];
      const counting = failureOf(countTo(1_000_000)(db));
      await thread?.terminate();
      expect(await counting).toBeInstanceOf(StoreAwayError);
      await names(db);
    });
    const failure = await failureOf(failing);
    expect(isStoreError((failure as Error).cause)).toBe(true);
    expect(await store.reader.snapshot(names)).toEqual([]);
    expect(new Set(posted.mock.contexts).size).toBe(2);
  });

  test('reads another file that was put in the place of the first', async () => {
    const place = await emptyPlace('sqlite');
    const store = await openAt(place);
    const file = join(place.dataDir, SQLITE_FILE);
    await set(store, 'a');
    await sql`vacuum into ${`${file}.copy`}`.execute(store.db);
    await set(store, 'later than the copy');
    expect(await store.reader.snapshot(names)).toHaveLength(2);

    for (const end of ['', '-wal', '-shm']) rmSync(file + end);
    await expect(store.reader.snapshot(names)).rejects.toThrow(StoreAwayError);
    copyFileSync(`${file}.copy`, file);
    expect(await store.reader.snapshot(names)).toEqual(['a']);
    await set(store, 'b');
    expect(await store.reader.snapshot(names)).toEqual(['a', 'b']);
  });

  test('lets go of a file that was replaced, in the middle of a snapshot and of a stream', async () => {
    const place = await emptyPlace('sqlite');
    const store = await openAt(place);
    const file = join(place.dataDir, SQLITE_FILE);
    await sql`vacuum into ${`${file}.copy`}`.execute(store.db);
    await set(store, 'later than the copy');
    const stream = store.reader.stream(allNumbers(5_000));
    await stream.next();
    const reading = store.reader.snapshot(async (db) => {
      await names(db);
      rmSync(file);
      copyFileSync(`${file}.copy`, file);
      await set(store, 'b');
      await names(db);
    });
    await expect(reading).rejects.toThrow(StoreAwayError);
    await expect(Array.fromAsync(stream)).rejects.toThrow(StoreAwayError);
    expect(await names(store.db)).toEqual(['b']);
    expect(await store.reader.snapshot(names)).toEqual(['b']);
    const check = sql<{ integrity_check: string }>`pragma integrity_check`;
    expect((await check.execute(store.db)).rows).toEqual([{ integrity_check: 'ok' }]);
  });

  test('does not keep a process alive that has nothing else to do', async () => {
    const args = ['--no-maglev-osr', 'test/store/reader/ask-once.ts', temporaryFolder()];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toBe('asked');
  });
});

test('the time limit of PostgreSQL is for each chunk, not for a whole download', async () => {
  const store = await openAt(await emptyPlace('postgres'));
  const texts = vi.spyOn(pg.Client.prototype, 'query');
  await Array.fromAsync(store.reader.stream(allNumbers(CHUNK_ROWS + 1)));
  const sent = texts.mock.calls.map(([text]) => String(text).split(' ')[0]);
  expect(sent).toEqual(['start', 'set', 'declare', 'fetch', 'fetch', 'rollback']);
});
