import type { Services } from '../services.ts';
import type { FalAccount } from './accounts.ts';

/**
 * The fal key of a stored account; it leaves this process only for fal.
 * @throws SealError when it can't be opened; an error when the account is gone.
 */
export async function openStoredKey(
  { store, seal }: Pick<Services, 'store' | 'seal'>,
  { id }: FalAccount,
): Promise<string> {
  const row = await store.db
    .selectFrom('fal_accounts')
    .select('sealed_key')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return seal.open(row.sealed_key, `fal_account/${id}`);
}
