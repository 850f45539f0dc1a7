import type { Request, RequestHandler, Response } from 'express';
import { callerSignal } from '../http/caller.ts';
import { failureProblem, logFailure } from '../http/errors.ts';
import { RequestError } from '../http/failure.ts';
import { showsFragment } from '../http/fragment.ts';
import type { ProblemView } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { type FalAccount, reopenAccount } from './accounts.ts';
import { chosenAccounts } from './choose-account.ts';

/**
 * One account's part of a page: what is kept of it here, and its figures, or what went wrong with this
 * one account; neither of these while fal has not been asked.
 */
export interface AccountBlock<Kept, Figures> {
  account: FalAccount;
  kept: Kept;
  figures: Figures | null;
  problem: ProblemView | null;
}

/** How a page with a block for each account comes by them. */
export interface AccountBlocks<Kept, Figures> {
  /**
   * A block for each account that is chosen. fal is asked for each by itself once the page is there;
   * `?ask=now` asks before, which needs no script.
   */
  ofPage(req: Request, res: Response): Promise<AccountBlock<Kept, Figures>[]>;
  /**
   * Answers with the block of account `:slug` in that view. Only a script has use for it; a person
   * is led to the page, a path below the base path.
   */
  answerOne(place: { page: string; view: string }): RequestHandler;
}

/** What is known without fal. */
type Recall<Kept> = (account: FalAccount, res: Response) => Promise<Kept>;

/** What is asked, with the account's stored key; `signal` is over when nobody waits any more. */
type Ask<Figures> = (
  asked: { account: FalAccount; key: string },
  asking: { res: Response; signal: AbortSignal },
) => Promise<Figures>;

export function accountBlocks<Kept, Figures>(
  { store, seal }: Pick<Services, 'store' | 'seal'>,
  recall: Recall<Kept>,
  ask: Ask<Figures>,
): AccountBlocks<Kept, Figures> {
  /** A failure is the block's own and spoils no other. */
  async function askFor(
    account: FalAccount,
    req: Request,
    res: Response,
    signal: AbortSignal,
  ): Promise<AccountBlock<Kept, Figures>> {
    const kept = await recall(account, res);
    try {
      const { key } = await reopenAccount(store.db, seal, account);
      const figures = await ask({ account, key }, { res, signal });
      return { account, kept, figures, problem: null };
    } catch (error) {
      signal.throwIfAborted();
      const problem = failureProblem(logFailure(error, req), req, res);
      return { account, kept, figures: null, problem };
    }
  }

  return {
    async ofPage(req, res) {
      const accounts = chosenAccounts(res.locals.accountChoice);
      if (req.query.ask !== 'now') {
        return Promise.all(
          accounts.map(async (account) => {
            const kept = await recall(account, res);
            return { account, kept, figures: null, problem: null };
          }),
        );
      }
      const signal = callerSignal(res);
      return Promise.all(accounts.map((account) => askFor(account, req, res, signal)));
    },
    answerOne: ({ page, view }) =>
      async function answerOne(req, res) {
        if (!showsFragment(req)) return res.redirect(303, res.locals.basePath + page);
        const account = accountNamed(String(req.params.slug), res);
        const block = await askFor(account, req, res, callerSignal(res));
        res.render(view, { block });
      },
  };
}

/** The stored account of that name. @throws RequestError `not_found` */
function accountNamed(slug: string, res: Response): FalAccount {
  const account = res.locals.accountChoice.accounts.find((one) => one.slug === slug);
  if (!account) throw new RequestError('not_found', { subject: 'account' });
  return account;
}
