import { once } from 'node:events';
import type { Kysely } from 'kysely';
import type { FalAccount } from '../accounts/accounts.ts';
import { FalError, isFalError } from '../fal/errors.ts';
import type { OpenQuestion } from '../fal/transport.ts';
import type { Lease } from '../jobs/leases.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import { zonesOfAccount } from './count-in-zones.ts';
import type { FailingDays } from './failing-days.ts';
import { type Chunk, pagesOf } from './plan.ts';
import { type DaysAnswer, findBilledIds, readDays } from './read-days.ts';
import { createRoundPlan, type DueDays, type Interruption } from './round-plan.ts';
import type { EpochDay } from './slots.ts';
import { inTurn } from './store-turns.ts';
import { type Confirm, storeWindows, type WindowReading } from './store-window.ts';
import { type RoundProgress, readBilledIds, writeProgress } from './sync-queries.ts';
import { whileOurs } from './while-ours.ts';

/** Chunks of days asked for at the same time. */
const CHUNKS_AT_ONCE = 4;
/** After so many days in a row that could not be read the rest would not be either. */
const MOST_HOLES = 5;
/** After so long other accounts have their turn. What fal is being asked then may take a while yet. */
const LONGEST_ROUND = { minutes: 5 };

export interface RoundOptions
  extends Pick<Services, 'store' | 'now' | 'config' | 'settings' | 'fal' | 'catalogue'> {
  account: FalAccount;
  lease: Lease;
  /** Opens one question to fal with the account's key. */
  ask: () => OpenQuestion;
  failing: FailingDays;
  /** How far the rounds have come that this one goes on from. */
  before: Pick<RoundProgress, 'daysDone' | 'rows'>;
}

export interface RoundEnd {
  /** *late* when there is more to read, and others have waited for long enough. */
  how: 'done' | 'late' | Interruption;
  /** Days that could not be read, and why. */
  holes: ReadonlyMap<EpochDay, FalError>;
  /** Whether any day was. */
  isAnyRead: boolean;
}

/**
 * Reads every day that is due, several chunks at once.
 * @throws what keeps any day from being read, once what was being read is stored.
 */
export async function readRound(options: RoundOptions): Promise<RoundEnd> {
  const { store, now, config, settings, catalogue, account, lease, ask, failing, before } = options;
  const { db, engine } = store;
  const { settleHours } = config;
  const accountId = account.id;
  const zones = zonesOfAccount(account, settings);
  const plan = createRoundPlan({ db, now, config, account, zones, failing });
  const billedIds = await readBilledIds(db, accountId);
  const deadline = now().add(LONGEST_ROUND);
  const isLate = () => Temporal.Instant.compare(now(), deadline) >= 0;
  let daysDone = 0;
  let rows = 0;
  let holesInARow = 0;
  let isAnyRead = false;
  const holes = new Map<EpochDay, FalError>();
  let how: RoundEnd['how'] = 'done';
  let isOver = false;

  const tellProgress = (trx: Kysely<Tables>) =>
    writeProgress(trx, accountId, {
      days: before.daysDone + plan.size(),
      daysDone: before.daysDone + daysDone,
      rows: before.rows + rows,
    });

  /** Tells how far it has come as well: a transaction of its own would be one more to wait for. */
  const confirm: Confirm = async (trx) => {
    await lease.confirm(trx);
    await tellProgress(trx);
  };

  /** What was billed on one of several new days may only have failed on another. */
  async function meetEndpoints({ days, known }: DueDays): Promise<void> {
    const read = new Set(known.map(({ day }) => day));
    const unread = days.filter((day) => !read.has(day));
    if (unread.length < 2) return;
    try {
      using question = ask();
      for (const id of await findBilledIds(options, question, days)) billedIds.add(id);
    } catch (error) {
      // The days themselves tell too, one by one.
      if (!leavesAHole(error)) throw error;
    }
  }

  /** Without it calls of some endpoints would not be found; it is read once a day. */
  async function loadCatalogue(): Promise<void> {
    lease.signal.throwIfAborted();
    await Promise.race([catalogue.loadUnlessFailed(), once(lease.signal, 'abort')]);
    lease.signal.throwIfAborted();
  }

  async function askPage(page: Chunk): Promise<DaysAnswer> {
    using question = ask();
    return await readDays(options, question, page, opening);
  }

  /** @returns the days that could not be read in full, each with why; what could be is stored. */
  async function readAndStore(chunk: Chunk): Promise<Map<EpochDay, unknown>> {
    const asked = pagesOf(chunk);
    const pages = await Promise.allSettled(asked.map(askPage));
    const failures = new Map<EpochDay, unknown>();
    const windows: WindowReading[] = [];
    for (const [index, { days }] of asked.entries()) {
      const page = pages[index] as PromiseSettledResult<DaysAnswer>;
      const failure = page.status === 'rejected' ? page.reason : page.value.failure;
      if (failure) for (const day of days) failures.set(day, failure);
      if (page.status === 'rejected') continue;
      for (const reading of page.value.readings) {
        const marks = plan.marksOf(reading.day);
        windows.push({ ...reading, accountId, zones, settleHours, marks });
      }
    }
    const stored = await inTurn(store, accountId, () => storeWindows(db, engine, windows, confirm));
    for (const [index, { keptInstead, rows: stays }] of stored.entries()) {
      const { day } = windows[index] as WindowReading;
      // What is known in full is not given up for a part of it.
      if (keptInstead === 'fuller' && !failures.has(day)) failures.set(day, cutShort());
      if (!failures.has(day)) rows += stays;
    }
    return failures;
  }

  /** The same, where numbers that can't be true keep all of it from being stored. */
  async function tryDays(chunk: Chunk): Promise<Map<EpochDay, unknown>> {
    try {
      return await readAndStore(chunk);
    } catch (error) {
      if (!leavesAHole(error)) throw error;
      return new Map(chunk.days.map((day) => [day, error]));
    }
  }

  /** One day that fal fails at costs neither its neighbour nor the days after it. */
  async function readOrLeave(chunk: Chunk): Promise<void> {
    const failures = await tryDays(chunk);
    const read = chunk.days.filter((day) => !failures.has(day));
    for (const day of read) holes.delete(day);
    daysDone += read.length;
    if (read.length > 0) {
      holesInARow = 0;
      isAnyRead = true;
    }
    for (const error of failures.values()) if (!leavesAHole(error)) throw error;
    for (const [day, error] of [...failures].toReversed()) {
      if (chunk.days.length > 1 && !isLate()) await readOrLeave({ ...chunk, days: [day] });
      else leave(day, error as FalError);
    }
  }

  function leave(day: EpochDay, error: FalError): void {
    holes.set(day, error);
    daysDone += 1;
    holesInARow += 1;
    if (holesInARow >= MOST_HOLES) throw error;
  }

  async function work(): Promise<void> {
    while (!isOver) {
      const pick = isLate() ? 'late' : await plan.pick();
      if (typeof pick === 'string') {
        if (pick !== 'done') how = pick;
        return;
      }
      await readOrLeave(pick);
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
  if (typeof due === 'string') return { how: due, holes, isAnyRead };
  /** What was billed is asked for meanwhile: only the calls have to wait for it. */
  const opening = Promise.all([meetEndpoints(due), loadCatalogue()]).then(() => billedIds);
  const workers = Array.from({ length: CHUNKS_AT_ONCE }, workOrEndAll);
  const ends = await Promise.allSettled([opening, ...workers]);
  lease.signal.throwIfAborted();
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  await whileOurs(db, lease, tellProgress);
  return { how, holes, isAnyRead };
}

const cutShort = () => new FalError('fal_bad_response', '/models/usage: pages are missing');

/** Whether fal may well answer for other days. */
function leavesAHole(error: unknown): error is FalError {
  return (
    isFalError(error, 'fal_bad_response', 'fal_timeout') ||
    (isFalError(error, 'fal_unavailable') && error.status === 500)
  );
}
