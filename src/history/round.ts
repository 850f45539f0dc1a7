import type { FalAccount } from '../accounts/accounts.ts';
import { FalError, isFalError } from '../fal/errors.ts';
import type { Question } from '../fal/transport.ts';
import type { Lease } from '../jobs/leases.ts';
import type { Services } from '../services.ts';
import type { Chunk } from './plan.ts';
import { findBilledIds, readDays } from './read-days.ts';
import { createRoundPlan, type DueDays } from './round-plan.ts';
import { type Confirm, countInZones, storeWindow } from './store-window.ts';
import { type ReadDay, readBilledIds, writeProgress } from './sync-queries.ts';
import { whileOurs } from './while-ours.ts';
import { idsOfZones } from './zones.ts';

/** Chunks of days asked for at the same time. */
const CHUNKS_AT_ONCE = 8;
/** After so many days in a row that could not be read the rest would not be either. */
const MOST_HOLES = 5;

export interface RoundOptions
  extends Pick<Services, 'store' | 'now' | 'config' | 'settings' | 'fal' | 'catalogue'> {
  account: FalAccount;
  lease: Lease;
  /** Opens one question to fal with the account's key. */
  ask: () => Question;
}

export interface RoundEnd {
  isPaused: boolean;
  /** Why some day could not be read although others were. */
  hole: FalError | null;
}

/**
 * Reads every day that is due, several chunks at once, each day stored in a transaction of its own.
 * @throws what keeps any day from being read, once what was being read is stored.
 */
export async function readRound(options: RoundOptions): Promise<RoundEnd> {
  const { store, now, config, settings, account, lease, ask } = options;
  const { db, engine } = store;
  const { settleHours } = config;
  const accountId = account.id;
  const zones = [...new Set([account.timezone, settings.current().timezone])];
  const plan = createRoundPlan({ db, now, config, accountId, zones });
  const billedIds = await readBilledIds(db, accountId);
  const confirm: Confirm = (trx) => lease.confirm(trx);
  let daysDone = 0;
  let rows = 0;
  let holesInARow = 0;
  let hole: FalError | null = null;
  let isPaused = false;
  let isOver = false;

  /** Days that are kept are counted in zones that came to be used since. */
  async function countInNewZones({ known, slotMinutesOf }: DueDays): Promise<void> {
    const zoneIds = [...(await idsOfZones(db, zones)).values()];
    const uncounted = known.filter(
      (day) =>
        // What is kept too coarsely for them is read again anyway.
        day.slotMinutes <= slotMinutesOf(day.day) &&
        !zoneIds.every((id) => day.zoneIds.includes(id)),
    );
    for (const { day } of uncounted) {
      await countInZones(db, engine, { accountId, day, zones }, confirm);
    }
  }

  /** What was billed on one of several new days may only have failed on another. */
  async function meetEndpoints({ days, known }: DueDays): Promise<void> {
    const read = new Set(known.map(({ day }) => day));
    const unread = days.filter((day) => !read.has(day));
    if (unread.length < 2) return;
    try {
      for (const id of await findBilledIds(options, ask(), days)) billedIds.add(id);
    } catch (error) {
      // The days themselves tell too, one by one.
      if (!leavesAHole(error)) throw error;
    }
  }

  /** @throws FalError where something of it could not be read; what could be is stored. */
  async function readAndStore(chunk: Chunk, known: readonly ReadDay[]): Promise<void> {
    const { readings, failure } = await readDays(options, ask(), chunk, billedIds);
    let isCutShort = false;
    for (const reading of readings) {
      const before = known.find(({ day }) => day === reading.day);
      // What is known in full is not given up for a part of it.
      if (before?.isComplete && !reading.isComplete) isCutShort = true;
      else {
        const window = { ...reading, accountId, zones, settleHours };
        rows += (await storeWindow(db, engine, window, confirm)).rows;
      }
    }
    if (failure) throw failure;
    if (isCutShort) throw new FalError('fal_bad_response', '/models/usage: pages are missing');
  }

  /** One day that fal fails at costs neither its neighbour nor the days after it. */
  async function readOrLeave(chunk: Chunk, known: readonly ReadDay[]): Promise<void> {
    try {
      await readAndStore(chunk, known);
      holesInARow = 0;
    } catch (error) {
      if (!leavesAHole(error)) throw error;
      if (chunk.days.length > 1) {
        const days = chunk.days.toReversed();
        for (const day of days) await readOrLeave({ ...chunk, days: [day] }, known);
        return;
      }
      hole ??= error;
      holesInARow += 1;
      if (holesInARow >= MOST_HOLES) throw error;
    }
    daysDone += chunk.days.length;
    const progress = { days: plan.size(), daysDone, rows };
    await whileOurs(db, lease, (trx) => writeProgress(trx, accountId, progress));
  }

  async function work(): Promise<void> {
    while (!isOver) {
      const pick = await plan.pick();
      if (pick === 'paused') isPaused = true;
      if (pick === 'paused' || pick === 'done') return;
      await readOrLeave(pick.chunk, pick.known);
    }
  }

  async function workOrEndAll(): Promise<void> {
    try {
      await work();
    } catch (error) {
      isOver = true;
      throw error;
    }
  }

  const due = await plan.due();
  if (!due) return { isPaused: true, hole: null };
  await countInNewZones(due);
  await meetEndpoints(due);
  const ends = await Promise.allSettled(Array.from({ length: CHUNKS_AT_ONCE }, workOrEndAll));
  lease.signal.throwIfAborted();
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  return { isPaused, hole };
}

/** Whether fal may well answer for other days. */
function leavesAHole(error: unknown): error is FalError {
  return (
    isFalError(error, 'fal_bad_response', 'fal_timeout') ||
    (isFalError(error, 'fal_unavailable') && error.status === 500)
  );
}
