import { setTimeout as sleep } from 'node:timers/promises';
import { createAccount } from '../../src/accounts/change-accounts.ts';
import { SERVER } from '../../src/audit/actor.ts';
import { readConfig } from '../../src/config.ts';
import { syncJob } from '../../src/history/sync-account.ts';
import type { Lease } from '../../src/jobs/leases.ts';
import { createLogger } from '../../src/log.ts';
import { createServices } from '../../src/services.ts';
import { endWithParent, startChild, tellParent } from '../support/child.ts';
import { benchFolder } from '../support/folder.ts';

/** Resident memory in bytes after the rounds of the warm-up, and after all. */
export interface SyncMemory {
  early: number;
  late: number;
}

/** Code is compiled and pools are filled in the first rounds. */
const WARM_UP = 1_000;
/** How long V8 takes to give pages back, beside the event loop, in ms. */
const SETTLING_MS = 1_000;
const START = Temporal.Instant.from('2026-03-06T12:00:00Z');

endWithParent();
const rounds = Number(process.argv[2]);
const fal = await startChild<{ url: string; key: string }>('history/moving-simulator.ts', [
  String(START.epochMilliseconds),
]);
let now = START;
const config = readConfig({
  FAL_API_BASE_URL: fal.ready.url,
  DATA_DIR: benchFolder(),
  BACKFILL_DAYS: '4',
  DEFAULT_TIMEZONE: 'America/Mexico_City',
});
const services = await createServices(config, { log: createLogger('error'), now: () => now });
const fields = { name: 'Demo', note: '', timezone: 'America/Mexico_City', color: 1 };
const { id } = await createAccount(services, SERVER, fields, fal.ready.key);
const job = syncJob(services, id);
let early = 0;
for (let round = 1; round <= rounds; round += 1) {
  now = now.add({ minutes: 5 });
  await fal.ask(now.epochMilliseconds);
  await job.run(newLease());
  if (round === WARM_UP) early = await settledMemory();
}
const late = await settledMemory();
await services.close();
await fal.stop();
tellParent({ early, late } satisfies SyncMemory);

/** As the scheduler gives one to each round; nobody takes this one away. */
function newLease(): Lease {
  return { name: 'bench', signal: new AbortController().signal, confirm: async () => {} };
}

/** Resident memory once what nobody needs is gone, and the pages too that V8 keeps for the next time. */
async function settledMemory(): Promise<number> {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  await sleep(SETTLING_MS);
  return process.memoryUsage.rss();
}
