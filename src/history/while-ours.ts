import type { Kysely } from 'kysely';
import type { Lease } from '../jobs/leases.ts';
import type { Tables } from '../store/tables.ts';

/** Writes in a transaction that is only committed while the job is ours. @throws LeaseLostError */
export function whileOurs<Result>(
  db: Kysely<Tables>,
  lease: Lease,
  deed: (trx: Kysely<Tables>) => Promise<Result>,
): Promise<Result> {
  return db.transaction().execute(async (trx) => {
    await lease.confirm(trx);
    return deed(trx);
  });
}
