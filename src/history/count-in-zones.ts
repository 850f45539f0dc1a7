import type { Kysely } from 'kysely';
import type { FalAccount } from '../accounts/accounts.ts';
import type { Lease } from '../jobs/leases.ts';
import type { Services } from '../services.ts';
import type { Engine } from '../store/engine.ts';
import type { Tables } from '../store/tables.ts';
import { holdAccount } from './hold-account.ts';
import { slotMinutesByDay } from './plan.ts';
import { inTurn } from './store-turns.ts';
import type { Confirm } from './store-window.ts';
import { readKnownDays } from './sync-queries.ts';
import { type AccountDay, findWindow, zonesOf } from './sync-windows.ts';
import { keptSeries, rewriteDays } from './window-rows.ts';
import { idsOfZones, zonesText } from './zones.ts';

/** In whose days an account's usage is counted: its own zone's and the panel's. */
export function zonesOfAccount(account: FalAccount, settings: Services['settings']): string[] {
  return [...new Set([account.timezone, settings.current().timezone])];
}

/**
 * Counts the days that are kept of an account in zones that came to be used since. It asks fal
 * nothing: what is kept too coarsely for them is left to be read again.
 * @throws LeaseLostError, AccountGoneError
 */
export async function countInNewZones(
  { store, settings }: Pick<Services, 'store' | 'settings'>,
  account: FalAccount,
  lease: Lease,
): Promise<void> {
  const { db, engine } = store;
  const known = await readKnownDays(db, account.id);
  const [first, last] = [known[0]?.day, known.at(-1)?.day];
  if (first === undefined || last === undefined) return;
  const zones = zonesOfAccount(account, settings);
  const zoneIds = [...(await idsOfZones(db, zones)).values()];
  const slotMinutesOf = slotMinutesByDay(zones, first, last);
  for (const { day, slotMinutes, zoneIds: counted } of known) {
    const isCounted = zoneIds.every((id) => counted.includes(id));
    if (isCounted || slotMinutes > slotMinutesOf(day)) continue;
    lease.signal.throwIfAborted();
    await inTurn(store, account.id, () =>
      countInZones(db, engine, { accountId: account.id, day, zones }, (trx) => lease.confirm(trx)),
    );
  }
}

/**
 * Counts a day that is kept already in other zones' days, without asking fal: after the account's
 * zone or the panel's changed.
 */
export function countInZones(
  db: Kysely<Tables>,
  engine: Engine,
  { accountId, day, zones }: AccountDay & { zones: readonly string[] },
  confirm: Confirm,
): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await confirm(trx);
    await holdAccount(trx, accountId);
    const before = await findWindow(trx, { accountId, day });
    if (!before) return;
    const kept = await keptSeries(trx, accountId, day);
    const ids = await idsOfZones(trx, zones);
    const zonesBefore = await zonesOf(trx, before);
    await rewriteDays(trx, engine, [{ kept, wanted: kept, zonesBefore, zones: ids }]);
    await trx
      .updateTable('sync_windows')
      .set({ zones: zonesText(ids.values()) })
      .where('account_id', '=', accountId)
      .where('day', '=', day)
      .execute();
  });
}
