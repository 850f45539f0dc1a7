import { inject, onTestFinished } from 'vitest';
import { createDatabaseOn, type TestDatabase } from './postgres/database.ts';

/** A new, empty database on the PostgreSQL of this test run. */
export function createPostgresDatabase(): Promise<TestDatabase> {
  return createDatabaseOn(inject('postgresServer'));
}

/** An empty PostgreSQL database, dropped when the test is over. @returns its URL. */
export async function temporaryDatabase(): Promise<string> {
  const { url, drop } = await createPostgresDatabase();
  onTestFinished(drop);
  return url;
}
