import type { Kysely } from 'kysely';
import type { Job } from '../jobs/scheduler.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import { holdIncidentsOf } from './change-incidents.ts';

const JOB = 'alerts:retention';
/** For how long what is over is kept. No rule finds a moment again that is older than days. */
const KEPT = { hours: 365 * 24 };
const EVERY = { hours: 24 };
const DELETED_AT_ONCE = 500;

/** Forgets incidents that were over a year ago, with their history, once a day. */
export function incidentRetentionJob({ store, now }: Pick<Services, 'store' | 'now'>): Job {
  return {
    name: JOB,
    kind: 'daily',
    async run({ signal }) {
      const before = now().subtract(KEPT);
      do signal.throwIfAborted();
      while (await forgetSome(store.db, before));
      return now().add(EVERY);
    },
  };
}

/** @returns whether there may be more. */
function forgetSome(db: Kysely<Tables>, before: Temporal.Instant): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom('incidents')
      .select('id')
      .where('state', '=', 'resolved')
      .where('resolved_at', '<', toText(before))
      // Its message told of what is still open: it says whom to tell that it is over.
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('incidents as told')
              .select('told.id')
              .whereRef('told.told_with', '=', 'incidents.id')
              .where('told.state', '<>', 'resolved'),
          ),
        ),
      )
      .limit(DELETED_AT_ONCE)
      .execute();
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return false;
    await trx.deleteFrom('incident_entries').where('incident_id', 'in', ids).execute();
    await trx.deleteFrom('incidents').where('id', 'in', ids).execute();
    return ids.length === DELETED_AT_ONCE;
  });
}

/** Removes an account's incidents with their history, and what was to be sent of them. */
export async function dropIncidentsOf(trx: Kysely<Tables>, accountId: string): Promise<void> {
  await holdIncidentsOf(trx, [accountId]);
  const own = trx.selectFrom('incidents').select('id').where('account_id', '=', accountId);
  await trx
    .deleteFrom('deliveries')
    .where('source_kind', '=', 'incident')
    .where('source_id', 'in', own)
    .execute();
  await trx.deleteFrom('incident_entries').where('incident_id', 'in', own).execute();
  await trx.deleteFrom('incidents').where('account_id', '=', accountId).execute();
}
