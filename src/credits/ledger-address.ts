import type { Request, Response } from 'express';
import type { Kysely } from 'kysely';
import { type FalAccount, findAccount } from '../accounts/accounts.ts';
import { RequestError } from '../http/failure.ts';
import type { Tables } from '../store/tables.ts';

/** The account in the address of a ledger. @throws RequestError `not_found` */
export async function ledgerAccount(db: Kysely<Tables>, { params }: Request): Promise<FalAccount> {
  const account = await findAccount(db, String(params.account));
  if (!account) throw new RequestError('not_found', { subject: 'account' });
  return account;
}

/** Sends to an account's ledger, which says what was done there: texts `purchases.done.<done>`. */
export function toLedger(res: Response, { slug }: FalAccount, done: string): void {
  res.redirect(303, `${res.locals.basePath}/admin/credits/${slug}/ledger?done=${done}`);
}
