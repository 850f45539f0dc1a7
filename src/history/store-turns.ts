import { setImmediate as othersFirst } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { createQueue } from '../queue.ts';
import type { Engine } from '../store/engine.ts';
import type { Tables } from '../store/tables.ts';

/** Of PostgreSQL's connections so many are for the chunks of rounds; the others are for people. */
const AT_ONCE = { sqlite: 1, postgres: 3 } as const satisfies Record<Engine, number>;

type InTurn = <T>(accountId: string, work: () => Promise<T>) => Promise<T>;

const turnsOf = new WeakMap<Kysely<Tables>, InTurn>();

/**
 * Waits for its turn to change days of an account, and lets requests through after it. Storing days
 * is SQLite's whole process at work, and several at once would follow one another without a pause;
 * on PostgreSQL those of one account wait for each other's lock, each with a connection in hand.
 */
export function inTurn<T>(
  { db, engine }: { db: Kysely<Tables>; engine: Engine },
  accountId: string,
  work: () => Promise<T>,
): Promise<T> {
  const turn = turnsOf.get(db) ?? createTurns(AT_ONCE[engine]);
  turnsOf.set(db, turn);
  return turn(accountId, work);
}

function createTurns(atOnce: number): InTurn {
  const ofAll = queueOf(atOnce);
  const ofAccount = new Map<string, { queued: InQueue; waiting: number }>();

  return async function turn(accountId, work) {
    const own = ofAccount.get(accountId) ?? { queued: queueOf(1), waiting: 0 };
    ofAccount.set(accountId, own);
    own.waiting += 1;
    try {
      return await own.queued(() => ofAll(() => work().finally(() => othersFirst())));
    } finally {
      own.waiting -= 1;
      if (own.waiting === 0) ofAccount.delete(accountId);
    }
  };
}

type InQueue = ReturnType<typeof createQueue>;

/** What waits is what rounds have read, and they read a few days at a time. */
function queueOf(parallel: number): InQueue {
  return createQueue({ parallel, waiting: Infinity, full: () => new Error('too many wait') });
}
