import { closeSync, existsSync, linkSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DEFAULT_MIGRATION_TABLE } from 'kysely/migration';
import { syncToDisk } from '../sync-to-disk.ts';
import { migrationsFor } from './migrations/index.ts';

/** How long a copy waits for another process's lock, in ms. */
const PATIENCE_MS = 5_000;
/** Primary result code of a database that somebody else uses (https://sqlite.org/rescode.html). */
const SQLITE_BUSY = 5;

/** A backup or a restore can't be done, and nothing was changed; the message says why. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/**
 * Copies a SQLite database as it is at one moment, while others use it, and checks the copy. It is
 * whole or not there, readable by its owner alone, and holds nothing of rows that were deleted.
 * @throws BackupError when there is no database, there is something at `target` already, or the
 * database is damaged.
 */
export function backUpSqlite(source: string, target: string): void {
  if (!existsSync(source)) throw new BackupError(`there is no database at ${source}`);
  if (existsSync(target)) throw new BackupError(`${target} is there already: choose another name`);
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  const draft = `${target}.${process.pid}.draft`;
  try {
    copyTo(draft, source);
    putWithoutReplacing(draft, target);
    syncToDisk(dirname(target));
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Puts a backup in the place of the panel's database, which is kept beside it under another name.
 * @returns where the replaced database is now; `null` where there was none.
 * @throws BackupError when the file is no intact database of a panel, or of a newer one, or while
 * the panel runs.
 */
export function restoreSqlite(backup: string, file: string, now: Temporal.Instant): string | null {
  if (!existsSync(backup)) throw new BackupError(`there is no file ${backup}`);
  refuseStrangers(backup);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.draft`;
  try {
    copyTo(draft, backup);
    endAccess(draft);
    const aside = `${file}.replaced-${fileTime(now)}`;
    const replaced = replace(file, draft, aside);
    syncToDisk(dirname(file));
    return replaced ? aside : null;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** What ended since the backup was made would be good again: sessions, and links that were used. */
function endAccess(draft: string): void {
  const database = new DatabaseSync(draft);
  try {
    for (const table of ['sessions', 'verifications', 'one_time_links']) {
      database.exec(`delete from ${table}`);
    }
  } finally {
    database.close();
  }
  syncToDisk(draft);
}

/** A time as it can stand in a file's name, such as `20260308T032030Z`. */
export function fileTime(now: Temporal.Instant): string {
  return now.toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '');
}

/** `VACUUM INTO` reads in one transaction, and syncs nothing (https://sqlite.org/lang_vacuum.html). */
function copyTo(draft: string, source: string): void {
  closeSync(openSync(draft, 'wx', 0o600));
  try {
    read(source, (database) => database.prepare('VACUUM INTO ?').run(draft));
  } catch (cause) {
    throw new BackupError(`${source} can't be copied: ${(cause as Error).message}`, { cause });
  }
  read(draft, (database) => refuseDamaged(database, source));
  syncToDisk(draft);
}

function read(file: string, use: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(file, { readOnly: true, timeout: PATIENCE_MS });
  try {
    use(database);
  } finally {
    database.close();
  }
}

function putWithoutReplacing(draft: string, target: string): void {
  try {
    nameAlso(draft, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new BackupError(`${target} is there already: choose another name`);
  }
}

/** Unlike a rename, a second name never replaces a file; where the disk has no links it is moved. */
function nameAlso(file: string, name: string): void {
  try {
    linkSync(file, name);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(code)) throw error;
    renameSync(file, name);
  }
}

/** @throws BackupError unless it is an intact database of a panel whose version is known here. */
function refuseStrangers(file: string): void {
  const known = Object.keys(migrationsFor('sqlite'));
  let applied: string[] = [];
  try {
    read(file, (database) => {
      refuseDamaged(database, file);
      const rows = database.prepare(`SELECT name FROM ${DEFAULT_MIGRATION_TABLE} ORDER BY name`);
      applied = rows.all().map(({ name }) => String(name));
    });
  } catch (cause) {
    if (cause instanceof BackupError) throw cause;
    const reason = (cause as Error).message;
    throw new BackupError(`${file} is not a database of a panel: ${reason}`, { cause });
  }
  const newer = applied.filter((name) => !known.includes(name));
  if (newer.length > 0) {
    throw new BackupError(
      `${file} is of version ${newer.at(-1)}, made by a newer panel; this one knows versions up to ${known.at(-1)}`,
    );
  }
  if (applied.length === 0)
    throw new BackupError(`${file} is a database of a panel without tables`);
}

function refuseDamaged(database: DatabaseSync, file: string): void {
  const [verdict, ...more] = database.prepare('PRAGMA integrity_check').all();
  if (more.length > 0 || verdict?.integrity_check !== 'ok') {
    throw new BackupError(`${file} is damaged: ${verdict?.integrity_check}`);
  }
}

/**
 * Moves the database aside, with what belongs to it, and the draft into its place, while nobody can
 * begin to use it. @returns whether there was anything.
 */
function replace(file: string, draft: string, aside: string): boolean {
  const present = ['', '-wal', '-shm'].filter((end) => existsSync(file + end));
  const database = present.includes('') ? new DatabaseSync(file) : null;
  try {
    if (database) lockAlone(database, file);
    // A log that stays would be applied to the new file.
    for (const end of ['-wal', '-shm']) {
      if (existsSync(file + end)) renameSync(file + end, aside + end);
    }
    if (database) nameAlso(file, aside);
    renameSync(draft, file);
  } finally {
    database?.close();
  }
  return present.length > 0;
}

/**
 * Leaving the WAL mode brings the log into the file and removes it; it is refused while anybody else
 * has the database open. One that is too damaged for it is moved as it is.
 */
function lockAlone(database: DatabaseSync, file: string): void {
  try {
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (cause) {
    const { errcode } = cause as { errcode?: unknown };
    if ((Number(errcode) & 0xff) !== SQLITE_BUSY) return;
    throw new BackupError(`${file} is in use: stop the panel first`, { cause });
  }
}
