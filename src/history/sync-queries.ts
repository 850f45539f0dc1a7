import type { Kysely, Updateable } from 'kysely';
import type { AccountSyncsTable, Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import { holdAccount } from './hold-account.ts';
import type { KnownDay } from './plan.ts';
import type { EpochDay, SlotMinutes } from './slots.ts';
import { zonesOfText } from './zones.ts';

/** How a round has come along. */
export interface RoundProgress {
  /** Days it reads, those that are done included, as far as is known by now. */
  days: number;
  daysDone: number;
  rows: number;
}

/** What the account's people want of its reading. */
export interface SyncWishes {
  /** Of the account's row: another one, and its key or zone may be another too. */
  version: number;
  isPaused: boolean;
  backfillFrom: EpochDay | null;
}

/** @returns `null` when there is no such account any more. */
export async function readWishes(
  db: Kysely<Tables>,
  accountId: string,
): Promise<SyncWishes | null> {
  const row = await db
    .selectFrom('fal_accounts')
    .leftJoin('account_syncs', 'account_id', 'id')
    .select(['version', 'is_paused', 'backfill_from'])
    .where('id', '=', accountId)
    .executeTakeFirst();
  if (!row) return null;
  const { version, is_paused, backfill_from } = row;
  return { version, isPaused: is_paused === 1, backfillFrom: backfill_from };
}

export type ReadDay = KnownDay & {
  isComplete: boolean;
  /** How often it was marked to be read again since it last was. */
  marks: number;
  /** Ids of the zones in whose days it is counted. */
  zoneIds: number[];
};

/** Every day of an account that was read, in order. */
export async function readKnownDays(db: Kysely<Tables>, accountId: string): Promise<ReadDay[]> {
  const rows = await db
    .selectFrom('sync_windows')
    .select(['day', 'slot_minutes', 'read_at', 'changed_at', 'is_final', 'is_stale'])
    .select(['is_complete', 'is_forgotten', 'uncounted', 'zones'])
    .where('account_id', '=', accountId)
    .orderBy('day')
    .execute();
  return rows.map((row) => ({
    day: row.day,
    slotMinutes: row.slot_minutes as SlotMinutes,
    readAt: toInstant(row.read_at),
    changedAt: toInstant(row.changed_at),
    isFinal: row.is_final === 1,
    isCounted: row.uncounted === null,
    isStale: row.is_stale > 0,
    marks: row.is_stale,
    isForgotten: row.is_forgotten === 1,
    isComplete: row.is_complete === 1,
    zoneIds: zonesOfText(row.zones),
  }));
}

/** Ids under which an account was ever billed. */
export async function readBilledIds(db: Kysely<Tables>, accountId: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom('usage_series')
    .select('endpoint_id')
    .distinct()
    .where('account_id', '=', accountId)
    .where('scope', '=', 'account')
    .where('measure', '=', 'billed')
    .execute();
  return new Set(rows.flatMap(({ endpoint_id }) => endpoint_id ?? []));
}

/**
 * Begins a round. One that was over before all was read, for others to have their turn, goes on: a long
 * backfill is one thing to whoever waits for it.
 * @returns how far it has come already.
 */
export async function writeRoundStart(
  trx: Kysely<Tables>,
  accountId: string,
  now: Temporal.Instant,
): Promise<RoundProgress> {
  await holdAccount(trx, accountId);
  const before = await trx
    .selectFrom('account_syncs')
    .select(['round_started_at', 'round_days', 'round_days_done', 'round_rows'])
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow();
  const progress: RoundProgress = goesOn(before)
    ? { days: before.round_days, daysDone: before.round_days_done, rows: before.round_rows }
    : { days: 0, daysDone: 0, rows: 0 };
  await writeSync(trx, accountId, { round_started_at: toText(now), ...progressRow(progress) });
  return progress;
}

/** The round that began last; without values where an account never had one. */
export interface RoundState {
  round_started_at: string | null;
  round_days: number | null;
  round_days_done: number | null;
  round_rows: number | null;
}

/** Whether the next round goes on from it: it was over before all was read. */
export function goesOn(round: RoundState): boolean {
  return round.round_started_at !== null && (round.round_days_done ?? 0) < (round.round_days ?? 0);
}

/** What a round has not read is for another one, which does not go on from it. */
export async function endRound(trx: Kysely<Tables>, accountId: string): Promise<void> {
  await trx
    .updateTable('account_syncs')
    .set((row) => ({ round_days: row.ref('round_days_done') }))
    .where('account_id', '=', accountId)
    .execute();
}

export function writeProgress(
  trx: Kysely<Tables>,
  accountId: string,
  progress: RoundProgress,
): Promise<void> {
  return writeSync(trx, accountId, progressRow(progress));
}

function progressRow({ days, daysDone, rows }: RoundProgress) {
  return { round_days: days, round_days_done: daysDone, round_rows: rows };
}

/** A wish for older days is over once its first day is known: from then on the days themselves tell. */
export async function writeSuccess(
  trx: Kysely<Tables>,
  accountId: string,
  now: Temporal.Instant,
): Promise<void> {
  await writeSync(trx, accountId, { last_success_at: toText(now) });
  // What became due again meanwhile.
  await endRound(trx, accountId);
  await trx
    .updateTable('account_syncs')
    .set({ backfill_from: null })
    .where('account_id', '=', accountId)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('sync_windows')
          .select('day')
          .whereRef('sync_windows.account_id', '=', 'account_syncs.account_id')
          .whereRef('day', '<=', 'backfill_from'),
      ),
    )
    .execute();
}

/** @param code of the public contract, such as `fal_unavailable`. */
export function writeFailure(
  trx: Kysely<Tables>,
  accountId: string,
  now: Temporal.Instant,
  code: string,
): Promise<void> {
  return writeSync(trx, accountId, { last_error_code: code, last_error_at: toText(now) });
}

/** Changes what is kept of an account's reading; the rest stays. @throws AccountGoneError */
export async function writeSync(
  trx: Kysely<Tables>,
  accountId: string,
  change: Updateable<AccountSyncsTable>,
): Promise<void> {
  await holdAccount(trx, accountId);
  await trx.updateTable('account_syncs').set(change).where('account_id', '=', accountId).execute();
}

/** Accounts that somebody paused. */
export async function readPaused(db: Kysely<Tables>): Promise<Set<string>> {
  const rows = await db
    .selectFrom('account_syncs')
    .select('account_id')
    .where('is_paused', '=', 1)
    .execute();
  return new Set(rows.map(({ account_id }) => account_id));
}
