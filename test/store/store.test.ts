import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { recordAudit } from '../../src/audit/audit.ts';
import { createPerson } from '../../src/auth/people.ts';
import { DoomedTransactionError } from '../../src/store/all-or-nothing.ts';
import type { Store } from '../../src/store/store.ts';
import { toFlag, toInstant, toText } from '../../src/store/values.ts';
import { ENGINES, NOW } from '../support/panel.ts';
import { emptyPlace, openAt } from '../support/stores.ts';

const at = toText(NOW);
const nobody = { kind: 'nobody', name: '', address: null } as const;

function person(store: Store, email = `${randomUUID()}@example.com`) {
  const about = { name: 'Ana', email, role: 'viewer', passwordHash: 'a hash' } as const;
  return createPerson(store.db, store.engine, NOW, about);
}

function account(slug: string, isDefault: 1 | null) {
  return {
    id: randomUUID(),
    slug,
    name: slug,
    note: '',
    timezone: 'UTC',
    color: 1,
    sealed_key: 'sealed',
    key_hint: 'abcd',
    is_default: isDefault,
    version: 1,
    created_at: at,
    updated_at: at,
  };
}

describe.each(ENGINES)('a store on %s', (engine) => {
  let store: Store;
  beforeEach(async () => {
    store = await openAt(await emptyPlace(engine));
  });
  const setting = (name: string, value: string) =>
    store.db.insertInto('settings').values({ name, value, updated_at: at });

  test('can be asked, and says so', async () => {
    expect(store.engine).toBe(engine);
    await store.check();
  });

  test('has every person once, by e-mail address', async () => {
    await person(store, 'ana@example.com');
    await expect(person(store, 'ana@example.com')).rejects.toThrow(/unique/i);
  });

  test('has at most one default account, and any number of others', async () => {
    const add = (slug: string, isDefault: 1 | null) =>
      store.db.insertInto('fal_accounts').values(account(slug, isDefault)).execute();
    await add('one', 1);
    await add('two', null);
    await add('three', null);
    await expect(add('four', 1)).rejects.toThrow(/unique/i);
  });

  test('takes what belongs to a person along with the person, and nothing of others', async () => {
    const [leaving, staying] = [await person(store), await person(store)];
    await store.db.deleteFrom('people').where('id', '=', leaving).execute();
    const methods = await store.db.selectFrom('sign_in_methods').select('user_id').execute();
    expect(methods).toEqual([{ user_id: staying }]);
  });

  test('knows nobody by an id that no person has', async () => {
    const session = { id: '1', token: 't', user_id: 'nobody', expires_at: at };
    const insert = store.db
      .insertInto('sessions')
      .values({ ...session, created_at: at, updated_at: at });
    await expect(insert.execute()).rejects.toThrow(/foreign key/i);
  });

  test('never lets an audit entry be changed or removed', async () => {
    await recordAudit(store.db, NOW, { actor: nobody, action: 'session.failed' });
    const change = store.db.updateTable('audit_entries').set({ actor: 'somebody else' });
    await expect(change.execute()).rejects.toThrow('append-only');
    await expect(store.db.deleteFrom('audit_entries').execute()).rejects.toThrow('append-only');
    const [entry, ...others] = await store.db.selectFrom('audit_entries').selectAll().execute();
    expect([entry?.actor, others]).toEqual(['', []]);
  });

  test('keeps nothing of a transaction that failed', async () => {
    const failing = store.db.transaction().execute(async (trx) => {
      await trx.insertInto('settings').values({ name: 'a', value: '1', updated_at: at }).execute();
      await recordAudit(trx, NOW, { actor: nobody, action: 'settings.changed' });
      throw new Error('the deed failed');
    });
    await expect(failing).rejects.toThrow('the deed failed');
    expect(await store.db.selectFrom('settings').selectAll().execute()).toEqual([]);
    expect(await store.db.selectFrom('audit_entries').selectAll().execute()).toEqual([]);
  });

  test.each([
    ['sends all its statements at once', { catches: false }],
    ['goes on after a failure that it caught', { catches: true }],
  ])('keeps nothing of a transaction that %s', async (_name, { catches }) => {
    await setting('taken', '1').execute();
    const failing = store.db.transaction().execute((trx) =>
      Promise.all(
        ['taken', ...'abcdef'].map(async (name) => {
          const row = { name, value: '2', updated_at: at };
          const insert = trx.insertInto('settings').values(row).execute();
          await (catches ? insert.catch(() => {}) : insert);
        }),
      ),
    );
    await expect(failing).rejects.toThrow(catches ? DoomedTransactionError : /unique/i);
    // Whatever was still waiting has had its turn by now.
    await setting('after', '3').execute();
    expect(await store.db.selectFrom('settings').select('name').orderBy('name').execute()).toEqual([
      { name: 'after' },
      { name: 'taken' },
    ]);
  });

  test('does one transaction after the other, whoever asks', async () => {
    await setting('count', '0').execute();
    const increment = () =>
      store.db.transaction().execute(async (trx) => {
        const query = trx.selectFrom('settings').select('value').where('name', '=', 'count');
        const locked = engine === 'postgres' ? query.forUpdate() : query;
        const { value } = await locked.executeTakeFirstOrThrow();
        await trx
          .updateTable('settings')
          .set({ value: String(Number(value) + 1) })
          .execute();
      });
    await Promise.all(Array.from({ length: 25 }, increment));
    const { value } = await store.db
      .selectFrom('settings')
      .select('value')
      .executeTakeFirstOrThrow();
    expect(value).toBe('25');
  });

  test('gives back any text as it was given', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 }).filter((s) => !s.includes('\0'));
    const everyday = fc.constantFrom(
      'Ñandú 🐦',
      "'; drop table people; --",
      '<b>"&',
      'א‏ב',
      '𝔘\n\t',
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, everyday), async (value) => {
        const name = randomUUID();
        await setting(name, value).execute();
        const query = store.db.selectFrom('settings').select('value').where('name', '=', name);
        expect(await query.executeTakeFirst()).toEqual({ value });
      }),
      { numRuns: 50 },
    );
  });

  test('gives back any time and any flag as it was given', async () => {
    const ana = await person(store);
    const ms = fc.integer({ min: 0, max: Date.UTC(9999, 0, 1) });
    await fc.assert(
      fc.asyncProperty(ms, fc.boolean(), async (epochMs, flag) => {
        const instant = Temporal.Instant.fromEpochMilliseconds(epochMs);
        const set = { updated_at: toText(instant), deactivated: toFlag(flag, engine) };
        await store.db.updateTable('people').set(set).where('id', '=', ana).execute();
        const row = await store.db
          .selectFrom('people')
          .select(['updated_at', 'deactivated'])
          .executeTakeFirstOrThrow();
        expect(toInstant(row.updated_at).epochMilliseconds).toBe(epochMs);
        expect(Boolean(row.deactivated)).toBe(flag);
      }),
      { numRuns: 50 },
    );
  });

  test('sorts its texts of times as the times themselves', () => {
    const instant = fc
      .integer({ min: 0, max: Date.UTC(9999, 0, 1) })
      .map((ms) => Temporal.Instant.fromEpochMilliseconds(ms));
    fc.assert(
      fc.property(instant, instant, (a, b) => {
        expect(Math.sign(Temporal.Instant.compare(a, b))).toBe(
          toText(a) < toText(b) ? -1 : Number(toText(a) > toText(b)),
        );
      }),
    );
  });

  test('is all there when it is opened again', async () => {
    const place = await emptyPlace(engine);
    const first = await openAt(place);
    const id = await person(first);
    await first.close();
    const second = await openAt(place);
    expect(await second.db.selectFrom('people').select('id').execute()).toEqual([{ id }]);
    await second.db.deleteFrom('people').execute();
    expect(await second.db.selectFrom('sign_in_methods').selectAll().execute()).toEqual([]);
  });
});

test('SQLite syncs each commit to the disk and holds to foreign keys', async () => {
  const { db } = await openAt(await emptyPlace('sqlite'));
  const ask = async (pragma: string) =>
    Object.values((await sql.raw<object>(`pragma ${pragma}`).execute(db)).rows[0] ?? {})[0];
  expect(await ask('journal_mode')).toBe('wal');
  expect(await ask('synchronous')).toBe(2);
  expect(await ask('foreign_keys')).toBe(1);
});

test.each(ENGINES)(
  'rows can not be streamed on %s, where a slow reader would hold all up',
  async (engine) => {
    const { db } = await openAt(await emptyPlace(engine));
    const read = async () => {
      for await (const _ of db.selectFrom('settings').selectAll().stream());
    };
    await expect(read()).rejects.toThrow('in pages');
    await db.selectFrom('settings').selectAll().execute();
  },
);
