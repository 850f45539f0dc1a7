import type { Kysely } from 'kysely';
import { RequestError } from '../http/failure.ts';
import type { Tables } from '../store/tables.ts';
import { type FalAccount, findAccount, listAccounts } from './accounts.ts';

/**
 * The account a program asks for by slug or id; where it names none all of them, the default one first.
 * @throws RequestError `not_found`, also where there is none at all.
 */
export async function askedAccounts(
  db: Kysely<Tables>,
  named: unknown,
): Promise<[FalAccount, ...FalAccount[]]> {
  const asked = typeof named === 'string' ? named.trim() : '';
  if (asked !== '') {
    const account = await findAccount(db, asked);
    if (!account) throw new RequestError('not_found', { subject: 'account' });
    return [account];
  }
  const [first, ...others] = await listAccounts(db);
  if (!first) throw new RequestError('not_found', { subject: 'any_account' });
  return [first, ...others];
}
