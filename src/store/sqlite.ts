import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type QueryResult,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';

/**
 * How long a statement waits for another process's write, and how long between two tries, in ms.
 * SQLite's own waiting would hold up the one thread there is.
 */
const BUSY_PATIENCE_MS = 5_000;
const BUSY_PAUSE_MS = 20;
/** Primary result code of a database that somebody else is writing (https://sqlite.org/rescode.html). */
const SQLITE_BUSY = 5;

/**
 * Opens the file, made with its folder where there is none, readable by its owner alone. What was
 * acknowledged is on the disk: `synchronous=FULL` syncs the log at each commit
 * (https://sqlite.org/pragma.html#pragma_synchronous).
 * @throws the SQLite error when it can't be opened or is not a database.
 */
export function openSqlite(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, {
    timeout: BUSY_PATIENCE_MS,
    enableForeignKeyConstraints: true,
  });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 0;');
  return database;
}

/** Kysely's SQLite dialect over `node:sqlite`, with transactions that can't fail half-way. */
export function sqliteDialect(database: DatabaseSync): Dialect {
  const config = { database: asKyselyExpects(database) };
  const dialect = new SqliteDialect(config);
  return {
    createDriver: () => new PatientDriver(config),
    createAdapter: () => new TransactionalAdapter(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
}

/** Kysely expects better-sqlite3, which knows whether a statement returns rows. */
function asKyselyExpects(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
      };
    },
  };
}

/**
 * Takes the write lock when a transaction begins: one that begins by reading and then writes fails
 * at once, without waiting, when another process wrote in between (SQLITE_BUSY_SNAPSHOT).
 */
class PatientDriver extends SqliteDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    return patient(await super.acquireConnection());
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/** Tries a statement again while another process writes; a refused one has changed nothing. */
function patient(connection: DatabaseConnection): DatabaseConnection {
  return {
    streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const deadline = performance.now() + BUSY_PATIENCE_MS;
      for (;;) {
        try {
          return await connection.executeQuery<R>(query);
        } catch (error) {
          if (!isBusy(error) || performance.now() > deadline) throw error;
          await sleep(BUSY_PAUSE_MS);
        }
      }
    },
  };
}

function isBusy(error: unknown): boolean {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' && (errcode & 0xff) === SQLITE_BUSY;
}

/** SQLite's DDL is transactional: migrations run in one immediate transaction, which is their lock. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
