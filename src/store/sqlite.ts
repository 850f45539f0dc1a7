import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { LRUCache } from 'lru-cache';
import { openSqliteFile, SQLITE_BUSY, type SqliteFile } from './sqlite-file.ts';

/** How long a statement waits for another process's write, and how long between two tries, in ms. */
export const BUSY_PATIENCE_MS = 5_000;
const BUSY_PAUSE_MS = 20;

export interface SqliteOptions {
  path: string;
  /** How long a statement waits for another process's write, in ms. */
  patienceMs: number;
  /** Makes whoever else of this process has the file open leave it; whether they did. */
  leave?: () => boolean;
}

/** Kysely on `node:sqlite`: one connection, with transactions that can't fail half-way. */
export function sqliteDialect(options: SqliteOptions): Dialect {
  return {
    createDriver: () => new SqliteFileDriver(options),
    createAdapter: () => new TransactionalAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

class SqliteFileDriver implements Driver {
  readonly #path: string;
  readonly #leave: () => boolean;
  readonly #patience: Patience;
  #file: SqliteFile | undefined;
  #connection: SqliteConnection | undefined;

  constructor({ path, patienceMs, leave = () => true }: SqliteOptions) {
    this.#path = path;
    this.#leave = leave;
    this.#patience = new Patience(patienceMs);
  }

  async init(): Promise<void> {
    this.#file = await this.#patience.with(() => openSqliteFile(this.#path, this.#leave));
    this.#connection = new SqliteConnection(this.#file, this.#patience);
  }

  /** Kysely lends it to one at a time. */
  async acquireConnection(): Promise<SqliteConnection> {
    if (!this.#connection) throw new Error('the database is not open');
    return this.#connection;
  }

  beginTransaction = (connection: SqliteConnection) => connection.begin();
  commitTransaction = (connection: SqliteConnection) => connection.commit();
  rollbackTransaction = (connection: SqliteConnection) => connection.rollback();

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#file?.close();
  }
}

/** Tries again while another process has the file; what SQLite refused has changed nothing. */
class Patience {
  readonly #ms: number;
  /** Until when nothing waits: whoever stood behind one that waited in vain has waited as well. */
  #worn = 0;

  constructor(ms: number) {
    this.#ms = ms;
  }

  async with<T>(action: () => T): Promise<T> {
    const began = performance.now();
    for (;;) {
      try {
        return action();
      } catch (error) {
        const now = performance.now();
        if (!isBusy(error) || now < this.#worn) throw error;
        if (now >= began + this.#ms) {
          this.#worn = now + this.#ms;
          throw error;
        }
        await sleep(BUSY_PAUSE_MS);
      }
    }
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #file: SqliteFile;
  readonly #patience: Patience;
  /** Those of the database that is open now: another file may be put in its place. */
  #statements: { database: DatabaseSync; bySql: LRUCache<string, StatementSync> } | undefined;

  constructor(file: SqliteFile, patience: Patience) {
    this.#file = file;
    this.#patience = patience;
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#patience.with(() => this.#run<R>(query));
  }

  // biome-ignore lint/correctness/useYield: it gives nothing but a reason
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('SQLite has one connection, and a stream would keep it to itself');
  }

  /**
   * Takes the write lock at once: a transaction that begins by reading and then writes fails
   * without waiting when another process wrote in between (SQLITE_BUSY_SNAPSHOT).
   */
  async begin(): Promise<void> {
    await this.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commit(): Promise<void> {
    this.#file.inPlace();
    await this.executeQuery(CompiledQuery.raw('commit'));
  }

  /** SQLite itself rolls back when the disk is full or fails; then there is nothing left to do. */
  async rollback(): Promise<void> {
    const database = this.#file.anywhere();
    if (database.isTransaction) database.exec('rollback');
  }

  #prepared(database: DatabaseSync, sql: string): StatementSync {
    if (this.#statements?.database !== database) {
      this.#statements = { database, bySql: new LRUCache({ max: STATEMENTS_KEPT }) };
    }
    const { bySql } = this.#statements;
    const statement = bySql.get(sql) ?? database.prepare(sql);
    bySql.set(sql, statement);
    return statement;
  }

  #run<R>(query: CompiledQuery): QueryResult<R> {
    const open = this.#file.anywhere();
    // Of a transaction nothing is acknowledged before its commit, which looks again.
    const database = open.isTransaction ? open : this.#file.inPlace();
    const statement = this.#prepared(database, query.sql);
    const parameters = query.parameters as SQLInputValue[];
    if (statement.columns().length > 0) return { rows: statement.all(...parameters) as R[] };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }
}

/** Statements of a connection that are asked for again and again, the last used of them. */
const STATEMENTS_KEPT = 100;

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
