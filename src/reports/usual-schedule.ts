import { randomUUID } from 'node:crypto';
import type { Lease } from '../jobs/leases.ts';
import { toText } from '../store/values.ts';
import type { ReportServices } from './make-reports.ts';
import { insertSchedule } from './report-rows.ts';

/** Name of the row in `settings` that says that it was there once. */
const ADDED = 'usual_report_added';

/**
 * Schedules a daily report at nine, of all accounts and to every channel, once for a panel: who deletes
 * it does not find it again.
 */
export async function addUsualSchedule(
  { store, settings, now }: Pick<ReportServices, 'store' | 'settings' | 'now'>,
  lease: Lease,
): Promise<void> {
  const isAdded = await store.db
    .selectFrom('settings')
    .select('name')
    .where('name', '=', ADDED)
    .executeTakeFirst();
  if (isAdded) return;
  await store.db.transaction().execute(async (trx) => {
    await lease.confirm(trx);
    const at = now();
    const row = { name: ADDED, value: 'true', updated_at: toText(at) };
    const added = await trx
      .insertInto('settings')
      .values(row)
      .onConflict((conflict) => conflict.column('name').doNothing())
      .returning('name')
      .executeTakeFirst();
    if (!added) return;
    const schedule = {
      ...({ id: randomUUID(), accountId: null, cadence: 'daily', channelIds: null } as const),
      ...{ weekday: 1, monthDay: 1, isEnabled: true, version: 1 },
      localTime: new Temporal.PlainTime(9),
      timezone: settings.current().timezone,
      from: at,
    };
    await insertSchedule(trx, schedule, at);
  });
}
