import { expect, test } from 'vitest';
import { finish, setUp } from './replica/setting.ts';
import { machineNow, type Replica, startReplica } from './replica/start.ts';

/** `npm run test:replicas` goes on for minutes. */
const SECONDS = Number(process.env.REPLICA_SECONDS ?? 0);
/** Of those that are killed: their jobs wait for it to end. */
const SHORT_LEASE_MS = 3_000;
/** Of those that stop: a job that waited for it to end would not be done in this test. */
const LONG_LEASE_MS = 24 * 3_600_000;
/** A busy machine may take its time to notice that something is due. */
const PATIENCE_MS = 10_000;
const ACCOUNTS = 8;

test('two replicas never do a job at once and miss none, when one dies and when one stops', {
  timeout: 90_000 + SECONDS * 1_000,
}, async () => {
  const setting = await setUp({ accounts: ACCOUNTS, days: 6, requestsOfEach: 60, latencyMs: 10 });
  const expected = await finish(setting, await setting.emptyPlace('postgres'));
  const env = await setting.emptyPlace('postgres');
  const { db } = (await setting.open(env)).store;
  const accounts = await db.selectFrom('fal_accounts').select('id').execute();
  const jobs = accounts.map(({ id }) => `sync:${id}`);
  const clockAheadMs = setting.aheadMs();
  // They look at times of their own, so that neither always comes second.
  const start = (leaseMs: number) => {
    const tickMs = leaseMs === SHORT_LEASE_MS ? 90 : 110;
    return startReplica({ env, clockAheadMs, leaseMs, tickMs, intervalMs: 1_000 });
  };
  const over: Run[] = [];

  let mortal = start(SHORT_LEASE_MS);
  let lasting = start(LONG_LEASE_MS);
  const until = machineNow() + SECONDS * 1_000;
  do {
    const beganAt = machineNow();
    await Promise.all([mortal, lasting].map((each) => each.heard(isDone(jobs, beganAt))));

    // Long enough that both are in the middle of something.
    setting.fal.setLatency(300);
    await mortal.heard(isBegun(jobs, machineNow()));
    const killedAt = await mortal.kill();
    const left = runsOf(mortal, killedAt);
    over.push(...left);
    const orphans = left.filter((run) => run.isCut && jobs.includes(run.job));
    expect(orphans.length).toBeGreaterThan(0);
    for (const { job } of orphans) {
      const { at } = await lasting.heard(isBegun([job], killedAt));
      expect(at - killedAt).toBeLessThan(SHORT_LEASE_MS + PATIENCE_MS);
    }
    setting.fal.setLatency(10);
    for (const job of jobs) await lasting.heard(isDone([job], killedAt));

    mortal = start(SHORT_LEASE_MS);
    await mortal.heard(isDone(jobs, killedAt));
    setting.fal.setLatency(300);
    await lasting.heard(isBegun(jobs, machineNow()));
    const stoppedAt = await lasting.stop();
    over.push(...runsOf(lasting, Infinity));
    setting.fal.setLatency(10);
    for (const job of jobs) await mortal.heard(isDone([job], stoppedAt));
    lasting = start(LONG_LEASE_MS);
  } while (machineNow() < until);
  for (const each of [mortal, lasting]) {
    await each.stop();
    over.push(...runsOf(each, Infinity));
  }

  expect(over.filter(({ isCut, to }) => isCut && to === Infinity)).toEqual([]);
  expect(overlaps(over)).toEqual([]);
  expect(await finish(setting, env)).toEqual(expected);
});

type Said = Replica['said'][number];

function isBegun(jobs: readonly string[], sinceMs: number) {
  return ({ event, job, at }: Said) => event === 'begins' && jobs.includes(job) && at >= sinceMs;
}

function isDone(jobs: readonly string[], sinceMs: number) {
  return ({ event, job, at }: Said) => event === 'ends' && jobs.includes(job) && at >= sinceMs;
}

/** A job being done: epoch ms. */
interface Run {
  job: string;
  from: number;
  to: number;
  /** Whether it never came to an end of its own. */
  isCut: boolean;
}

/** What a replica did until it ended. */
function runsOf({ said }: Replica, endMs: number): Run[] {
  return said.flatMap(({ event, job, at }, index) => {
    if (event !== 'begins') return [];
    const end = said.find((each, later) => later > index && each.job === job);
    return [{ job, from: at, to: end?.at ?? endMs, isCut: !end }];
  });
}

/** Pairs of runs of one job that happened at the same time. */
function overlaps(runs: readonly Run[]): [Run, Run][] {
  return [...Map.groupBy(runs, ({ job }) => job).values()].flatMap((ofJob) => {
    const inOrder = ofJob.toSorted((a, b) => a.from - b.from);
    return inOrder.flatMap((run, index): [Run, Run][] => {
      const next = inOrder[index + 1];
      return next && next.from < run.to ? [[run, next]] : [];
    });
  });
}
