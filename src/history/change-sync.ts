import type { Transaction } from 'kysely';
import { type FalAccount, findAccount } from '../accounts/accounts.ts';
import { type Actor, type AuditAction, recordAudit } from '../audit/audit.ts';
import { RequestError } from '../http/failure.ts';
import { dueNow } from '../jobs/leases.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import { holdAccount } from './hold-account.ts';
import { markStale } from './reconciliations.ts';
import { utcDayOf } from './slots.ts';
import { syncJobName } from './sync-job-name.ts';
import { readWishes, type SyncWishes, writeSync } from './sync-queries.ts';

type ChangeServices = Pick<Services, 'store' | 'now' | 'config'>;

/** Days of the account's own calendar, both included. */
export interface DayRange {
  start: Temporal.PlainDate;
  end: Temporal.PlainDate;
}

/** Stops reading an account, a round that runs before its next days; what is known stays. */
export function pauseSync(services: ChangeServices, actor: Actor, accountId: string) {
  return change(services, actor, accountId, 'sync.paused', async (trx, account, { isPaused }) => {
    if (isPaused) return null;
    await writeSync(trx, account.id, { is_paused: 1 });
    return {};
  });
}

/** Goes on, at once, where it was left. */
export function resumeSync(services: ChangeServices, actor: Actor, accountId: string) {
  return change(services, actor, accountId, 'sync.resumed', async (trx, account, { isPaused }) => {
    if (!isPaused) return null;
    await dueNow(trx, services.now(), syncJobName(account.id));
    await writeSync(trx, account.id, { is_paused: 0 });
    return {};
  });
}

/** Reads an account's latest days at once, however fresh they are. */
export function requestSync(services: ChangeServices, actor: Actor, accountId: string) {
  const { now, config } = services;
  return change(services, actor, accountId, 'sync.requested', async (trx, account) => {
    const at = now();
    const start = at.subtract({ hours: config.settleHours });
    await dueNow(trx, at, syncJobName(account.id));
    await holdAccount(trx, account.id);
    await markStale(trx, account.id, { start, end: at });
    return {};
  });
}

/**
 * Reads the days of a range again at once, known or not. When it begins before what is kept so far,
 * all days from there on are kept.
 */
export function restartSync(
  services: ChangeServices,
  actor: Actor,
  accountId: string,
  range: DayRange,
) {
  const { now } = services;
  return change(services, actor, accountId, 'sync.restarted', async (trx, account, wishes) => {
    const startOf = (day: Temporal.PlainDate) => day.toZonedDateTime(account.timezone).toInstant();
    const start = startOf(range.start);
    const first = utcDayOf(start);
    const backfillFrom = Math.min(first, wishes.backfillFrom ?? first);
    await dueNow(trx, now(), syncJobName(account.id));
    await writeSync(trx, account.id, { backfill_from: backfillFrom });
    await markStale(trx, account.id, { start, end: startOf(range.end.add({ days: 1 })) });
    return { start_date: range.start.toString(), end_date: range.end.toString() };
  });
}

type Deed = (
  trx: Transaction<Tables>,
  account: FalAccount,
  wishes: SyncWishes,
) => Promise<Record<string, unknown> | null>;

/**
 * A change and its entry in the audit log; neither where the deed has nothing to change. A round that
 * runs locks the job's row, then the account's, then its days: so does each deed.
 * @throws RequestError `not_found`
 */
function change(
  { store, now }: ChangeServices,
  actor: Actor,
  accountId: string,
  action: AuditAction,
  deed: Deed,
): Promise<void> {
  return store.db.transaction().execute(async (trx) => {
    const account = await findAccount(trx, accountId);
    const wishes = await readWishes(trx, accountId);
    if (!account || !wishes) throw new RequestError('not_found', { subject: 'account' });
    const detail = await deed(trx, account, wishes);
    if (detail) await recordAudit(trx, now(), { actor, action, target: account.name, detail });
  });
}
