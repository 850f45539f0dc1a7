import { type Request, type RequestHandler, type Response, Router } from 'express';
import { type FalAccount, reopenAccount } from '../accounts/accounts.ts';
import { askedAccounts } from '../accounts/asked-accounts.ts';
import { allow, identifyCaller } from '../auth/access.ts';
import { FalError } from '../fal/errors.ts';
import { BILLING_URL } from '../fal/links.ts';
import { callerSignal } from '../http/caller.ts';
import { logFailure } from '../http/errors.ts';
import { SealError } from '../secrets/seal.ts';
import type { Services } from '../services.ts';
import { numberOrNull, zoned } from '../usage/answer.ts';
import { askBalance } from './balance.ts';
import type { StatedBalance } from './stated-balance.ts';
import { readStatement } from './statement.ts';

/**
 * `/api/v1/balance`: what is left, for programs with a token and for people of the panel.
 * @param limit for what is asked of fal.
 */
export function balanceApi(services: Services, limit: RequestHandler): Router {
  const router = Router();
  router.use(identifyCaller(services));
  router.get('/', limit, allow('viewer'), async (req, res) => {
    const { answer } = await readBalances(services, req.query.account, req, res);
    res.json(answer);
  });
  return router;
}

/**
 * What is left of accounts, the default one first, as `GET /api/v1/balance` answers it. fal is asked.
 * @param named slug or id; empty: all accounts.
 * @throws RequestError `not_found`
 */
export async function readBalances(
  services: Services,
  named: unknown,
  req: Request,
  res: Response,
) {
  const accounts = await askedAccounts(services.store.db, named);
  const signal = callerSignal(res);
  const balances = await Promise.all(
    accounts.map(async (account) => ({
      account,
      balance: await statedBalance(services, account, req, signal),
    })),
  );
  const answers = balances.map(({ account, balance }) => ({
    account: account.slug,
    ...balanceAnswer(balance, account.timezone),
  }));
  const answer = {
    ok: true,
    balance: answers[0],
    balances: answers,
    billing_url: BILLING_URL,
    message: res.locals.t('balance.success'),
  };
  return { answer, balances };
}

/** fal's word of now, or else what the local copy and the ledger know. */
async function statedBalance(
  services: Services,
  account: FalAccount,
  req: Request,
  signal: AbortSignal,
): Promise<StatedBalance> {
  const { store, seal } = services;
  try {
    const { key } = await reopenAccount(store.db, seal, account);
    const { balance, asOf } = await askBalance(services, key, signal);
    if (balance.amount !== null) {
      return {
        amount: balance.amount,
        currency: balance.currency,
        asOf,
        source: 'fal',
        reason: null,
      };
    }
    return stated(services, account, balance.reason);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof FalError) && !(error instanceof SealError)) throw error;
    return stated(services, account, logFailure(error, req).code);
  }
}

async function stated(
  services: Services,
  account: FalAccount,
  reason: string,
): Promise<StatedBalance> {
  const { balance } = await readStatement(services, account);
  return { ...balance, reason };
}

/** The `balance` object. The amount is a JSON number, `null` where nobody knows. */
export function balanceAnswer(
  { amount, currency, asOf, source, reason }: StatedBalance,
  timezone: string,
) {
  return {
    amount: numberOrNull(amount),
    currency,
    as_of: asOf && zoned(asOf, timezone),
    source,
    reason,
  };
}
