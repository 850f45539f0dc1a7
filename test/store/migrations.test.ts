import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../src/store/engine.ts';
import { migrate } from '../../src/store/migrate.ts';
import { migrationsFor } from '../../src/store/migrations/index.ts';
import { connect as connectTo, type StoreOptions } from '../../src/store/store.ts';
import type { Tables } from '../../src/store/tables.ts';
import { ENGINES } from '../support/panel.ts';
import { emptyPlace, openAt } from '../support/stores.ts';
import { PLANTED, type Rows } from './planted/index.ts';

const VERSIONS = Object.keys(migrationsFor('sqlite'));

/** The database without the panel around it, brought to no version. */
async function connect(place: StoreOptions): Promise<Kysely<Tables>> {
  const { db } = await connectTo(place);
  onTestFinished(() => db.destroy());
  return db;
}

function first(count: number, engine: Engine): Record<string, Migration> {
  return Object.fromEntries(Object.entries(migrationsFor(engine)).slice(0, count));
}

/** The tables of the panel and how many rows each has. */
async function counts(db: Kysely<Tables>): Promise<Record<string, number>> {
  const tables = await db.introspection.getTables();
  const counted = tables.map(async ({ name }) => {
    const { rows } = await sql<{ n: unknown }>`select count(*) n from ${sql.table(name)}`.execute(
      db,
    );
    return [name, Number(rows[0]?.n)] as const;
  });
  return Object.fromEntries((await Promise.all(counted)).sort());
}

async function plant(db: Kysely<Tables>, rows: Rows): Promise<void> {
  for (const [table, each] of Object.entries(rows)) {
    await db
      .insertInto(table as keyof Tables)
      .values(each as never)
      .execute();
  }
}

/** What a table holds of those rows now, dates as texts. */
async function found(db: Kysely<Tables>, table: string, row: Record<string, unknown>) {
  const { rows } = await sql<Record<string, unknown>>`
    select * from ${sql.table(table)}`.execute(db);
  const kept = rows.map((each) =>
    Object.fromEntries(
      Object.entries(each).map(([name, value]) => [
        name,
        value instanceof Date ? value.toISOString() : value,
      ]),
    ),
  );
  return kept.find((each) => Object.entries(row).every(([name, value]) => each[name] === value));
}

test('every version has rows to carry over into the next', () => {
  expect(Object.keys(PLANTED)).toEqual(VERSIONS);
  expect(Object.keys(migrationsFor('postgres'))).toEqual(VERSIONS);
});

describe.each(ENGINES)('on %s', (engine) => {
  test.each(VERSIONS.map((version, index) => [version, index + 1] as const))(
    'every row planted up to version %s is still there in the newest',
    async (_version, count) => {
      const place = await emptyPlace(engine);
      const old = await connect(place);
      for (let made = 1; made <= count; made += 1) {
        await migrate(old, engine, first(made, engine));
        await plant(old, PLANTED[VERSIONS[made - 1] ?? '']?.(engine) ?? {});
      }
      // A table without a row would prove nothing.
      expect(Object.entries(await counts(old)).filter(([, rows]) => rows === 0)).toEqual([]);
      await old.destroy();

      const { db } = await openAt(place);
      for (const version of VERSIONS.slice(0, count)) {
        for (const [table, rows] of Object.entries(PLANTED[version]?.(engine) ?? {})) {
          for (const row of rows) expect(await found(db, table, row), table).toMatchObject(row);
        }
      }
    },
  );

  test('an empty database and the newest one come to have the same tables', async () => {
    const [fresh, grown] = [await emptyPlace(engine), await emptyPlace(engine)];
    const growing = await connect(grown);
    for (let made = 1; made <= VERSIONS.length; made += 1) {
      await migrate(growing, engine, first(made, engine));
    }
    const { db } = await openAt(fresh);
    expect(await db.introspection.getTables()).toEqual(await growing.introspection.getTables());
  });

  test('a migration that fails leaves nothing of itself, and the old version works on', async () => {
    const place = await emptyPlace(engine);
    await plant((await openAt(place)).db, PLANTED[VERSIONS[0] ?? '']?.(engine) ?? {});
    const failing: Migration = {
      async up(db) {
        await db.schema.createTable('half').addColumn('id', 'text').execute();
        await sql`update settings set value = 'changed'`.execute(db);
        await sql`insert into no_such_table values (1)`.execute(db);
      },
    };
    const db = await connect(place);
    const broken = migrate(db, engine, { ...migrationsFor(engine), '9999-failing': failing });
    await expect(broken).rejects.toThrow(/no_such_table/);
    await db.destroy();

    const again = await openAt(place);
    expect(Object.keys(await counts(again.db))).not.toContain('half');
    expect(await again.db.selectFrom('settings').select('value').execute()).toEqual([
      { value: 'es' },
    ]);
  });

  test('a database of a newer panel is left as it is, and said to be newer', async () => {
    const place = await emptyPlace(engine);
    const db = await connect(place);
    const next: Migration = {
      up: (db) => db.schema.createTable('novelty').addColumn('id', 'text').execute(),
    };
    await migrate(db, engine, { ...migrationsFor(engine), '9999-novelty': next });
    const tables = await counts(db);

    await expect(openAt(place)).rejects.toThrow(
      `it is of version 9999-novelty, made by a newer panel; this one knows versions up to ${VERSIONS.at(-1)}. ` +
        'Start the newer panel, or restore the backup made before the update',
    );
    expect(await counts(db)).toEqual(tables);
  });
});
