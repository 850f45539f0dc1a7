import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres/server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server on which store tests make their databases. */
    postgresServer: string;
  }
}

let stop = async (): Promise<void> => {};

/** Vitest's global set-up: one PostgreSQL for the whole run, `TEST_DATABASE_URL` or our own. */
export async function setup(project: TestProject): Promise<void> {
  const server = await findOrStartPostgres();
  stop = server.stop;
  project.provide('postgresServer', server.url);
}

export async function teardown(): Promise<void> {
  await stop();
}

/** For whoever needs a server but does not restart it. A server that was given is left running. */
export async function findOrStartPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL ?? '';
  return given === '' ? startPostgres() : { url: given, stop: async () => {} };
}
