import type { Kysely } from 'kysely';
import type { Lease } from '../jobs/leases.ts';
import type { Tables } from '../store/tables.ts';

/** Writes in a transaction that is only committed while the job is ours. @throws LeaseLostError */
export function whileOurs(
  db: Kysely<Tables>,
  lease: Lease,
  deed: (trx: Kysely<Tables>) => Promise<void>,
): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await lease.confirm(trx);
    await deed(trx);
  });
}
