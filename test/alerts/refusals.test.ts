import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOpen, readLastAnswers } from '../../src/alerts/last-answers.ts';
import {
  latestRefusals,
  recordRefusal,
  refusalsIn,
  withoutKeys,
} from '../../src/alerts/refusals.ts';
import * as faults from '../../src/demo/faults.ts';
import { FalError } from '../../src/fal/errors.ts';
import { recordBalance } from '../../src/history/balance-samples.ts';
import { restartSync } from '../../src/history/change-sync.ts';
import { toText } from '../../src/store/values.ts';
import { accountId, syncOnce } from '../history/synced.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';
import { plantAccount } from '../support/planted-history.ts';
import { storeAccount } from '../support/stored-account.ts';
import { emptyPlace, openAt } from '../support/stores.ts';

const ANA = { kind: 'person', name: 'ana@example.com', address: null } as const;
const KEY = 'a1b2c3d4-5e6f-4071-8293-a4b5c6d7e8f9:0123456789abcdef0123456789abcdef';

async function panelToSync(days = 4) {
  const clock = stoppedClock();
  const panel = await startPanel(
    { BACKFILL_DAYS: String(days) },
    { parts: { now: clock.now }, simulator: { now: clock.now } },
  );
  await storeAccount(panel.services, {
    slug: 'futurelab',
    name: 'FutureLab',
    key: panel.fal.keys.admin,
    isDefault: true,
  });
  return { panel, clock };
}

const everything = { start: NOW.subtract({ hours: 1_000 }), end: NOW.add({ hours: 1_000 }) };

const refusedTo = async (panel: Panel) =>
  refusalsIn(panel.services.store.db, await accountId(panel, 'futurelab'), everything);

const round = (panel: Panel) => syncOnce(panel, 'futurelab').catch((error: unknown) => error);

test.each([
  ['exhausted_balance', faults.lockNotice(), 403],
  ['exhausted_balance', faults.lockNotice(undefined, 200), 200],
  ['top_up', faults.lockNotice('TOP_UP'), 403],
  ['admin_lock', faults.lockNotice('Admin lock. Please contact support@fal.ai'), 403],
  ['payment_method', faults.lockNotice('Payment method failed.'), 403],
  ['budget_exceeded', faults.lockNotice('Budget exceeded.'), 403],
  ['locked', faults.lockNotice('Because.'), 403],
  ['bad_key', faults.failWith(401), 401],
  ['bad_key', faults.failWith(401, 'No user found for Key ID and Secret'), 401],
  ['scope', faults.failWith(403), 403],
  ['cdn', faults.cdnChallenge(), 403],
  ['outage', faults.failWith(503), 503],
  ['outage', faults.resetConnection(), null],
] as const)('a round that meets %s leaves its evidence', async (kind, fault, status) => {
  const { panel } = await panelToSync();
  panel.fal.fault(/./, fault);
  await round(panel);
  const refusals = await refusedTo(panel);
  expect(refusals.map(({ asked }) => asked)).toEqual(['balance', 'usage']);
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ kind, status, times: 1 });
    expect(refusal.said).not.toBe('');
  }
});

test('the same answer in a row is one span, and a good one ends it', async () => {
  const { panel, clock } = await panelToSync();
  await round(panel);
  clock.forward({ minutes: 5 });
  const unlock = panel.fal.fault('/account/billing', faults.lockNotice());
  await round(panel);
  clock.forward({ minutes: 5 });
  await round(panel);
  const [span, ...others] = await refusedTo(panel);
  expect(others).toEqual([]);
  expect(span).toMatchObject({ asked: 'balance', kind: 'exhausted_balance', times: 2 });
  expect(span?.said).toContain('User is locked. Reason: Exhausted balance.');
  const { db } = panel.services.store;
  const id = await accountId(panel, 'futurelab');
  const openOf = async () => {
    const answers = (await readLastAnswers(db)).get(id);
    return (await latestRefusals(db)).get(id)?.map((refusal) => isOpen(refusal, answers));
  };
  expect(await openOf()).toEqual([true]);

  unlock();
  clock.forward({ minutes: 5 });
  await round(panel);
  expect(await openOf()).toEqual([false]);

  panel.fal.fault('/account/billing', faults.lockNotice());
  clock.forward({ minutes: 5 });
  await round(panel);
  expect((await refusedTo(panel)).map(({ times }) => times)).toEqual([2, 1]);
});

test('another answer begins another span', async () => {
  const { panel, clock } = await panelToSync();
  for (const reason of ['Exhausted balance.', 'Admin lock.']) {
    const unlock = panel.fal.fault('/models/usage', faults.lockNotice(reason));
    await round(panel);
    unlock();
    clock.forward({ minutes: 5 });
  }
  expect((await refusedTo(panel)).map(({ kind }) => kind)).toEqual([
    'exhausted_balance',
    'admin_lock',
  ]);
});

test('a day that can not be read among others is no outage', async () => {
  const { panel } = await panelToSync();
  // By itself, and together with the day before it.
  panel.fal.fault(/usage\?start=2026-03-0[67]T00[^&]*&end=2026-03-08T00/, faults.failWith(500));
  await round(panel);
  const kinds = (await refusedTo(panel)).map(({ kind }) => kind);
  expect(kinds).toEqual(['partly']);
});

test('usage of which no day can be read is one, also where that is few days', async () => {
  const { panel, clock } = await panelToSync();
  await round(panel);
  clock.forward({ minutes: 5 });
  panel.fal.fault(/./, faults.failWith(500));
  await round(panel);
  const usage = (await refusedTo(panel)).filter(({ asked }) => asked === 'usage');
  expect(usage.map(({ kind }) => kind)).toEqual(['outage']);
});

test('an old day that is asked for by itself and can not be read is no outage', async () => {
  const { panel, clock } = await panelToSync(9);
  const id = await accountId(panel, 'futurelab');
  await round(panel);
  panel.fal.fault(/usage\?start=2026-03-0[12]T/, faults.failWith(500));
  const day = Temporal.PlainDate.from('2026-03-01');
  for (let press = 0; press < 2; press += 1) {
    clock.forward({ minutes: 1 });
    await restartSync(panel.services, ANA, id, { start: day, end: day });
    await round(panel);
    // The latest days are read in between.
    clock.forward({ minutes: 10 });
    await round(panel);
  }
  expect((await refusedTo(panel)).map(({ kind }) => kind)).toEqual(['partly']);
});

test('an outage goes on while the days that failed in it wait for their next turn', async () => {
  const { panel, clock } = await panelToSync();
  await round(panel);
  panel.fal.fault(/./, faults.failWith(500));
  const kinds: (string | undefined)[] = [];
  for (let minute = 0; minute < 60; minute += 5) {
    clock.forward({ minutes: 5 });
    await round(panel);
    const [last] = (await refusedTo(panel))
      .filter(({ asked }) => asked === 'usage')
      .toSorted((one, other) => Temporal.Instant.compare(other.until, one.until));
    kinds.push(last?.kind);
  }
  expect(kinds).toEqual(Array.from({ length: 12 }, () => 'outage'));
});

describe.each(ENGINES)('refusals, on %s', (engine) => {
  async function refusing() {
    const { db } = await openAt(await emptyPlace(engine));
    await plantAccount(db, 'a');
    const refuse = (at: Temporal.Instant, error: FalError) =>
      db
        .transaction()
        .execute((trx) => recordRefusal(trx, 'a', 'balance', at, error, { key: KEY }));
    const answer = (at: Temporal.Instant) =>
      db
        .transaction()
        .execute((trx) => recordBalance(trx, 'a', at, { balance: 1n, currency: 'USD' }));
    return { db, refuse, answer };
  }

  test('that come and go are one span, and one that stays away for over an hour ends', async () => {
    const { db, refuse, answer } = await refusing();
    const busy = new FalError('rate_limited', 'slow down', { status: 429 });
    const down = new FalError('fal_unavailable', 'down', { status: 503 });
    for (let minute = 0; minute < 180; minute += 15) {
      await refuse(NOW.add({ minutes: minute }), busy);
      await refuse(NOW.add({ minutes: minute + 5 }), down);
      await answer(NOW.add({ minutes: minute + 10 }));
    }
    const spans = async () =>
      (await refusalsIn(db, 'a', everything)).map(({ kind, times }) => [kind, times]);
    expect(await spans()).toEqual([
      ['rate_limited', 12],
      ['outage', 12],
    ]);
    // The last one is the one that was said last, not the one that began last.
    await refuse(NOW.add({ minutes: 180 }), busy);
    expect((await latestRefusals(db)).get('a')?.map(({ kind }) => kind)).toEqual(['rate_limited']);
    await refuse(NOW.add({ minutes: 250 }), busy);
    expect((await spans()).at(-1)).toEqual(['rate_limited', 1]);
  });

  test('are kept whatever characters fal says', async () => {
    const { db, refuse } = await refusing();
    const said = `\0no\u0000 \ud800 ${'😀'.repeat(300)}`;
    await refuse(NOW, new FalError('fal_bad_response', said, { status: 200 }));
    const [kept] = await refusalsIn(db, 'a', everything);
    expect(kept?.said.startsWith('no \ufffd 😀')).toBe(true);
    expect(kept?.said.length).toBeLessThanOrEqual(500);
    expect(kept?.said.isWellFormed()).toBe(true);
  });

  test('are kept for half a year, and counted by account and question', async () => {
    const { db } = await openAt(await emptyPlace(engine));
    for (const id of ['a', 'b']) await plantAccount(db, id);
    const refuse = (id: string, at: Temporal.Instant, said = 'no') =>
      db
        .transaction()
        .execute((trx) =>
          recordRefusal(trx, id, 'usage', at, new FalError('fal_unavailable', said), { key: KEY }),
        );
    await refuse('a', NOW.subtract({ hours: 181 * 24 }));
    await refuse('b', NOW);
    await refuse('b', NOW.add({ minutes: 1 }), `Key ${KEY} is not known`);
    // The clock was put back.
    await refuse('b', NOW);
    const found = await latestRefusals(db);
    expect([...found.keys()]).toEqual(['b']);
    expect(found.get('b')).toEqual([
      {
        accountId: 'b',
        from: Temporal.Instant.from(toText(NOW)),
        until: Temporal.Instant.from(toText(NOW.add({ minutes: 1 }))),
        times: 2,
        asked: 'usage',
        kind: 'outage',
        status: null,
        said: 'Key [key] is not known',
      },
    ]);
  });
});

test('nothing that looks like a key stays in a text, whatever stands around it', () => {
  const hexadecimal = (length: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: 64 });
  fc.assert(
    fc.property(fc.uuid(), hexadecimal(32), fc.lorem(), (id, secret, around) => {
      for (const written of [`${id}:${secret}`, `Key ${id}:${secret}`, secret]) {
        expect(withoutKeys(`${around} ${written} (${around})`)).not.toContain(secret);
      }
    }),
  );
  // fal's support finds a request by its id.
  const said = 'request 3f2504e0-4f89-41d3-9a0c-0305e82c3301 at 2026-03-08T03:20:30Z failed';
  expect(withoutKeys(said)).toBe(said);
});
