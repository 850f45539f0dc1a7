import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Panel } from './panel.ts';

/**
 * Starts all of it and lets it run at the very same time: on PostgreSQL each has come as far as its
 * first change of people, or the lock before it, when any of them may go on. SQLite does one
 * transaction after the other.
 */
export async function atOnce<T>(
  { services: { store } }: Panel,
  starts: (() => PromiseLike<T>)[],
): Promise<T[]> {
  if (store.engine === 'sqlite') return Promise.all(starts.map((start) => start()));
  const { running } = await store.db.transaction().execute(async (trx) => {
    await sql`lock table people in exclusive mode`.execute(trx);
    const running = Promise.all(starts.map((start) => start()));
    await expect.poll(() => waiting(store.db), { timeout: 10_000 }).toBe(starts.length);
    return { running };
  });
  return running;
}

/** How many wait for the table of people. */
async function waiting(db: Panel['services']['store']['db']): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_locks
    where relation = 'people'::regclass and not granted
      and database = (select oid from pg_database where datname = current_database())`.execute(db);
  return rows[0]?.count ?? 0;
}
