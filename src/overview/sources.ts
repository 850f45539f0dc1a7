import type { Incident } from '../alerts/incident.ts';
import { openIncidents } from '../alerts/incident-queries.ts';
import type { HistoryAnswer, HistoryQuestion } from '../history/answer.ts';
import { type LatestBalance, latestBalances } from '../history/balance-samples.ts';
import { type AccountDrift, openDrifts } from '../history/reconciliations.ts';
import { type SyncStatus, syncStatuses } from '../history/sync-status.ts';
import type { AskedPrices } from '../planner/asked-prices.ts';
import type { PriceServices } from '../planner/known-prices.ts';
import type { PlannedEvent } from '../planner/planned-event.ts';
import { eventsFrom } from '../planner/queries.ts';
import {
  type CreditOutlook,
  type OutlookQuestion,
  readOutlook,
  writtenInLedgers,
} from './outlooks.ts';

/** What the page is made of, all of it kept here: it never waits for fal. */
export interface OverviewSources {
  usage(question: HistoryQuestion): Promise<HistoryAnswer>;
  /** By account id; an account whose balance was never read is not in it. */
  balances(): Promise<ReadonlyMap<string, LatestBalance>>;
  syncs(now: Temporal.Instant): Promise<SyncStatus[]>;
  /** How long an account's credits last, and whether through the next event. */
  outlook(question: OutlookQuestion): Promise<CreditOutlook>;
  /** The same while nobody waits: fal may be asked for prices that the local copy lacks. */
  outlookAhead(question: OutlookQuestion): Promise<CreditOutlook>;
  /** Planned events of all accounts that are neither over nor closed, the first first. */
  events(now: Temporal.Instant): Promise<PlannedEvent[]>;
  /** How much is in the ledgers of these accounts, by id. */
  written(accountIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** How long what was read of usage and credits may be shown again, in ms. */
  cacheMs: number;
  /** Oldest first. */
  drifts(): Promise<AccountDrift[]>;
  /** Those that are open or acknowledged, of all accounts; in no order. */
  incidents(): Promise<Incident[]>;
}

export function localSources(services: PriceServices, cacheMs: number): OverviewSources {
  const { history, store } = services;
  const { db } = store;
  const nobody = new AbortController().signal;
  return {
    cacheMs,
    usage: history.usage,
    balances: () => latestBalances(db),
    syncs: (now) => syncStatuses(db, now),
    drifts: () => openDrifts(db),
    incidents: () => openIncidents(db),
    outlook: (question) =>
      readOutlook({ ...services, askedPrices: saidLately(services.askedPrices) }, question, nobody),
    outlookAhead: (question) => readOutlook(services, question, nobody),
    async events(now) {
      const events = await eventsFrom(db, null, now);
      return events.filter(({ closedAt }) => closedAt === null);
    },
    written: (accountIds) => writtenInLedgers(db, accountIds),
  };
}

/** What fal said of prices lately, and nothing else: it is not asked. */
export function saidLately({ known }: AskedPrices): AskedPrices {
  return { known, of: async (kind, ids) => known(kind, ids) };
}
