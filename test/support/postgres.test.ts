import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createPostgresDatabase } from './databases.ts';
import { anyPort, startPostgres } from './postgres/server.ts';

async function ask(url: string, question: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(question)).rows[0];
  } finally {
    await client.end();
  }
}

test('every test gets a database of its own on a real PostgreSQL', async () => {
  const databases = await Promise.all(Array.from({ length: 5 }, createPostgresDatabase));
  onTestFinished(async () => {
    await Promise.all(databases.map((database) => database.drop()));
  });

  for (const { url } of databases) {
    expect(await ask(url, 'select 1 as one')).toEqual({ one: 1 });
    await ask(url, 'create table mine (id int)');
  }
});

test('a dropped database is gone, whoever was still connected', async () => {
  const { url, drop } = await createPostgresDatabase();
  const client = new pg.Client({ connectionString: url });
  const cut = Promise.withResolvers<Error>();
  client.on('error', cut.resolve);
  await client.connect();

  await drop();

  expect(await cut.promise).toMatchObject({ code: '57P01' });
  await expect(ask(url, 'select 1')).rejects.toMatchObject({ code: '3D000' });
});

test('a restarted server keeps its address and its data, and is down in between', async () => {
  const server = await startPostgres();
  onTestFinished(server.stop);
  await ask(server.url, 'create table kept as select 42 as answer');

  await server.restart(async () => {
    await expect(ask(server.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  expect(await ask(server.url, 'select answer from kept')).toEqual({ answer: 42 });
});

test('a stopped server is gone, and a port that somebody has is passed over', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void squatter.close());
  await once(squatter, 'listening');
  const taken = (squatter.address() as AddressInfo).port;
  const picks = [taken, taken];

  const server = await startPostgres(() => picks.pop() ?? anyPort());
  expect(await ask(server.url, 'select 1 as one')).toEqual({ one: 1 });
  await server.stop();

  await expect(ask(server.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
