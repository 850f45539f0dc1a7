import { setImmediate as othersFirst } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { deleteAccount } from '../../src/accounts/change-accounts.ts';
import { recordBalance } from '../../src/history/balance-samples.ts';
import { dropPartOfWindow } from '../../src/history/drop-window.ts';
import { AccountGoneError } from '../../src/history/hold-account.ts';
import { storeWindow } from '../../src/history/store-window.ts';
import { ENGINES, NOW } from '../support/panel.ts';
import { someoneWaits } from '../support/someone-waits.ts';
import { ACTOR, DAY, dump, panelWithAccounts, reading, row } from './read-windows.ts';

describe.each(ENGINES)('an account with a history, on %s', (engine) => {
  test('takes it along, out of all sums, and the series that nobody else counts in', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a', 'b');
    const { db } = panel.services.store;
    const [a, b] = accounts;
    await storeWindow(db, engine, reading(a.id));
    const alone = await dump(panel);
    const other = row(4, { endpointId: 'fal-ai/veo3' });
    await storeWindow(db, engine, reading(b.id, { usage: [row(4), row(1), other] }));
    await deleteAccount(panel.services, ACTOR, b);
    expect(await dump(panel)).toEqual(alone);
    await deleteAccount(panel.services, ACTOR, a);
    expect(await dump(panel)).toEqual({ series: [], slots: [], days: [] });
  });

  test('goes in parts of a day, each out of all sums, and what is left is partial and can be read anew', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a', 'b');
    const { db } = panel.services.store;
    const [a, b] = accounts;
    const usage = [0, 1, 2, 3, 4].map((hour) => row(hour));
    await storeWindow(db, engine, reading(b.id));
    const alone = await dump(panel);
    await storeWindow(db, engine, reading(a.id, { usage }));
    const whole = await dump(panel);

    const drop = () => dropPartOfWindow(db, engine, { accountId: a.id, day: DAY }, 2);
    expect(await drop()).toBe(false);
    const left = await dump(panel);
    expect(left).not.toEqual(whole);
    const windows = db
      .selectFrom('sync_windows')
      .select(['is_complete', 'is_final'])
      .where('account_id', '=', a.id);
    expect(await windows.execute()).toEqual([{ is_complete: 0, is_final: 0 }]);

    await storeWindow(db, engine, reading(a.id, { usage }));
    expect(await dump(panel)).toEqual(whole);

    while (!(await drop()));
    expect(await windows.execute()).toEqual([]);
    await deleteAccount(panel.services, ACTOR, a);
    expect(await dump(panel)).toEqual(alone);
  });

  test('goes a day at a time, and others are answered in between', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const { db } = panel.services.store;
    const [a] = accounts;
    const days = [0, 1, 2, 3, 4, 5].map((age) => DAY - age);
    for (const day of days) await storeWindow(db, engine, reading(a.id, { day }));
    const seen = new Set<number>();
    let isGone = false;
    const deleting = deleteAccount(panel.services, ACTOR, a).finally(() => {
      isGone = true;
    });
    while (!isGone) {
      await othersFirst();
      seen.add((await db.selectFrom('sync_windows').select('day').execute()).length);
    }
    await deleting;
    expect(seen.size).toBeGreaterThan(2);
  });
});

test('a day that is stored while its account is deleted is refused, and no sum is left wrong', async () => {
  const { panel, accounts } = await panelWithAccounts('postgres', 'a', 'b');
  const { db, engine } = panel.services.store;
  const [a, b] = accounts;
  await storeWindow(db, engine, reading(a.id));
  await recordBalance(db, a.id, NOW, { reason: 'fal_timeout' });

  const [held, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holding = db.transaction().execute(async (trx) => {
    await sql`select 1 from balance_samples for update`.execute(trx);
    held.resolve();
    await end.promise;
  });
  await held.promise;
  const deleting = deleteAccount(panel.services, ACTOR, a);
  await someoneWaits(db, 1);
  // One more day of the account itself, and another's first use of what only it has used so far.
  const late = storeWindow(db, engine, reading(a.id, { day: DAY - 1 })).catch((error) => error);
  const others = storeWindow(db, engine, reading(b.id));
  await someoneWaits(db, 3);
  end.resolve();
  await Promise.all([holding, deleting, others]);
  expect(await late).toBeInstanceOf(AccountGoneError);

  const fresh = await panelWithAccounts('postgres', 'b');
  const [onlyB] = fresh.accounts;
  await storeWindow(fresh.panel.services.store.db, engine, reading(onlyB.id));
  const expected = JSON.stringify(await dump(fresh.panel)).replaceAll(onlyB.id, b.id);
  expect(JSON.parse(JSON.stringify(await dump(panel)))).toEqual(JSON.parse(expected));
});
