import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';

/** Removes an account's incidents with their history, and what was to be sent of them. */
export async function dropIncidentsOf(trx: Kysely<Tables>, accountId: string): Promise<void> {
  const own = trx.selectFrom('incidents').select('id').where('account_id', '=', accountId);
  await trx
    .deleteFrom('deliveries')
    .where('source_kind', '=', 'incident')
    .where('source_id', 'in', own)
    .execute();
  await trx.deleteFrom('incident_entries').where('incident_id', 'in', own).execute();
  await trx.deleteFrom('incidents').where('account_id', '=', accountId).execute();
}
