import { type Kysely, sql } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { MEASURE_COLUMNS, MEASURE_NEGATED_SUMS, MEASURES_ADDED, NO_MEASURES } from './measures.ts';

/**
 * Removes everything that is kept of an account, within the transaction that removes the account,
 * and takes its part out of the sums across accounts.
 */
export async function forgetAccount(trx: Kysely<Tables>, accountId: string): Promise<void> {
  const own = sql`
    select id from usage_series where account_id = ${accountId} and scope = 'account'`;
  const across = sql`
    select by_endpoint_id from usage_series where account_id = ${accountId} and scope = 'account'`;
  for (const [table, key] of [
    ['usage_slots', sql`slot`],
    ['usage_days', sql`zone_id, day`],
  ] as const) {
    await sql`
      insert into ${sql.table(table)} (series_id, ${key}, ${MEASURE_COLUMNS})
      select series.by_endpoint_id, ${key}, ${MEASURE_NEGATED_SUMS}
      from ${sql.table(table)} join usage_series series on series.id = series_id
      where series_id in (${own})
      group by series.by_endpoint_id, ${key} order by series.by_endpoint_id, ${key}
      on conflict (series_id, ${key}) do update set ${MEASURES_ADDED(table)}`.execute(trx);
    await sql`
      delete from ${sql.table(table)} where series_id in (${across}) and ${NO_MEASURES}`.execute(
      trx,
    );
    await sql`
      delete from ${sql.table(table)}
      where series_id in (select id from usage_series where account_id = ${accountId})`.execute(
      trx,
    );
  }
  for (const table of [
    'usage_series',
    'sync_windows',
    'account_syncs',
    'balance_samples',
    'reconciliations',
  ] as const) {
    await trx.deleteFrom(table).where('account_id', '=', accountId).execute();
  }
}
