import { describe, expect, test } from 'vitest';
import { costlyIn } from '../../src/alerts/charge-rows.ts';
import { chargeWatchJob, chargeWatchJobs } from '../../src/alerts/charge-watch.ts';
import { chargeWatchStates } from '../../src/alerts/charge-watch-rows.ts';
import { costlyRequest } from '../../src/alerts/kinds/costly-request.ts';
import { ruleRow } from '../../src/alerts/rule-rows.ts';
import { type BillingRequestParts, billingRequests } from '../../src/demo/billing-request.ts';
import * as faults from '../../src/demo/faults.ts';
import { pauseSync } from '../../src/history/change-sync.ts';
import { NotBeforeError } from '../../src/jobs/not-before.ts';
import { accountId, syncOnce, testLease } from '../history/synced.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';
import { roundOf } from './round.ts';

const MODEL = 'fal-ai/kling-video/v2.1/standard';
const ACTOR = { kind: 'person', name: 'ana@example.com', address: null } as const;
const ago = (minutes: number) => NOW.subtract({ minutes }).epochMilliseconds;

/** Thirty clips of a dollar each in the hours before. */
const CLIPS: BillingRequestParts[] = Array.from({ length: 30 }, (_, index) => ({
  ...{ at: ago(60 + index * 20), endpointId: MODEL, requestId: `clip-${index}`, unitPrice: 1 },
}));
/** One that is billed as ten thousand seconds. */
const RUINOUS: BillingRequestParts = {
  ...{ at: ago(-2), endpointId: MODEL, requestId: 'ruinous', unitPrice: 1, quantity: 10_272 },
};

async function watched(
  requests: BillingRequestParts[],
  options: Parameters<typeof startPanel>[1] = {},
) {
  const clock = stoppedClock();
  const panel = await startPanel(
    {},
    {
      ...options,
      parts: { now: clock.now },
      simulator: { now: clock.now, traffic: billingRequests(requests), ...options.simulator },
    },
  );
  const { services, fal } = panel;
  const key = fal.keys.admin;
  await storeAccount(services, { slug: 'futurelab', name: 'FutureLab', key, isDefault: true });
  const id = await accountId(panel, 'futurelab');
  const look = (lease = testLease()) => chargeWatchJob(services, id).run(lease);
  const found = async () => {
    const { db } = services.store;
    const span = { start: NOW.subtract({ hours: 999 }), end: NOW.add({ hours: 999 }) };
    const charges = await costlyIn(db, id, span);
    return charges.map(({ requestId, cost, usualCost }) => [
      requestId,
      Number(cost) / 1e9,
      Number(usualCost) / 1e9,
    ]);
  };
  const state = async () => (await chargeWatchStates(services.store.db)).get(id);
  return { panel, clock, id, look, found, state };
}

const asked = ({ fal }: Panel) =>
  fal.received.filter(({ path }) => path === '/models/billing-events');

describe.each(ENGINES)('the watch on single charges, on %s', (engine) => {
  test('finds a ruinous request minutes after it, once, with what is usual', async () => {
    const { clock, look, found, state } = await watched([...CLIPS, RUINOUS], { engine });
    const next = await look();
    expect(next.equals(NOW.add({ seconds: 60 }))).toBe(true);
    expect(await found()).toEqual([]);
    clock.forward({ minutes: 3 });
    for (let minute = 0; minute < 90; minute += 10) {
      await look();
      expect(await found()).toEqual([['ruinous', 10_272, 1]]);
      clock.forward({ minutes: 10 });
    }
    expect(await state()).toMatchObject({ errorCode: null });
  });

  test('finds nothing twice and forgets nothing when it dies before it has written', async () => {
    const { clock, look, found, state } = await watched([...CLIPS, RUINOUS], { engine });
    await look();
    const before = await state();
    clock.forward({ minutes: 3 });
    await expect(look(testLease(0))).rejects.toThrow('lost');
    expect(await found()).toEqual([]);
    expect(await state()).toEqual(before);
    await look();
    await look();
    expect(await found()).toEqual([['ruinous', 10_272, 1]]);
  });
});

test('a new account is learnt from, and what is over a day old is no news', async () => {
  const old = { ...RUINOUS, requestId: 'old', at: ago(25 * 60) };
  const young = { ...RUINOUS, requestId: 'young', at: ago(23 * 60) };
  const { look, found } = await watched([...CLIPS, old, young]);
  await look();
  expect(await found()).toEqual([['young', 10_272, 1]]);
});

test('several events of one request are one charge, also across pages', async () => {
  const parts = Array.from({ length: 12 }, (_, index) => ({
    ...{ at: ago(-1) + index, endpointId: MODEL, requestId: 'ruinous', call: index === 0 },
    ...{ unitPrice: 1, quantity: 2 },
  }));
  const { clock, look, found, panel } = await watched([...CLIPS, ...parts], {
    simulator: { eventsPageSize: 5 },
  });
  panel.fal.quirks.splitCharges = [MODEL];
  panel.fal.quirks.overlapPages = 2;
  await look();
  clock.forward({ minutes: 3 });
  await look();
  expect(await found()).toEqual([['ruinous', 24, 1]]);
});

test('what comes hours late or is corrected to much is found within the hour', async () => {
  const late = { ...RUINOUS, requestId: 'late', at: ago(5), knownAt: ago(-100) };
  const corrected = {
    ...{ at: ago(30), endpointId: MODEL, requestId: 'corrected', unitPrice: 1 },
    correction: { at: ago(-90), cost: 40_500 },
  };
  const { clock, look, found } = await watched([...CLIPS, late, corrected]);
  await look();
  clock.forward({ minutes: 85 });
  await look();
  expect(await found()).toEqual([]);
  clock.forward({ minutes: 75 });
  await look();
  expect((await found()).map(([requestId]) => requestId).toSorted()).toEqual(['corrected', 'late']);
});

test('of a job that runs away the first few are told, and then what is far above those', async () => {
  const runaway = Array.from({ length: 40 }, (_, index) => ({
    ...{
      ...RUINOUS,
      at: ago(-1 - index),
      requestId: `runaway-${index}`,
      quantity: 30 + index / 10,
    },
  }));
  const { clock, look, found } = await watched([
    ...CLIPS,
    ...runaway,
    { ...RUINOUS, at: ago(-45), requestId: 'worse', quantity: 900 },
  ]);
  for (let minute = 0; minute < 60; minute += 1) {
    await look();
    clock.forward({ minutes: 1 });
  }
  expect((await found()).map(([requestId]) => requestId)).toEqual([
    'runaway-0',
    'runaway-1',
    'runaway-2',
    'worse',
  ]);
});

test('a model that has become cheaper does not make alarms of what it cost before', async () => {
  const clips = (count: number, from: number, price: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...{ at: ago(from - index), endpointId: MODEL, requestId: `${price}-${index}` },
      unitPrice: price,
    }));
  const cheaper = [...clips(60, 300, 10), ...clips(200, 210, 1)];
  const late = { ...RUINOUS, at: ago(90), knownAt: ago(-60) };
  const { clock, look, found } = await watched([...cheaper, late]);
  await look();
  clock.forward({ minutes: 45 });
  await look();
  expect(await found()).toEqual([]);
  clock.forward({ minutes: 60 });
  await look();
  expect(await found()).toEqual([['ruinous', 10_272, 1]]);
});

test('a model of which few charges are known is judged by its calls in the local copy', async () => {
  const rare = (days: number, quantity = 1) => ({
    ...{ at: ago(days * 24 * 60), endpointId: 'fal-ai/rare', unitPrice: 2, quantity },
    requestId: `rare-${days}`,
  });
  const dear = { ...rare(0), at: ago(-1), requestId: 'dear', quantity: 6 };
  const like = { ...rare(0), at: ago(-2), requestId: 'like', quantity: 4 };
  const { panel, clock, look, found } = await watched([rare(3), rare(4), rare(5), dear, like]);
  await look();
  clock.forward({ minutes: 5 });
  await look();
  // As little as that says nothing while nobody knows.
  expect(await found()).toEqual([]);
  await syncOnce(panel, 'futurelab');
  await look();
  expect(await found()).toEqual([['dear', 12, 2]]);
});

test('while fal does not answer it is said why, and the rule does not know', async () => {
  const { panel, clock, look, found, state } = await watched([...CLIPS, RUINOUS]);
  await look();
  panel.fal.quirks.billingEventsDown = true;
  clock.forward({ hours: 30 });
  await expect(look()).rejects.toThrow('500');
  expect(await state()).toMatchObject({ errorCode: 'fal_unavailable' });
  const round = roundOf(panel, clock.now());
  const [account] = await round.accounts();
  const params = costlyRequest.params.parse(costlyRequest.defaults[0]?.params);
  const judged = async () =>
    costlyRequest.judge(await costlyRequest.read(round, account, params), params, new Set());
  expect(await judged()).toMatchObject({ isKnown: false });
  panel.fal.quirks.billingEventsDown = false;
  await look();
  expect(await state()).toMatchObject({ errorCode: null });
  // It is 28 hours old by now.
  expect(await found()).toEqual([]);
});

test.each([
  ['admin_scope_required', faults.failWith(403)],
  ['invalid_api_key', faults.failWith(401)],
  ['account_locked', faults.lockNotice()],
])('fal is left alone for a while after %s', async (code, fault) => {
  const { panel, look, state } = await watched(CLIPS);
  panel.fal.fault(/./, fault);
  const error = await look().catch((error: unknown) => error);
  expect(error).toBeInstanceOf(NotBeforeError);
  expect((error as NotBeforeError).wait.total('minutes')).toBe(15);
  expect(await state()).toMatchObject({ errorCode: code });
});

test('pages that begin again are judged, not learnt from, and looked at again', async () => {
  const { panel, clock, look, found, state } = await watched([...CLIPS, RUINOUS], {
    simulator: { eventsPageSize: 5 },
  });
  panel.fal.quirks.endlessPages = true;
  clock.forward({ minutes: 3 });
  await expect(look()).rejects.toThrow('charges');
  expect(await state()).toMatchObject({ lookedUntil: null, errorCode: 'fal_bad_response' });
  panel.fal.quirks.endlessPages = false;
  await look();
  expect(await found()).toEqual([['ruinous', 10_272, 1]]);
});

const rule = (
  id: string,
  accountId: string | null,
  isEnabled: boolean,
  params: Record<string, unknown> = {},
) => ({
  ...({ id, accountId, isEnabled, kind: 'costly_request', name: '', params } as const),
  ...({ severity: 'critical', channelIds: null, quietHours: null, remindHours: null } as const),
  version: 1,
});

test('what no rule tells of hides nothing that one does', async () => {
  const times = (quantity: number, minute: number, requestId = `${quantity} times ${minute}`) => ({
    ...{ ...RUINOUS, at: ago(-minute), requestId, quantity },
  });
  const { panel, clock, look, found } = await watched([
    ...CLIPS,
    ...[1, 2, 3, 4].map((minute) => times(11, minute)),
    ...[6, 7, 8, 9].map((minute) => times(21, minute)),
  ]);
  await panel.services.store.db
    .insertInto('alert_rules')
    .values(ruleRow(rule('all', null, true, { times: 20, min_amount: '1' }), NOW))
    .execute();
  for (let minute = 0; minute < 20; minute += 1) {
    await look();
    clock.forward({ minutes: 1 });
  }
  expect((await found()).map(([, cost]) => cost)).toEqual([11, 11, 11, 21, 21, 21]);
});

test('while nothing is charged it is only written down now and then that it was looked', async () => {
  const { panel, clock, look } = await watched(CLIPS);
  const written = async () => {
    const { db } = panel.services.store;
    const row = await db
      .selectFrom('charge_watches')
      .select(['looked_at', 'looked_until'])
      .executeTakeFirst();
    return JSON.stringify(row);
  };
  clock.forward({ minutes: 45 });
  const seen: string[] = [];
  for (let minute = 0; minute < 10; minute += 1) {
    await look();
    seen.push(await written());
    clock.forward({ minutes: 1 });
  }
  expect(new Set(seen).size).toBe(2);
});

describe('fal is asked only', () => {
  test('where a rule watches the account and nobody paused it', async () => {
    const { panel, id } = await watched(CLIPS);
    const { services } = panel;
    const { db } = services.store;
    const names = async () => (await chargeWatchJobs(services)()).map(({ name }) => name);
    expect(await names()).toEqual([]);
    const put = (...rules: ReturnType<typeof rule>[]) =>
      db
        .insertInto('alert_rules')
        .values(rules.map((each) => ruleRow(each, NOW)))
        .execute();
    await put(rule('all', null, true));
    expect(await names()).toEqual([`charges/${id}`]);
    await put(rule('own', id, false));
    expect(await names()).toEqual([]);
    await db.deleteFrom('alert_rules').where('id', '=', 'own').execute();
    const [account] = await roundOf(panel, NOW).accounts();
    await pauseSync(services, ACTOR, account.id);
    expect(await names()).toEqual([]);
  });

  test('by the panel’s own jobs', async () => {
    const { panel, state } = await watched(CLIPS);
    const { scheduler, store } = panel.services;
    await store.db
      .insertInto('alert_rules')
      .values(ruleRow(rule('all', null, true), NOW))
      .execute();
    await scheduler.wake();
    await expect.poll(state, { timeout: 10_000 }).toMatchObject({ errorCode: null });
  });

  test('when the job runs on an account that is not paused', async () => {
    const { panel, look } = await watched(CLIPS);
    const [account] = await roundOf(panel, NOW).accounts();
    await pauseSync(panel.services, ACTOR, account.id);
    await look();
    expect(asked(panel)).toEqual([]);
  });
});
