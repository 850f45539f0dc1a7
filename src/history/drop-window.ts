import type { Kysely } from 'kysely';
import type { Engine } from '../store/engine.ts';
import type { Tables } from '../store/tables.ts';
import { holdAccount } from './hold-account.ts';
import type { Confirm } from './store-window.ts';
import { type AccountDay, deleteWindow, findWindow, markPartial, zonesOf } from './sync-windows.ts';
import { keptSeries, rewriteDays } from './window-rows.ts';

/**
 * Forgets what was read of a day, out of all sums; from then on it counts as never read.
 * @throws AccountGoneError
 */
export function dropWindow(
  db: Kysely<Tables>,
  engine: Engine,
  window: AccountDay,
  confirm?: Confirm,
): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await confirm?.(trx);
    await holdAccount(trx, window.accountId);
    await dropHeldWindow(trx, engine, window);
  });
}

/**
 * Forgets so many rows of what was read of a day, out of all sums: the rest counts as partial, and the
 * day as never read once nothing is left.
 * @returns whether nothing is.
 * @throws AccountGoneError
 */
export function dropPartOfWindow(
  db: Kysely<Tables>,
  engine: Engine,
  { accountId, day }: AccountDay,
  rows: number,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await holdAccount(trx, accountId);
    const window = await findWindow(trx, { accountId, day });
    if (!window) return true;
    const kept = await keptSeries(trx, accountId, day, rows);
    const zonesBefore = await zonesOf(trx, window);
    await rewriteDays(trx, engine, [{ kept, wanted: [], zonesBefore, zones: new Map() }]);
    const dropped = kept.reduce((sum, { slots }) => sum + slots.size, 0);
    const isLast = dropped < rows;
    await (isLast ? deleteWindow(trx, window) : markPartial(trx, window));
    return isLast;
  });
}

/** The same as a whole, within a transaction that holds the account. */
export async function dropHeldWindow(
  trx: Kysely<Tables>,
  engine: Engine,
  { accountId, day }: AccountDay,
): Promise<void> {
  const before = await findWindow(trx, { accountId, day });
  if (!before) return;
  const kept = await keptSeries(trx, accountId, day);
  const zonesBefore = await zonesOf(trx, before);
  await rewriteDays(trx, engine, [{ kept, wanted: [], zonesBefore, zones: new Map() }]);
  await deleteWindow(trx, before);
}
