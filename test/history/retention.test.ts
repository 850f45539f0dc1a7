import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { dropWindow } from '../../src/history/drop-window.ts';
import {
  deleteOldDays,
  previewRetention,
  type RetentionServices,
  retentionJob,
} from '../../src/history/retention.ts';
import { type EpochDay, utcDayOf, utcDayStart } from '../../src/history/slots.ts';
import { storeWindow } from '../../src/history/store-window.ts';
import type { Store } from '../../src/store/store.ts';
import { ENGINES, NOW } from '../support/panel.ts';
import { freeLease, plantAccount } from '../support/planted-history.ts';
import { emptyPlace, openAt } from '../support/stores.ts';

const LEASE = freeLease('retention');
const TODAY = utcDayOf(NOW);
const ZONES = ['America/Mexico_City', 'Asia/Tokyo', 'UTC'];
const TABLES = ['usage_slots', 'usage_days', 'sync_windows'] as const;

function services({ db, engine }: Store, historyDays: number | null): RetentionServices {
  return { db, engine, now: () => NOW, readHistoryDays: async () => historyDays };
}

/** A day with something in its first and its last hour. */
async function storeDay({ db, engine }: Store, accountId: string, day: EpochDay): Promise<void> {
  const usage = [0, 23].map((hour) => ({
    bucket: utcDayStart(day).add({ hours: hour }),
    endpointId: 'fal-ai/fast-sdxl',
    unit: 'images',
    quantity: 2_000_000_000n,
    unitPrice: 5_000_000n,
    percentDiscount: null,
    cost: BigInt(day * 10 + hour),
    currency: 'USD',
    auth: null,
  }));
  await storeWindow(db, engine, {
    accountId,
    day,
    slotMinutes: 60,
    readAt: utcDayStart(day + 10),
    usage,
    calls: [],
    isComplete: true,
    uncounted: [],
    zones: ZONES,
    settleHours: 72,
  });
}

/** Everything that is kept of usage, with series and zones by what they are. */
async function dump({ db }: Store) {
  const slots = await sql<object>`
    select identity, slot, cast(cost as text) cost from usage_slots
    join usage_series on id = series_id order by identity, slot`.execute(db);
  const days = await sql<object>`
    select identity, name, day, cast(cost as text) cost from usage_days
    join usage_series on usage_series.id = series_id
    join usage_zones on usage_zones.id = zone_id order by identity, name, day`.execute(db);
  const windows = await sql<object>`
    select account_id, day, read_at from sync_windows order by account_id, day`.execute(db);
  return [slots.rows, days.rows, windows.rows];
}

async function forgetEverything({ db }: Store): Promise<void> {
  for (const table of TABLES) await db.deleteFrom(table).execute();
}

describe.each(ENGINES)('what is older than it is kept, on %s', (engine) => {
  test('goes as if it had never been read, and nothing else does', async () => {
    const store = await openAt(await emptyPlace(engine));
    for (const id of ['a', 'b']) await plantAccount(store.db, id);
    const ages = fc.uniqueArray(fc.nat(12), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(ages, ages, fc.integer({ min: 1, max: 12 }), async (a, b, historyDays) => {
        const days = [...a.map((age) => ['a', age]), ...b.map((age) => ['b', age])] as const;
        const isKept = ([, age]: (typeof days)[number]) => Number(age) <= historyDays;
        await forgetEverything(store);
        for (const [id, age] of days.filter(isKept)) {
          await storeDay(store, String(id), TODAY - Number(age));
        }
        const expected = await dump(store);
        for (const [id, age] of days.filter((each) => !isKept(each))) {
          await storeDay(store, String(id), TODAY - Number(age));
        }
        const preview = await previewRetention(store.reader, NOW, historyDays);
        await deleteOldDays(services(store, historyDays), LEASE);
        expect(await dump(store)).toEqual(expected);

        const old = days.filter((each) => !isKept(each));
        const oldest = Math.max(...old.map(([, age]) => Number(age)));
        expect(preview).toEqual({
          accounts: new Set(old.map(([id]) => id)).size,
          days: old.length,
          rows: old.length * 2,
          oldest: old.length > 0 ? utcDayStart(TODAY - oldest) : null,
          before: utcDayStart(TODAY - historyDays),
        });
        expect(await previewRetention(store.reader, NOW, historyDays)).toMatchObject({ rows: 0 });
      }),
      { numRuns: engine === 'sqlite' ? 25 : 8 },
    );
  });

  test('is whole days also when it is stopped half-way, and goes the next time', async () => {
    const store = await openAt(await emptyPlace(engine));
    await plantAccount(store.db, 'a');
    for (const age of [20, 19, 18, 3]) await storeDay(store, 'a', TODAY - age);
    let confirmed = 0;
    const lost = {
      ...LEASE,
      confirm: async () => {
        confirmed += 1;
        if (confirmed > 2) throw new Error('the lease is lost');
      },
    };
    await expect(deleteOldDays(services(store, 10), lost)).rejects.toThrow('the lease is lost');
    expect(await previewRetention(store.reader, NOW, 10)).toMatchObject({ days: 1, rows: 2 });
    await deleteOldDays(services(store, 10), LEASE);
    const [slots, , windows] = await dump(store);
    // As fal cut it, by account and by model.
    expect([slots?.length, windows?.length]).toEqual([6, 1]);
  });

  test('can be read anew and then counts once', async () => {
    const store = await openAt(await emptyPlace(engine));
    await plantAccount(store.db, 'a');
    for (const age of [11, 10]) await storeDay(store, 'a', TODAY - age);
    const before = await dump(store);
    await deleteOldDays(services(store, 10), LEASE);
    expect(await dump(store)).not.toEqual(before);
    await storeDay(store, 'a', TODAY - 11);
    expect(await dump(store)).toEqual(before);
  });
});

test('nothing goes while everything is kept, or when somebody changes that half-way', async () => {
  const store = await openAt(await emptyPlace('sqlite'));
  await plantAccount(store.db, 'a');
  for (const age of [30, 20]) await storeDay(store, 'a', TODAY - age);
  const before = await dump(store);
  const next = await retentionJob(services(store, null)).run(LEASE);
  expect(NOW.until(next).total('hours')).toBe(24);
  expect(await dump(store)).toEqual(before);

  const answers = [10, 10, null];
  const readHistoryDays = async () => answers.shift() ?? null;
  await retentionJob({ ...services(store, null), readHistoryDays }).run(LEASE);
  const [, , windows] = await dump(store);
  expect(windows).toMatchObject([{ day: TODAY - 20 }]);
});

test('a day that is not kept is dropped without a change', async () => {
  const store = await openAt(await emptyPlace('sqlite'));
  await plantAccount(store.db, 'a');
  await storeDay(store, 'a', TODAY);
  const before = await dump(store);
  await dropWindow(store.db, store.engine, { accountId: 'a', day: TODAY - 1 });
  expect(await dump(store)).toEqual(before);
});
