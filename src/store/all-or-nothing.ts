import { setImmediate as queueDrained } from 'node:timers/promises';
import type {
  CompiledQuery,
  DatabaseConnection,
  Dialect,
  Driver,
  QueryResult,
  TransactionSettings,
} from 'kysely';

/** A statement of a transaction failed before this one; `cause` is how. Nothing of it is kept. */
export class DoomedTransactionError extends Error {
  override readonly name = 'DoomedTransactionError';

  constructor(cause: unknown) {
    super('a statement of this transaction failed before', { cause });
  }
}

/**
 * Makes transactions the same on every engine: after a failed statement no other one is done, not
 * even one that was waiting its turn (`Promise.all`), which Kysely would send after the rollback, to
 * stand alone; and nothing is committed, though SQLite would do so where the failure was caught.
 */
export function allOrNothing(dialect: Dialect): Dialect {
  return {
    createDriver: () => new StrictDriver(dialect.createDriver()),
    createAdapter: () => dialect.createAdapter(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
}

class StrictDriver implements Driver {
  readonly #driver: Driver;
  /** Kysely tells connections apart by the object. */
  readonly #known = new WeakMap<DatabaseConnection, StrictConnection>();

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  init(): Promise<void> {
    return this.#driver.init();
  }

  async acquireConnection(): Promise<StrictConnection> {
    const lent = await this.#driver.acquireConnection();
    const known = this.#known.get(lent) ?? new StrictConnection(lent);
    this.#known.set(lent, known);
    return known;
  }

  async beginTransaction(connection: StrictConnection, settings: TransactionSettings) {
    await this.#driver.beginTransaction(connection.lent, settings);
    connection.begin(settings);
  }

  async commitTransaction(connection: StrictConnection): Promise<void> {
    connection.refuseDoomed();
    await this.#driver.commitTransaction(connection.lent);
    connection.end();
  }

  async rollbackTransaction(connection: StrictConnection): Promise<void> {
    try {
      await this.#driver.rollbackTransaction(connection.lent);
    } finally {
      // What was waiting for its turn is refused meanwhile.
      await queueDrained();
      connection.end();
    }
  }

  releaseConnection({ lent }: StrictConnection): Promise<void> {
    return this.#driver.releaseConnection(lent);
  }

  destroy(): Promise<void> {
    return this.#driver.destroy();
  }
}

class StrictConnection implements DatabaseConnection {
  readonly lent: DatabaseConnection;
  #inTransaction = false;
  #onlyReads = false;
  #failure: { cause: unknown } | null = null;

  constructor(lent: DatabaseConnection) {
    this.lent = lent;
  }

  begin({ accessMode }: TransactionSettings): void {
    this.#inTransaction = true;
    this.#onlyReads = accessMode === 'read only';
  }

  end(): void {
    this.#inTransaction = false;
    this.#onlyReads = false;
    this.#failure = null;
  }

  refuseDoomed(): void {
    if (this.#failure) throw new DoomedTransactionError(this.#failure.cause);
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    this.refuseDoomed();
    try {
      return await this.lent.executeQuery<R>(query);
    } catch (cause) {
      throw this.#doomedBy(cause);
    }
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    chunkSize: number,
  ): AsyncIterableIterator<QueryResult<R>> {
    if (!this.#onlyReads) {
      throw new Error(
        'rows are read in pages, or streamed by the reader: a slow consumer would hold up all',
      );
    }
    this.refuseDoomed();
    try {
      yield* this.lent.streamQuery<R>(query, chunkSize);
    } catch (cause) {
      throw this.#doomedBy(cause);
    }
  }

  #doomedBy(cause: unknown): unknown {
    if (this.#inTransaction) this.#failure ??= { cause };
    return cause;
  }
}
