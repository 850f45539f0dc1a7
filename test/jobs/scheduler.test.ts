import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { dueNow, type Lease, LeaseLostError } from '../../src/jobs/leases.ts';
import { NotBeforeError } from '../../src/jobs/not-before.ts';
import { PartlyDoneError } from '../../src/jobs/partly-done.ts';
import { createScheduler, type Job, type SchedulerOptions } from '../../src/jobs/scheduler.ts';
import { createLogger } from '../../src/log.ts';
import type { Store, StoreOptions } from '../../src/store/store.ts';
import { toText } from '../../src/store/values.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES } from '../support/panel.ts';
import { emptyPlace, openAt } from '../support/stores.ts';

/** A job that ends when and as the test says. */
function heldJob(name: string) {
  const runs: (PromiseWithResolvers<Temporal.Instant> & { lease: Lease })[] = [];
  const run: Job['run'] = (lease) => {
    const end = Promise.withResolvers<Temporal.Instant>();
    runs.push({ ...end, lease });
    lease.signal.addEventListener('abort', () => end.reject(lease.signal.reason));
    return end.promise;
  };
  return { name, runs, run };
}

describe.each(ENGINES)('schedulers on %s', (engine) => {
  let clock: ReturnType<typeof stoppedClock>;
  let place: StoreOptions;
  let store: Store;
  let lines: { level: number; msg: string; job?: string; err?: { message: string } }[];

  beforeEach(async () => {
    clock = stoppedClock();
    place = await emptyPlace(engine);
    store = await openAt(place);
    lines = [];
  });

  /** A replica with a connection of its own; nothing happens in it but by `wake`. */
  async function replica(jobs: SchedulerOptions['jobs'] | Job[], options = {}) {
    const { db } = await openAt(place);
    const log = createLogger('info', { write: (line) => lines.push(JSON.parse(line)) });
    const scheduler = createScheduler({
      db,
      now: clock.now,
      log,
      jobs: Array.isArray(jobs) ? async () => jobs : jobs,
      ...options,
    });
    onTestFinished(() => scheduler.stop());
    return scheduler;
  }

  const later = () => clock.now().add({ minutes: 5 });

  function row(name: string) {
    return store.db
      .selectFrom('jobs')
      .select(['next_run_at', 'holder', 'failures'])
      .where('name', '=', name)
      .executeTakeFirst();
  }

  /** Once it has been given back. */
  async function ended(name: string) {
    await expect.poll(() => row(name), { timeout: 10_000 }).toMatchObject({ holder: null });
    return row(name);
  }

  test('two do every job once a round, and never one at the same time', async () => {
    const names = Array.from({ length: 30 }, (_, number) => `sync:${number}`);
    const busy = new Set<string>();
    const done: string[] = [];
    const jobs = names.map((name, number) => ({
      name,
      async run() {
        expect(busy).not.toContain(name);
        busy.add(name);
        for (let turns = number % 7; turns >= 0; turns -= 1) await turn();
        busy.delete(name);
        done.push(name);
        return later();
      },
    }));
    const [one, other] = [await replica(jobs), await replica(jobs.toReversed())];
    for (let round = 1; round <= 4; round += 1) {
      const wake = async () => {
        await Promise.all([one.wake(), other.wake()]);
        return done.length;
      };
      await expect.poll(wake, { timeout: 15_000 }).toBe(names.length * round);
      await Promise.all(names.map(ended));
      expect(done.slice(-names.length).toSorted()).toEqual(names.toSorted());
      await Promise.all([one.wake(), other.wake()]);
      expect(done).toHaveLength(names.length * round);
      clock.forward({ minutes: 5 });
    }
    expect(lines).toEqual([]);
  });

  test('no more run at a time than was said, the oldest first, and the next when one ends', async () => {
    const jobs = ['c', 'b', 'a'].map(heldJob);
    for (const { name } of jobs) {
      await dueNow(store.db, clock.now(), name);
      clock.forward({ seconds: 1 });
    }
    const scheduler = await replica(jobs, { parallel: 2 });
    await scheduler.wake();
    const begun = () => jobs.filter(({ runs }) => runs.length > 0).map(({ name }) => name);
    expect(begun()).toEqual(['c', 'b']);
    jobs[1]?.runs[0]?.resolve(later());
    await expect.poll(begun, { timeout: 10_000 }).toEqual(['c', 'b', 'a']);
  });

  test('those of one kind hold up no others', async () => {
    const slow = [1, 2, 3].map((number) => ({ ...heldJob(`reconcile:${number}`), kind: 'daily' }));
    for (const { name } of slow) await dueNow(store.db, clock.now(), name);
    clock.forward({ seconds: 1 });
    const quick = heldJob('sync');
    const scheduler = await replica([...slow, quick], { parallel: 2 });
    await scheduler.wake();
    expect(slow.map(({ runs }) => runs.length)).toEqual([1, 1, 0]);
    expect(quick.runs).toHaveLength(1);
    slow[0]?.runs[0]?.resolve(later());
    await expect.poll(() => slow[2]?.runs.length, { timeout: 10_000 }).toBe(1);
  });

  test('a job of a dead replica is done by another when its lease is over', async () => {
    const job = heldJob('sync');
    const [dead, alive] = [await replica([job]), await replica([job])];
    await dead.wake();
    clock.forward({ milliseconds: 59_999 });
    await alive.wake();
    expect(job.runs).toHaveLength(1);
    clock.forward({ milliseconds: 1 });
    await alive.wake();
    expect(job.runs).toHaveLength(2);
  });

  test('a replica that slept learns of it before it writes, and does not do the job twice', async () => {
    const job = heldJob('sync');
    const [slow, alive] = [await replica([job]), await replica([job])];
    await slow.wake();
    clock.forward({ minutes: 1 });
    await alive.wake();

    const [late, taken] = job.runs;
    const writing = store.db.transaction().execute(async (trx) => {
      const entry = { name: 'late', value: '1', updated_at: toText(clock.now()) };
      await trx.insertInto('settings').values(entry).execute();
      await late?.lease.confirm(trx);
    });
    await expect(writing).rejects.toThrow(LeaseLostError);
    expect(await store.db.selectFrom('settings').select('name').execute()).toEqual([]);
    expect(late?.lease.signal.aborted).toBe(true);

    await slow.wake();
    expect(job.runs).toHaveLength(2);
    expect(taken?.lease.signal.aborted).toBe(false);
    taken?.resolve(later());
    expect(await ended('sync')).toMatchObject({ next_run_at: toText(later()), failures: 0 });
  });

  test('a lost lease aborts its run by the next tick, which is not the fault of the job', async () => {
    const job = heldJob('sync');
    const scheduler = await replica([job]);
    await scheduler.wake();
    clock.forward({ minutes: 1 });
    await scheduler.wake();
    expect(job.runs[0]?.lease.signal.reason).toBeInstanceOf(LeaseLostError);
    expect(await ended('sync')).toMatchObject({ failures: 0 });
    await scheduler.wake();
    expect(job.runs).toHaveLength(2);
    expect(lines).toMatchObject([{ level: 40, job: 'sync' }]);
  });

  test('a run that ticks keep alive lasts as long as it must', async () => {
    const job = heldJob('sync');
    const [busy, other] = [await replica([job]), await replica([job])];
    await busy.wake();
    for (let half = 0; half < 10; half += 1) {
      clock.forward({ seconds: 30 });
      await busy.wake();
      await other.wake();
    }
    expect(job.runs).toHaveLength(1);
    expect(job.runs[0]?.lease.signal.aborted).toBe(false);
  });

  test('one that stops aborts its runs and gives them back for another at once', async () => {
    const job = heldJob('sync');
    const [one, other] = [await replica([job]), await replica([job])];
    await one.wake();
    await one.stop();
    expect(job.runs[0]?.lease.signal.aborted).toBe(true);
    expect(await row('sync')).toMatchObject({ holder: null, failures: 0 });
    await other.wake();
    expect(job.runs).toHaveLength(2);
    await one.wake();
    expect(lines).toEqual([]);
  });

  test('one that stops waits for a run that can not be hurried, and keeps it meanwhile', async () => {
    const end = Promise.withResolvers<void>();
    const begun: string[] = [];
    const jobsOf = (holder: string): Job[] => [
      {
        name: 'sync',
        run: async () => {
          begun.push(holder);
          await end.promise;
          return later();
        },
      },
    ];
    const [one, other] = [await replica(jobsOf('one')), await replica(jobsOf('other'))];
    await one.wake();
    const stopping = one.stop();
    clock.forward({ seconds: 40 });
    await one.wake();
    clock.forward({ seconds: 40 });
    await other.wake();
    expect(begun).toEqual(['one']);
    end.resolve();
    await stopping;
    expect(await row('sync')).toMatchObject({ holder: null, next_run_at: toText(later()) });
  });

  test.each([1, 2, 3, 4, 5, 6])(
    'stopped at any moment of a look (%i) it leaves nothing held',
    async (moment) => {
      const job = heldJob('sync');
      let moments = 0;
      let stopping: Promise<void> | undefined;
      const scheduler = await replica([job], {
        // Each step asks what time it is.
        now: () => {
          moments += 1;
          if (moments === moment) stopping = scheduler.stop();
          return clock.now();
        },
      });
      await scheduler.wake();
      await (stopping ?? scheduler.stop());
      expect((await row('sync'))?.holder ?? null).toBeNull();
      expect(job.runs.filter(({ lease }) => !lease.signal.aborted)).toEqual([]);
    },
  );

  test('a job that fails waits longer each time, is logged once, and again after a success', async () => {
    const job = heldJob('sync');
    const scheduler = await replica([job]);
    for (const seconds of [30, 60, 120]) {
      await scheduler.wake();
      job.runs.at(-1)?.reject(new Error('fal is away'));
      const next_run_at = toText(clock.now().add({ seconds }));
      expect(await ended('sync')).toMatchObject({ next_run_at });
      clock.forward({ milliseconds: seconds * 1000 - 1 });
      const begun = job.runs.length;
      await scheduler.wake();
      expect(job.runs).toHaveLength(begun);
      clock.forward({ milliseconds: 1 });
    }
    expect(lines).toMatchObject([{ level: 50, job: 'sync', err: { message: 'fal is away' } }]);

    await scheduler.wake();
    job.runs.at(-1)?.resolve(clock.now());
    expect(await ended('sync')).toMatchObject({ failures: 0 });
    await scheduler.wake();
    job.runs.at(-1)?.reject(new Error('away again'));
    expect(await ended('sync')).toMatchObject({ failures: 1 });
    expect(lines.map(({ level }) => level)).toEqual([50, 30, 50]);
  });

  test('one that says when to try again waits that long, or longer where it failed often', async () => {
    const job = heldJob('sync');
    const scheduler = await replica([job]);
    for (const [asked, seconds] of [
      [0, 30],
      [600, 600],
      [1, 120],
    ] as const) {
      await scheduler.wake();
      job.runs.at(-1)?.reject(new NotBeforeError({ seconds: asked }, new Error('not so fast')));
      const next_run_at = toText(clock.now().add({ seconds }));
      expect(await ended('sync')).toMatchObject({ next_run_at });
      clock.forward({ seconds });
    }
    expect(lines).toMatchObject([{ job: 'sync', err: { message: 'not so fast' } }]);
  });

  test('one that did a part of it fails, and is not put off for that', async () => {
    const job = heldJob('sync');
    const one = await replica([job]);
    for (let run = 0; run < 3; run += 1) {
      await one.wake();
      job.runs.at(-1)?.reject(new PartlyDoneError(later(), new Error('not this day')));
      const next_run_at = toText(later());
      expect(await ended('sync')).toMatchObject({ next_run_at, failures: 1 });
      clock.forward({ minutes: 5 });
    }
    expect(lines).toMatchObject([{ job: 'sync', err: { message: 'not this day' } }]);
  });

  test('a job that throws at once holds up no other', async () => {
    const good = heldJob('good');
    const bad: Job = {
      name: 'bad',
      run: () => {
        throw new Error('no');
      },
    };
    const scheduler = await replica([bad, good]);
    await scheduler.wake();
    expect(good.runs).toHaveLength(1);
    expect(await ended('bad')).toMatchObject({ failures: 1 });
  });

  test('who can not say what there is to do is asked again, and it is logged once', async () => {
    const job = heldJob('sync');
    let isAway = true;
    const scheduler = await replica(async () => {
      if (isAway) throw new Error('no list');
      return [job];
    });
    await scheduler.wake();
    await scheduler.wake();
    expect(lines).toMatchObject([{ level: 50, err: { message: 'no list' } }]);
    isAway = false;
    await scheduler.wake();
    expect(job.runs).toHaveLength(1);
    isAway = true;
    await scheduler.wake();
    expect(lines).toHaveLength(2);
  });

  test('while the database is away it logs that once, and then goes on', async () => {
    const [job, other] = [heldJob('sync'), heldJob('other')];
    const scheduler = await replica([job, other]);
    await scheduler.wake();
    await store.db.schema.alterTable('jobs').renameTo('away').execute();
    clock.forward({ seconds: 30 });
    await scheduler.wake();
    await scheduler.wake();
    expect(lines.map(({ msg }) => msg).toSorted()).toEqual([
      'a lease could not be renewed',
      'due jobs could not be looked for',
    ]);
    // Nobody can say by now whether it is still theirs.
    clock.forward({ seconds: 30 });
    await scheduler.wake();
    expect(job.runs[0]?.lease.signal.reason).toBeInstanceOf(LeaseLostError);

    await store.db.schema.alterTable('away').renameTo('jobs').execute();
    const begun = async () => {
      await scheduler.wake();
      return [job.runs.length, other.runs.length];
    };
    await expect.poll(begun, { timeout: 10_000 }).toEqual([2, 2]);
  });

  test('the row of a job that is gone goes as well, but not that of one another replica does', async () => {
    const [here, elsewhere] = [heldJob('here'), heldJob('elsewhere')];
    const one = await replica([here]);
    const other = await replica([elsewhere]);
    await Promise.all([one.wake(), other.wake()]);
    elsewhere.runs[0]?.resolve(later());
    here.runs[0]?.resolve(clock.now().add({ hours: 24 }));
    await Promise.all(['here', 'elsewhere'].map(ended));

    clock.forward({ minutes: 64 });
    await one.wake();
    expect(await row('elsewhere')).toBeDefined();
    clock.forward({ minutes: 1 });
    await one.wake();
    expect(await row('elsewhere')).toBeUndefined();
    expect(await row('here')).toBeDefined();
  });

  test('once started it looks at once', async () => {
    const begun = Promise.withResolvers<void>();
    const run = async () => {
      begun.resolve();
      return later();
    };
    const scheduler = await replica([{ name: 'sync', run }]);
    scheduler.start();
    await begun.promise;
  });
});
