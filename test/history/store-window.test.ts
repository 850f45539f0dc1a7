import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createAccount, deleteAccount } from '../../src/accounts/change-accounts.ts';
import type { UsageRow } from '../../src/fal/usage.ts';
import { utcDayOf, utcDayStart } from '../../src/history/slots.ts';
import { countInZones, storeWindow, type WindowReading } from '../../src/history/store-window.ts';
import { ENGINES, type Panel, startPanel } from '../support/panel.ts';

const DAY = utcDayOf(Temporal.Instant.from('2026-03-05T00:00Z'));
const ACTOR = { kind: 'server', name: '', address: null } as never;
const ZONES = ['America/Mexico_City', 'UTC'];

async function panelWithAccounts(engine: (typeof ENGINES)[number], ...names: string[]) {
  const panel = await startPanel({}, { engine });
  const accounts = [];
  for (const name of names) {
    const fields = { name, note: '', timezone: 'America/Mexico_City', color: 1 };
    accounts.push(await createAccount(panel.services, ACTOR, fields, `${name}-key:secret-of-it`));
  }
  return { panel, accounts };
}

function row(hour: number, fields: Partial<UsageRow> = {}): UsageRow {
  return {
    bucket: utcDayStart(DAY).add({ hours: hour }),
    endpointId: 'fal-ai/fast-sdxl',
    unit: 'images',
    quantity: 2_000_000_000n,
    unitPrice: 5_000_000n,
    percentDiscount: null,
    cost: 10_000_000n,
    currency: 'USD',
    auth: { detail: 'Cabina 1', apiKeyId: 'key-1', username: null },
    ...fields,
  };
}

function calls(hour: number, count: number) {
  return {
    bucket: utcDayStart(DAY).add({ hours: hour }),
    endpointId: 'fal-ai/fast-sdxl',
    metrics: {
      request_count: count,
      success_count: count,
      user_error_count: 0,
      error_count: 0,
      p50_duration: 1.5,
      p95_duration: 4,
    },
  };
}

function reading(accountId: string, fields: Partial<WindowReading> = {}): WindowReading {
  return {
    accountId,
    day: DAY,
    slotMinutes: 60,
    readAt: utcDayStart(DAY + 1),
    usage: [row(1), row(2), row(23)],
    calls: [calls(1, 2), calls(23, 1)],
    isComplete: true,
    uncounted: [],
    zones: ZONES,
    settleHours: 72,
    ...fields,
  };
}

/** Every row of a table, in order, with its series told by what it is. */
async function dump({ services }: Panel) {
  const { rows: slots } = await sql<Record<string, unknown>>`
    select identity, slot, cast(cost as text) cost, cast(quantity as text) quantity,
      cast(requests as text) requests, cast(p95_ms as text) p95
    from usage_slots join usage_series on id = series_id order by identity, slot`.execute(
    services.store.db,
  );
  const { rows: days } = await sql<Record<string, unknown>>`
    select identity, name, day, cast(cost as text) cost, cast(requests as text) requests
    from usage_days join usage_series on usage_series.id = series_id
    join usage_zones on usage_zones.id = zone_id order by identity, name, day`.execute(
    services.store.db,
  );
  return { slots, days };
}

describe.each(ENGINES)('on %s', (engine) => {
  test('a reading stored twice leaves what it left the first time', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const [account] = accounts;
    const { db } = panel.services.store;
    const first = await storeWindow(db, engine, reading(account?.id ?? ''));
    const rows = await dump(panel);
    const second = await storeWindow(db, engine, reading(account?.id ?? ''));
    expect(first).toEqual({ rows: 5, changedRows: 5, isFinal: false });
    expect(second).toEqual({ rows: 5, changedRows: 0, isFinal: false });
    expect(await dump(panel)).toEqual(rows);
    // Three hours and two counts, each in its own series and in the two across accounts.
    expect(rows.slots).toHaveLength(15);
  });

  test('a day read again says what it would had it been read only then', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const id = accounts[0]?.id ?? '';
    const { db } = panel.services.store;
    const later = {
      usage: [row(1, { cost: 11_000_000n }), row(3), row(23, { endpointId: 'fal-ai/flux/dev' })],
      calls: [calls(1, 3)],
    };
    await storeWindow(db, engine, reading(id));
    await storeWindow(db, engine, reading(id, later));
    const replaced = await dump(panel);
    const other = await panelWithAccounts(engine, 'a');
    const otherId = other.accounts[0]?.id ?? '';
    await storeWindow(other.panel.services.store.db, engine, reading(otherId, later));
    const fresh = JSON.stringify(await dump(other.panel)).replaceAll(otherId, id);
    expect(JSON.parse(JSON.stringify(replaced))).toEqual(JSON.parse(fresh));
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

  test('an account that is deleted takes its history along, out of all sums', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a', 'b');
    const { db } = panel.services.store;
    const [a, b] = accounts;
    if (!a || !b) throw new Error('two accounts are there');
    await storeWindow(db, engine, reading(a.id));
    const alone = await dump(panel);
    await storeWindow(db, engine, reading(b.id, { usage: [row(4), row(1)] }));
    await deleteAccount(panel.services, ACTOR, b);
    expect(await dump(panel)).toEqual(alone);
  });

  test('a day counted in another zone leaves that of the zone it is no longer counted in', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const id = accounts[0]?.id ?? '';
    const { db } = panel.services.store;
    await storeWindow(db, engine, reading(id));
    await countInZones(db, engine, { accountId: id, day: DAY, zones: ['UTC', 'Asia/Kolkata'] });
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
    const id = accounts[0]?.id ?? '';
    const { db } = panel.services.store;
    const late = utcDayStart(DAY + 1).add({ hours: 72 });
    await storeWindow(db, engine, reading(id));
    const changed = await storeWindow(db, engine, reading(id, { readAt: late, usage: [row(1)] }));
    const same = await storeWindow(db, engine, reading(id, { readAt: late, usage: [row(1)] }));
    expect([changed.isFinal, same.isFinal]).toEqual([false, true]);
  });

  test('what refuses in the transaction leaves nothing of the reading', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const { db } = panel.services.store;
    const lost = storeWindow(db, engine, reading(accounts[0]?.id ?? ''), async () => {
      throw new Error('the lease is lost');
    });
    await expect(lost).rejects.toThrow('the lease is lost');
    expect(await dump(panel)).toEqual({ slots: [], days: [] });
  });
});
