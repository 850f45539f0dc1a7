import { type Kysely, sql } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from 'kysely/migration';
import type { Engine } from './engine.ts';
import type { Tables } from './tables.ts';

/** The database was made by a newer panel than this one. */
export class NewerStoreError extends Error {
  override readonly name = 'NewerStoreError';

  constructor(unknown: readonly string[], known: readonly string[]) {
    super(
      `it is of version ${unknown.at(-1)}, made by a newer panel; this one knows versions up to ` +
        `${known.at(-1)}. Start the newer panel, or restore the backup made before the update`,
    );
  }
}

/**
 * Brings the database to the newest version, forward only. Two processes may do it at the same
 * time: one waits for the other (an advisory lock on PostgreSQL, the write lock on SQLite).
 * All of it happens or none.
 * @throws NewerStoreError, or what the failing migration threw.
 */
export async function migrate(
  db: Kysely<Tables>,
  engine: Engine,
  migrations: Record<string, Migration>,
): Promise<void> {
  await db.connection().execute(async (connection) => {
    // A statement of a request may not run for long; one that rebuilds a large table may, and so may
    // the waiting for another process that does.
    if (engine === 'postgres') await sql`set statement_timeout = 0`.execute(connection);
    const migrator = new Migrator({
      db: connection,
      provider: { getMigrations: async () => migrations },
    });
    const { error } = await migrator.migrateToLatest();
    if (error) {
      await refuseNewer(connection, Object.keys(migrations));
      throw error;
    }
    if (engine === 'postgres') await sql`reset statement_timeout`.execute(connection);
  });
}

/** @throws NewerStoreError when versions were applied that are not known here. */
async function refuseNewer(db: Kysely<Tables>, known: readonly string[]): Promise<void> {
  const applied = await appliedVersions(db).catch(() => []);
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new NewerStoreError(unknown, known);
}

/** Names of the versions a database has been brought through, in order. */
async function appliedVersions(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from ${sql.table(DEFAULT_MIGRATION_TABLE)} order by name`.execute(db);
  return rows.map(({ name }) => name);
}
