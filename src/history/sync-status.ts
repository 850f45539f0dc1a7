import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import { syncJobName } from './sync-job-name.ts';
import { goesOn, type RoundState } from './sync-queries.ts';

/**
 * *running* while a round runs, *paused* by somebody, *failing* since the last round that ended well,
 * *waiting* for the first one, else *idle* until the next.
 */
export type SyncState = 'idle' | 'running' | 'paused' | 'failing' | 'waiting';

/** How far the round has come that runs. */
export interface SyncProgress {
  done: number;
  /** UTC days it reads, as far as is known by now. */
  total: number;
  /** 0 to 100, whole. */
  percent: number;
  /** Rows of the days that are done. */
  rows: number;
  /** From the pace of the round that runs; `null` before its first day is done. */
  secondsLeft: number | null;
}

export interface SyncStatus {
  accountId: string;
  state: SyncState;
  /** `null` while no round runs. */
  progress: SyncProgress | null;
  lastSuccessAt: Temporal.Instant | null;
  /** Kept after a success: its time says whether it is over. */
  lastError: { code: string; at: Temporal.Instant } | null;
  /** `null` while it runs, is paused, or is due as soon as there is room. */
  nextRunAt: Temporal.Instant | null;
}

/** How each stored account's local copy is doing. */
export async function syncStatuses(
  db: Kysely<Tables>,
  now: Temporal.Instant,
): Promise<SyncStatus[]> {
  const accounts = await db
    .selectFrom('fal_accounts')
    .leftJoin('account_syncs', 'account_id', 'id')
    .select(['id', 'is_paused', 'last_success_at', 'last_error_code', 'last_error_at'])
    .select(['round_started_at', 'round_days', 'round_days_done', 'round_rows'])
    .execute();
  const jobs = await db
    .selectFrom('jobs')
    .select(['name', 'next_run_at', 'lease_until', 'last_started_at'])
    .where('name', 'like', syncJobName('%'))
    .execute();
  const jobOf = new Map(jobs.map((job) => [job.name, job]));
  const isRun = ({ id }: { id: string }) => {
    const leasedUntil = jobOf.get(syncJobName(id))?.lease_until ?? null;
    return leasedUntil !== null && leasedUntil > toText(now);
  };
  const read = await daysReadInRound(db, accounts.filter(isRun));
  return accounts.map((row) => {
    const job = jobOf.get(syncJobName(row.id));
    const isRunning = isRun(row);
    const lastSuccessAt = row.last_success_at === null ? null : toInstant(row.last_success_at);
    const lastError =
      row.last_error_code === null || row.last_error_at === null
        ? null
        : { code: row.last_error_code, at: toInstant(row.last_error_at) };
    const isFailing = hasFailedSince({ lastError, lastSuccessAt });
    const isDue = job === undefined || job.next_run_at <= toText(now);
    const state = stateOf({ isPaused: row.is_paused === 1, isRunning, isFailing, lastSuccessAt });
    return {
      accountId: row.id,
      state,
      progress:
        state === 'running'
          ? progressOf(row, read.get(row.id) ?? 0, job?.last_started_at ?? null, now)
          : null,
      lastSuccessAt,
      lastError,
      nextRunAt: isRunning || isDue || state === 'paused' ? null : toInstant(job.next_run_at),
    };
  });
}

/** Whether it could not be read since the last success; while it is tried again it is so still. */
export function hasFailedSince({
  lastError,
  lastSuccessAt,
}: Pick<SyncStatus, 'lastError' | 'lastSuccessAt'>): boolean {
  if (!lastError) return false;
  return !lastSuccessAt || Temporal.Instant.compare(lastError.at, lastSuccessAt) > 0;
}

function stateOf(facts: {
  isPaused: boolean;
  isRunning: boolean;
  isFailing: boolean;
  lastSuccessAt: Temporal.Instant | null;
}): SyncState {
  if (facts.isPaused) return 'paused';
  if (facts.isRunning) return 'running';
  if (facts.isFailing) return 'failing';
  return facts.lastSuccessAt ? 'idle' : 'waiting';
}

/** How many days each of these accounts has read since its round began, which may go on from others. */
async function daysReadInRound(
  db: Kysely<Tables>,
  accounts: readonly { id: string }[],
): Promise<Map<string, number>> {
  if (accounts.length === 0) return new Map();
  const rows = await db
    .selectFrom('account_syncs')
    .innerJoin('sync_windows', 'sync_windows.account_id', 'account_syncs.account_id')
    .select(({ fn }) => ['account_syncs.account_id', fn.countAll<number | string>().as('days')])
    .where(
      'account_syncs.account_id',
      'in',
      accounts.map(({ id }) => id),
    )
    .whereRef('read_at', '>=', 'round_started_at')
    .groupBy('account_syncs.account_id')
    .execute();
  return new Map(rows.map(({ account_id: id, days }) => [id, Number(days)]));
}

const NOTHING_YET: SyncProgress = { done: 0, total: 0, percent: 0, rows: 0, secondsLeft: null };

/**
 * @param read days of the round itself.
 * @param runSince when the job began: until its round has, what is written down is the one before.
 */
function progressOf(
  round: RoundState,
  read: number,
  runSince: string | null,
  now: Temporal.Instant,
): SyncProgress {
  const isBegun = runSince === null || (round.round_started_at ?? '') >= runSince;
  if (!isBegun && !goesOn(round)) return NOTHING_YET;
  const total = round.round_days ?? 0;
  const done = Math.min(round.round_days_done ?? 0, total);
  const startedAt = round.round_started_at === null ? now : toInstant(round.round_started_at);
  const seconds = Math.max(0, startedAt.until(now).total('seconds'));
  return {
    done,
    total,
    percent: total === 0 ? 0 : Math.floor((done * 100) / total),
    rows: round.round_rows ?? 0,
    secondsLeft: isBegun && read > 0 ? Math.ceil((seconds / read) * (total - done)) : null,
  };
}
