import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DEFAULT_MIGRATION_TABLE } from 'kysely/migration';
import { StoreAwayError } from './errors.ts';

/** Primary result code of a database that somebody else uses (https://sqlite.org/rescode.html). */
export const SQLITE_BUSY = 5;

/** A SQLite file that is open, and the place where it must stay. */
export interface SqliteFile {
  /**
   * The database, if it still is where it was opened. SQLite would go on in a file that was deleted
   * or moved, and what it acknowledged would be gone at the next start.
   * @throws StoreAwayError
   */
  inPlace(): DatabaseSync;
  /** The database wherever it is now, to end what was begun. */
  anywhere(): DatabaseSync;
  close(): void;
}

/**
 * Opens the file, made with its folder where there is none, readable by its owner alone. Another
 * file that is put in its place later, such as a backup, is taken up if it is of the same version,
 * once whoever else of this process has the old one open has left it: `leave` asks them to, and says
 * whether they did. An open snapshot would keep the log from being emptied.
 * @throws the SQLite error when it can't be opened, is not a database, or is in another process's
 * hands for a moment.
 */
export function openSqliteFile(path: string, leave: () => boolean): SqliteFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  let database = openSqlite(path);
  let opened = identity(path);
  let isSettled = false;

  return {
    inPlace() {
      const there = identity(path);
      if (there === opened) return database;
      const gone = `${path} was moved or deleted: put it back, or stop the panel and restore a backup`;
      if (database.isTransaction) throw new StoreAwayError(gone);
      if (!leave()) throw busy(`${path} was moved and is still being read`);
      if (!isSettled) settle(database);
      isSettled = true;
      if (there === null) throw new StoreAwayError(gone);
      const other = openSqlite(path);
      if (version(other) !== version(database)) {
        other.close();
        throw new StoreAwayError(`${path} is of another version now: start the panel again`);
      }
      database.close();
      [database, opened, isSettled] = [other, there, false];
      return database;
    },
    anywhere: () => database,
    close: () => database.close(),
  };
}

/** The pages that a few days of a dense account touch; with fewer they are written several times. */
const CACHE_KB = 8_000;

/**
 * What was acknowledged is on the disk: `synchronous=FULL` syncs the log at each commit
 * (https://sqlite.org/pragma.html#pragma_synchronous). Nothing waits inside SQLite (`timeout`),
 * which would hold up the one thread there is, and would not even wait where two processes turn
 * the same new file to WAL. What a statement of many rows may have to undo stays in memory
 * (`temp_store`) and is not written to a file of its own.
 */
function openSqlite(path: string): DatabaseSync {
  const database = new DatabaseSync(path, {
    timeout: 0,
    enableForeignKeyConstraints: true,
  });
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    database.exec(`PRAGMA cache_size = -${CACHE_KB}; PRAGMA temp_store = MEMORY;`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Tells one file from another at the same path; `null` where there is none. */
export function identity(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}/${ino}`;
  } catch {
    return null;
  }
}

/** As SQLite says it of a file that somebody else uses: it is tried again. */
function busy(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode: SQLITE_BUSY });
}

/**
 * Brings what is still in the log home into the file that was moved, and empties the log: left as
 * it is, it would be applied to the next file of that name (https://sqlite.org/howtocorrupt.html).
 */
function settle(database: DatabaseSync): void {
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

function version(database: DatabaseSync): string {
  const rows = database.prepare(`SELECT name FROM ${DEFAULT_MIGRATION_TABLE} ORDER BY name`).all();
  return rows.map(({ name }) => name).join();
}
