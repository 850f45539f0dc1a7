import { createDatabaseOn } from '../../test/support/postgres/database.ts';
import { findOrStartPostgres } from '../../test/support/postgres-server.ts';
import type { Figure } from './figure.ts';

/**
 * The same on SQLite and on PostgreSQL. Targets are SQLite's; the other database is there for scale.
 * @param measure with the address of a database; empty: SQLite.
 */
export async function onBothEngines(
  measure: (engine: string, databaseUrl: string) => Promise<Figure[]>,
): Promise<Figure[]> {
  const sqlite = await measure('SQLite', '');
  const server = await findOrStartPostgres();
  const database = await createDatabaseOn(server.url);
  try {
    const postgres = await measure('PostgreSQL', database.url);
    return [...sqlite, ...postgres.map((figure) => ({ ...figure, target: '', pass: null }))];
  } finally {
    await database.drop();
    await server.stop();
  }
}
