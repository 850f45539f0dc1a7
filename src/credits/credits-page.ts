import { type Request, type Response, Router } from 'express';
import { accountNamed, askBlocks, unaskedBlock } from '../accounts/account-block.ts';
import type { FalAccount } from '../accounts/accounts.ts';
import { chosenAccounts } from '../accounts/choose-account.ts';
import { type CreditsView, creditsView } from '../accounts/credits-view.ts';
import { allow } from '../auth/access.ts';
import { showsFragment } from '../http/fragment.ts';
import type { Services } from '../services.ts';
import { askBalance } from './balance.ts';

/** What fal says is left in one account. */
interface BalanceView {
  credits: CreditsView;
  username: string | null;
  /** When fal was asked, for people and for programs. */
  asked: { ago: string; time: string; iso: string };
}

/**
 * `/admin/credits`: the live balance of each account, asked side by side once the page is there;
 * `?ask=now` asks before, which needs no script.
 */
export function creditsPage(services: Services): Router {
  const { now, settings } = services;
  const router = Router();

  router.get('/', allow('viewer'), async (req, res) => {
    const accounts = chosenAccounts(res.locals.accountChoice);
    const blocks =
      req.query.ask === 'now' ? await askAll(accounts, req, res) : accounts.map(unaskedBlock);
    const { refreshSeconds } = settings.current();
    res.render('credits/index', { blocks, refreshSeconds });
  });

  router.get('/:slug', allow('viewer'), async (req, res) => {
    if (!showsFragment(req)) return res.redirect(303, `${res.locals.basePath}/admin/credits`);
    const [block] = await askAll([accountNamed(String(req.params.slug), res)], req, res);
    res.render('credits/_answer', { block });
  });

  function askAll(accounts: FalAccount[], req: Request, res: Response) {
    const { format, t } = res.locals;
    return askBlocks(services, accounts, { req, res }, async (opened, signal) => {
      const { balance, username, asOf } = await askBalance(services, opened.key, signal);
      const time = format.exactTime(asOf, opened.account.timezone);
      return {
        credits: creditsView(balance, format, t),
        username,
        asked: {
          ago: format.ago(asOf, now()),
          time: t('usage.as_of', { time }),
          iso: asOf.toString(),
        },
      } satisfies BalanceView;
    });
  }

  return router;
}
