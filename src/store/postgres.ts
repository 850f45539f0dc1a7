import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { Logger } from '../log.ts';

const CONNECTIONS = 10;
/** How long a question waits for a connection, in ms. */
const CONNECT_TIMEOUT_MS = 5_000;
/** How long a statement may run, in ms. */
const STATEMENT_TIMEOUT_MS = 30_000;
/**
 * How long a transaction may do nothing, in ms; one that streams may for ever. Of a machine that is suddenly gone PostgreSQL would
 * keep the open ones, and what they have locked, until TCP gives up: two hours on Linux.
 */
const IDLE_TRANSACTION_TIMEOUT_MS = 30_000;
/** After how much silence a connection is asked whether it is still there, in ms. */
const KEEP_ALIVE_MS = 10_000;

/** Kysely's PostgreSQL dialect on a pool that outlives the server's restarts. */
export async function postgresDialect(url: string, log: Logger): Promise<Dialect> {
  // Only who uses it pays for loading it.
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  });
  // A connection that breaks is replaced by the next question; unheard, its error ends the process.
  // The pool listens to those that are idle, and nobody to those in use between two statements.
  pool.on('error', (error) => log.warn({ err: error }, 'a connection to PostgreSQL broke'));
  pool.on('connect', (client) => {
    client.on('error', (error) => log.debug({ err: error }, 'a connection to PostgreSQL is lost'));
  });
  return {
    createDriver: () => new FetchingDriver({ pool }),
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  };
}

class FetchingDriver extends PostgresDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    connection.streamQuery = (query, chunkSize) => fetchInChunks(connection, query, chunkSize);
    return connection;
  }
}

let cursors = 0;

/**
 * Streams by SQL's own cursor, which lives until its transaction ends: to `statement_timeout` each
 * `fetch` is a statement. To pg-cursor's protocol the whole stream is one, with all the time that its
 * consumer takes.
 */
async function* fetchInChunks<R>(
  connection: DatabaseConnection,
  query: CompiledQuery,
  chunkSize: number,
): AsyncIterableIterator<QueryResult<R>> {
  cursors += 1;
  const cursor = `rows_${cursors}`;
  const sql = `declare ${cursor} no scroll cursor for ${query.sql}`;
  // Its consumer may pause for as long as a download does, and it has locked no row.
  await connection.executeQuery(
    CompiledQuery.raw('set local idle_in_transaction_session_timeout = 0'),
  );
  await connection.executeQuery({ ...query, sql });
  const fetch = CompiledQuery.raw(`fetch ${chunkSize} from ${cursor}`);
  for (;;) {
    const chunk = await connection.executeQuery<R>(fetch);
    yield chunk;
    if (chunk.rows.length < chunkSize) return;
  }
}
