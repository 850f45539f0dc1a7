import type { Request, Response } from 'express';
import { callerSignal } from '../http/caller.ts';
import { failureProblem, logFailure } from '../http/errors.ts';
import { RequestError } from '../http/failure.ts';
import type { ProblemView } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { type FalAccount, type OpenAccount, reopenAccount } from './accounts.ts';

/**
 * One account's part of a page: its figures, or what went wrong with this one account; neither while
 * fal has not been asked.
 */
export interface AccountBlock<Figures> {
  account: FalAccount;
  figures: Figures | null;
  problem: ProblemView | null;
}

/** What stands there until fal has been asked. */
export function unaskedBlock(account: FalAccount): AccountBlock<never> {
  return { account, figures: null, problem: null };
}

/**
 * Asks fal with the stored key of each account, side by side. A failure is the block's own and
 * spoils no other.
 */
export function askBlocks<Figures>(
  { store, seal }: Pick<Services, 'store' | 'seal'>,
  accounts: readonly FalAccount[],
  { req, res }: { req: Request; res: Response },
  ask: (opened: OpenAccount, signal: AbortSignal) => Promise<Figures>,
): Promise<AccountBlock<Figures>[]> {
  const signal = callerSignal(res);
  async function askBlock(account: FalAccount): Promise<AccountBlock<Figures>> {
    try {
      const { key } = await reopenAccount(store.db, seal, account);
      return { account, figures: await ask({ account, key }, signal), problem: null };
    } catch (error) {
      signal.throwIfAborted();
      return { account, figures: null, problem: failureProblem(logFailure(error, req), req, res) };
    }
  }
  return Promise.all(accounts.map(askBlock));
}

/** The stored account of that name. @throws RequestError `not_found` */
export function accountNamed(slug: string, res: Response): FalAccount {
  const account = res.locals.accountChoice.accounts.find((one) => one.slug === slug);
  if (!account) throw new RequestError('not_found');
  return account;
}
