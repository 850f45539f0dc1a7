import { describe, expect, test, vi } from 'vitest';
import { deleteAccount, replaceKey } from '../../src/accounts/change-accounts.ts';
import { billingRequests } from '../../src/demo/billing-request.ts';
import * as faults from '../../src/demo/faults.ts';
import { pauseSync, requestSync, restartSync, resumeSync } from '../../src/history/change-sync.ts';
import { utcDayOf, utcDayStart } from '../../src/history/slots.ts';
import { syncJob } from '../../src/history/sync-account.ts';
import { syncJobName } from '../../src/history/sync-job-name.ts';
import { readKnownDays } from '../../src/history/sync-queries.ts';
import { LeaseLostError } from '../../src/jobs/leases.ts';
import type { NotBeforeError } from '../../src/jobs/not-before.ts';
import { PartlyDoneError } from '../../src/jobs/partly-done.ts';
import { SealError } from '../../src/secrets/seal.ts';
import { toText } from '../../src/store/values.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';
import { accountId, keptRows, keptSums, statusOf, syncOnce, testLease } from './synced.ts';

const TODAY = utcDayOf(NOW);
const ACTOR = { kind: 'person', name: 'ana@example.com', address: null } as const;
const DAYS = 9;

/** More days than are asked for at once, and still one page by day. */
const MANY_DAYS = 45;

async function panelToSync(options: Parameters<typeof startPanel>[1] = {}, days = DAYS) {
  const clock = stoppedClock();
  const panel = await startPanel(
    { BACKFILL_DAYS: String(days) },
    {
      ...options,
      parts: { now: clock.now, ...options.parts },
      simulator: { now: clock.now, ...options.simulator },
    },
  );
  await storeAccount(panel.services, {
    slug: 'futurelab',
    name: 'FutureLab',
    key: panel.fal.keys.admin,
    isDefault: true,
  });
  return { panel, clock };
}

const knownDaysOf = async (panel: Panel, slug = 'futurelab') =>
  readKnownDays(panel.services.store.db, await accountId(panel, slug));

function truthOf(panel: Panel, first: number, last: number) {
  const { costNano, count, successes, failures } = panel.fal.truth({
    start: utcDayStart(first),
    end: utcDayStart(last + 1),
  });
  return { costNano, count, successes, failures };
}

/** What a round that must fail ended with. */
const failureOf = (round: Promise<unknown>) =>
  round.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

const asked = (panel: Panel, path: string) =>
  panel.fal.received.filter((request) => request.path === path);

describe.each(ENGINES)('a round, on %s', (engine) => {
  test('of an account whose key can not be opened says so', async () => {
    const { panel } = await panelToSync({ engine });
    const { db } = panel.services.store;
    await db.updateTable('fal_accounts').set({ sealed_key: 'not what was stored' }).execute();
    expect(await failureOf(syncOnce(panel, 'futurelab'))).toBeInstanceOf(SealError);
    expect(await statusOf(panel, 'futurelab')).toMatchObject({
      ...{ state: 'failing', progress: null },
      lastError: { code: 'key_unreadable' },
    });
  });

  test('keeps every day of the horizon as fal has it, and the balance', async () => {
    const { panel } = await panelToSync({ engine });
    const next = await syncOnce(panel, 'futurelab');
    expect(next.equals(NOW.add({ seconds: 300 }))).toBe(true);
    const truth = truthOf(panel, TODAY - DAYS, TODAY);
    expect(truth.costNano).toBeGreaterThan(0n);
    const days = { first: TODAY - DAYS, last: TODAY };
    expect(await keptSums(panel, 'futurelab', days)).toEqual(truth);
    for (let day = TODAY - DAYS; day <= TODAY; day += 1) {
      expect(await keptSums(panel, 'futurelab', { first: day, last: day })).toEqual(
        truthOf(panel, day, day),
      );
    }
    const known = await knownDaysOf(panel);
    expect(known.map(({ day }) => day)).toEqual(
      Array.from({ length: DAYS + 1 }, (_, index) => TODAY - DAYS + index),
    );
    expect(known.map(({ isFinal }) => isFinal).lastIndexOf(true)).toBe(DAYS - 4);
    const samples = await panel.services.store.db
      .selectFrom('balance_samples')
      .select(['reason'])
      .execute();
    expect(samples).toEqual([{ reason: null }]);
    expect(await statusOf(panel, 'futurelab')).toMatchObject({ state: 'idle', lastError: null });
  });

  test('asks the second time only for the latest days, and finds nothing to change', async () => {
    const { panel, clock } = await panelToSync({ engine });
    await syncOnce(panel, 'futurelab');
    const before = await keptRows(panel);
    await syncOnce(panel, 'futurelab');
    const { length } = asked(panel, '/models/usage');
    clock.forward({ minutes: 5 });
    panel.fal.quirks.lagMs = 5 * 60 * 1_000;
    await syncOnce(panel, 'futurelab');
    expect(asked(panel, '/models/usage').length - length).toBe(2);
    expect(await keptRows(panel)).toEqual(before);
  });

  test('takes in what arrives late', async () => {
    const { panel, clock } = await panelToSync({ engine });
    panel.fal.quirks.lagMs = 30 * 60 * 60 * 1_000;
    await syncOnce(panel, 'futurelab');
    const days = { first: TODAY - DAYS, last: TODAY };
    const early = await keptSums(panel, 'futurelab', days);
    clock.forward({ minutes: 5 });
    panel.fal.quirks.lagMs = 0;
    const truth = truthOf(panel, TODAY - DAYS, TODAY);
    expect(truth.costNano).toBeGreaterThan(early.costNano);
    await syncOnce(panel, 'futurelab');
    expect(await keptSums(panel, 'futurelab', days)).toEqual(truth);
  });

  test('that loses its lease leaves whole days, and the next one the rest', async () => {
    const { panel } = await panelToSync({ engine }, MANY_DAYS);
    const { panel: other } = await panelToSync({ engine }, MANY_DAYS);
    await syncOnce(other, 'futurelab');
    for (const confirmations of [0, 3, 5]) {
      const lost = syncOnce(panel, 'futurelab', testLease(confirmations));
      await expect(lost).rejects.toThrow(LeaseLostError);
      for (const { day } of await knownDaysOf(panel)) {
        expect(await keptSums(panel, 'futurelab', { first: day, last: day })).toEqual(
          truthOf(panel, day, day),
        );
      }
      expect((await statusOf(panel, 'futurelab')).lastError).toBeNull();
    }
    await syncOnce(panel, 'futurelab');
    const withoutIds = async (each: Panel) => {
      const id = await accountId(each, 'futurelab');
      return (await keptRows(each)).map(({ identity, ...row }) => ({
        ...row,
        identity: identity.replace(id, 'id'),
      }));
    };
    const sorted = (rows: Awaited<ReturnType<typeof withoutIds>>) =>
      rows.map((row) => JSON.stringify(row)).toSorted();
    expect(sorted(await withoutIds(panel))).toEqual(sorted(await withoutIds(other)));
  });

  test('is paused in the middle, resumed, asked for, and started over for a range', async () => {
    const { panel } = await panelToSync({ engine, simulator: { days: 30 } });
    const { services } = panel;
    const id = await accountId(panel, 'futurelab');
    let answered = 0;
    panel.fal.fault(
      /\/models\/usage\?.*timeframe=hour/,
      faults.custom(async (_req, res) => {
        answered += 1;
        if (answered === 2) await pauseSync(services, ACTOR, id);
        res.end('{"time_series":[],"has_more":false}');
      }),
      2,
    );
    panel.fal.setLatency(20);
    await syncOnce(panel, 'futurelab');
    const kept = (await knownDaysOf(panel)).length;
    expect(kept).toBeGreaterThan(0);
    expect(await statusOf(panel, 'futurelab')).toMatchObject({
      state: 'paused',
      lastSuccessAt: null,
      nextRunAt: null,
    });
    await pauseSync(services, ACTOR, id);
    await resumeSync(services, ACTOR, id);
    await requestSync(services, ACTOR, id);
    panel.fal.reset();
    await syncOnce(panel, 'futurelab');
    const days = { first: TODAY - 3, last: TODAY };
    expect(await keptSums(panel, 'futurelab', days)).toEqual(truthOf(panel, TODAY - 3, TODAY));
    const range = {
      start: Temporal.PlainDate.from('2026-02-20'),
      end: Temporal.PlainDate.from('2026-03-01'),
    };
    await restartSync(services, ACTOR, id, range);
    panel.fal.reset();
    await syncOnce(panel, 'futurelab');
    const [first] = await knownDaysOf(panel);
    expect(first?.day).toBe(utcDayOf(Temporal.Instant.from('2026-02-20T00:00Z')));
    const syncs = services.store.db.selectFrom('account_syncs').select('backfill_from');
    expect(await syncs.execute()).toEqual([{ backfill_from: null }]);
    const starts = asked(panel, '/models/usage').map(({ query }) => String(query.get('start')));
    expect(starts.toSorted()[0]).toBe('2026-02-20T00:00:00Z');
    expect(starts.toSorted().at(-1)).toBe('2026-03-01T00:00:00Z');
    const entries = await services.store.db
      .selectFrom('audit_entries')
      .select(['action', 'target', 'detail'])
      .where('action', 'like', 'sync.%')
      .orderBy('action')
      .execute();
    expect(entries.map(({ action }) => action)).toEqual([
      'sync.paused',
      'sync.requested',
      'sync.restarted',
      'sync.resumed',
    ]);
    expect(entries[2]?.detail).toBe('{"start_date":"2026-02-20","end_date":"2026-03-01"}');
  });
});

test('an account that fails does not hold up others, and says why', async () => {
  const { panel } = await panelToSync();
  const { locked, api } = panel.fal.keys;
  await storeAccount(panel.services, { slug: 'locked', name: 'Locked', key: locked });
  await storeAccount(panel.services, { slug: 'api', name: 'Api', key: api });
  await storeAccount(panel.services, { slug: 'gone', name: 'Gone', key: 'revoked:key' });
  const ends = await Promise.allSettled(
    ['locked', 'api', 'gone', 'futurelab'].map((slug) => syncOnce(panel, slug)),
  );
  expect(ends.map(({ status }) => status)).toEqual([
    ...['rejected', 'rejected', 'rejected'],
    'fulfilled',
  ]);
  for (const [slug, code] of [
    ['locked', 'account_locked'],
    ['api', 'admin_scope_required'],
    ['gone', 'invalid_api_key'],
  ] as const) {
    const { state, lastError, lastSuccessAt } = await statusOf(panel, slug);
    expect([slug, state, lastError?.code, lastSuccessAt]).toEqual([slug, 'failing', code, null]);
  }
  expect(await statusOf(panel, 'futurelab')).toMatchObject({ state: 'idle', lastError: null });
});

test('an account whose key is replaced is read again at once', async () => {
  const { panel } = await panelToSync();
  await storeAccount(panel.services, { slug: 'gone', name: 'Gone', key: 'revoked:key' });
  await syncOnce(panel, 'gone').catch(() => {});
  const id = await accountId(panel, 'gone');
  const { db } = panel.services.store;
  const later = toText(NOW.add({ minutes: 15 }));
  await db
    .insertInto('jobs')
    .values({ name: syncJobName(id), next_run_at: later, failures: 5 })
    .execute();
  await replaceKey(panel.services, ACTOR, { id, version: 1 }, panel.fal.keys.admin);
  const jobs = await db.selectFrom('jobs').select('next_run_at').execute();
  expect(jobs).toEqual([{ next_run_at: toText(NOW) }]);
  await syncOnce(panel, 'gone');
  expect(await statusOf(panel, 'gone')).toMatchObject({ state: 'idle' });
});

test('the panel’s own scheduler does it once it is started, and gives it back when it stops', async () => {
  const { panel } = await panelToSync();
  const { scheduler, store } = panel.services;
  const asking = Promise.withResolvers<void>();
  panel.fal.fault(
    '/models/usage',
    faults.custom(() => asking.resolve()),
  );
  scheduler.start();
  await asking.promise;
  expect(await statusOf(panel, 'futurelab')).toMatchObject({ state: 'running' });
  await scheduler.stop();
  const id = await accountId(panel, 'futurelab');
  const job = await store.db
    .selectFrom('jobs')
    .select(['holder', 'next_run_at', 'failures'])
    .where('name', '=', syncJobName(id))
    .executeTakeFirst();
  expect(job).toEqual({ holder: null, next_run_at: toText(NOW), failures: 0 });
  expect((await statusOf(panel, 'futurelab')).lastError).toBeNull();
});

test('fal’s wish to wait is respected within a round, and else sets when the next one is', async () => {
  const { panel } = await panelToSync();
  panel.fal.fault('/models/usage', faults.rateLimited({ retryAfter: 0 }), 3);
  await syncOnce(panel, 'futurelab');
  expect(await statusOf(panel, 'futurelab')).toMatchObject({ state: 'idle' });

  const { panel: second } = await panelToSync();
  second.fal.fault('/models/usage', faults.rateLimited({ retryAfter: 600 }));
  await expect(failureOf(syncOnce(second, 'futurelab'))).resolves.toMatchObject({
    cause: { code: 'rate_limited' },
    wait: Temporal.Duration.from({ milliseconds: 600_000 }),
  });
  const { state, lastError } = await statusOf(second, 'futurelab');
  expect([state, lastError?.code]).toEqual(['failing', 'rate_limited']);
});

test('days whose pages a guard cut short are partial until they are whole', async () => {
  const { panel, clock } = await panelToSync({ simulator: { pageSize: 10 } });
  await panel.services.catalogue.load();
  panel.fal.quirks.repeatCursor = true;
  await syncOnce(panel, 'futurelab');
  expect((await knownDaysOf(panel)).some(({ isComplete }) => !isComplete)).toBe(true);
  clock.forward({ hours: 2 });
  panel.fal.quirks.repeatCursor = false;
  await syncOnce(panel, 'futurelab');
  expect((await knownDaysOf(panel)).every(({ isComplete }) => isComplete)).toBe(true);
  const days = { first: TODAY - DAYS, last: TODAY };
  expect(await keptSums(panel, 'futurelab', days)).toEqual(truthOf(panel, TODAY - DAYS, TODAY));
});

test.each([0, 86_400, 1e30])(
  'a wish to wait %s s is a failure, and not one for ever',
  async (retryAfter) => {
    const { panel } = await panelToSync();
    panel.fal.fault('/models/usage', faults.rateLimited({ retryAfter }), Infinity);
    const { wait } = (await failureOf(syncOnce(panel, 'futurelab'))) as NotBeforeError;
    expect(wait.total('seconds')).toBe(Math.min(retryAfter, 3_600));
    expect((await statusOf(panel, 'futurelab')).lastError?.code).toBe('rate_limited');
  },
);

test.each([200, 401])(
  'a round whose account gets another key ends, whatever the old one was answered (%i)',
  async (status) => {
    const { panel } = await panelToSync({}, MANY_DAYS);
    const id = await accountId(panel, 'futurelab');
    const replaced = Promise.withResolvers<void>();
    panel.fal.fault(
      /\/models\/usage\?.*timeframe=day/,
      faults.custom(async (_req, res) => {
        await replaced.promise;
        res.statusCode = status;
        res.end('{"time_series":[],"has_more":false}');
      }),
      1,
    );
    const round = syncOnce(panel, 'futurelab');
    // The first chunks' pages, and the opening question.
    await expect
      .poll(() => asked(panel, '/models/usage'), { timeout: 10_000 })
      .toHaveLength(16 + 1);
    await replaceKey(panel.services, ACTOR, { id, version: 1 }, 'another-key:of-the-same-account');
    replaced.resolve();
    expect((await round).equals(NOW)).toBe(true);
    expect(asked(panel, '/models/usage')).toHaveLength(16 + 1);
    const { lastError, lastSuccessAt } = await statusOf(panel, 'futurelab');
    expect([lastError, lastSuccessAt]).toEqual([null, null]);
  },
);

test('a round ends quietly when its account is deleted', async () => {
  const { panel } = await panelToSync();
  const id = await accountId(panel, 'futurelab');
  const answering = Promise.withResolvers<void>();
  const deleted = Promise.withResolvers<void>();
  panel.fal.fault(
    /\/models\/usage\?.*timeframe=hour/,
    faults.custom(async (_req, res) => {
      answering.resolve();
      await deleted.promise;
      res.end('{"time_series":[],"has_more":false}');
    }),
    Infinity,
  );
  const round = syncJob(panel.services, id).run(testLease());
  await answering.promise;
  await deleteAccount(panel.services, ACTOR, { id, version: 1 });
  deleted.resolve();
  await round;
  expect(await keptRows(panel)).toEqual([]);
});

test('a round that takes long lets others have their turn, and goes on after them', async () => {
  const { panel, clock } = await panelToSync({}, MANY_DAYS);
  panel.fal.fault(
    /\/models\/usage\?.*timeframe=day/,
    faults.custom((_req, res) => {
      clock.forward({ minutes: 5 });
      res.end('{"time_series":[],"has_more":false}');
    }),
    1,
  );
  expect((await syncOnce(panel, 'futurelab')).equals(clock.now())).toBe(true);
  expect((await knownDaysOf(panel)).length).toBeLessThan(MANY_DAYS);
  await syncOnce(panel, 'futurelab');
  expect(await knownDaysOf(panel)).toHaveLength(MANY_DAYS + 1);
});

test('a backfill of several rounds comes along in one piece, each at its own pace', async () => {
  const { panel, clock } = await panelToSync({}, 150);
  const { db } = panel.services.store;
  const name = syncJobName(await accountId(panel, 'futurelab'));
  const leaseUntil = toText(NOW.add({ hours: 24 }));
  await db
    .insertInto('jobs')
    .values({ name, next_run_at: toText(NOW), holder: 'us', lease_until: leaseUntil, failures: 0 })
    .execute();
  const progress = async () => (await statusOf(panel, 'futurelab')).progress;
  /** One in which every write takes most of a minute. */
  async function slowRound() {
    clock.forward({ milliseconds: 1 });
    await db
      .updateTable('jobs')
      .set({ last_started_at: toText(clock.now()) })
      .execute();
    const before = await progress();
    const lease = testLease();
    const started = clock.now();
    await syncOnce(panel, 'futurelab', {
      ...lease,
      confirm: async () => clock.forward({ seconds: 50 }),
    });
    return {
      before,
      after: await progress(),
      seconds: started.until(clock.now()).total('seconds'),
    };
  }
  const rounds = [];
  while (rounds.length < 2 || rounds.at(-1)?.after?.percent !== 100) rounds.push(await slowRound());
  expect(rounds.length).toBeGreaterThan(2);
  for (const [index, { before, after, seconds }] of rounds.entries()) {
    const last = rounds[index - 1]?.after;
    if (last) expect(before).toMatchObject({ done: last.done, total: last.total });
    expect(after?.done).toBeGreaterThan(last?.done ?? 0);
    // As many a second as in this round.
    const [left, read] = [
      (after?.total ?? 0) - (after?.done ?? 0),
      (after?.done ?? 0) - (last?.done ?? 0),
    ];
    const expected = (seconds / read) * left;
    expect(Math.abs((after?.secondsLeft ?? 0) - expected)).toBeLessThanOrEqual(0.3 * expected + 60);
  }
  expect(await knownDaysOf(panel)).toHaveLength(151);
  // A round of its own again.
  clock.forward({ hours: 1 });
  const { before, after } = await slowRound();
  expect(before?.total).toBe(0);
  expect(after?.total).toBeLessThan(10);
});

describe.each(ENGINES)('a mark that a day is to be read again, on %s', (engine) => {
  test('outlives the reading of that day which began before', async () => {
    const { panel, clock } = await panelToSync({ engine });
    await syncOnce(panel, 'futurelab');
    clock.forward({ minutes: 5 });
    const id = await accountId(panel, 'futurelab');
    const marked = async () =>
      (await knownDaysOf(panel)).filter((each) => each.isStale).map(({ day }) => day);
    const roundWithMark = async () => {
      const ended = panel.fal.fault('/models/usage', { kind: 'slow-headers', ms: 400 });
      panel.fal.received.length = 0;
      const round = syncOnce(panel, 'futurelab');
      await vi.waitFor(() => expect(asked(panel, '/models/usage')).not.toEqual([]));
      await requestSync(panel.services, ACTOR, id);
      await round;
      ended();
      clock.forward({ minutes: 5 });
    };
    await roundWithMark();
    expect(await marked()).toContain(TODAY);
    // It was marked before that one, and once more.
    await roundWithMark();
    expect(await marked()).toContain(TODAY);
    await syncOnce(panel, 'futurelab');
    expect(await marked()).toEqual([]);
  });
});

test('a list of models that fal does not hand out is not waited for in every round', async () => {
  const { panel, clock } = await panelToSync();
  panel.fal.fault('/models', faults.failWith(500), Infinity);
  await syncOnce(panel, 'futurelab');
  const { length } = asked(panel, '/models');
  clock.forward({ minutes: 5 });
  await syncOnce(panel, 'futurelab');
  expect(asked(panel, '/models')).toHaveLength(length);
});

test('the first days are asked for beside what is billed and the list of models, not after', async () => {
  const { panel } = await panelToSync();
  panel.fal.fault(
    '/models',
    faults.custom(async (_req, res) => {
      const pages = 1 + Math.ceil((DAYS + 1) / 2);
      await expect
        .poll(() => asked(panel, '/models/usage'), { timeout: 10_000 })
        .toHaveLength(pages);
      expect(asked(panel, '/models/analytics')).toEqual([]);
      res.end('{"models":[],"has_more":false}');
    }),
    1,
  );
  await syncOnce(panel, 'futurelab');
  expect(asked(panel, '/models')).toHaveLength(1);
});

test('a paused account asks fal nothing, but is counted in a zone that came to be used since', async () => {
  const { panel } = await panelToSync();
  await syncOnce(panel, 'futurelab');
  await pauseSync(panel.services, ACTOR, await accountId(panel, 'futurelab'));
  const { settings, store } = panel.services;
  const zoned = { timezone: 'Europe/Madrid' };
  const current = () => ({ ...settings.current(), ...zoned });
  panel.fal.received.length = 0;
  const services = { ...panel.services, settings: { ...settings, current } };
  await syncJob(services, await accountId(panel, 'futurelab')).run(testLease());
  expect(panel.fal.received).toEqual([]);
  const zones = await store.db.selectFrom('usage_zones').select(['id', 'name']).execute();
  const madrid = zones.find(({ name }) => name === 'Europe/Madrid')?.id ?? Number.NaN;
  const counted = (await knownDaysOf(panel)).map(({ zoneIds }) => zoneIds.includes(madrid));
  expect(counted).toEqual(Array.from({ length: DAYS + 1 }, () => true));
});

test('a day that is known in full is not given up for a part of it', async () => {
  const { panel, clock } = await panelToSync({ simulator: { pageSize: 10 } });
  await syncOnce(panel, 'futurelab');
  const before = await keptRows(panel);
  clock.forward({ minutes: 5 });
  panel.fal.quirks.lagMs = 5 * 60 * 1_000;
  panel.fal.quirks.repeatCursor = true;
  await failureOf(syncOnce(panel, 'futurelab'));
  expect(await keptRows(panel)).toEqual(before);
  const { state, lastError } = await statusOf(panel, 'futurelab');
  expect([state, lastError?.code]).toEqual(['failing', 'fal_bad_response']);
});

test('of days that are stored together only those of a page that failed are asked for again', async () => {
  const { panel } = await panelToSync();
  const at = (day: number) => utcDayStart(day).toString();
  const [start, end] = [TODAY - 5, TODAY - 3].map((day) => encodeURIComponent(at(day)));
  const page = new RegExp(`/models/usage\\?start=${start}&end=${end}`);
  panel.fal.fault(page, faults.failWith(500), Infinity);
  await syncOnce(panel, 'futurelab');
  const alone = asked(panel, '/models/usage').filter(({ query }) => {
    const [from, to] = ['start', 'end'].map((name) => Temporal.Instant.from(query.get(name) ?? ''));
    return from && to && from.until(to).total('hours') === 24;
  });
  const starts = alone.map(({ query }) => query.get('start'));
  expect(starts).toEqual([at(TODAY - 4), at(TODAY - 5)]);
  expect(await knownDaysOf(panel)).toHaveLength(DAYS + 1);
});

describe.each(ENGINES)('a day that fal fails at, on %s', (engine) => {
  const poisoned = TODAY - 6;

  async function panelWithPoison() {
    const { panel, clock } = await panelToSync({ engine });
    const start = encodeURIComponent(utcDayStart(poisoned).toString());
    const before = encodeURIComponent(utcDayStart(poisoned - 1).toString());
    const end = encodeURIComponent(utcDayStart(poisoned + 1).toString());
    // Alone, and together with the day before it.
    const heal = [`start=${start}`, `start=${before}&end=${end}`].map((search) =>
      panel.fal.fault(new RegExp(`/models/usage\\?${search}`), faults.failWith(500), Infinity),
    );
    const questions = () =>
      asked(panel, '/models/usage').filter(
        ({ query }) => query.get('start') === utcDayStart(poisoned).toString(),
      ).length;
    /** A round five minutes after the last. @returns whether that day was asked for. */
    async function laterRound() {
      clock.forward({ minutes: 5 });
      const before = questions();
      const error = await failureOf(syncOnce(panel, 'futurelab'));
      expect(error).toBeInstanceOf(PartlyDoneError);
      const { nextRunAt } = error as PartlyDoneError;
      expect(nextRunAt.equals(clock.now().add({ minutes: 5 }))).toBe(true);
      return questions() > before;
    }
    return { panel, clock, heal: () => heal.forEach((end) => void end()), laterRound };
  }

  test('costs no other day, now or later, and is tried less often by itself', async () => {
    const { panel, clock, laterRound } = await panelWithPoison();
    expect(await laterRound()).toBe(true);
    const known = (await knownDaysOf(panel)).map(({ day }) => day);
    expect(known).not.toContain(poisoned);
    expect(known).toHaveLength(DAYS);

    const rounds: boolean[] = [];
    for (let round = 0; round < 9; round += 1) {
      rounds.push(await laterRound());
      const [latest] = (await knownDaysOf(panel)).toReversed();
      expect(latest?.readAt.equals(clock.now())).toBe(true);
      const { state, lastError } = await statusOf(panel, 'futurelab');
      expect([state, lastError?.code]).toEqual(['failing', 'fal_unavailable']);
      expect(lastError?.at.equals(clock.now())).toBe(true);
    }
    // Each time at first, then after ten minutes, then after a quarter of an hour.
    const triedAt = rounds.flatMap((isTried, round) => (isTried ? [round] : []));
    expect(triedAt).toEqual([0, 1, 2, 3, 5, 8]);
  });

  test('is tried at once when somebody asks for a round, and then all is well again', async () => {
    const { panel, clock, heal, laterRound } = await panelWithPoison();
    for (let round = 0; round < 6; round += 1) await laterRound();
    heal();
    clock.forward({ minutes: 1 });
    await syncOnce(panel, 'futurelab');
    expect(await knownDaysOf(panel)).toHaveLength(DAYS + 1);
    expect(await statusOf(panel, 'futurelab')).toMatchObject({ state: 'idle' });
  });

  test('is no longer told of when it is not to be known any more', async () => {
    const { panel, clock, laterRound } = await panelWithPoison();
    await laterRound();
    const { db } = panel.services.store;
    // Somebody deleted what is older, and the horizon goes on.
    await db.deleteFrom('sync_windows').where('day', '<', poisoned).execute();
    clock.forward({ hours: 24 * (DAYS - 5) });
    await syncOnce(panel, 'futurelab');
    expect(await statusOf(panel, 'futurelab')).toMatchObject({ state: 'idle' });
  });
});

test('endpoints that can’t be counted are named, and what they cost is known all the same', async () => {
  const { panel } = await panelToSync();
  const [id = ''] = Object.keys(
    panel.fal.truth({ start: utcDayStart(TODAY - 2), end: utcDayStart(TODAY - 1) }).endpoints,
  );
  panel.fal.quirks.analyticsPoison = [id];
  await syncOnce(panel, 'futurelab');
  const windows = await panel.services.store.db
    .selectFrom('sync_windows')
    .select(['uncounted', 'is_complete'])
    .execute();
  expect(windows.every(({ is_complete }) => is_complete === 1)).toBe(true);
  expect(windows.some(({ uncounted }) => uncounted === JSON.stringify([id]))).toBe(true);
  const { costNano } = await keptSums(panel, 'futurelab', { first: TODAY - DAYS, last: TODAY });
  expect(costNano).toBe(truthOf(panel, TODAY - DAYS, TODAY).costNano);
});

test('calls that only fal’s list of models leads to are unknown without it, and looked for again', async () => {
  const { panel, clock } = await panelToSync();
  const stop = panel.fal.fault('/models', faults.failWith(500));
  await syncOnce(panel, 'futurelab');
  expect((await knownDaysOf(panel)).some(({ isCounted }) => !isCounted)).toBe(true);
  stop();
  clock.forward({ hours: 1 });
  await syncOnce(panel, 'futurelab');
  expect((await knownDaysOf(panel)).every(({ isCounted }) => isCounted)).toBe(true);
  const days = { first: TODAY - DAYS, last: TODAY };
  expect(await keptSums(panel, 'futurelab', days)).toEqual(truthOf(panel, TODAY - DAYS, TODAY));
});

test('a round that has far to go asks for the calls of every day beside its usage', async () => {
  const { panel } = await panelToSync();
  await syncOnce(panel, 'futurelab');
  expect(asked(panel, '/models/usage')).toHaveLength(1 + Math.ceil((DAYS + 1) / 2));
  expect(asked(panel, '/models/analytics')).toHaveLength(Math.ceil((DAYS + 1) / 2));
});

test('where hours are not UTC’s it is read by minute, and what was kept by hour is read again', async () => {
  const { panel } = await panelToSync({ simulator: { days: 6 } });
  await syncOnce(panel, 'futurelab');
  await panel.services.store.db
    .updateTable('fal_accounts')
    .set({ timezone: 'Asia/Kathmandu' })
    .execute();
  await syncOnce(panel, 'futurelab');
  expect((await knownDaysOf(panel)).every(({ slotMinutes }) => slotMinutes === 15)).toBe(true);
  const history = await panel.services.history.usage({
    start: Temporal.Instant.from('2026-03-04T00:00+05:45'),
    end: Temporal.Instant.from('2026-03-06T00:00+05:45'),
    timezone: 'Asia/Kathmandu',
    resolution: 'day',
    groupBy: 'endpoint',
    accountId: null,
    endpointIds: [],
    apiKeyIds: [],
  });
  const truths = history.series.map(({ start, end }) =>
    panel.fal.truth({ start: start.toInstant(), end: end.toInstant() }),
  );
  expect(history.series).toHaveLength(2);
  expect(history.series.map(({ cost, count }) => ({ cost, count }))).toEqual(
    truths.map(({ costNano, count }) => ({ cost: costNano, count })),
  );
});

test('days are counted in a zone that came to be used since, without asking fal', async () => {
  const { panel } = await panelToSync();
  await syncOnce(panel, 'futurelab');
  await panel.services.store.db
    .updateTable('fal_accounts')
    .set({ timezone: 'Europe/Madrid' })
    .execute();
  panel.fal.received.length = 0;
  await syncOnce(panel, 'futurelab');
  expect(asked(panel, '/models/usage')).toEqual([]);
  const { db } = panel.services.store;
  const counted = await db
    .selectFrom('usage_days')
    .innerJoin('usage_zones', 'usage_zones.id', 'zone_id')
    .select('name')
    .distinct()
    .execute();
  expect(counted.map(({ name }) => name)).toContain('Europe/Madrid');
});

test('the key is in no log and no row but its own', async () => {
  const { panel } = await panelToSync();
  panel.fal.fault('/models/usage', faults.failWith(503, `bad ${panel.fal.keys.admin}`));
  await syncOnce(panel, 'futurelab').catch((error: Error) => {
    expect(error.message).not.toContain(panel.fal.keys.admin.split(':')[1]);
  });
  expect(panel.logged()).not.toContain(panel.fal.keys.admin.split(':')[1]);
});

test('calls of a model that was paid for on another day are counted in a round with few days left', async () => {
  const failing = Array.from({ length: DAYS }, (_, day) => ({
    at: utcDayStart(TODAY - DAYS + day).add({ hours: 5 }).epochMilliseconds,
    endpointId: 'fal-ai/rare',
    outcome: 'server_error' as const,
  }));
  const paid = { at: utcDayStart(TODAY - DAYS).epochMilliseconds, endpointId: 'fal-ai/rare' };
  const { panel } = await panelToSync({
    simulator: { traffic: billingRequests([paid, ...failing]) },
  });
  for (let day = TODAY - DAYS; day < TODAY - DAYS + 4; day += 1) {
    const start = encodeURIComponent(utcDayStart(day).toString());
    const path = new RegExp(`/models/usage\\?start=${start}.*timeframe=hour`);
    panel.fal.fault(path, faults.failWith(500));
  }
  await failureOf(syncOnce(panel, 'futurelab'));
  const days = { first: TODAY - DAYS, last: TODAY };
  expect((await keptSums(panel, 'futurelab', days)).count).toBe(DAYS - 4);
  panel.fal.reset();
  await syncOnce(panel, 'futurelab');
  expect((await keptSums(panel, 'futurelab', days)).count).toBe(DAYS + 1);
});
