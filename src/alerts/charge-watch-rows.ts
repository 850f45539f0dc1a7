import type { Insertable, Kysely } from 'kysely';
import type { ChargeWatchesTable, Tables } from '../store/tables.ts';
import { toInstant } from '../store/values.ts';

/** How single charges of an account are watched. */
export interface ChargeWatchState {
  lookedUntil: Temporal.Instant | null;
  /** When they last could be looked at. */
  lookedAt: Temporal.Instant | null;
  /** Why they can't be any more, such as `fal_unavailable`; `null` while they can. */
  errorCode: string | null;
}

/** By account id; an account that was never looked at is not in it. */
export async function chargeWatchStates(
  db: Kysely<Tables>,
): Promise<Map<string, ChargeWatchState>> {
  const rows = await db.selectFrom('charge_watches').selectAll().execute();
  return new Map(
    rows.map((row) => [
      row.account_id,
      {
        lookedUntil: row.looked_until === null ? null : toInstant(row.looked_until),
        lookedAt: row.looked_at === null ? null : toInstant(row.looked_at),
        errorCode: row.error_code,
      },
    ]),
  );
}

/** @param change what is written down; the rest stays. */
export async function writeWatch(
  trx: Kysely<Tables>,
  accountId: string,
  change: Omit<Insertable<ChargeWatchesTable>, 'account_id'>,
): Promise<void> {
  await trx
    .insertInto('charge_watches')
    .values({ ...change, account_id: accountId })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet(change))
    .execute();
}
