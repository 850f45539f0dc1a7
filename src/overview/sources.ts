import type { Kysely } from 'kysely';
import type { HistoryAnswer, HistoryQuestion, UsageHistory } from '../history/answer.ts';
import { type LatestBalance, latestBalances } from '../history/balance-samples.ts';
import { type AccountDrift, openDrifts } from '../history/reconciliations.ts';
import { type SyncStatus, syncStatuses } from '../history/sync-status.ts';
import type { Tables } from '../store/tables.ts';

/** What the page is made of, all of it kept here: it never waits for fal. */
export interface OverviewSources {
  usage(question: HistoryQuestion): Promise<HistoryAnswer>;
  /** By account id; an account whose balance was never read is not in it. */
  balances(): Promise<ReadonlyMap<string, LatestBalance>>;
  syncs(now: Temporal.Instant): Promise<SyncStatus[]>;
  /** How long what was read of usage may be shown again, in ms. */
  cacheMs: number;
  /** Oldest first. */
  drifts(): Promise<AccountDrift[]>;
}

export function localSources(
  db: Kysely<Tables>,
  history: UsageHistory,
  cacheMs: number,
): OverviewSources {
  return {
    cacheMs,
    usage: history.usage,
    balances: () => latestBalances(db),
    syncs: (now) => syncStatuses(db, now),
    drifts: () => openDrifts(db),
  };
}
