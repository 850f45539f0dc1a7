import { join } from 'node:path';
import { type Dialect, Kysely } from 'kysely';
import type { Logger } from '../log.ts';
import { allOrNothing } from './all-or-nothing.ts';
import type { Engine } from './engine.ts';
import { messageOf } from './errors.ts';
import { migrate } from './migrate.ts';
import { migrationsFor } from './migrations/index.ts';
import { postgresDialect } from './postgres.ts';
import { createReader, type StoreReader } from './reader.ts';
import { BUSY_PATIENCE_MS, sqliteDialect } from './sqlite.ts';
import { sqliteReading } from './sqlite-reader.ts';
import type { Tables } from './tables.ts';

/** Everything that is kept. */
export interface Store {
  engine: Engine;
  db: Kysely<Tables>;
  /** For what takes long or gives many rows. */
  reader: StoreReader;
  /** Whether it can be asked at all. @throws the database's error. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreOptions {
  databaseUrl: string | null;
  dataDir: string;
  log: Logger;
  /** How long a statement waits for another process's write to SQLite, in ms. */
  busyPatienceMs?: number;
}

/** The database can't be opened or brought to the newest version; `cause` is what it said. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError';

  constructor(place: string, cause: unknown) {
    super(`${place}: ${messageOf(cause)}`, { cause });
  }
}

/** Name of the SQLite file in the data folder. */
export const SQLITE_FILE = 'panel.sqlite';

/**
 * Opens the database and brings it to the newest version: PostgreSQL where there is a URL, else
 * SQLite in the data folder.
 * @throws StoreOpenError
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const engine: Engine = options.databaseUrl ? 'postgres' : 'sqlite';
  try {
    const { db, reader } = await connect(options);
    try {
      await migrate(db, engine, migrationsFor(engine));
    } catch (error) {
      await db.destroy();
      throw error;
    }
    return {
      engine,
      db,
      reader,
      check: () => check(db),
      async close() {
        try {
          await reader.close();
        } finally {
          // SQLite's log goes with the last connection, if that one may write.
          await db.destroy();
        }
      },
    };
  } catch (error) {
    throw new StoreOpenError(placeOf(options), error);
  }
}

/** The database of these options, not brought to any version. */
export async function connect(options: StoreOptions) {
  const { databaseUrl, dataDir, log, busyPatienceMs: patienceMs = BUSY_PATIENCE_MS } = options;
  if (databaseUrl) {
    const db = kyselyOn(await postgresDialect(databaseUrl, log));
    return { db, reader: createReader(db) };
  }
  const path = join(dataDir, SQLITE_FILE);
  const reading = sqliteReading({ path, patienceMs, takeUp: () => check(db) });
  const db = kyselyOn(sqliteDialect({ path, patienceMs, leave: reading.leave }));
  const beside = kyselyOn(reading);
  return { db, reader: createReader(beside, () => beside.destroy()) };
}

function kyselyOn(dialect: Dialect): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: allOrNothing(dialect) });
}

/** Asks a real table: neither database needs its files to say what 1 is. */
async function check(db: Kysely<Tables>): Promise<void> {
  await db.selectFrom('settings').select('name').limit(1).execute();
}

/** Where the database is, without the password. */
function placeOf({ databaseUrl, dataDir }: StoreOptions): string {
  if (!databaseUrl) return join(dataDir, SQLITE_FILE);
  if (!URL.canParse(databaseUrl)) return 'PostgreSQL';
  const { host, pathname } = new URL(databaseUrl);
  return `PostgreSQL at ${host}${pathname}`;
}
