import { Router } from 'express';
import { type AccountBlock, accountBlocks } from '../accounts/account-block.ts';
import { allow } from '../auth/access.ts';
import type { Services } from '../services.ts';
import { presetPeriod } from '../usage/period.ts';
import { type UsageSummary, usageSummary } from '../usage/view.ts';
import { isAlone } from './first-steps.ts';

/** What the page shows. */
interface OverviewView {
  blocks: AccountBlock<UsageSummary>[];
  /** There is no account yet. */
  firstRun: boolean;
  alone: boolean;
  refreshSeconds: number;
}

/** `/admin`: what is to be done, and what each account has and spent in the last 24 hours. */
export function overviewPage(services: Services): Router {
  const { liveUsage, now, settings, store } = services;
  const router = Router();
  const accountUsage = accountBlocks(services, async ({ account, key }, { res, signal }) => {
    const { timezone } = account;
    const report = await liveUsage(
      {
        key,
        period: (at) => presetPeriod('24h', timezone, at),
        periodName: `24h ${timezone}`,
        endpointIds: [],
      },
      () => signal,
    );
    return usageSummary(report, now(), res.locals.format, res.locals.t);
  });

  router.get('/', allow('viewer'), async (req, res) => {
    const isAdmin = req.viewer?.role === 'admin';
    const [alone, blocks] = await Promise.all([
      isAdmin && isAlone(store.db, now()),
      accountUsage.ofPage(req, res),
    ]);
    res.render('overview/index', {
      blocks,
      firstRun: blocks.length === 0,
      alone,
      refreshSeconds: settings.current().refreshSeconds,
    } satisfies OverviewView);
  });

  const part = { page: '/admin', view: 'overview/_answer' };
  router.get('/overview/:slug', allow('viewer'), accountUsage.answerOne(part));

  return router;
}
