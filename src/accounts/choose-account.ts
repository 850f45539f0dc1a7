import type { RequestHandler } from 'express';
import { askedChoice, keepChoice, keptChoice, withoutChoice } from '../http/choice.ts';
import type { Services } from '../services.ts';
import { type FalAccount, listAccounts } from './accounts.ts';

/** Whose figures a page shows. */
export interface AccountChoice {
  /** All stored accounts; none where nobody is signed in. */
  accounts: FalAccount[];
  /** The one that somebody chose to see; `null`: all of them. */
  chosen: FalAccount | null;
}

declare global {
  namespace Express {
    interface Locals {
      accountChoice: AccountChoice;
    }
  }
}

const NAME = 'account';
/**
 * Where the account, or that it is all of them, is part of the question: the address keeps it, and
 * can be sent to a colleague.
 */
const ASKING_PAGE = /^\/(?:usage(?:\/request|\.csv|\.xlsx)?|focus\.csv)\/?$/i;

/**
 * Decides which account's figures a page shows: `?account=<slug>`, which is remembered in a cookie
 * and redirected to the same page without it, then that cookie, then all of them, as an empty
 * `?account=` says. A page that asks keeps the account in its address, and says itself that there is
 * none of that name. Mount it at `/admin`, behind `requireSignIn`.
 */
export function chooseAccount({ store }: Services): RequestHandler {
  return async function chooseAccount(req, res, next) {
    const accounts = await listAccounts(store.db);
    const asked = askedChoice(req, NAME);
    if (typeof asked === 'string' && ['GET', 'HEAD'].includes(req.method)) {
      const known = accounts.find(({ slug }) => slug === asked);
      if (known || asked === '') {
        keepChoice(req, res, NAME, asked || null, res.locals.basePath || '/');
      }
      if (ASKING_PAGE.test(req.path)) {
        res.locals.accountChoice = { accounts, chosen: known ?? null };
        return next();
      }
      return res.redirect(303, withoutChoice(req.originalUrl, NAME));
    }
    const kept = keptChoice(req, NAME);
    const chosen = accounts.find(({ slug }) => slug === kept) ?? null;
    res.locals.accountChoice = { accounts, chosen };
    next();
  };
}

/** The accounts whose figures are to be shown. */
export function chosenAccounts({ accounts, chosen }: AccountChoice): FalAccount[] {
  return chosen ? [chosen] : accounts;
}
