import type { Kysely, Selectable } from 'kysely';
import type { SyncWindowsTable, Tables } from '../store/tables.ts';
import type { EpochDay } from './slots.ts';
import { namesOfZones, zonesOfText } from './zones.ts';

/** How a UTC day of an account was read. */
export type SyncWindow = Selectable<SyncWindowsTable>;

export interface AccountDay {
  accountId: string;
  day: EpochDay;
}

export function findWindow(
  trx: Kysely<Tables>,
  { accountId, day }: AccountDay,
): Promise<SyncWindow | undefined> {
  return trx
    .selectFrom('sync_windows')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('day', '=', day)
    .executeTakeFirst();
}

/** The zones in whose days it is counted, by name, with their ids. */
export async function zonesOf(
  trx: Kysely<Tables>,
  window: SyncWindow | undefined,
): Promise<Map<string, number>> {
  const names = await namesOfZones(trx, zonesOfText(window?.zones ?? ''));
  return new Map([...names].map(([id, name]) => [name, id]));
}

export async function writeWindow(
  trx: Kysely<Tables>,
  { accountId, day }: AccountDay,
  window: Omit<SyncWindow, 'account_id' | 'day'>,
): Promise<void> {
  await trx
    .insertInto('sync_windows')
    .values({ account_id: accountId, day, ...window })
    .onConflict((conflict) => conflict.columns(['account_id', 'day']).doUpdateSet(window))
    .execute();
}

/** What fal no longer has does not change any more, settled or not; it is not asked for by itself. */
export async function markForgotten(
  trx: Kysely<Tables>,
  window: SyncWindow,
  isStale: number,
): Promise<void> {
  await trx
    .updateTable('sync_windows')
    .set({ is_stale: isStale, is_forgotten: 1, is_final: 1 })
    .where('account_id', '=', window.account_id)
    .where('day', '=', window.day)
    .execute();
}

export async function deleteWindow(
  trx: Kysely<Tables>,
  { account_id, day }: SyncWindow,
): Promise<void> {
  await trx
    .deleteFrom('sync_windows')
    .where('account_id', '=', account_id)
    .where('day', '=', day)
    .execute();
}

/** Should nothing more of it be dropped, it is to be read again. */
export async function markPartial(
  trx: Kysely<Tables>,
  { account_id, day }: SyncWindow,
): Promise<void> {
  await trx
    .updateTable('sync_windows')
    .set({ is_complete: 0, is_final: 0, is_forgotten: 0 })
    .where('account_id', '=', account_id)
    .where('day', '=', day)
    .execute();
}
