import { describe, expect, test } from 'vitest';
import { type FalAccount, listAccounts } from '../../src/accounts/accounts.ts';
import { learnCharges, writeCostly } from '../../src/alerts/charge-rows.ts';
import { seedDefaultRules } from '../../src/alerts/default-rules.ts';
import { alertsJob } from '../../src/alerts/evaluation.ts';
import { forecastOf } from '../../src/alerts/forecasts.ts';
import type { AlertKind, Round } from '../../src/alerts/kind.ts';
import { accountTrouble } from '../../src/alerts/kinds/account-trouble.ts';
import { balanceBelow } from '../../src/alerts/kinds/balance-below.ts';
import { costlyRequest } from '../../src/alerts/kinds/costly-request.ts';
import { eventUncovered } from '../../src/alerts/kinds/event-uncovered.ts';
import { KINDS } from '../../src/alerts/kinds/index.ts';
import { runwayShort } from '../../src/alerts/kinds/runway-short.ts';
import { syncStale } from '../../src/alerts/kinds/sync-stale.ts';
import { recordRefusal } from '../../src/alerts/refusals.ts';
import { listRules, ruleRow } from '../../src/alerts/rule-rows.ts';
import * as faults from '../../src/demo/faults.ts';
import { FalError } from '../../src/fal/errors.ts';
import { pauseSync, resumeSync } from '../../src/history/change-sync.ts';
import { writeFailure, writeRoundStart, writeSuccess } from '../../src/history/sync-queries.ts';
import type { OutlookQuestion } from '../../src/overview/outlooks.ts';
import { toText } from '../../src/store/values.ts';
import { syncOnce } from '../history/synced.ts';
import { plannedEvent } from '../planner/events.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES, NOW, type PanelOptions, startPanel } from '../support/panel.ts';
import { freeLease, plantAccount } from '../support/planted-history.ts';
import { storeAccount } from '../support/stored-account.ts';
import { roundOf } from './round.ts';

const NOTHING: ReadonlySet<string> = new Set();

async function syncedPanel(options: PanelOptions = {}, days = 3) {
  const clock = stoppedClock();
  const panel = await startPanel(
    { BACKFILL_DAYS: String(days) },
    {
      ...options,
      parts: { now: clock.now },
      simulator: { now: clock.now, ...options.simulator },
    },
  );
  const { admin: key } = panel.fal.keys;
  await storeAccount(panel.services, { slug: 'bodas', name: 'Bodas', key, isDefault: true });
  const round = () => syncOnce(panel, 'bodas').catch((error: unknown) => error);
  await round();
  const [account] = await roundOf(panel, clock.now()).accounts();
  /** What a kind's default rule says now. */
  async function say<Params, Reading>(
    kind: AlertKind<Params, Reading>,
    firing = NOTHING,
    index = 0,
  ) {
    const params = kind.params.parse(kind.defaults[index]?.params);
    return kind.judge(
      await kind.read(roundOf(panel, clock.now()), account, params),
      params,
      firing,
    );
  }
  return { panel, clock, account, round, say };
}

const found = ({ findings }: { findings: readonly { subject: string }[] }) =>
  findings.map(({ subject }) => subject);

describe.each(ENGINES)('rules of an account, on %s', (engine) => {
  test('a lock is told, turns into another kind, and is over', async () => {
    const { panel, clock, round, say } = await syncedPanel({ engine });
    expect(await say(accountTrouble)).toEqual({ isKnown: true, findings: [] });
    for (const [reason, kind] of [
      [undefined, 'exhausted_balance'],
      ['Admin lock. Please contact support@fal.ai', 'admin_lock'],
    ] as const) {
      clock.forward({ minutes: 5 });
      const unlock = panel.fal.fault(/./, faults.lockNotice(reason));
      await round();
      unlock();
      expect(found(await say(accountTrouble))).toEqual([kind]);
    }
    const { findings, turned } = await say(accountTrouble, new Set(['exhausted_balance']));
    expect(turned).toEqual(['exhausted_balance']);
    expect(findings[0]?.facts.before).toEqual({ as: 'code', value: 'exhausted_balance' });
    clock.forward({ minutes: 5 });
    await round();
    expect(await say(accountTrouble)).toEqual({ isKnown: true, findings: [] });
  });

  test('a lock is still one after weeks in which the panel was off', async () => {
    const { panel, clock, round, say } = await syncedPanel({ engine });
    clock.forward({ minutes: 5 });
    panel.fal.fault(/./, faults.lockNotice());
    await round();
    clock.forward({ hours: 40 * 24 });
    expect(found(await say(accountTrouble, new Set(['exhausted_balance'])))).toEqual([
      'exhausted_balance',
    ]);
  });

  test('a lock that lasts through an outage began before it, and before the top-up', async () => {
    const { panel, clock, account, say } = await syncedPanel({ engine });
    const { db } = panel.services.store;
    const lock = { kind: 'exhausted_balance', reason: 'Exhausted balance' } as const;
    const locked = new FalError('account_locked', lock.reason, { status: 403, lock });
    const down = new FalError('fal_unavailable', 'down', { status: 503 });
    const refuse = async (error: FalError, times: number) => {
      for (let n = 0; n < times; n += 1) {
        clock.forward({ minutes: 5 });
        await recordRefusal(db, account.id, 'usage', clock.now(), error, { key: 'a:b' });
      }
    };
    await refuse(locked, 3);
    const before = await say(accountTrouble);
    await db
      .insertInto('credit_entries')
      .values({
        ...{ account_id: account.id, entry_id: 'e1', revision: 0, kind: 'purchase' },
        ...{ amount: 50_000_000_000n, currency: 'USD', at: toText(clock.now()), expires_at: null },
        ...{ note: '', is_void: 0, source: 'hand', seen_after: null },
        ...{ recorded_at: toText(clock.now()), recorded_by: 'ana@example.com' },
      })
      .execute();
    await refuse(down, 4);
    await refuse(locked, 2);
    const { findings } = await say(accountTrouble, new Set(['exhausted_balance']));
    expect(found({ findings })).toEqual(['exhausted_balance']);
    expect(findings[0]?.facts).toMatchObject({
      trouble_since: before.findings[0]?.facts.trouble_since,
      although: { as: 'code', value: 'locked_with_credit' },
    });
  });

  test('that fal is asked too often does not bring back an outage that only single days outlast', async () => {
    const { panel, clock, account, say } = await syncedPanel({ engine });
    const { db } = panel.services.store;
    const down = new FalError('fal_unavailable', 'down', { status: 503 });
    const busy = new FalError('rate_limited', 'slow down', { status: 429 });
    const refuse = async (minutes: number, error: FalError, isPartly = false) => {
      clock.forward({ minutes });
      const how = { key: 'a:b', isPartly };
      await recordRefusal(db, account.id, 'usage', clock.now(), error, how);
    };
    for (let n = 0; n < 4; n += 1) await refuse(5, down);
    expect(found(await say(accountTrouble))).toEqual(['outage']);
    for (let n = 0; n < 10; n += 1) await refuse(20, down, true);
    await refuse(5, busy);
    expect(found(await say(accountTrouble))).toEqual([]);
  });

  test('what was is known for a preview', async () => {
    const { panel, clock, account, round } = await syncedPanel({ engine });
    panel.fal.quirks.balance = 7;
    clock.forward({ minutes: 5 });
    await round();
    clock.forward({ hours: 3 });
    panel.fal.quirks.balance = 70;
    const unlock = panel.fal.fault('/models/usage', faults.lockNotice());
    await round();
    clock.forward({ hours: 3 });
    unlock();
    await round();
    const span = { start: NOW, end: clock.now() };
    async function previewed<Params, Reading>(kind: AlertKind<Params, Reading>) {
      const params = kind.params.parse(kind.defaults[0]?.params);
      const readings = await kind.past?.(roundOf(panel, clock.now()), account, params, span);
      return readings?.map(({ reading }) => found(kind.judge(reading, params, NOTHING)).length);
    }
    expect(await previewed(balanceBelow)).toEqual([1, 1, 1, 0, 0, 0]);
    expect(await previewed(accountTrouble)).toEqual([0, 0, 0, 1, 0, 0]);
    expect(await previewed(costlyRequest)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('a low balance, and data that stays old, are read for all accounts at once', async () => {
    const { panel, clock, round, say } = await syncedPanel({ engine });
    expect(found(await say(balanceBelow))).toEqual([]);
    panel.fal.quirks.balance = 7;
    clock.forward({ minutes: 5 });
    await round();
    expect(found(await say(balanceBelow))).toEqual(['']);
    expect(found(await say(balanceBelow, NOTHING, 1))).toEqual([]);
    expect(await say(syncStale)).toEqual({ isKnown: true, findings: [] });
    for (let minute = 0; minute < 65; minute += 5) {
      clock.forward({ minutes: 5 });
      expect(found(await say(syncStale))).toEqual([]);
    }
    clock.forward({ minutes: 5 });
    expect(found(await say(syncStale))).toEqual(['']);
    // Asleep for a night: there is a chance to read first.
    clock.forward({ hours: 9 });
    expect(await say(syncStale)).toEqual({ isKnown: false, findings: [] });
    expect(await say(balanceBelow)).toEqual({ isKnown: false, findings: [] });
  });

  test('an account that was paused for days has a chance to be read first', async () => {
    const { panel, clock, account, say } = await syncedPanel({ engine });
    const { services } = panel;
    const ana = { kind: 'person', name: 'ana@example.com', address: null } as const;
    await say(syncStale);
    await pauseSync(services, ana, account.id);
    for (let hour = 0; hour < 48; hour += 1) {
      clock.forward({ hours: 1 });
      expect(await say(syncStale)).toEqual({ isKnown: false, findings: [] });
    }
    await resumeSync(services, ana, account.id);
    expect(await say(syncStale)).toEqual({ isKnown: false, findings: [] });
    clock.forward({ minutes: 11 });
    expect(found(await say(syncStale))).toEqual(['']);
  });

  test('a runway and an event are judged by what the account’s pages say', async () => {
    const { panel, clock, round, say } = await syncedPanel({ engine }, 11);
    panel.fal.quirks.balance = 30;
    clock.forward({ minutes: 5 });
    await round();
    const days = (count: number) => clock.now().add({ hours: count * 24 });
    const guests = { participants: 5_000 };
    const boda = await plannedEvent(panel.services, 'bodas', {
      ...{ ...guests, name: 'Boda', start: days(5), end: days(5).add({ hours: 6 }) },
    });
    const xv = await plannedEvent(panel.services, 'bodas', {
      ...{ ...guests, name: 'XV', start: days(7), end: days(7).add({ hours: 6 }) },
    });
    expect(found(await say(runwayShort))).toEqual(['']);
    const uncovered = await say(eventUncovered);
    expect(uncovered.isKnown).toBe(true);
    expect(found(uncovered)).toEqual([boda.id, xv.id]);
    expect(uncovered.findings[0]?.facts).toMatchObject({
      event: { as: 'text', value: 'Boda' },
      missing: { as: 'money', currency: 'USD' },
      top_up_by: { as: 'moment' },
    });
  });

  test('what cost too much is told as long as it may not have been', async () => {
    const { panel, account, say } = await syncedPanel({ engine });
    const { db } = panel.services.store;
    const charge = { requestId: 'q', endpointId: 'fal-ai/x', atMs: NOW.epochMilliseconds };
    await db.transaction().execute(async (trx) => {
      await writeCostly(
        trx,
        account.id,
        [{ ...charge, cost: 40_500_000_000_001n, usual: 5n }],
        NOW,
      );
      // It cost less when it was looked at again: what was told stays.
      await writeCostly(trx, account.id, [{ ...charge, cost: 4n, usual: 9n }], NOW);
    });
    const { isKnown, findings } = await say(costlyRequest);
    expect(isKnown).toBe(false);
    expect(findings[0]?.facts.cost).toEqual({
      as: 'money',
      value: '40500.000000001',
      currency: 'USD',
    });
  });

  test('the usual of two hundred models is remembered, that of the least known goes', async () => {
    const { panel, account } = await syncedPanel({ engine });
    const { db } = panel.services.store;
    const models = (from: number, until: number, count: number) =>
      new Map(
        Array.from({ length: until - from }, (_, index) => [
          `m${String(from + index).padStart(3, '0')}`,
          Array.from({ length: count }, () => 1n),
        ]),
      );
    const learn = (learnt: Map<string, bigint[]>) =>
      db.transaction().execute((trx) => learnCharges(trx, account.id, new Map(), learnt));
    await learn(models(1, 200, 2));
    await learn(models(0, 1, 1));
    await learn(models(200, 201, 1));
    const rows = await db.selectFrom('usual_charges').select('endpoint_id').execute();
    const kept = rows.map((row) => row.endpoint_id);
    expect(kept).toHaveLength(200);
    expect(kept).toContain('m200');
    expect(kept).not.toContain('m000');
  });
});

describe.each(ENGINES)('an outage of several accounts, on %s', (engine) => {
  async function refusedPanel(count: number) {
    const clock = stoppedClock();
    const panel = await startPanel({}, { engine, parts: { now: clock.now } });
    const { db } = panel.services.store;
    await seedDefaultRules(db, NOW);
    const ids = Array.from({ length: count }, (_, index) => `a${index}`);
    for (const id of ids) {
      await plantAccount(db, id);
      await db.transaction().execute((trx) => writeRoundStart(trx, id, NOW));
      await answer(id, NOW);
    }
    const accounts = await listAccounts(db);
    async function answer(id: string, at: Temporal.Instant) {
      await db.transaction().execute((trx) => writeSuccess(trx, id, at));
    }
    const refuse = (id: string, status = 503) =>
      db.transaction().execute(async (trx) => {
        const error = new FalError('fal_unavailable', 'down', { status });
        await writeFailure(trx, id, clock.now(), error.code);
        await recordRefusal(trx, id, 'usage', clock.now(), error, { key: 'key:secret-secret' });
      });
    /** Ids of the accounts of which a default rule finds something, and what `firing` has open. */
    async function told<Params, Reading>(
      kind: AlertKind<Params, Reading>,
      firing: readonly string[] = [],
    ) {
      const params = kind.params.parse(kind.defaults[0]?.params);
      const round = roundOf(panel, clock.now());
      const all = await Promise.all(
        accounts.map(async (account) => {
          const open = new Set(firing.includes(account.id) ? ['outage'] : []);
          const { isKnown, findings } = kind.judge(
            await kind.read(round, account, params),
            params,
            open,
          );
          return { id: account.id, isKnown, findings };
        }),
      );
      return all.filter(({ findings }) => findings.length > 0);
    }
    return { panel, clock, ids, db, answer, refuse, told };
  }
  const idsOf = (all: { id: string }[]) => all.map(({ id }) => id);

  test('is told by the first of them, with how many they are, and so is not that data is stale', async () => {
    const { clock, ids, refuse, told } = await refusedPanel(5);
    clock.forward({ minutes: 4 });
    for (let minute = 0; minute < 90; minute += 5) {
      await refuse('a3');
      clock.forward({ seconds: 30 });
      for (const id of ids) if (id !== 'a3') await refuse(id);
      clock.forward({ minutes: 4, seconds: 30 });
      const found = await told(accountTrouble, minute > 10 ? ['a3'] : []);
      expect(idsOf(found)).toEqual(minute >= 10 ? ['a3'] : []);
      if (minute >= 10) {
        expect(found[0]?.findings[0]?.facts.accounts_affected).toEqual({ as: 'count', value: 5 });
      }
      expect(idsOf(await told(syncStale))).toEqual([]);
    }
  });

  test('is nobody else’s where it was seen once, long ago: their data is stale then', async () => {
    const { clock, ids, refuse, told } = await refusedPanel(2);
    clock.forward({ minutes: 4 });
    for (const id of ids) await refuse(id);
    for (let minute = 0; minute <= 90; minute += 5) {
      clock.forward({ minutes: 5 });
      // It looks at how long the panel is awake.
      await told(syncStale);
    }
    expect(idsOf(await told(syncStale))).toEqual(ids);
  });

  test('is one incident of the panel’s own evaluation, from its beginning to its end', async () => {
    const { panel, clock, db, answer, refuse } = await refusedPanel(5);
    const job = alertsJob(panel.services);
    // What fails is tried again every quarter of an hour, each account at its own minute.
    async function pass(minutes: number, ask: (id: string) => Promise<void>) {
      for (let minute = 0; minute < minutes; minute += 1) {
        if (minute % 3 === 0) await ask(`a${(minute / 3) % 5}`);
        await job.run(freeLease('alerts'));
        clock.forward({ minutes: 1 });
      }
    }
    const incidents = () =>
      db
        .selectFrom('incidents')
        .select(['account_id', 'kind', 'state'])
        .where('kind', 'in', ['account_trouble', 'sync_stale'])
        .execute();
    clock.forward({ minutes: 5 });
    await pass(90, refuse);
    expect(await incidents()).toEqual([
      { account_id: 'a0', kind: 'account_trouble', state: 'open' },
    ]);
    await pass(45, (id) => answer(id, clock.now()));
    expect(await incidents()).toEqual([
      { account_id: 'a0', kind: 'account_trouble', state: 'resolved' },
    ]);
  });

  test('is told to everybody who is to be told of some of them', async () => {
    const { clock, db, ids, refuse, told } = await refusedPanel(4);
    const [rule] = await listRules(db, 'account_trouble');
    if (!rule) return expect.unreachable();
    const own = (accountId: string, channelIds: string[] | null) =>
      ruleRow({ ...rule, id: `of ${accountId}`, accountId, channelIds }, NOW);
    await db
      .insertInto('alert_rules')
      .values([own('a1', null), own('a2', ['c1']), own('a3', ['c1'])])
      .execute();
    for (let minute = 0; minute <= 20; minute += 5) {
      clock.forward({ minutes: 5 });
      for (const id of ids) await refuse(id);
    }
    expect(idsOf(await told(accountTrouble))).toEqual(['a0', 'a2']);
  });

  test('ends account by account, and nobody else begins to tell of it meanwhile', async () => {
    const { panel, clock, ids, answer, refuse, told } = await refusedPanel(3);
    const job = alertsJob(panel.services);
    for (let minute = 0; minute <= 20; minute += 5) {
      clock.forward({ minutes: 5 });
      for (const id of ids) await refuse(id);
    }
    await job.run(freeLease('alerts'));
    expect(idsOf(await told(accountTrouble, ['a0']))).toEqual(['a0']);
    clock.forward({ minutes: 1 });
    await answer('a0', clock.now());
    expect(idsOf(await told(accountTrouble, ['a0']))).toEqual([]);
    await job.run(freeLease('alerts'));
    // Another goes on to be refused.
    for (let minute = 0; minute < 40; minute += 5) {
      clock.forward({ minutes: 5 });
      await answer('a2', clock.now());
      await refuse('a1');
      expect(idsOf(await told(accountTrouble))).toEqual(minute < 30 ? [] : ['a1']);
    }
  });

  test('does not wait for an account that is refused for a moment now and then', async () => {
    const { panel, clock, db, answer, refuse } = await refusedPanel(2);
    const job = alertsJob(panel.services);
    async function pass(minutes: number, isDown: boolean) {
      for (let minute = 0; minute < minutes; minute += 5) {
        if (isDown) await refuse('a1');
        else await answer('a1', clock.now());
        if (minute % 25 === 5) await refuse('a0');
        clock.forward({ minutes: 1 });
        await answer('a0', clock.now());
        await job.run(freeLease('alerts'));
        clock.forward({ minutes: 4 });
      }
    }
    clock.forward({ minutes: 5 });
    await pass(50, false);
    const began = clock.now();
    await pass(30, true);
    const incidents = await db
      .selectFrom('incidents')
      .select(['account_id', 'subject', 'opened_at'])
      .execute();
    const openedAt = toText(began.add({ minutes: 11 }));
    expect(incidents).toEqual([{ account_id: 'a1', subject: 'outage', opened_at: openedAt }]);
  });

  test('counts neither paused accounts nor those that nobody is told of', async () => {
    const { panel, clock, db, ids, refuse, told } = await refusedPanel(3);
    await pauseSync(panel.services, { kind: 'server', name: '', address: null }, 'a0');
    const [rule] = (await listRules(db)).filter(({ kind }) => kind === 'account_trouble');
    if (!rule) return expect.unreachable();
    const own = { ...rule, id: 'own', accountId: 'a1' };
    await db
      .insertInto('alert_rules')
      .values(ruleRow({ ...own, isEnabled: false }, NOW))
      .execute();
    for (let minute = 0; minute <= 70; minute += 5) {
      clock.forward({ minutes: 5 });
      for (const id of ids) await refuse(id);
      // It looks at how long the panel is awake.
      await told(syncStale);
    }
    const found = await told(accountTrouble);
    expect(idsOf(found)).toContain('a2');
    expect(
      found.find(({ id }) => id === 'a2')?.findings[0]?.facts.accounts_affected,
    ).toBeUndefined();
    expect(idsOf(await told(syncStale))).toEqual(['a1', 'a2']);
  });
});

describe('outlooks', () => {
  /** So many accounts, of which nothing is read but outlooks, which are counted. */
  async function manyAccounts(count: number) {
    const clock = stoppedClock();
    const panel = await startPanel({}, { parts: { now: clock.now } });
    const { services } = panel;
    for (let index = 0; index < count; index += 1) {
      await plantAccount(services.store.db, `a${String(index).padStart(3, '0')}`);
    }
    const accounts = await listAccounts(services.store.db);
    const asked: OutlookQuestion[] = [];
    let isFailing = false;
    let isUnread = false;
    const overviewSources = {
      ...services.overviewSources,
      async outlook(question: OutlookQuestion) {
        asked.push(question);
        if (isFailing) throw new Error('no answer');
        const nothing = { expiring: [], proposals: [], check: null };
        if (isUnread) return { runway: 'balance_unknown' as const, ...nothing };
        const runway = { until: clock.now(), earliest: null, latest: null, driver: null };
        const horizon = clock.now();
        return { runway: { ...runway, horizon }, ...nothing };
      },
    };
    const round = (): Round => {
      const made = roundOf(panel, clock.now());
      return { ...made, services: { ...made.services, overviewSources } };
    };
    /** @returns of how many accounts it is known. */
    async function look(): Promise<number> {
      const one = round();
      const all: unknown[] = [];
      for (const account of accounts) all.push(await forecastOf(one, account));
      clock.forward({ minutes: 1 });
      return all.filter((each) => each !== null).length;
    }
    const fail = (is: boolean) => {
      isFailing = is;
    };
    const unread = (is: boolean) => {
      isUnread = is;
    };
    return { panel, clock, accounts, asked, look, fail, unread };
  }

  test('that say nothing yet, as before the first reading, are read again in two minutes', async () => {
    const { asked, look, unread } = await manyAccounts(1);
    unread(true);
    await look();
    await look();
    expect(asked).toHaveLength(1);
    unread(false);
    for (let minute = 2; minute < 10; minute += 1) await look();
    expect(asked).toHaveLength(2);
  });

  test('are read ten a round, and again when they are ten minutes old', async () => {
    const { asked, look } = await manyAccounts(25);
    expect([await look(), await look(), await look()]).toEqual([10, 20, 25]);
    for (let minute = 3; minute < 10; minute += 1) expect(await look()).toBe(25);
    expect(asked).toHaveLength(25);
    expect(await look()).toBe(25);
    expect(asked).toHaveLength(35);
  });

  test('of two hundred accounts each has its turn', async () => {
    const { asked, accounts, look } = await manyAccounts(200);
    for (let minute = 0; minute < 20; minute += 1) await look();
    expect(await look()).toBe(200);
    const before = asked.length;
    for (let minute = 0; minute < 40; minute += 1) expect(await look()).toBe(200);
    const again = Map.groupBy(asked.slice(before), ({ account }) => account.id);
    expect(again.size).toBe(accounts.length);
    expect(asked.length - before).toBeLessThanOrEqual(400);
  });

  test('are read at once when somebody writes something down', async () => {
    const { panel, clock, accounts, asked, look } = await manyAccounts(3);
    await look();
    const [account] = accounts as [FalAccount];
    const start = clock.now().add({ hours: 50 });
    const times = { start, end: start.add({ hours: 6 }) };
    const event = await plannedEvent(panel.services, account.slug, times);
    await look();
    expect(asked).toHaveLength(4);
    expect(asked.at(-1)?.events.map(({ id }) => id)).toEqual([event.id]);
  });

  test('that can not be read are what they were for an hour, and then unknown', async () => {
    const { panel, clock, asked, look, fail } = await manyAccounts(2);
    expect(await look()).toBe(2);
    fail(true);
    clock.forward({ minutes: 20 });
    expect(await look()).toBe(2);
    expect(asked.length).toBe(4);
    expect(panel.logged()).toContain('an outlook could not be read');
    clock.forward({ minutes: 40 });
    expect(await look()).toBe(0);
  });
});

test('a round of all kinds asks the database as much for fifty accounts as for one', async () => {
  const asked = async (count: number) => {
    const { panel } = await syncedPanel();
    const { db } = panel.services.store;
    for (let index = 1; index < count; index += 1) await plantAccount(db, `a${index}`);
    const accounts = await listAccounts(db);
    let queries = 0;
    const counting = db.withPlugin({
      transformQuery({ node }) {
        queries += 1;
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    const made = roundOf(panel, NOW);
    const outlook = async () => ({
      ...{ runway: 'history_too_short' as const, expiring: [], proposals: [], check: null },
    });
    const { overviewSources } = panel.services;
    const services = {
      ...made.services,
      store: { ...panel.services.store, db: counting },
      overviewSources: { ...overviewSources, outlook },
    };
    const round: Round = { ...made, services };
    for (const account of accounts) {
      for (const kind of Object.values(KINDS)) {
        const start = kind.defaults[0] ?? kind.suggested ?? { params: { amount: '5000' } };
        const params = kind.params.parse(start.params);
        kind.judge(await kind.read(round, account, params), params, NOTHING);
      }
    }
    return queries;
  };
  const one = await asked(1);
  expect(one).toBeGreaterThan(0);
  expect(await asked(50)).toBe(one);
});
