import {
  type FalAccount,
  findAccount,
  type OpenAccount,
  openAccount,
  reopenAccount,
} from '../accounts/accounts.ts';
import { recordRefusal } from '../alerts/refusals.ts';
import { askBalance } from '../credits/balance.ts';
import type { FalClient } from '../fal/client.ts';
import { type FalError, isFalError } from '../fal/errors.ts';
import { explainRefusal } from '../fal/refusal.ts';
import { openQuestion } from '../fal/transport.ts';
import { toFailure } from '../http/failure.ts';
import type { Lease } from '../jobs/leases.ts';
import { NotBeforeError } from '../jobs/not-before.ts';
import { PartlyDoneError } from '../jobs/partly-done.ts';
import type { Job } from '../jobs/scheduler.ts';
import type { Services } from '../services.ts';
import type { Catalogue } from '../usage/catalogue.ts';
import { type BalanceSample, recordBalance } from './balance-samples.ts';
import { countInNewZones } from './count-in-zones.ts';
import { type FailingDays, failingDays } from './failing-days.ts';
import { holdAccount } from './hold-account.ts';
import { firstSettlingDay } from './plan.ts';
import { type RoundEnd, readRound } from './round.ts';
import { syncJobName } from './sync-job-name.ts';
import {
  endRound,
  type RoundProgress,
  readWishes,
  writeFailure,
  writeRoundStart,
  writeSuccess,
} from './sync-queries.ts';
import { whileOurs } from './while-ours.ts';

/**
 * How long one question may take, in ms: longer than a person would wait, so that what fal asks to
 * wait for (`Retry-After` of about 49 s was seen) is waited for.
 */
const QUESTION_MS = 120_000;
/** The longest that fal is left alone because it asks for it. */
const LONGEST_WAIT_MS = 60 * 60_000;

export type SyncServices = Pick<Services, 'store' | 'seal' | 'now' | 'config' | 'settings'> & {
  /** A client of its own: a backfill must not keep people waiting for a connection. */
  fal: FalClient;
  catalogue: Catalogue;
};

/** Keeps one account's local copy up to date, a round at a time. */
export function syncJob(services: SyncServices, accountId: string): Job {
  return {
    name: syncJobName(accountId),
    run: (lease) => syncAccount(services, accountId, lease),
  };
}

/**
 * One round: what is kept is counted in the zones in use, every day that is due is read and stored,
 * and the balance is written down. Of a paused account only the first: it asks fal nothing.
 * @returns when the next one is due.
 * @throws why it failed, once that is written down.
 */
async function syncAccount(
  services: SyncServices,
  accountId: string,
  lease: Lease,
): Promise<Temporal.Instant> {
  const { store, now, config } = services;
  const later = () => now().add({ seconds: config.syncIntervalSeconds });
  const account = await findAccount(store.db, accountId);
  // Deleted a moment ago: the next look for jobs does not find this one.
  if (!account) return later();
  try {
    await countInNewZones(services, account, lease);
    const wishes = await readWishes(store.db, accountId);
    if (wishes?.isPaused) return later();
    return await readOn(services, account, lease);
  } catch (error) {
    lease.signal.throwIfAborted();
    const current = await findAccount(store.db, accountId);
    if (!current) return later();
    // Whatever it was refused with, the key is another one now.
    if (current.version !== account.version) return now();
    const reason = error instanceof PartlyDoneError ? error.cause : error;
    const refused = error instanceof DaysFailedError ? error.refused : 'all';
    const { code } = toFailure(reason);
    // Only what fal said may have the key in it; and one that can't be opened is why it failed.
    const open = isFalError(reason) ? await openAccount(store.db, services.seal, accountId) : null;
    await whileOurs(store.db, lease, async (trx) => {
      const at = now();
      await writeFailure(trx, accountId, at, code);
      if (open && isFalError(reason) && refused !== 'nothing') {
        const how = { key: open.key, isPartly: refused === 'some' };
        await recordRefusal(trx, accountId, 'usage', at, reason, how);
      }
      if (!(error instanceof PartlyDoneError)) await endRound(trx, accountId);
    });
    throw waitingAsAsked(error);
  }
}

/**
 * @returns when the next round is due.
 * @throws PartlyDoneError for a day that could not be read, or what kept any from being read.
 */
async function readOn(
  services: SyncServices,
  account: FalAccount,
  lease: Lease,
): Promise<Temporal.Instant> {
  const { store, seal, now, config } = services;
  const { db } = store;
  const { id } = account;
  const open = await reopenAccount(db, seal, account);
  const before = await whileOurs(db, lease, (trx) => writeRoundStart(trx, id, now()));
  const failing = failingDays(db, account, now());
  const { how, holes, isAnyRead } = await askFor(services, open, lease, failing, before);
  const endedAt = now();
  const goesOn = how === 'late' || how === 'changed';
  const nextRunAt = goesOn ? endedAt : endedAt.add({ seconds: config.syncIntervalSeconds });
  failing.putOff(holes, endedAt);
  failing.expectRound(nextRunAt);
  const reason = failing.reason();
  if (reason) {
    const isAsked = isAnyRead || holes.size > 0;
    const isDown = !isAnyRead && failing.isAnySince(firstSettlingDay(endedAt, config.settleHours));
    const refused = isDown ? 'all' : 'some';
    throw new DaysFailedError(nextRunAt, reason, isAsked ? refused : 'nothing');
  }
  if (how === 'done') await whileOurs(db, lease, (trx) => writeSuccess(trx, id, endedAt));
  return nextRunAt;
}

/**
 * What fal refused to tell in a round. `all`: no day was read, and of those that still settle one fails: fal may
 * as well be down. Where only older ones were due, it has just answered for the latest. `nothing`: days that
 * failed before are not tried yet.
 */
type Refused = 'all' | 'some' | 'nothing';

/** Days that could not be read, now or before. */
class DaysFailedError extends PartlyDoneError {
  readonly refused: Refused;

  constructor(nextRunAt: Temporal.Instant, cause: unknown, refused: Refused) {
    super(nextRunAt, cause);
    this.refused = refused;
  }
}

/** fal may ask to wait, but not for days; how long at least is for the scheduler to say. */
function waitingAsAsked(error: unknown): unknown {
  if (!isFalError(error, 'rate_limited') || error.retryAfterMs === null) return error;
  const milliseconds = Math.ceil(Math.min(error.retryAfterMs, LONGEST_WAIT_MS));
  return new NotBeforeError({ milliseconds }, error);
}

/** @throws FalError that says what is wrong, such as with the key. */
async function askFor(
  services: SyncServices,
  open: OpenAccount,
  lease: Lease,
  failing: FailingDays,
  before: RoundProgress,
): Promise<RoundEnd> {
  const { fal } = services;
  const ask = () => openQuestion(open.key, QUESTION_MS, lease.signal);
  const [round, sample] = await Promise.allSettled([
    readRound({ ...services, account: open.account, lease, ask, failing, before }),
    sampleBalance(services, open, lease),
  ]);
  if (round.status === 'rejected') {
    const { reason } = round;
    if (!isFalError(reason, 'unauthorized', 'forbidden')) throw reason;
    using question = ask();
    throw await explainRefusal(fal, question, reason);
  }
  if (sample.status === 'rejected') throw sample.reason;
  return round.value;
}

/** A balance that can't be read is written down with the reason, and spoils nothing else. */
async function sampleBalance(
  services: SyncServices,
  { account, key }: OpenAccount,
  lease: Lease,
): Promise<void> {
  let at = services.now();
  let sample: BalanceSample;
  let refusal: FalError | null = null;
  try {
    const { balance, asOf } = await askBalance(services, key, lease.signal);
    at = asOf;
    sample =
      balance.amount === null
        ? { reason: balance.reason }
        : { balance: balance.amount, currency: balance.currency };
  } catch (error) {
    if (!isFalError(error)) throw error;
    refusal = error;
    sample = { reason: toFailure(error).code };
  }
  await whileOurs(services.store.db, lease, async (trx) => {
    await holdAccount(trx, account.id);
    await recordBalance(trx, account.id, at, sample);
    if (refusal) await recordRefusal(trx, account.id, 'balance', at, refusal, { key });
  });
}
