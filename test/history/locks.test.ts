import { type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { custom, failWith } from '../../src/demo/faults.ts';
import { recordBalance } from '../../src/history/balance-samples.ts';
import { pauseSync, requestSync, restartSync, resumeSync } from '../../src/history/change-sync.ts';
import { holdAccount } from '../../src/history/hold-account.ts';
import { utcDayOf } from '../../src/history/slots.ts';
import { storeWindow } from '../../src/history/store-window.ts';
import { syncJobName } from '../../src/history/sync-job-name.ts';
import { createLeases } from '../../src/jobs/leases.ts';
import type { Tables } from '../../src/store/tables.ts';
import { toText } from '../../src/store/values.ts';
import { NOW, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';
import { balanceSpans } from './balance-spans.ts';
import { accountId, syncOnce } from './synced.ts';

const ACTOR = { kind: 'person', name: 'ana@example.com', address: null } as const;
const DAY = utcDayOf(NOW) - 1;
const RANGE = {
  start: Temporal.PlainDate.from('2026-03-06'),
  end: Temporal.PlainDate.from('2026-03-07'),
};

test.each([
  ['asked for', requestSync],
  ['resumed', resumeSync],
  [
    'started over',
    (...[services, actor, id]: Parameters<typeof requestSync>) =>
      restartSync(services, actor, id, RANGE),
  ],
])('a reading that is %s while a day of it is being stored waits for it', async (_, deed) => {
  const panel = await startPanel({}, { engine: 'postgres' });
  const { services } = panel;
  const { db, engine } = services.store;
  await storeAccount(services, { slug: 'futurelab', name: 'FutureLab', key: panel.fal.keys.admin });
  const id = await accountId(panel, 'futurelab');
  const leases = createLeases({ db, now: services.now, holder: 'test', leaseMs: 60_000 });
  await leases.register([syncJobName(id)]);
  const lease = await leases.acquire(syncJobName(id));
  const reading = {
    accountId: id,
    day: DAY,
    slotMinutes: 60,
    readAt: NOW,
    usage: [],
    calls: [],
    isComplete: true,
    uncounted: [],
    zones: ['UTC'],
    settleHours: 72,
  } as const;
  await storeWindow(db, engine, reading);
  await pauseSync(services, ACTOR, id);

  let changing = Promise.resolve();
  const storing = storeWindow(db, engine, reading, async (trx) => {
    await lease?.confirm(trx);
    changing = deed(services, ACTOR, id);
    await expect.poll(() => lockedOut(db), { timeout: 10_000 }).toBe(1);
  });
  await storing;
  await changing;
  const { next_run_at } = await db
    .selectFrom('jobs')
    .select('next_run_at')
    .executeTakeFirstOrThrow();
  expect(next_run_at).toBe(toText(NOW));
});

test('a balance that comes while another one is being written waits for it, and adds to its span', async () => {
  const panel = await startPanel({}, { engine: 'postgres' });
  const { services, fal } = panel;
  const { db } = services.store;
  await storeAccount(services, { slug: 'futurelab', name: 'FutureLab', key: fal.keys.admin });
  const id = await accountId(panel, 'futurelab');
  const before = NOW.subtract({ seconds: 1 });
  let writing = Promise.resolve();
  // The other round, whose lease was lost, writes while this one is told its balance.
  fal.fault(
    '/account/billing',
    custom(async (_req, res) => {
      const written = Promise.withResolvers<void>();
      writing = db.transaction().execute(async (trx) => {
        await holdAccount(trx, id);
        await recordBalance(trx, id, before, { balance: 5_000_000_000n, currency: 'USD' });
        written.resolve();
        await expect.poll(() => lockedOut(db), { timeout: 10_000 }).toBe(1);
      });
      await written.promise;
      res.end('{"username":"futurelab","credits":{"current_balance":5,"currency":"USD"}}');
    }),
    1,
  );
  // Nothing else of the round is to wait for the account.
  fal.fault(/^\/models/, failWith(500));
  await Promise.allSettled([syncOnce(panel, 'futurelab')]);
  await writing;
  const spans = await balanceSpans(db, id);
  expect(spans).toMatchObject([{ from: before, until: NOW, balance: 5_000_000_000n }]);
});

/** How many connections to this database wait for a lock. */
async function lockedOut(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql`
    select pid from pg_stat_activity
    where wait_event_type = 'Lock' and datname = current_database()`.execute(db);
  return rows.length;
}
