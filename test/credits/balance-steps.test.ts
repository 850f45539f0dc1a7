import { describe, expect, test } from 'vitest';
import { listAccounts } from '../../src/accounts/accounts.ts';
import { readSteps } from '../../src/credits/balance-steps.ts';
import { recordBalance } from '../../src/history/balance-samples.ts';
import { ENGINES, NOW, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';

const SINCE = NOW.subtract({ hours: 24 * 90 });

describe.each(ENGINES)('the steps of a balance, on %s', (engine) => {
  async function balances() {
    const { services, fal } = await startPanel({}, { engine });
    await storeAccount(services, { slug: 'booth', name: 'Booth', key: fal.keys.admin });
    const [account] = await listAccounts(services.store.db);
    if (!account) throw new Error('no account');
    const { store } = services;
    return {
      store,
      id: account.id,
      read: (minutes: number, balance: bigint, currency = 'USD') =>
        store.db
          .transaction()
          .execute((trx) =>
            recordBalance(trx, account.id, NOW.add({ minutes }), { balance, currency }),
          ),
      steps: async (since = SINCE) => {
        const steps = await store.reader.snapshot((db) =>
          readSteps(store, db, account.id, 'USD', since),
        );
        return steps.map(({ before, now }) => [before, now]);
      },
    };
  }

  test('are found once, however often they are asked for, and new ones with them', async () => {
    const { read, steps } = await balances();
    expect(await steps()).toEqual([]);
    await read(0, 10n);
    await read(15, 30n);
    await read(30, 25n);
    expect([await steps(), await steps()]).toEqual([[[10n, 30n]], [[10n, 30n]]]);
    await read(120, 20n);
    await read(135, 50n);
    const all = [
      [10n, 30n],
      [25n, 20n],
      [20n, 50n],
    ];
    expect([await steps(), await steps()]).toEqual([all, all]);
    expect(await steps(NOW.add({ minutes: 60 }))).toEqual(all.slice(1));
    expect(await steps()).toEqual(all);
  });

  test('are from one balance of a currency to its next, whatever was said in another', async () => {
    const { read, steps } = await balances();
    await read(0, 10n);
    await read(15, 900n, 'EUR');
    await read(30, 12n);
    expect(await steps()).toEqual([[10n, 12n]]);
  });

  test('are looked for anew where what was read is gone', async () => {
    const { store, id, read, steps } = await balances();
    await read(0, 10n);
    await read(15, 30n);
    expect(await steps()).toEqual([[10n, 30n]]);
    await store.db.deleteFrom('balance_samples').where('account_id', '=', id).execute();
    expect(await steps()).toEqual([]);
    await read(20, 5n);
    await read(25, 6n);
    expect(await steps()).toEqual([[5n, 6n]]);
  });
});
