import type { Kysely } from 'kysely';
import type { Lease } from '../jobs/leases.ts';
import type { Job } from '../jobs/scheduler.ts';
import type { Engine } from '../store/engine.ts';
import type { StoreReader } from '../store/reader.ts';
import type { Tables } from '../store/tables.ts';
import { dropWindow } from './drop-window.ts';
import { accountsWithOldDays, countOldRows, oldDaysOf } from './old-days.ts';
import { type EpochDay, utcDayOf, utcDayStart } from './slots.ts';
import { inTurn } from './store-turns.ts';

export const RETENTION_JOB = 'retention';
const EVERY_HOURS = 24;

/** The oldest UTC day that is kept: that many whole days, and today. */
function oldestKeptDay(now: Temporal.Instant, historyDays: number): EpochDay {
  return utcDayOf(now) - historyDays;
}

/** What there is of days older than those that are kept. */
export interface RetentionPreview {
  accounts: number;
  /** Days of accounts. */
  days: number;
  /** As fal cut them: an hour of a model, key and price is one. */
  rows: number;
  /** Start of the oldest day; `null` where there is none. */
  oldest: Temporal.Instant | null;
  /** Where what is kept begins. */
  before: Temporal.Instant;
}

/** Counts what would be deleted if so many days were kept. */
export function previewRetention(
  reader: StoreReader,
  now: Temporal.Instant,
  historyDays: number,
): Promise<RetentionPreview> {
  return reader.snapshot((db) => countOldDays(db, oldestKeptDay(now, historyDays)));
}

async function countOldDays(db: Kysely<Tables>, before: EpochDay): Promise<RetentionPreview> {
  const accounts = await accountsWithOldDays(db, before);
  const preview: RetentionPreview = {
    accounts: accounts.length,
    days: 0,
    rows: 0,
    oldest: null,
    before: utcDayStart(before),
  };
  let oldest = before;
  for (const account of accounts) {
    preview.rows += await countOldRows(db, account.accountId, before);
    preview.days += account.days;
    oldest = Math.min(oldest, account.oldest);
  }
  return accounts.length > 0 ? { ...preview, oldest: utcDayStart(oldest) } : preview;
}

export interface RetentionServices {
  db: Kysely<Tables>;
  engine: Engine;
  now: () => Temporal.Instant;
  /** How many days are kept, as it is stored now; `null` is all of them. */
  readHistoryDays: () => Promise<number | null>;
}

/** The job that deletes, once a day, what is older than it is to be kept. */
export function retentionJob(services: RetentionServices): Job {
  return {
    name: RETENTION_JOB,
    kind: 'daily',
    async run(lease) {
      await deleteOldDays(services, lease);
      return services.now().add({ hours: EVERY_HOURS });
    },
  };
}

/**
 * Deletes days older than those that are kept, one day of an account at a time, oldest first. What is
 * left when it is stopped half-way is whole, and goes the next time.
 * @throws LeaseLostError
 */
export async function deleteOldDays(services: RetentionServices, lease: Lease): Promise<void> {
  const { db, engine, now, readHistoryDays } = services;
  const historyDays = await readHistoryDays();
  if (historyDays === null) return;
  const before = oldestKeptDay(now(), historyDays);
  for (const { accountId } of await accountsWithOldDays(db, before)) {
    for (const day of await oldDaysOf(db, accountId, before)) {
      lease.signal.throwIfAborted();
      // Somebody may have thought better of it.
      if ((await readHistoryDays()) !== historyDays) return;
      await inTurn({ db, engine }, accountId, () =>
        dropWindow(db, engine, { accountId, day }, (trx) => lease.confirm(trx)),
      );
    }
  }
}
