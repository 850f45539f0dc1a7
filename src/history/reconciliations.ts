import { type Kysely, type Selectable, sql } from 'kysely';
import type { Nano } from '../money.ts';
import { digits } from '../store/big-numbers.ts';
import type { ReconciliationsTable, SyncWindowsTable, Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import {
  type ClosedDay,
  type DriftCause,
  type ReadWindow,
  type Reconciliation,
  utcDaysOf,
} from './compare-days.ts';
import { type EpochDay, slotOf } from './slots.ts';

/** What checks of an account's days found, from that day on, in order. */
export async function reconciliationsOf(
  db: Kysely<Tables>,
  accountId: string,
  fromDay: string,
): Promise<Reconciliation[]> {
  const rows = await found(db)
    .where('account_id', '=', accountId)
    .where('day', '>=', fromDay)
    .orderBy('day')
    .execute();
  return rows.map(toReconciliation);
}

export interface AccountDrift extends Reconciliation {
  accountId: string;
}

/** Days that differ from what fal says of them although they should not change any more. */
export async function openDrifts(db: Kysely<Tables>): Promise<AccountDrift[]> {
  const rows = await found(db)
    .where('cause', 'is not', null)
    .where('repaired_at', 'is', null)
    .orderBy('day')
    .orderBy('account_id')
    .execute();
  return rows.map((row) => ({ accountId: row.account_id, ...toReconciliation(row) }));
}

export async function storeReconciliation(
  trx: Kysely<Tables>,
  accountId: string,
  { day, checkedAt, localCost, falCost, events, cause, repairedAt }: Reconciliation,
): Promise<void> {
  const values = {
    checked_at: toText(checkedAt),
    local_cost: localCost,
    fal_cost: falCost,
    events_cost: events.cost,
    events_reason: events.reason,
    cause,
    repaired_at: repairedAt && toText(repairedAt),
  };
  await trx
    .insertInto('reconciliations')
    .values({ account_id: accountId, day, ...values })
    .onConflict((conflict) => conflict.columns(['account_id', 'day']).doUpdateSet(values))
    .execute();
}

/** How the UTC days from the first to the last of these days stand. */
export async function readWindows(
  db: Kysely<Tables>,
  accountId: string,
  days: readonly ClosedDay[],
): Promise<Map<EpochDay, ReadWindow>> {
  const touched = days.flatMap(utcDaysOf);
  const rows = await db
    .selectFrom('sync_windows')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('day', '>=', Math.min(...touched))
    .where('day', '<=', Math.max(...touched))
    .execute();
  return new Map(rows.map((row) => [row.day, toWindow(row)]));
}

/** Lets nobody else replace what was read of a day until the commit: its sum and how it stands are one. */
export async function holdDay(
  trx: Kysely<Tables>,
  accountId: string,
  day: ClosedDay,
): Promise<void> {
  await trx
    .updateTable('sync_windows')
    .set((row) => ({ is_stale: row.ref('is_stale') }))
    .where('account_id', '=', accountId)
    .where('day', 'in', utcDaysOf(day))
    .execute();
}

/**
 * Has every UTC day that a span touches read again, whatever its age; not those never read. Marks
 * count up: a reading that began before the last one does not take that away.
 */
export async function markStale(
  trx: Kysely<Tables>,
  accountId: string,
  span: Pick<ClosedDay, 'start' | 'end'>,
): Promise<void> {
  await trx
    .updateTable('sync_windows')
    .set((row) => ({ is_stale: row('is_stale', '+', 1) }))
    .where('account_id', '=', accountId)
    .where('day', 'in', utcDaysOf(span))
    .execute();
}

/** What the local copy has of a day in US dollars, slot by slot added up. */
export async function localCost(
  db: Kysely<Tables>,
  accountId: string,
  { start, end }: ClosedDay,
): Promise<Nano> {
  const { cost } = await db
    .selectFrom('usage_series')
    .innerJoin('usage_slots', 'usage_slots.series_id', 'usage_series.id')
    .select(({ fn }) => digits(fn.coalesce(fn.sum('usage_slots.cost'), sql.lit(0))).as('cost'))
    .where('usage_series.account_id', '=', accountId)
    .where('usage_series.scope', '=', 'account')
    .where('usage_series.measure', '=', 'billed')
    .where('usage_series.currency', '=', 'USD')
    .where('usage_slots.slot', '>=', slotOf(start, 15))
    .where('usage_slots.slot', '<', slotOf(end, 15))
    .executeTakeFirstOrThrow();
  return BigInt(cost);
}

function found(db: Kysely<Tables>) {
  return db
    .selectFrom('reconciliations')
    .select(['account_id', 'day', 'checked_at', 'events_reason', 'cause', 'repaired_at'])
    .select([
      digits(sql.ref('local_cost')).as('local_cost'),
      digits(sql.ref('fal_cost')).as('fal_cost'),
      digits<string | null>(sql.ref('events_cost')).as('events_cost'),
    ]);
}

type FoundRow = Omit<
  Selectable<ReconciliationsTable>,
  'local_cost' | 'fal_cost' | 'events_cost'
> & { local_cost: string; fal_cost: string; events_cost: string | null };

function toReconciliation(row: FoundRow): Reconciliation {
  return {
    day: row.day,
    checkedAt: toInstant(row.checked_at),
    localCost: BigInt(row.local_cost),
    falCost: BigInt(row.fal_cost),
    events: {
      cost: row.events_cost === null ? null : BigInt(row.events_cost),
      reason: row.events_reason,
    },
    cause: row.cause as DriftCause | null,
    repairedAt: row.repaired_at === null ? null : toInstant(row.repaired_at),
  };
}

function toWindow(row: Selectable<SyncWindowsTable>): ReadWindow {
  return {
    slotMinutes: row.slot_minutes,
    readAt: toInstant(row.read_at),
    isFinal: row.is_final === 1,
    isStale: row.is_stale > 0,
    isComplete: row.is_complete === 1,
  };
}
