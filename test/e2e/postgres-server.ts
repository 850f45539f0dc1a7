import { findOrStartPostgres } from '../support/postgres-server.ts';

/** Playwright's global set-up: one PostgreSQL for the whole run, which its workers find by the variable. */
export default async function startServer(): Promise<() => Promise<void>> {
  const { url, stop } = await findOrStartPostgres();
  process.env.TEST_DATABASE_URL = url;
  return stop;
}
