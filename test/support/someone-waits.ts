import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../src/store/tables.ts';

/** On PostgreSQL: until so many wait for a row that somebody else holds; there is no event to await. */
export async function someoneWaits(db: Kysely<Tables>, count: number): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ waiting: string }>`
      select count(*) as waiting from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
    if (Number(rows[0]?.waiting) >= count) return;
    await pause(5);
  }
}
