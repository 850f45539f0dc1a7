import { writeSync } from 'node:fs';
import { readConfig } from '../../../src/config.ts';
import { historyJobs } from '../../../src/history/jobs.ts';
import type { Lease } from '../../../src/jobs/leases.ts';
import { createScheduler, type Job } from '../../../src/jobs/scheduler.ts';
import { createLogger } from '../../../src/log.ts';
import { createServices } from '../../../src/services.ts';
import type { ReplicaOptions } from './start.ts';

/**
 * Does what a panel does in the background, with a shorter lease, and says on standard output, past
 * every buffer, when each job begins and ends.
 */
const options = JSON.parse(process.argv[2] ?? '') as ReplicaOptions;
const { env, clockAheadMs, leaseMs, tickMs, intervalMs } = options;
const now = () => Temporal.Now.instant().add({ milliseconds: clockAheadMs });
const log = createLogger('silent');
const services = await createServices(readConfig(env), { now, log, backoffMs: 1 });
const { db } = services.store;

function say(event: 'begins' | 'ends' | 'fails', job: string): void {
  const at = performance.timeOrigin + performance.now();
  writeSync(1, `${JSON.stringify({ event, job, at })}\n`);
}

function audible(job: Job): Job {
  async function run(lease: Lease): Promise<Temporal.Instant> {
    say('begins', job.name);
    try {
      const next = await job.run(lease);
      say('ends', job.name);
      const isHurried = intervalMs !== null && job.name.startsWith('sync:');
      // At any moment between two looks: else who looks first after a round would do so after every round.
      const milliseconds = (intervalMs ?? 0) + Math.floor(Math.random() * tickMs);
      return isHurried ? now().add({ milliseconds }) : next;
    } catch (error) {
      say('fails', job.name);
      throw error;
    }
  }
  return { ...job, run };
}

const { config } = services;
const syncIntervalSeconds = intervalMs === null ? config.syncIntervalSeconds : intervalMs / 1_000;
const jobs = historyJobs({ ...services, config: { ...config, syncIntervalSeconds } });
const scheduler = createScheduler({
  db,
  now,
  log,
  leaseMs,
  tickMs,
  jobs: async () => (await jobs()).map(audible),
});
process.once('SIGTERM', async () => {
  await scheduler.stop();
  await services.close();
});
scheduler.start();
