import { createAccount } from '../src/accounts/change-accounts.ts';
import { SERVER } from '../src/audit/actor.ts';
import { readConfig } from '../src/config.ts';
import { syncJob } from '../src/history/sync-account.ts';
import type { Lease } from '../src/jobs/leases.ts';
import { createLogger } from '../src/log.ts';
import { createServices } from '../src/services.ts';
import { type Child, startChild } from './support/child.ts';
import type { Figure } from './support/figure.ts';
import { benchFolder } from './support/folder.ts';

const ROUNDS = 10_000;
/** Code is compiled and pools are filled in the first of them. */
const WARM_UP = 1_000;
const TARGET_MB = 20;
const START = Temporal.Instant.from('2026-03-06T12:00:00Z');

/** Memory after the first thousand rounds of the sync, five minutes apart, and after ten thousand. */
export async function benchSyncMemory(): Promise<Figure[]> {
  const fal = await startChild<{ url: string; key: string }>('history/moving-simulator.ts', [
    String(START.epochMilliseconds),
  ]);
  try {
    const { early, late } = await syncFor(fal);
    const grown = (late - early) / 1e6;
    return [
      {
        name: `(i) memory over ${ROUNDS.toLocaleString('en')} rounds of the sync`,
        measured: `${(early / 1e6).toFixed(0)} MB, then ${(late / 1e6).toFixed(0)} MB`,
        ratio: '',
        target: `within ${TARGET_MB} MB`,
        pass: grown <= TARGET_MB,
      },
    ];
  } finally {
    await fal.stop();
  }
}

async function syncFor(
  fal: Child<{ url: string; key: string }>,
): Promise<{ early: number; late: number }> {
  let now = START;
  const config = readConfig({
    FAL_API_BASE_URL: fal.ready.url,
    DATA_DIR: benchFolder(),
    BACKFILL_DAYS: '4',
    DEFAULT_TIMEZONE: 'America/Mexico_City',
  });
  const services = await createServices(config, {
    log: createLogger('error'),
    now: () => now,
  });
  try {
    const fields = { name: 'Demo', note: '', timezone: 'America/Mexico_City', color: 1 };
    const { id } = await createAccount(services, SERVER, fields, fal.ready.key);
    const lease: Lease = {
      name: 'bench',
      signal: new AbortController().signal,
      confirm: async () => {},
    };
    const job = syncJob(services, id);
    let early = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      now = now.add({ minutes: 5 });
      await fal.ask(now.epochMilliseconds);
      await job.run(lease);
      if (round === WARM_UP) early = settledMemory();
    }
    return { early, late: settledMemory() };
  } finally {
    await services.close();
  }
}

/** Resident memory once what nobody needs is gone. */
function settledMemory(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
