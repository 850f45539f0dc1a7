import { Router } from 'express';
import { type AccountBlock, accountBlocks } from '../accounts/account-block.ts';
import { type CreditsView, creditsView } from '../accounts/credits-view.ts';
import { allow } from '../auth/access.ts';
import { callerSignal } from '../http/caller.ts';
import type { Services } from '../services.ts';
import type { FreshnessView } from '../usage/view.ts';
import { askBalance } from './balance.ts';
import { type KeptCreditsView, keptCredits } from './kept-credits.ts';

/** What fal says is left in one account. */
interface BalanceView {
  credits: CreditsView;
  username: string | null;
  freshness: FreshnessView;
  timezone: string;
}

/** What the page shows. */
interface CreditsPageView {
  blocks: AccountBlock<KeptCreditsView, BalanceView>[];
  refreshSeconds: number;
}

/**
 * `/admin/credits`: the live balance of each account, asked side by side; while it does not come, what
 * was last read of it. How long it lasts and what the ledger lacks is there at once.
 */
export function creditsPage(services: Services): Router {
  const { now, settings } = services;
  const router = Router();
  const balances = accountBlocks(
    services,
    (account, res) => keptCredits(services, account, res.locals, callerSignal(res)),
    async ({ account, key }, { res, signal }): Promise<BalanceView> => {
      const { format, t } = res.locals;
      const { timezone } = account;
      const { balance, username, asOf } = await askBalance(services, key, signal);
      return {
        credits: creditsView(balance, format, t),
        username,
        freshness: {
          state: 'live',
          word: t('usage.freshness_live'),
          why: t('credits.live_why'),
          ago: format.ago(asOf, now()),
          time: t('usage.as_of', { time: format.exactTime(asOf, timezone) }),
          iso: asOf.toString(),
        },
        timezone,
      };
    },
  );

  router.get('/', allow('viewer'), async (req, res) => {
    res.render('credits/index', {
      blocks: await balances.ofPage(req, res),
      refreshSeconds: settings.current().refreshSeconds,
    } satisfies CreditsPageView);
  });

  const part = { page: '/admin/credits', view: 'credits/_answer' };
  router.get('/:slug', allow('viewer'), balances.answerOne(part));

  return router;
}
