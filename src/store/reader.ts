import type { Kysely } from 'kysely';
import { createQueue } from '../queue.ts';
import { StoreAwayError } from './errors.ts';
import type { Tables } from './tables.ts';

/** For heavy questions: they hold up neither the event loop nor who writes, and change nothing. */
export interface StoreReader {
  /**
   * Runs `read` on the store as it is at its first statement; what is written meanwhile is not seen.
   * Inside only the `db` it is given is read: another snapshot might wait for this one to end. It is
   * not awaited in a transaction of the store, which it might wait for.
   */
  snapshot<T>(read: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /**
   * Gives the rows of one snapshot one after the other; few of them are in memory at a time. It keeps
   * a connection until the consumer stops, by the end, `break` or a throw.
   */
  stream<Row>(query: (db: Kysely<Tables>) => RowSource<Row>): AsyncIterableIterator<Row>;
}

/** What Kysely's select queries can do. */
interface RowSource<Row> {
  stream(chunkSize: number): AsyncIterableIterator<Row>;
}

/**
 * How many read at the same time. Snapshots end by themselves, and streams when whoever downloads has
 * taken everything: each have places of their own, and together they leave some of PostgreSQL's.
 */
const SNAPSHOTS = 4;
const STREAMS = 2;
const WAITING = 100;
/** Few enough that the event loop is not held up while they are taken up, which is about 1 ms. */
export const CHUNK_ROWS = 1_000;

/**
 * The reader of a store on `db`, and how to close it: no stream goes on, not even one whose consumer
 * asks for no more. `end` ends what is `db`'s own.
 */
export function createReader(
  db: Kysely<Tables>,
  end: () => Promise<void> = async () => {},
): StoreReader & { close(): Promise<void> } {
  const full = () => new StoreAwayError('too many questions are waiting for the database');
  const inTurn = createQueue({ parallel: SNAPSHOTS, waiting: WAITING, full });
  const streamInTurn = createQueue({ parallel: STREAMS, waiting: WAITING, full });
  const streams = new Set<AsyncGenerator>();
  let isClosed = false;

  function refuseClosed(): void {
    if (isClosed) throw new StoreAwayError('the database was closed');
  }

  async function* rowsOf<Row>(query: (db: Kysely<Tables>) => RowSource<Row>) {
    const leave = await takeTurn(streamInTurn);
    try {
      refuseClosed();
      const snapshot = await asReader(db.startTransaction()).execute();
      try {
        yield* query(snapshot).stream(CHUNK_ROWS);
      } finally {
        await snapshot.rollback().execute();
      }
    } finally {
      leave();
    }
  }

  return {
    snapshot: (read) =>
      inTurn(async () => {
        refuseClosed();
        return asReader(db.transaction()).execute(read);
      }),

    async *stream(query) {
      const rows = rowsOf(query);
      streams.add(rows);
      try {
        yield* rows;
        // It may have been ended by `close`: what was cut off must not look complete.
        refuseClosed();
      } finally {
        streams.delete(rows);
      }
    },

    async close() {
      isClosed = true;
      await Promise.all([end(), ...Array.from(streams, (rows) => rows.return(undefined))]);
    },
  };
}

interface ReadOnly<Builder> {
  setIsolationLevel(level: 'repeatable read'): { setAccessMode(mode: 'read only'): Builder };
}

function asReader<Builder>(transaction: ReadOnly<Builder>): Builder {
  return transaction.setIsolationLevel('repeatable read').setAccessMode('read only');
}

/** Waits for a place in a queue and keeps it. @returns how to give it back. */
function takeTurn(queued: ReturnType<typeof createQueue>): Promise<() => void> {
  return new Promise((resolve, reject) => {
    queued(() => new Promise<void>((leave) => resolve(leave))).catch(reject);
  });
}
