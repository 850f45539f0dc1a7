import pMap from 'p-map';
import { type FalAccount, listAccounts } from '../accounts/accounts.ts';
import type { Incident } from '../alerts/incident.ts';
import type { Severity } from '../alerts/rule.ts';
import type { LatestBalance } from '../history/balance-samples.ts';
import type { SyncStatus } from '../history/sync-status.ts';
import {
  COMPARISONS,
  type ComparisonName,
  comparisonsAt,
  isEmpty,
} from '../overview/comparisons.ts';
import type { CreditOutlook, OutlookQuestion } from '../overview/outlooks.ts';
import type { OverviewSources } from '../overview/sources.ts';
import type { PlannedEvent } from '../planner/planned-event.ts';
import type { Services } from '../services.ts';
import { hasOtherModels, modelsApart, type PeriodFigures, periodFigures } from './model-figures.ts';

/** What is known of an account; `null` where there is nothing yet, or where it could not be read. */
export interface AccountFigures {
  account: FalAccount;
  periods: Record<ComparisonName, PeriodFigures> | null;
  balance: LatestBalance | null;
  outlook: CreditOutlook | null;
  sync: SyncStatus | null;
  /** How many incidents are open or acknowledged. */
  incidents: Record<Severity, number>;
}

/** What the panel knows at a moment, all of it from the local copy. */
export interface PanelFigures {
  now: Temporal.Instant;
  accounts: AccountFigures[];
  /** How many accounts there are beyond `MAX_ACCOUNTS`. */
  leftOut: number;
  /** How many questions to the local copy failed; what they ask for is `null`. */
  failedReadings: number;
}

/** Of which account anything is told; the default one first, then by name. */
const MAX_ACCOUNTS = 500;
/** Models of an account that are told apart, as long as there are few accounts. */
const MODELS_AN_ACCOUNT = 20;
/** Models that are told apart altogether. */
const MAX_MODELS = 1_000;

/** Four places in all read the local copy, and pages want theirs. */
const ACCOUNTS_AT_ONCE = 2;

/**
 * Reads the figures of every account, by the same questions and sums as the overview's.
 * @throws what keeps the database from answering at all.
 */
export async function readFigures(
  services: Pick<Services, 'store' | 'now' | 'log' | 'overviewSources'>,
): Promise<PanelFigures> {
  const { store, overviewSources: sources, log } = services;
  const now = services.now();
  const [all, balances, statuses, events, incidents] = await Promise.all([
    listAccounts(store.db),
    sources.balances(),
    sources.syncs(now),
    sources.events(now),
    sources.incidents(),
  ]);
  const syncs = new Map(statuses.map((sync) => [sync.accountId, sync]));
  const found = Map.groupBy(incidents, ({ accountId }) => accountId);
  const listed = all.slice(0, MAX_ACCOUNTS);
  const modelsEach = Math.min(MODELS_AN_ACCOUNT, Math.floor(MAX_MODELS / listed.length));
  let failedReadings = 0;

  /** One account's trouble must not hide the others. */
  async function attempt<T>({ slug }: FalAccount, reading: Promise<T>): Promise<T | null> {
    try {
      return await reading;
    } catch (error) {
      failedReadings += 1;
      log.warn({ err: error, account: slug }, 'some metrics could not be read');
      return null;
    }
  }

  const accounts = await pMap(
    listed,
    async (account): Promise<AccountFigures> => {
      const balance = balances.get(account.id) ?? null;
      const sync = syncs.get(account.id) ?? null;
      return {
        account,
        balance,
        sync,
        incidents: bySeverity(found.get(account.id) ?? []),
        periods: await attempt(account, readPeriods(sources.usage, account, now, modelsEach)),
        outlook: await attempt(account, sources.outlook(outlookQuestion(account, events))),
      };
    },
    { concurrency: ACCOUNTS_AT_ONCE },
  );
  return { now, accounts, leftOut: all.length - listed.length, failedReadings };
}

function bySeverity(incidents: readonly Incident[]): Record<Severity, number> {
  const counts = { info: 0, warning: 0, critical: 0 };
  for (const { severity } of incidents) counts[severity] += 1;
  return counts;
}

/** Nothing is remembered by its name here, so that what was written down need not be known. */
function outlookQuestion(account: FalAccount, events: readonly PlannedEvent[]): OutlookQuestion {
  const own = events.filter(({ accountId }) => accountId === account.id);
  return { account, events: own, written: 0 };
}

/** The overview's periods until now, asked one after the other. */
async function readPeriods(
  usage: OverviewSources['usage'],
  { id, timezone }: FalAccount,
  now: Temporal.Instant,
  modelsEach: number,
): Promise<Record<ComparisonName, PeriodFigures>> {
  const spans = comparisonsAt(now, timezone);
  const ask = async (name: ComparisonName) => {
    const span = spans[name].soFar;
    if (isEmpty(span)) return { groups: [], series: [] };
    return usage({
      ...span,
      resolution: name === 'month' ? 'day' : 'hour',
      ...{ timezone, accountId: id, groupBy: 'endpoint', endpointIds: [], apiKeyIds: [] },
      groupsApart: 0,
    });
  };
  const today = await ask('today');
  const last_24h = await ask('last_24h');
  const month = await ask('month');
  const answers = { today, last_24h, month };
  const apart = modelsApart(Object.values(answers), modelsEach);
  const hasOthers = hasOtherModels(Object.values(answers), apart);
  const figures = COMPARISONS.map(
    (name) => [name, periodFigures(answers[name], apart, hasOthers)] as const,
  );
  return Object.fromEntries(figures) as Record<ComparisonName, PeriodFigures>;
}
