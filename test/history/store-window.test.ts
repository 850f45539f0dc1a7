import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { countInZones } from '../../src/history/count-in-zones.ts';
import { utcDayStart } from '../../src/history/slots.ts';
import { storeWindow, storeWindows, type WindowReading } from '../../src/history/store-window.ts';
import { ENGINES } from '../support/panel.ts';
import { calls, DAY, dump, panelWithAccounts, reading, row } from './read-windows.ts';

describe.each(ENGINES)('on %s', (engine) => {
  test('a reading stored twice leaves what it left the first time', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const [{ id }] = accounts;
    const { db } = panel.services.store;
    const first = await storeWindow(db, engine, reading(id));
    const rows = await dump(panel);
    const second = await storeWindow(db, engine, reading(id));
    expect(first).toEqual({ rows: 5, changedRows: 5, isFinal: false, keptInstead: null });
    expect(second).toEqual({ rows: 5, changedRows: 0, isFinal: false, keptInstead: null });
    expect(await dump(panel)).toEqual(rows);
    // Three hours and two counts, each in its own series and in the two across accounts.
    expect(rows.slots).toHaveLength(15);
  });

  test('a day read again says what it would had it been read only then', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const [{ id }] = accounts;
    const { db } = panel.services.store;
    const later = {
      usage: [row(1, { cost: 11_000_000n }), row(3), row(23, { endpointId: 'fal-ai/flux/dev' })],
      calls: [calls(1, 3)],
    };
    await storeWindow(db, engine, reading(id));
    await storeWindow(db, engine, reading(id, later));
    const replaced = await dump(panel);
    const other = await panelWithAccounts(engine, 'a');
    const [{ id: otherId }] = other.accounts;
    await storeWindow(other.panel.services.store.db, engine, reading(otherId, later));
    const fresh = JSON.stringify(await dump(other.panel)).replaceAll(otherId, id);
    expect(JSON.parse(JSON.stringify(replaced))).toEqual(JSON.parse(fresh));
  });

  test('days stored together leave what they leave one by one', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const [{ id }] = accounts;
    const { db } = panel.services.store;
    const twoDays = (accountId: string) => [
      reading(accountId),
      reading(accountId, { day: DAY + 1, usage: [row(2), row(3, { unit: 'videos' })] }),
    ];
    const readAt = utcDayStart(DAY + 9);
    const tooEarly = reading(id).readAt.subtract({ minutes: 5 });
    // One that changes and counts in another zone, one that is too old to be taken, and a new one.
    const threeDays = (accountId: string) => [
      reading(accountId, { readAt, usage: [row(7)], zones: ['America/Mexico_City'] }),
      reading(accountId, { day: DAY + 1, usage: [row(9)], readAt: tooEarly }),
      reading(accountId, { day: DAY + 2, readAt, zones: ['America/Mexico_City'] }),
    ];
    const other = await panelWithAccounts(engine, 'a');
    const [{ id: otherId }] = other.accounts;
    for (const [days, kept] of [
      [twoDays, [null, null]],
      [threeDays, [null, 'newer', null]],
    ] as const) {
      const together = await storeWindows(db, engine, days(id), async () => {});
      const apart = [];
      for (const day of days(otherId)) {
        apart.push(await storeWindow(other.panel.services.store.db, engine, day));
      }
      expect(together).toEqual(apart);
      expect(together.map(({ keptInstead }) => keptInstead)).toEqual(kept);
    }
    const each = JSON.stringify(await dump(other.panel)).replaceAll(otherId, id);
    expect(JSON.parse(JSON.stringify(await dump(panel)))).toEqual(JSON.parse(each));
  });

  test('sums across accounts are those of the accounts', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a', 'b');
    const { db } = panel.services.store;
    await Promise.all(accounts.map(({ id }) => storeWindow(db, engine, reading(id))));
    const { rows } = await sql<{ scope: string; cost: string; requests: string }>`
      select scope, cast(sum(cost) as text) cost, cast(sum(requests) as text) requests
      from usage_slots join usage_series on id = series_id group by scope order by scope`.execute(
      db,
    );
    expect(rows).toEqual(
      ['account', 'by_account', 'by_endpoint'].map((scope) => ({
        scope,
        cost: '60000000',
        requests: '6',
      })),
    );
  });

  test('a day counted in another zone leaves that of the zone it is no longer counted in', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const [{ id }] = accounts;
    const { db } = panel.services.store;
    await storeWindow(db, engine, reading(id));
    await countInZones(
      db,
      engine,
      { accountId: id, day: DAY, zones: ['UTC', 'Asia/Kolkata'] },
      async () => {},
    );
    const { days } = await dump(panel);
    expect(new Set(days.map(({ name }) => name))).toEqual(new Set(['UTC', 'Asia/Kolkata']));
    const own = days.filter(({ identity }) => String(identity).includes('["account","billed"'));
    expect(own.map(({ name, day, cost }) => [name, Number(day) - DAY, cost])).toEqual([
      ['Asia/Kolkata', 0, '20000000'],
      ['Asia/Kolkata', 1, '10000000'],
      ['UTC', 0, '30000000'],
    ]);
  });

  test('a day is final once it was read after the time of corrections without a change', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const [{ id }] = accounts;
    const { db } = panel.services.store;
    const late = utcDayStart(DAY + 1).add({ hours: 72 });
    await storeWindow(db, engine, reading(id));
    const changed = await storeWindow(db, engine, reading(id, { readAt: late, usage: [row(1)] }));
    const same = await storeWindow(db, engine, reading(id, { readAt: late, usage: [row(1)] }));
    expect([changed.isFinal, same.isFinal]).toEqual([false, true]);
  });

  test('quantities beyond 64 bits of 1e-9 are added up and taken away exactly', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const [{ id }] = accounts;
    const { services } = panel;
    const { db } = services.store;
    const most = 4n * 10n ** 25n - 400_000_000n;
    const usage = [
      row(1, { quantity: most }),
      row(1, { quantity: most }),
      row(2, { quantity: 1n }),
    ];
    const start = utcDayStart(DAY);
    const unitsBy = async (resolution: 'hour' | 'day') => {
      const question = {
        start,
        end: utcDayStart(DAY + 2),
        timezone: 'UTC',
        groupBy: 'unit' as const,
      };
      const all = { accountId: null, endpointIds: [], apiKeyIds: [] };
      const { groups } = await services.history.usage({ ...question, ...all, resolution });
      return groups.map(({ units }) => units[0]?.quantity);
    };
    const sums = async () => [await unitsBy('hour'), await unitsBy('day')];
    // The second reading carries in one slot, the third borrows.
    await storeWindow(db, engine, reading(id, { usage: usage.slice(1), zones: ['UTC'] }));
    expect(await sums()).toEqual([[most + 1n], [most + 1n]]);
    await storeWindow(db, engine, reading(id, { usage, zones: ['UTC'] }));
    await storeWindow(db, engine, reading(id, { usage, day: DAY + 1, zones: ['UTC'] }));
    expect(await sums()).toEqual([[4n * most + 2n], [4n * most + 2n]]);
    const again = { usage: usage.slice(2), zones: ['UTC'] };
    await storeWindow(db, engine, reading(id, again));
    await storeWindow(db, engine, reading(id, { ...again, day: DAY + 1 }));
    expect(await sums()).toEqual([[2n], [2n]]);
  });

  test.each<[string, Partial<WindowReading>]>([
    ['a cost', { usage: [row(1, { cost: 10n ** 17n }), row(1, { cost: 1n })] }],
    ['a quantity', { usage: [row(1, { quantity: 10n ** 26n + 1_000_000_000n })] }],
    ['a price', { usage: [row(1, { unitPrice: 10n ** 19n })] }],
    ['calls', { calls: [calls(1, 1e300)] }],
    ['half a call', { calls: [calls(1, 0.5)] }],
  ])('%s beyond belief makes a bad answer of fal’s, and nothing is stored', async (_, fields) => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const [{ id }] = accounts;
    const { db } = panel.services.store;
    const storing = storeWindow(db, engine, reading(id, fields));
    await expect(storing).rejects.toMatchObject({ code: 'fal_bad_response' });
    expect(await dump(panel)).toEqual({ series: [], slots: [], days: [] });
  });

  test('what refuses in the transaction leaves nothing of the reading', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const { db } = panel.services.store;
    const lost = storeWindow(db, engine, reading(accounts[0].id), async () => {
      throw new Error('the lease is lost');
    });
    await expect(lost).rejects.toThrow('the lease is lost');
    expect(await dump(panel)).toEqual({ series: [], slots: [], days: [] });
  });
});
