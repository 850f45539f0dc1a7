import { join } from 'node:path';
import { type Dialect, Kysely } from 'kysely';
import type { Logger } from '../log.ts';
import { allOrNothing } from './all-or-nothing.ts';
import type { Engine } from './engine.ts';
import { messageOf } from './errors.ts';
import { migrate } from './migrate.ts';
import { migrationsFor } from './migrations/index.ts';
import { postgresDialect } from './postgres.ts';
import { sqliteDialect } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** Everything that is kept. */
export interface Store {
  engine: Engine;
  db: Kysely<Tables>;
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
    const db = new Kysely<Tables>({ dialect: await dialectFor(options) });
    try {
      await migrate(db, engine, migrationsFor(engine));
    } catch (error) {
      await db.destroy();
      throw error;
    }
    return {
      engine,
      db,
      // A real table: neither database needs its files to say what 1 is.
      check: async () => void (await db.selectFrom('settings').select('name').limit(1).execute()),
      close: () => db.destroy(),
    };
  } catch (error) {
    throw new StoreOpenError(placeOf(options), error);
  }
}

/** The database of these options, opened but not brought to any version. */
export async function dialectFor(options: StoreOptions): Promise<Dialect> {
  const { databaseUrl, dataDir, log, busyPatienceMs } = options;
  return allOrNothing(
    databaseUrl
      ? await postgresDialect(databaseUrl, log)
      : sqliteDialect(join(dataDir, SQLITE_FILE), busyPatienceMs),
  );
}

/** Where the database is, without the password. */
function placeOf({ databaseUrl, dataDir }: StoreOptions): string {
  if (!databaseUrl) return join(dataDir, SQLITE_FILE);
  if (!URL.canParse(databaseUrl)) return 'PostgreSQL';
  const { host, pathname } = new URL(databaseUrl);
  return `PostgreSQL at ${host}${pathname}`;
}
