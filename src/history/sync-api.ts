import type { RequestHandler } from 'express';
import { listAccounts } from '../accounts/accounts.ts';
import type { Services } from '../services.ts';
import { type SyncStatus, syncStatuses } from './sync-status.ts';

/** `GET /api/v1/sync`: how each account's local copy is doing, for programs. */
export function answerSync({ store, now }: Pick<Services, 'store' | 'now'>): RequestHandler {
  return async function answerSync(_req, res) {
    const accounts = await listAccounts(store.db);
    const statuses = await syncStatuses(store.db, now());
    const sync = accounts.flatMap(({ id, slug, timezone }) => {
      const status = statuses.find(({ accountId }) => accountId === id);
      return status ? [syncAnswer(status, slug, timezone)] : [];
    });
    res.json({ ok: true, sync, message: res.locals.t('history.sync_answer') });
  };
}

function syncAnswer(status: SyncStatus, account: string, timezone: string) {
  const { state, progress, lastSuccessAt, lastError, nextRunAt } = status;
  const time = (at: Temporal.Instant | null) =>
    at?.toZonedDateTimeISO(timezone).toString({ timeZoneName: 'never', smallestUnit: 'second' }) ??
    null;
  return {
    account,
    state,
    progress: progress && {
      percent: progress.percent,
      days: progress.total,
      days_done: progress.done,
      rows: progress.rows,
      seconds_left: progress.secondsLeft,
    },
    last_success_at: time(lastSuccessAt),
    last_error: lastError && { code: lastError.code, at: time(lastError.at) },
    next_run_at: time(nextRunAt),
  };
}
