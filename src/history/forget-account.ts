import { type Kysely, sql } from 'kysely';
import { dropIncidentsOf } from '../alerts/incident-retention.ts';
import { dropEventsOf } from '../planner/queries.ts';
import { dropReportsOf } from '../reports/report-rows.ts';
import type { Engine } from '../store/engine.ts';
import type { Tables } from '../store/tables.ts';
import { dropHeldWindow, dropPartOfWindow } from './drop-window.ts';
import { holdAccount } from './hold-account.ts';
import type { EpochDay } from './slots.ts';
import { inTurn } from './store-turns.ts';

/** As many rows of a day as SQLite takes some 10 ms for, during which nobody is answered. */
const ROWS_AT_ONCE = 500;

/**
 * Removes what was read of an account, a part of a day at a time, so that nobody else waits for long.
 * What is left when it is stopped half-way is whole days, but for one that is said to be partial. Its
 * reading has to be paused, or it would be read anew.
 * @throws AccountGoneError
 */
export async function dropHistory(
  db: Kysely<Tables>,
  engine: Engine,
  accountId: string,
): Promise<void> {
  for (const day of await daysOf(db, accountId)) {
    const window = { accountId, day };
    const dropPart = () => dropPartOfWindow(db, engine, window, ROWS_AT_ONCE);
    while (!(await inTurn({ db, engine }, accountId, dropPart)));
  }
}

/**
 * Removes everything that is kept of an account, within the transaction that removes the account,
 * and takes its part out of the sums across accounts. Days should be gone already: `dropHistory`.
 * @throws AccountGoneError
 */
export async function forgetAccount(
  trx: Kysely<Tables>,
  engine: Engine,
  accountId: string,
): Promise<void> {
  await holdAccount(trx, accountId);
  const across = await holdAcross(trx, engine, accountId);
  // Those that a round was storing meanwhile.
  for (const day of await daysOf(trx, accountId)) {
    await dropHeldWindow(trx, engine, { accountId, day });
  }
  await dropEventsOf(trx, accountId);
  await dropIncidentsOf(trx, accountId);
  await dropReportsOf(trx, accountId);
  for (const table of [
    'usage_series',
    'sync_windows',
    'account_syncs',
    'balance_samples',
    'reconciliations',
    'credit_entries',
    'dismissed_top_ups',
    'alert_rules',
    'charge_watches',
    'usual_charges',
    'costly_charges',
    'refusals',
    'embed_tokens',
  ] as const) {
    await trx.deleteFrom(table).where('account_id', '=', accountId).execute();
  }
  await dropUnused(trx, across);
}

/**
 * The series that it counts in together with other accounts. Nobody makes another that counts in
 * them before the commit, and those that somebody made just now are seen from here on.
 */
async function holdAcross(
  trx: Kysely<Tables>,
  engine: Engine,
  accountId: string,
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from usage_series where id in (
      select by_endpoint_id from usage_series where account_id = ${accountId} and scope = 'account')
    order by id ${engine === 'postgres' ? sql`for update` : sql``}`.execute(trx);
  return rows.map(({ id }) => id);
}

async function dropUnused(trx: Kysely<Tables>, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await trx
    .deleteFrom('usage_series')
    .where('id', 'in', ids)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('usage_series as own')
            .select('own.id')
            .where('own.scope', '=', 'account')
            .whereRef('own.endpoint_id', '=', 'usage_series.endpoint_id')
            .whereRef('own.by_endpoint_id', '=', 'usage_series.id'),
        ),
      ),
    )
    .execute();
}

async function daysOf(db: Kysely<Tables>, accountId: string): Promise<EpochDay[]> {
  const rows = await db
    .selectFrom('sync_windows')
    .select('day')
    .where('account_id', '=', accountId)
    .orderBy('day')
    .execute();
  return rows.map(({ day }) => day);
}
