import { listAccounts } from '../accounts/accounts.ts';
import type { Job } from '../jobs/scheduler.ts';
import type { Logger } from '../log.ts';
import { readSettings } from '../settings/settings.ts';
import { pricesJob } from './price-snapshot.ts';
import { reconcileJob } from './reconcile.ts';
import { retentionJob } from './retention.ts';
import { type SyncServices, syncJob } from './sync-account.ts';
import { readPaused } from './sync-queries.ts';

/** What the local copy needs to have done again and again: for each account, and for all of them. */
export function historyJobs(
  services: SyncServices & { log: Logger },
): () => Promise<readonly Job[]> {
  const { store, seal, fal, now, log, config } = services;
  const { db, engine } = store;
  const asking = { db, seal, fal, now, log, timeoutMs: config.falTimeoutMs };
  const readHistoryDays = async () => (await readSettings(db)).historyDays ?? null;
  const ofAll = [pricesJob(asking), retentionJob({ db, engine, now, readHistoryDays })];

  return async function jobs() {
    const paused = await readPaused(db);
    const ids = (await listAccounts(db)).map(({ id }) => id);
    return [
      ...ids.map((id) => syncJob(services, id)),
      ...ids.filter((id) => !paused.has(id)).map((id) => reconcileJob(asking, id)),
      ...ofAll,
    ];
  };
}
