import { setImmediate as othersFirst } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { inTurn } from '../../src/history/store-turns.ts';
import type { Tables } from '../../src/store/tables.ts';

/** Only told apart from other databases. */
const database = () => ({}) as Kysely<Tables>;

test('on SQLite days are stored one at a time, and what else is to do comes between', async () => {
  const place = { db: database(), engine: 'sqlite' } as const;
  const order: string[] = [];
  const stored = ['a', 'b', 'c'].map((account) =>
    inTurn(place, account, async () => {
      order.push(account);
      setImmediate(() => order.push('request'));
    }),
  );
  await Promise.all(stored);
  expect(order).toEqual(['a', 'request', 'b', 'request', 'c', 'request']);
});

test('on PostgreSQL three accounts at a time, each with one day, and no other waits for them', async () => {
  const place = { db: database(), engine: 'postgres' } as const;
  const ends = new Map<string, () => void>();
  const begun: string[] = [];
  const store = (account: string, day: number) =>
    inTurn(place, account, () => {
      const end = Promise.withResolvers<void>();
      begun.push(`${account}${day}`);
      ends.set(`${account}${day}`, end.resolve);
      return end.promise;
    });
  const stored = ['a', 'b', 'c', 'd'].flatMap((account) => [store(account, 1), store(account, 2)]);
  await othersFirst();
  expect(begun).toEqual(['a1', 'b1', 'c1']);
  ends.get('b1')?.();
  await expect.poll(() => begun).toEqual(['a1', 'b1', 'c1', 'd1']);
  for (const name of ['a1', 'c1', 'd1']) ends.get(name)?.();
  await expect.poll(() => begun).toHaveLength(7);
  for (const name of begun) ends.get(name)?.();
  await expect.poll(() => begun).toHaveLength(8);
  for (const name of begun) ends.get(name)?.();
  await Promise.all(stored);
  expect(begun.toSorted()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'd1', 'd2']);
});

test('work that fails leaves its turn to the next', async () => {
  const place = { db: database(), engine: 'sqlite' } as const;
  const failing = inTurn(place, 'a', () => Promise.reject(new Error('no')));
  const next = inTurn(place, 'a', async () => 'stored');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('stored');
});
