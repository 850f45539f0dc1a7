import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Tables } from './tables.ts';

/**
 * Brings the database to the newest version, forward only. Two processes may do it at the same
 * time: one waits for the other (an advisory lock on PostgreSQL, the write lock on SQLite).
 * All of it happens or none.
 * @throws what the failing migration threw, or an error when the database is of a newer version.
 */
export async function migrate(
  db: Kysely<Tables>,
  migrations: Record<string, Migration>,
): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
