import type { Kysely } from 'kysely';
import { RequestError } from '../http/failure.ts';
import type { Tables } from '../store/tables.ts';

/** The account was deleted a moment ago: there is nothing left to keep a history of. */
export class AccountGoneError extends Error {
  override readonly name = 'AccountGoneError';

  constructor(accountId: string) {
    super(`the account ${accountId} is gone`);
  }
}

/**
 * Lets one change of an account's history follow the other: each builds on what it finds. Whoever
 * locks more than this does so in one order: the job's row, `account_syncs`, `sync_windows`,
 * `usage_series`, `usage_slots`, `usage_days` zone by zone, and of each table what was billed, then
 * what was called, in the order of their keys.
 * @throws AccountGoneError, after which the transaction can only be rolled back.
 */
export async function holdAccount(trx: Kysely<Tables>, accountId: string): Promise<void> {
  const held = await trx
    .insertInto('account_syncs')
    .columns(['account_id'])
    .expression((query) =>
      query.selectFrom('fal_accounts').select('id').where('id', '=', accountId),
    )
    .onConflict((conflict) =>
      conflict
        .column('account_id')
        .doUpdateSet((row) => ({ account_id: row.ref('excluded.account_id') })),
    )
    .returning('account_id')
    .executeTakeFirst()
    .catch((error: unknown) => {
      // PostgreSQL's foreign_key_violation: it was deleted while this waited for its row.
      if ((error as { code?: unknown }).code === '23503') throw new AccountGoneError(accountId);
      throw error;
    });
  if (!held) throw new AccountGoneError(accountId);
}

/**
 * The same of an account that somebody names, who is told when it is not there.
 * @throws RequestError `not_found`, after which the transaction can only be rolled back.
 */
export async function holdNamedAccount(trx: Kysely<Tables>, accountId: string): Promise<void> {
  await holdAccount(trx, accountId).catch((error: unknown) => {
    if (!(error instanceof AccountGoneError)) throw error;
    throw new RequestError('not_found', { subject: 'account' });
  });
}
