import { inject } from 'vitest';
import { createDatabaseOn, type TestDatabase } from './postgres/database.ts';

/** A new, empty database on the PostgreSQL of this test run. */
export function createPostgresDatabase(): Promise<TestDatabase> {
  return createDatabaseOn(inject('postgresServer'));
}
