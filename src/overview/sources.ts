import type { FalAccount } from '../accounts/accounts.ts';
import type { HistoryAnswer, HistoryQuestion } from '../history/answer.ts';
import { type LatestBalance, latestBalances } from '../history/balance-samples.ts';
import { type AccountDrift, openDrifts } from '../history/reconciliations.ts';
import { type SyncStatus, syncStatuses } from '../history/sync-status.ts';
import type { PlannedEvent } from '../planner/planned-event.ts';
import type { Services } from '../services.ts';
import { type CreditOutlook, nextEvent, readOutlook } from './outlooks.ts';

/** What the page is made of, all of it kept here: it never waits for fal. */
export interface OverviewSources {
  usage(question: HistoryQuestion): Promise<HistoryAnswer>;
  /** By account id; an account whose balance was never read is not in it. */
  balances(): Promise<ReadonlyMap<string, LatestBalance>>;
  syncs(now: Temporal.Instant): Promise<SyncStatus[]>;
  /** How long an account's credits last. */
  outlook(account: FalAccount): Promise<CreditOutlook>;
  /** The next planned event, of an account or of all. */
  nextEvent(accountId: string | null, now: Temporal.Instant): Promise<PlannedEvent | null>;
  /** How long what was read of usage and credits may be shown again, in ms. */
  cacheMs: number;
  /** Oldest first. */
  drifts(): Promise<AccountDrift[]>;
}

export function localSources(
  services: Pick<Services, 'store' | 'history' | 'now'>,
  cacheMs: number,
): OverviewSources {
  const { history, store } = services;
  const { db } = store;
  return {
    cacheMs,
    usage: history.usage,
    balances: () => latestBalances(db),
    syncs: (now) => syncStatuses(db, now),
    drifts: () => openDrifts(db),
    outlook: (account) => readOutlook(services, account),
    nextEvent: (accountId, now) => nextEvent(services, accountId, now),
  };
}
