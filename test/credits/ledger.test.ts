import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { listAccounts } from '../../src/accounts/accounts.ts';
import type { Actor } from '../../src/audit/audit.ts';
import {
  confirmTopUp,
  correctEntry,
  dismiss,
  recordEntries,
  voidEntry,
} from '../../src/credits/change-ledger.ts';
import {
  type CreditEntry,
  type EntryFields,
  lotsAndCharges,
  standing,
} from '../../src/credits/ledger.ts';
import {
  dismissedTopUps,
  entriesOf,
  insertEntries,
  revisionsOf,
} from '../../src/credits/ledger-rows.ts';
import { holdAccount } from '../../src/history/hold-account.ts';
import { ENGINES, NOW, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';

const DOLLAR = 1_000_000_000n;
const ANA: Actor = { kind: 'person', name: 'ana@example.com', address: null };
const BOUGHT: EntryFields = {
  kind: 'purchase',
  amount: 10n * DOLLAR,
  currency: 'USD',
  at: NOW.subtract({ hours: 48 }),
  expiresAt: NOW.add({ hours: 24 * 363 }),
  note: 'tarjeta',
};

describe.each(ENGINES)('the ledger on %s', (engine) => {
  async function ledger() {
    const { services, fal } = await startPanel({}, { engine });
    await storeAccount(services, { slug: 'booth', name: 'Booth', key: fal.keys.admin });
    const [account] = await listAccounts(services.store.db);
    if (!account) throw new Error('no account');
    const { db } = services.store;
    const entries = () => entriesOf(db, account.id);
    const only = async (): Promise<CreditEntry> => {
      const [entry] = standing(await entries());
      if (!entry) throw new Error('no entry');
      return entry;
    };
    return { services, db, id: account.id, entries, only };
  }

  test('keeps what was written down, to the nano-dollar and the millisecond', async () => {
    const { services, id, only } = await ledger();
    const amount = 9_007_199_254_740_993_000_000_001n % 9_000_000_000_000_000_001n;
    await recordEntries(services, ANA, id, [{ ...BOUGHT, amount }], 'hand');
    expect(await only()).toMatchObject({
      ...BOUGHT,
      amount,
      revision: 0,
      source: 'hand',
      recordedBy: 'ana@example.com',
      recordedAt: NOW.round('millisecond'),
    });
  });

  test('a correction is another revision, and what was first stays', async () => {
    const { services, db, id, only } = await ledger();
    await recordEntries(services, ANA, id, [BOUGHT], 'hand');
    const seen = await only();
    await correctEntry(services, ANA, id, seen, { ...BOUGHT, amount: 12n * DOLLAR });
    expect((await only()).amount).toBe(12n * DOLLAR);
    expect((await revisionsOf(db, id, seen.id)).map(({ amount }) => amount)).toEqual([
      10n * DOLLAR,
      12n * DOLLAR,
    ]);
    await expect(voidEntry(services, ANA, id, seen)).rejects.toThrow('conflict');
    await voidEntry(services, ANA, id, await only());
    await expect(only()).rejects.toThrow('no entry');
    expect(await revisionsOf(db, id, seen.id)).toHaveLength(3);
    await expect(correctEntry(services, ANA, id, { ...seen, revision: 2 }, BOUGHT)).rejects.toThrow(
      'not_found',
    );
  });

  test('of two who confirm the same rise one does', async () => {
    const { services, id, entries } = await ledger();
    const confirm = () => confirmTopUp(services, ANA, id, { after: NOW }, BOUGHT);
    const results = await Promise.allSettled([confirm(), confirm()]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await entries()).toHaveLength(1);
  });

  test('whoever writes waits for who is writing, and then knows what was written', async () => {
    const { services, db, id, entries } = await ledger();
    const confirm = () => confirmTopUp(services, ANA, id, { after: NOW }, BOUGHT);
    let others: Promise<unknown>[] = [];
    await db.transaction().execute(async (trx) => {
      await holdAccount(trx, id);
      others = [confirm(), recordEntries(services, ANA, id, [BOUGHT], 'hand')];
      for (const each of others) each.catch(() => {});
      await setTimeout(150);
      await insertEntries(trx, [
        {
          ...{ ...BOUGHT, id: 'first', accountId: id, revision: 0, isVoid: false },
          ...{ source: 'proposal', seenAfter: NOW, recordedAt: NOW, recordedBy: ANA.name },
        },
      ]);
    });
    const results = await Promise.allSettled(others);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await entries()).toHaveLength(1);
  });

  test('of two who import the same file at once one does, and what was taken back may come again', async () => {
    const { services, id, entries, only } = await ledger();
    const file = [BOUGHT, BOUGHT];
    const record = () => recordEntries(services, ANA, id, file, 'csv');
    const results = await Promise.allSettled([record(), record()]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await entries()).toHaveLength(2);
    await voidEntry(services, ANA, id, await only());
    await expect(record()).rejects.toThrow('csv: already_there');
    await voidEntry(services, ANA, id, await only());
    await record();
    expect(standing(await entries())).toHaveLength(2);
  });

  test('of an account that is gone, whoever writes is told so', async () => {
    const { services, db, id } = await ledger();
    const record = (account: string) => recordEntries(services, ANA, account, [BOUGHT], 'hand');
    await expect(record('gone')).rejects.toThrow('not_found');
    let late: Promise<unknown> = Promise.resolve();
    await db.transaction().execute(async (trx) => {
      await trx.deleteFrom('account_syncs').where('account_id', '=', id).execute();
      await trx.deleteFrom('fal_accounts').where('id', '=', id).execute();
      late = record(id);
      late.catch(() => {});
      await setTimeout(150);
    });
    await expect(late).rejects.toThrow('not_found');
  });

  test('all of a file is written down, or nothing of it', async () => {
    const { services, id, entries } = await ledger();
    const tooLarge = { ...BOUGHT, amount: 10n ** 30n };
    await expect(recordEntries(services, ANA, id, [BOUGHT, tooLarge], 'csv')).rejects.toThrow();
    expect(await entries()).toEqual([]);
  });

  test('who dismisses a rise twice has dismissed it', async () => {
    const { services, db, id } = await ledger();
    await dismiss(services, ANA, id, NOW);
    await dismiss(services, ANA, id, NOW);
    expect(await dismissedTopUps(db, id)).toEqual([NOW.round('millisecond')]);
  });
});

test('what came are lots, what was paid back is spent, and other currencies are left out', () => {
  const entry = (id: string, fields: Partial<CreditEntry>): CreditEntry => ({
    ...BOUGHT,
    id,
    accountId: 'a',
    revision: 0,
    isVoid: false,
    source: 'hand',
    seenAfter: null,
    recordedAt: NOW,
    recordedBy: '',
    ...fields,
  });
  const { lots, charges } = lotsAndCharges(
    [
      entry('bought', {}),
      entry('grant', { kind: 'promotion', amount: 5n, expiresAt: null }),
      entry('refund', { kind: 'adjustment', amount: -3n, expiresAt: null }),
      entry('euro', { currency: 'EUR' }),
    ],
    'USD',
  );
  expect(lots.map(({ id }) => id)).toEqual(['bought', 'grant']);
  expect(charges).toEqual([{ at: BOUGHT.at, amount: 3n }]);
});
