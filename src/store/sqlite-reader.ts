import type { SQLInputValue } from 'node:sqlite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { StoreAwayError } from './errors.ts';
import { CHUNK_ROWS } from './reader.ts';
import { type Chunk, type ReadingPlace, ReadingThread } from './reading-thread.ts';
import { identity } from './sqlite-file.ts';

interface ReadingOptions extends ReadingPlace {
  /** Makes the store's own connection take up whatever file is there. @throws when it can't. */
  takeUp(): Promise<void>;
}

/** Kysely on a thread of its own, which is started by the first question, and reads only. */
export interface SqliteReading extends Dialect {
  /** Lets go of the file, which was moved. @returns whether nothing of it is open any more. */
  leave(): boolean;
}

/** The dialect; nothing is opened or started yet. */
export function sqliteReading(options: ReadingOptions): SqliteReading {
  const driver = new ReadingDriver(options);
  return {
    createDriver: () => driver,
    createAdapter: () => new ManyConnectionsAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    leave: () => driver.leave(),
  };
}

class ReadingDriver implements Driver {
  readonly #options: ReadingOptions;
  #thread: ReadingThread | undefined;
  /** Which file the thread reads. */
  #file: string | null = null;
  #starting: Promise<ReadingThread> | undefined;
  #lent = 0;
  #isDestroyed = false;

  constructor(options: ReadingOptions) {
    this.#options = options;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<ThreadConnection> {
    const thread = this.#threadInPlace() ?? (await this.#start());
    this.#lent += 1;
    return new ThreadConnection(thread, this.#lent);
  }

  beginTransaction = async (connection: ThreadConnection) => connection.begin();
  commitTransaction = (connection: ThreadConnection) => connection.end();
  rollbackTransaction = (connection: ThreadConnection) => connection.end();

  async releaseConnection(): Promise<void> {}

  leave(): boolean {
    if (!this.#thread || this.#thread.hasExited) return true;
    void this.#thread.end();
    return false;
  }

  async destroy(): Promise<void> {
    this.#isDestroyed = true;
    await this.#thread?.end();
  }

  #threadInPlace(): ReadingThread | null {
    const isInPlace = this.#file === identity(this.#options.path);
    return this.#thread && !this.#thread.isOver && isInPlace ? this.#thread : null;
  }

  #start(): Promise<ReadingThread> {
    this.#starting ??= this.#startNow().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** The store's own connection goes first: it alone can empty the log that another file left. */
  async #startNow(): Promise<ReadingThread> {
    await this.#thread?.end();
    await this.#options.takeUp();
    if (this.#isDestroyed) throw new StoreAwayError('the database was closed');
    this.#file = identity(this.#options.path);
    const { path, patienceMs } = this.#options;
    this.#thread = new ReadingThread({ path, patienceMs });
    return this.#thread;
  }
}

class ThreadConnection implements DatabaseConnection {
  readonly #thread: ReadingThread;
  readonly #number: number;
  #state: 'free' | 'begun' | 'reading' = 'free';

  constructor(thread: ReadingThread, number: number) {
    this.#thread = thread;
    this.#number = number;
  }

  /** The thread hears of it with the first statement, at which a snapshot begins in any case. */
  begin(): void {
    this.#state = 'begun';
  }

  /** Nothing was changed: commit and rollback are the same. */
  async end(): Promise<void> {
    const wasRead = this.#state === 'reading';
    this.#state = 'free';
    if (!wasRead || this.#thread.isOver) return;
    await this.#thread.ask({ connection: this.#number, act: 'end' });
  }

  /** In chunks as well, so that other work has its turn while many rows are taken up. */
  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const rows: R[] = [];
    for await (const chunk of this.streamQuery<R>(query, CHUNK_ROWS)) rows.push(...chunk.rows);
    return { rows };
  }

  async *streamQuery<R>(query: CompiledQuery, rows: number): AsyncIterableIterator<QueryResult<R>> {
    if (this.#state === 'free') throw new Error('only snapshots are read');
    this.#state = 'reading';
    const connection = this.#number;
    const parameters = query.parameters as SQLInputValue[];
    let chunk = await this.#thread.ask({
      connection,
      act: 'read',
      sql: query.sql,
      parameters,
      rows,
    });
    const { columns = [] } = chunk;
    for (;;) {
      yield { rows: toRows<R>(columns, chunk) };
      if (chunk.isLast) return;
      chunk = await this.#thread.ask({ connection, act: 'go on', rows });
    }
  }
}

function toRows<R>(columns: readonly string[], { values }: Chunk): R[] {
  const rows: R[] = [];
  for (let at = 0; at < values.length; at += columns.length) {
    const row: Record<string, unknown> = {};
    for (let column = 0; column < columns.length; column += 1) {
      row[columns[column] as string] = values[at + column];
    }
    rows.push(row as R);
  }
  return rows;
}

class ManyConnectionsAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}
