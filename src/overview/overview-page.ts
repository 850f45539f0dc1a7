import { type Request, type Response, Router } from 'express';
import type { FalAccount } from '../accounts/accounts.ts';
import { chosenAccounts } from '../accounts/choose-account.ts';
import { allow } from '../auth/access.ts';
import { countUndelivered } from '../deliveries/delivery-list.ts';
import { failureProblem, logFailure } from '../http/errors.ts';
import { showsFragment } from '../http/fragment.ts';
import type { ProblemView } from '../http/problem.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import type { Services } from '../services.ts';
import { readAccountStates, zoneOf } from './account-states.ts';
import { type BalancesView, balancesView, type SyncView, syncView } from './accounts-view.ts';
import { attentionOf } from './attention.ts';
import { type AttentionView, attentionView } from './attention-view.ts';
import { isEmpty } from './comparisons.ts';
import { type Costs, type CostsQuestion, createCostsReader, RANGES, type Range } from './costs.ts';
import { type CostsView, costsView } from './costs-view.ts';
import { isAlone } from './first-steps.ts';
import { withIncidents } from './incident-lines.ts';
import { type NextEventView, nextEventView } from './outlook-view.ts';
import { type OutlookQuestion, outlookName } from './outlooks.ts';
import { readAhead } from './remembered.ts';
import { areMany, isReadFirst, type ShownAccounts, shownAccounts } from './shown-accounts.ts';

/** What the page shows. */
interface OverviewView {
  /** There is no account yet. */
  firstRun: boolean;
  range: Range;
  timezone: string;
  attention: AttentionView[];
  /** Some account is being read for the first time. */
  isFirstSync: boolean;
  balances: BalancesView;
  /** The next one that is planned. */
  event: NextEventView | null;
  /** `null` until something has been read, or with a problem in its place. */
  costs: CostsView | null;
  problem: ProblemView | null;
  syncs: SyncView[];
  /** What is said of accounts that are not listed, and where all are; `null` for few accounts. */
  listing: ListingView | null;
  refreshSeconds: number;
}

interface ListingView {
  isAll: boolean;
  balances: string;
  syncs: string;
}

/** While the first reading fills the page. */
const FIRST_SYNC_REFRESH_SECONDS = 5;

/**
 * `/admin`: what is to be done, what is left, what it cost and whether that is known for sure, for
 * all accounts or the chosen one. From the local copy alone: fal is not asked.
 */
export function overviewPage(services: Services): Router {
  const { config, log, now, overviewSources: sources, settings, store } = services;
  const readCosts = createCostsReader(sources, sources.cacheMs);
  const readOutlook = readAhead(
    {
      read: sources.outlook,
      readAhead: sources.outlookAhead,
      nameOf: outlookName,
      now,
      failed: (error) => log.warn({ err: error }, 'no outlook'),
    },
    sources.cacheMs,
  );
  const router = Router();

  router.get('/', allow('viewer'), async (req, res) => {
    const accounts = chosenAccounts(res.locals.accountChoice);
    const range = RANGES.find((each) => each === req.query.range) ?? 'hours';
    const isAll = req.query.accounts === 'all';
    res.locals.keptQuery = new URLSearchParams({
      ...(range !== 'hours' && { range }),
      ...(isAll && { accounts: 'all' }),
    });
    const isFragment = showsFragment(req) && accounts.length > 0;
    res.render(
      isFragment ? 'overview/_answer' : 'overview/index',
      await view(accounts, { range, isAll }, req, res),
    );
  });

  async function view(
    accounts: FalAccount[],
    { range, isAll }: { range: Range; isAll: boolean },
    req: Request,
    res: Response,
  ): Promise<OverviewView> {
    const { format, t } = res.locals;
    const at = now();
    const timezone = zoneOf(accounts, settings.current().timezone);
    const accountId = res.locals.accountChoice.chosen?.id ?? null;
    const role = req.viewer?.role ?? 'viewer';
    const [alone, undelivered, drifts, incidents, { states, next }, { costs, problem }] =
      await Promise.all([
        role === 'admin' && isAlone(store.db, at),
        countUndelivered(store.db, at),
        sources.drifts(),
        sources.incidents(),
        readAccountStates(sources, accounts, at, (question) => tryOutlook(question, req)),
        tryCosts({ now: at, timezone, accountId, range }, accounts, req, res),
      ]);
    const nextState = states.find(({ account }) => account.id === next?.accountId);
    const shown = shownAccounts(states, isAll);
    const isFirstSync = states.some(isReadFirst);
    const found = attentionOf(states, drifts, at, {
      isMonthIncomplete: !isFirstSync && costs !== null && isMonthIncomplete(costs),
      isAlone: alone,
      undelivered,
      syncIntervalSeconds: config.syncIntervalSeconds,
    });
    const attention = withIncidents(incidents, accounts, found);
    const { refreshSeconds } = settings.current();
    return {
      firstRun: accounts.length === 0,
      range,
      timezone,
      attention: attention.map((each) => attentionView(each, role, at, format, t)),
      isFirstSync,
      balances: balancesView(states, shown.balances, at, format, t),
      event: next && nextState ? nextEventView(next, nextState, at, format, t) : null,
      costs: costs && costsView(costs, { range, timezone, now: at }, format, t),
      problem,
      syncs: shown.syncs.map((state) => syncView(state, at, format, t)),
      listing: areMany(states) ? listingView(shown, format, t) : null,
      refreshSeconds: isFirstSync
        ? Math.min(refreshSeconds, FIRST_SYNC_REFRESH_SECONDS)
        : refreshSeconds,
    };
  }

  async function tryOutlook(question: OutlookQuestion, req: Request) {
    try {
      return await readOutlook(question);
    } catch (error) {
      logFailure(error, req);
      return null;
    }
  }

  /** A failure takes the figures' place and spoils nothing else. */
  async function tryCosts(
    question: CostsQuestion,
    accounts: readonly FalAccount[],
    req: Request,
    res: Response,
  ): Promise<{ costs: Costs | null; problem: ProblemView | null }> {
    if (accounts.length === 0) return { costs: null, problem: null };
    try {
      const costs = await readCosts(question);
      return { costs: costs.asOf && costs, problem: null };
    } catch (error) {
      return { costs: null, problem: failureProblem(logFailure(error, req), req, res) };
    }
  }

  return router;
}

function listingView(
  { balances, syncs, of }: ShownAccounts,
  format: Format,
  t: Translate,
): ListingView {
  if (of === null) return { isAll: true, balances: '', syncs: '' };
  const all = format.count(of);
  return {
    isAll: false,
    balances: t('overview.lowest_balances', { shown: format.count(balances.length), all }),
    syncs: t('overview.least_up_to_date', { shown: format.count(syncs.length), all }),
  };
}

/** In its first hour there is nothing yet that could be missing. */
function isMonthIncomplete({ compared }: Costs): boolean {
  return compared.some(
    ({ name, spans, whole }) => name === 'month' && !isEmpty(spans.whole) && !whole.isWhole,
  );
}
