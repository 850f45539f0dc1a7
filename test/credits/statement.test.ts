import { describe, expect, test } from 'vitest';
import { listAccounts } from '../../src/accounts/accounts.ts';
import type { Actor } from '../../src/audit/audit.ts';
import { leftOf } from '../../src/credits/burn-down.ts';
import { confirmTopUp, recordEntries } from '../../src/credits/change-ledger.ts';
import { creditsAt } from '../../src/credits/projection.ts';
import { runwayOf } from '../../src/credits/runway.ts';
import { type CreditStatement, readStatement } from '../../src/credits/statement.ts';
import { madeUpKey, type SimulatedAccount } from '../../src/demo/accounts.ts';
import { billingRequests } from '../../src/demo/billing-request.ts';
import * as faults from '../../src/demo/faults.ts';
import { recordBalance } from '../../src/history/balance-samples.ts';
import { sumNano } from '../../src/money.ts';
import { syncOnce } from '../history/synced.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES, NOW, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';

const DOLLAR = 1_000_000_000n;
const ANA: Actor = { kind: 'person', name: 'ana@example.com', address: null };
const START = NOW.subtract({ hours: 24 * 10 });

/** Its first credits came before its first request. */
const FIRST = START.subtract({ hours: 30 });

/** A booth's account with its first credits ten days ago, and more later. */
function booth(topUps: { hours: number; amount: number }[]): SimulatedAccount {
  const purchase = ({ hours, amount }: { hours: number; amount: number }) => ({
    atMs: START.add({ hours }).epochMilliseconds,
    amount,
  });
  return {
    username: 'booth',
    balance: [{ hours: -30, amount: 4_000 }, ...topUps].map(purchase),
    traffic: true,
    keys: [{ key: madeUpKey('aa'), alias: 'Admin', scope: 'ADMIN', createdAt: String(START) }],
  };
}

describe.each(ENGINES)('a statement of credits, on %s', (engine) => {
  async function account(topUps: { hours: number; amount: number }[]) {
    const clock = stoppedClock(START);
    const panel = await startPanel(
      { BACKFILL_DAYS: '15' },
      {
        engine,
        parts: { now: clock.now },
        simulator: { now: clock.now, days: 1, accounts: [booth(topUps)] },
      },
    );
    const { services } = panel;
    await storeAccount(services, { slug: 'booth', name: 'Booth', key: madeUpKey('aa') });
    const [stored] = await listAccounts(services.store.db);
    if (!stored) throw new Error('no account');
    return {
      ...panel,
      id: stored.id,
      /** Lets time pass, with a reading every so many hours. */
      async pass(hours: number, every: number) {
        for (let gone = 0; gone < hours; gone += every) {
          clock.forward({ hours: every });
          await syncOnce({ services }, 'booth');
        }
      },
      now: clock.now,
      forward: (hours: number) => clock.forward({ hours }),
      statement: (): Promise<CreditStatement> => readStatement(services, stored),
    };
  }

  test('proposes every top-up, also one behind hours without a reading, and settles with it', async () => {
    const { services, id, pass, statement } = await account([
      { hours: 50, amount: 100 },
      { hours: 100, amount: 250 },
    ]);
    await pass(48, 24);
    await pass(4, 1);
    await pass(60, 20);
    await pass(1, 1);
    const before = await statement();
    expect(before.proposals.map(({ amount }) => amount)).toEqual([250n * DOLLAR, 100n * DOLLAR]);
    expect(before.difference).toBeNull();

    const first = { kind: 'purchase', currency: 'USD', note: '', expiresAt: null } as const;
    await recordEntries(
      services,
      ANA,
      id,
      [{ ...first, amount: 4_000n * DOLLAR, at: FIRST }],
      'hand',
    );
    expect((await statement()).difference).toMatchObject({ cause: 'top_up_to_confirm' });
    for (const topUp of before.proposals) {
      const fields = { ...first, amount: topUp.amount, at: topUp.until };
      await confirmTopUp(services, ANA, id, topUp, fields);
    }
    const after = await statement();
    expect([after.proposals, after.difference]).toEqual([[], null]);
    expect(after.entries).toHaveLength(3);
  });

  test('says what is left in each lot, and until when credits last', async () => {
    const { services, id, pass, statement, now } = await account([]);
    await pass(240, 24);
    const entry = { kind: 'purchase', currency: 'USD', note: '' } as const;
    const expiresAt = FIRST.add({ hours: 24 * 365 });
    const amount = 4_000n * DOLLAR;
    await recordEntries(services, ANA, id, [{ ...entry, amount, at: FIRST, expiresAt }], 'hand');
    const { balance, burned, outlook, pace } = await statement();
    expect(balance).toMatchObject({
      source: 'fal',
      reason: null,
      asOf: now().round('millisecond'),
    });
    expect(burned.unfunded).toBe(0n);
    expect(sumNano(burned.lots.map(({ remaining }) => remaining))).toBe(balance.amount);
    expect(typeof pace).toBe('object');
    if (!outlook) throw new Error('no outlook');
    expect(creditsAt(outlook, now(), 'expected')).toBe(balance.amount);
    const { until } = runwayOf(outlook);
    expect(until && Temporal.Instant.compare(now(), until)).toBe(-1);
  });

  test('tells something else that was spent from usage of days that are not known', async () => {
    const { services, id, pass, statement, now } = await account([]);
    await pass(240, 24);
    const entry = { kind: 'purchase', currency: 'USD', note: '', expiresAt: null } as const;
    const record = (amount: bigint, at: Temporal.Instant) =>
      recordEntries(services, ANA, id, [{ ...entry, amount, at }], 'hand');
    // Days before the first purchase are not known either, and explain nothing.
    await record(4_200n * DOLLAR, FIRST);
    expect((await statement()).difference).toEqual({
      amount: -200n * DOLLAR,
      cause: 'other_spend',
    });
    await record(DOLLAR, now().subtract({ hours: 24 * 60 }));
    expect((await statement()).difference?.cause).toBe('usage_not_known');
  });

  test('waits after midnight, too, for a balance that lacks what was spent in the hour before', async () => {
    const { services, fal, id, pass, statement, now } = await account([]);
    await pass(240, 24);
    await pass(3, 3);
    const entry = { kind: 'purchase', currency: 'USD', note: '', expiresAt: null } as const;
    const amount = 4_000n * DOLLAR;
    await recordEntries(services, ANA, id, [{ ...entry, amount, at: FIRST }], 'hand');
    const { balance } = await statement();
    const midnight = now().toZonedDateTimeISO('America/Mexico_City').startOfDay().toInstant();
    const { costNano } = fal.truth({ start: midnight.subtract({ hours: 1 }), end: midnight });
    expect(costNano).toBeGreaterThan(DOLLAR);
    const late = { balance: (balance.amount ?? 0n) + costNano, currency: 'USD' };
    await services.store.db
      .transaction()
      .execute((trx) => recordBalance(trx, id, now().add({ milliseconds: 1 }), late));
    expect((await statement()).difference).toBeNull();
  });

  test('takes a balance of nothing for what is left of more spent than bought: fal tells no debt', async () => {
    const { services, id, statement, now, forward } = await account([]);
    const read = (balance: bigint, at: Temporal.Instant) =>
      services.store.db
        .transaction()
        .execute((trx) => recordBalance(trx, id, at, { balance, currency: 'USD' }));
    await read(0n, now().subtract({ minutes: 5 }));
    const entry = { currency: 'USD', note: '', at: FIRST, expiresAt: null } as const;
    await recordEntries(
      services,
      ANA,
      id,
      [
        { ...entry, kind: 'purchase', amount: 10n * DOLLAR },
        { ...entry, kind: 'adjustment', amount: -50n * DOLLAR },
      ],
      'hand',
    );
    expect((await statement()).difference).toBeNull();
    forward(3);
    // Reckoned from that nothing by now, with what was owed then as little known as before.
    expect((await statement()).difference).toBeNull();
    await read(900_000_000n, now());
    expect((await statement()).difference).toEqual({
      amount: 40_900_000_000n,
      cause: 'purchase_missing',
    });
  });

  test('estimates what fal does not say: the last it said, less what was spent since', async () => {
    const { services, id, pass, statement, now } = await account([]);
    await pass(48, 24);
    const known = (await statement()).balance.amount;
    await pass(24, 24);
    const then = (await statement()).balance.amount;
    await services.store.db.transaction().execute(async (trx) => {
      await trx
        .deleteFrom('balance_samples')
        .where('until_at', '>', String(now().subtract({ hours: 20 })))
        .execute();
      await trx
        .updateTable('balance_samples')
        .set({ until_at: String(now().subtract({ hours: 24 }).round('millisecond')) })
        .where('balance', 'is not', null)
        .where('until_at', '>', String(now().subtract({ hours: 30 })))
        .execute();
      await recordBalance(trx, id, now(), { reason: 'admin_scope_required' });
    });
    const { balance } = await statement();
    expect(balance).toMatchObject({ source: 'estimate', reason: 'admin_scope_required' });
    expect(balance.amount !== null && balance.amount <= (known ?? 0n)).toBe(true);
    const off = (balance.amount ?? 0n) - (then ?? 0n);
    expect(off < DOLLAR && off > -20n * DOLLAR).toBe(true);
  });

  test('counts in an estimate what was written down after the balance was read, and what expired', async () => {
    const { services, id, statement, now, forward } = await account([]);
    const read = now();
    await services.store.db
      .transaction()
      .execute((trx) => recordBalance(trx, id, read, { balance: 20n * DOLLAR, currency: 'USD' }));
    const entry = { kind: 'purchase', currency: 'USD', note: '' } as const;
    const expiresAt = read.add({ hours: 10 });
    await recordEntries(
      services,
      ANA,
      id,
      [{ ...entry, amount: 5n * DOLLAR, at: FIRST, expiresAt }],
      'hand',
    );
    forward(20);
    await services.store.db
      .transaction()
      .execute((trx) => recordBalance(trx, id, now(), { reason: 'admin_scope_required' }));
    const left = async () => (await statement()).balance.amount;
    expect(await left()).toBe(15n * DOLLAR);
    const at = now().subtract({ hours: 1 });
    await recordEntries(
      services,
      ANA,
      id,
      [
        { ...entry, amount: 100n * DOLLAR, at, expiresAt: null },
        { ...entry, kind: 'adjustment', amount: -30n * DOLLAR, at, expiresAt: null },
        // These are in the balance already.
        { ...entry, amount: 3n * DOLLAR, at: read.subtract({ hours: 1 }), expiresAt: null },
        { ...entry, kind: 'adjustment', amount: -9n * DOLLAR, at: FIRST, expiresAt: null },
      ],
      'hand',
    );
    // Of what expired nothing was left to be lost.
    expect(await left()).toBe(90n * DOLLAR);
  });

  test('takes all that was spent off a balance that was read months ago', async () => {
    const at = START.add({ hours: 48 });
    const traffic = billingRequests([
      { at: at.epochMilliseconds, endpointId: 'fal-ai/fast-sdxl', unitPrice: 7 },
    ]);
    const clock = stoppedClock(START);
    const simulator = { now: clock.now, traffic };
    const panel = await startPanel(
      { BACKFILL_DAYS: '120' },
      { engine, parts: { now: clock.now }, simulator },
    );
    const { services, fal } = panel;
    await storeAccount(services, { slug: 'booth', name: 'Booth', key: fal.keys.admin });
    const [stored] = await listAccounts(services.store.db);
    if (!stored) throw new Error('no account');
    await services.store.db
      .transaction()
      .execute((trx) =>
        recordBalance(trx, stored.id, START, { balance: 20n * DOLLAR, currency: 'USD' }),
      );
    clock.forward({ hours: 24 * 100 });
    fal.quirks.noBalance = true;
    await syncOnce(panel, 'booth');
    expect((await readStatement(services, stored)).balance).toMatchObject({
      amount: 13n * DOLLAR,
      source: 'estimate',
    });
  });

  test('takes hours that were spent since off a balance that can be read no more for the moment', async () => {
    const { services, id, fal, pass, statement } = await account([]);
    await pass(240, 24);
    const entry = { kind: 'purchase', currency: 'USD', note: '', expiresAt: null } as const;
    await recordEntries(
      services,
      ANA,
      id,
      [{ ...entry, amount: 4_000n * DOLLAR, at: FIRST }],
      'hand',
    );
    fal.fault('/account/billing', faults.failWith(503));
    await pass(24, 1);
    const { balance, burned, outlook, difference, now } = await statement();
    expect(balance).toMatchObject({ source: 'fal', reason: 'fal_unavailable' });
    const left = leftOf(burned);
    expect((balance.amount ?? 0n) - left > 5n * DOLLAR).toBe(true);
    expect(difference).toBeNull();
    const off = outlook ? creditsAt(outlook, now, 'expected') - left : DOLLAR;
    expect(off <= 0n && off > -10n * DOLLAR).toBe(true);
  });

  test("estimates from what was bought, the seed's way, where fal never said anything", async () => {
    const { services, id, pass, statement } = await account([]);
    await pass(24, 24);
    const told = (await statement()).balance.amount;
    await services.store.db.deleteFrom('balance_samples').execute();
    expect((await statement()).balance).toMatchObject({
      amount: null,
      source: 'estimate',
      reason: 'never_read',
    });
    const entry = { kind: 'purchase', currency: 'USD', note: '', expiresAt: null } as const;
    await recordEntries(
      services,
      ANA,
      id,
      [{ ...entry, amount: 4_000n * DOLLAR, at: FIRST }],
      'hand',
    );
    expect((await statement()).balance).toMatchObject({
      amount: told,
      source: 'estimate',
      reason: 'never_read',
    });
  });

  test('says nothing where nobody knows anything', async () => {
    const { statement } = await account([]);
    expect(await statement()).toMatchObject({
      balance: { amount: null, source: 'estimate' },
      difference: null,
      proposals: [],
      pace: 'history_too_short',
      outlook: null,
    });
  });
});
