import { type Request, type Response, Router } from 'express';
import {
  type AccountBlock,
  accountNamed,
  askBlocks,
  unaskedBlock,
} from '../accounts/account-block.ts';
import type { FalAccount } from '../accounts/accounts.ts';
import { chosenAccounts } from '../accounts/choose-account.ts';
import { allow } from '../auth/access.ts';
import { showsFragment } from '../http/fragment.ts';
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

/**
 * `/admin`: what is to be done, and what each account has and spent in the last 24 hours. fal is
 * asked for each account by itself once the page is there; `?ask=now` asks before, which needs no
 * script.
 */
export function overviewPage(services: Services): Router {
  const { liveUsage, now, settings, store } = services;
  const router = Router();

  router.get('/', allow('viewer'), async (req, res) => {
    const accounts = chosenAccounts(res.locals.accountChoice);
    const isAdmin = req.viewer?.role === 'admin';
    const [alone, blocks] = await Promise.all([
      isAdmin && isAlone(store.db, now()),
      req.query.ask === 'now' ? askAll(accounts, req, res) : accounts.map(unaskedBlock),
    ]);
    res.render('overview/index', {
      blocks,
      firstRun: accounts.length === 0,
      alone,
      refreshSeconds: settings.current().refreshSeconds,
    } satisfies OverviewView);
  });

  router.get('/overview/:slug', allow('viewer'), async (req, res) => {
    if (!showsFragment(req)) return res.redirect(303, `${res.locals.basePath}/admin`);
    const [block] = await askAll([accountNamed(String(req.params.slug), res)], req, res);
    res.render('overview/_answer', { block });
  });

  function askAll(accounts: FalAccount[], req: Request, res: Response) {
    const { format, t } = res.locals;
    return askBlocks(services, accounts, { req, res }, async ({ account, key }, signal) => {
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
      return usageSummary(report, now(), format, t);
    });
  }

  return router;
}
