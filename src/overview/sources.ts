import type { Kysely } from 'kysely';
import type { HistoryAnswer, HistoryQuestion, UsageHistory } from '../history/answer.ts';
import { type LatestBalance, latestBalances } from '../history/balance-samples.ts';
import { type AccountDrift, openDrifts } from '../history/reconciliations.ts';
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

/** How the copy of one account's usage is doing. */
export interface SyncStatus {
  accountId: string;
  state: 'idle' | 'running' | 'paused' | 'failing' | 'waiting';
  progress: {
    done: number;
    total: number;
    percent: number;
    rows: number;
    secondsLeft: number | null;
  } | null;
  lastSuccessAt: Temporal.Instant | null;
  lastError: { code: string; at: Temporal.Instant } | null;
  nextRunAt: Temporal.Instant | null;
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
    syncs: async () => [],
    drifts: () => openDrifts(db),
  };
}
