import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { type EpochDay, MINUTES_PER_DAY } from './slots.ts';

/** What is kept of an account before some day. */
export interface OldDays {
  accountId: string;
  days: number;
  oldest: EpochDay;
}

/** Accounts of which days before that one are kept. */
export async function accountsWithOldDays(
  db: Kysely<Tables>,
  before: EpochDay,
): Promise<OldDays[]> {
  const rows = await db
    .selectFrom('sync_windows')
    .select(({ fn }) => [
      'account_id',
      fn.countAll<number | string>().as('days'),
      fn.min<number>('day').as('oldest'),
    ])
    .where('day', '<', before)
    .groupBy('account_id')
    .execute();
  return rows.map(({ account_id: accountId, days, oldest }) => {
    return { accountId, days: Number(days), oldest };
  });
}

/** The days of an account before that one that are kept, oldest first. */
export async function oldDaysOf(
  db: Kysely<Tables>,
  accountId: string,
  before: EpochDay,
): Promise<EpochDay[]> {
  const rows = await db
    .selectFrom('sync_windows')
    .select('day')
    .where('account_id', '=', accountId)
    .where('day', '<', before)
    .orderBy('day')
    .execute();
  return rows.map(({ day }) => day);
}

/** How many rows, as fal cut them, an account has before that day. */
export async function countOldRows(
  db: Kysely<Tables>,
  accountId: string,
  before: EpochDay,
): Promise<number> {
  const { rows } = await db
    .selectFrom('usage_series')
    .innerJoin('usage_slots', 'usage_slots.series_id', 'usage_series.id')
    .select(({ fn }) => fn.countAll<number | string>().as('rows'))
    .where('usage_series.account_id', '=', accountId)
    .where('usage_series.scope', '=', 'account')
    .where('usage_slots.slot', '<', before * MINUTES_PER_DAY)
    .executeTakeFirstOrThrow();
  return Number(rows);
}
