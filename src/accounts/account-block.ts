import type { Request, Response } from 'express';
import { failureProblem, logFailure } from '../http/errors.ts';
import { RequestError } from '../http/failure.ts';
import type { ProblemView } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { type FalAccount, reopenAccount } from './accounts.ts';

/**
 * One account's part of a page: its figures, or what went wrong with this one account; neither while
 * fal has not been asked.
 */
export interface AccountBlock<Figures> {
  account: FalAccount;
  figures: Figures | null;
  problem: ProblemView | null;
}

/** Asks fal with an account's stored key. A failure is the block's own and spoils no other. */
export async function askBlock<Figures>(
  { store, seal }: Pick<Services, 'store' | 'seal'>,
  account: FalAccount,
  { req, res, signal }: { req: Request; res: Response; signal: AbortSignal },
  ask: (key: string) => Promise<Figures>,
): Promise<AccountBlock<Figures>> {
  try {
    const { key } = await reopenAccount(store.db, seal, account);
    const figures = await ask(key);
    return { account, figures, problem: null };
  } catch (error) {
    signal.throwIfAborted();
    return { account, figures: null, problem: failureProblem(logFailure(error, req), req, res) };
  }
}

/** The stored account of that name. @throws RequestError `not_found` */
export function accountNamed(slug: string, res: Response): FalAccount {
  const account = res.locals.accountChoice.accounts.find((one) => one.slug === slug);
  if (!account) throw new RequestError('not_found');
  return account;
}
