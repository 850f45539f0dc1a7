import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  url: string;
  /** Cuts whoever is still connected; close pools first, or they hear of it as an error. */
  drop(): Promise<void>;
}

/** A new, empty database on a server, under a name that no other test and no other run has. */
export async function createDatabaseOn(server: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  // Nobody can be connected to template0, so any number of tests can copy it at once.
  await tell(server, `create database ${name} template template0`);
  return {
    url: url.href,
    drop: () => tell(server, `drop database if exists ${name} with (force)`),
  };
}

async function tell(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
