import type { Kysely } from 'kysely';
import { LIVE_MS } from '../history/coverage.ts';
import { MS_PER_DAY, utcDayOf } from '../history/slots.ts';
import { hasFailedSince, syncStatuses } from '../history/sync-status.ts';
import { later } from '../instants.ts';
import type { Tables } from '../store/tables.ts';
import { toInstant } from '../store/values.ts';
import { type ReportPeriod, spanOf } from './period.ts';

/** How long a report waits for the local copy to have all of its period. */
export const MAX_WAIT = { hours: 2 };

/** An account that reports wait for. */
export interface AwaitedAccount {
  id: string;
  lastSuccessAt: Temporal.Instant | null;
  /** It can't be read since its last success. */
  isFailing: boolean;
}

/** The accounts of a report whose reading nobody paused. @param accountId `null`: all accounts. */
export async function awaitedAccounts(
  db: Kysely<Tables>,
  accountId: string | null,
  now: Temporal.Instant,
): Promise<AwaitedAccount[]> {
  const statuses = await syncStatuses(db, now);
  return statuses
    .filter((status) => accountId === null || status.accountId === accountId)
    .filter(({ state }) => state !== 'paused')
    .map((status) => ({
      ...{ id: status.accountId, lastSuccessAt: status.lastSuccessAt },
      isFailing: hasFailedSince(status),
    }));
}

/** From when on fal says all that was used in a period. */
export function saidFrom(period: ReportPeriod): Temporal.Instant {
  return spanOf(period).end.add({ milliseconds: LIVE_MS });
}

/**
 * Whether waiting would bring nothing more: of every account the local copy has all of the period, or it
 * can't be read for longer than a report waits.
 */
export async function isPeriodRead(
  db: Kysely<Tables>,
  period: ReportPeriod,
  accounts: readonly AwaitedAccount[],
  now: Temporal.Instant,
): Promise<boolean> {
  const { start, end } = spanOf(period);
  const firstDay = utcDayOf(start);
  const lastDay = utcDayOf(end.subtract({ nanoseconds: 1 }));
  const rows = await db
    .selectFrom('sync_windows')
    .select(['account_id', 'day', 'read_at', 'is_final', 'is_complete'])
    .where('day', '>=', firstDay)
    .where('day', '<=', lastDay)
    .execute();
  const byAccount = Map.groupBy(rows, ({ account_id: id }) => id);
  const isRead = ({ day, ...row }: (typeof rows)[number]) => {
    if (row.is_complete !== 1) return false;
    const dayEndMs = Math.min((day + 1) * MS_PER_DAY, end.epochMilliseconds);
    return row.is_final === 1 || toInstant(row.read_at).epochMilliseconds >= dayEndMs + LIVE_MS;
  };
  return accounts.every(({ id, isFailing, lastSuccessAt }) => {
    const days = byAccount.get(id) ?? [];
    if (days.filter(isRead).length > lastDay - firstDay) return true;
    if (!isFailing) return false;
    // One of many days may be what fails: the account is read all the same.
    const heard = days.map(({ read_at: at }) => toInstant(at));
    const last = [
      ...heard,
      ...(lastSuccessAt ? [lastSuccessAt] : []),
    ].reduce<Temporal.Instant | null>((latest, at) => (latest ? later(latest, at) : at), null);
    return last === null || Temporal.Instant.compare(last, now.subtract(MAX_WAIT)) <= 0;
  });
}
