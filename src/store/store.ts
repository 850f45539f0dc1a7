import { join } from 'node:path';
import { type Dialect, Kysely, sql } from 'kysely';
import type { Logger } from '../log.ts';
import type { Engine } from './engine.ts';
import { migrate } from './migrate.ts';
import { migrationsFor } from './migrations/index.ts';
import { postgresDialect } from './postgres.ts';
import { openSqlite, sqliteDialect } from './sqlite.ts';
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
}

/** The database can't be opened or brought to the newest version; `cause` is what it said. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
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
      await migrate(db, migrationsFor(engine));
    } catch (error) {
      await db.destroy();
      throw error;
    }
    return {
      engine,
      db,
      check: async () => void (await sql`select 1`.execute(db)),
      close: () => db.destroy(),
    };
  } catch (error) {
    throw new StoreOpenError(error);
  }
}

async function dialectFor({ databaseUrl, dataDir, log }: StoreOptions): Promise<Dialect> {
  return databaseUrl
    ? postgresDialect(databaseUrl, log)
    : sqliteDialect(openSqlite(join(dataDir, SQLITE_FILE)));
}
