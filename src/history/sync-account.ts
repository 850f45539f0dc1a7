import { once } from 'node:events';
import type { Kysely } from 'kysely';
import { type OpenAccount, openAccount } from '../accounts/accounts.ts';
import { askBalance } from '../credits/balance.ts';
import type { FalClient } from '../fal/client.ts';
import { isFalError } from '../fal/errors.ts';
import { explainRefusal } from '../fal/refusal.ts';
import { openQuestion } from '../fal/transport.ts';
import { toFailure } from '../http/failure.ts';
import type { Lease } from '../jobs/leases.ts';
import type { Job } from '../jobs/scheduler.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import type { Catalogue } from '../usage/catalogue.ts';
import { type BalanceSample, recordBalance } from './balance-samples.ts';
import { type RoundEnd, readRound } from './round.ts';
import { syncJobName } from './sync-job-name.ts';
import { writeFailure, writeRoundStart, writeSuccess } from './sync-queries.ts';
import { whileOurs } from './while-ours.ts';

/**
 * How long one question may take, in ms: longer than a person would wait, so that what fal asks to
 * wait for (`Retry-After` of about 49 s was seen) is waited for.
 */
const QUESTION_MS = 120_000;

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
 * One round: every day that is due is read and stored, and the balance is written down.
 * @returns when the next one is due.
 * @throws why it failed, once that is written down.
 */
async function syncAccount(
  services: SyncServices,
  accountId: string,
  lease: Lease,
): Promise<Temporal.Instant> {
  const { store, seal, now, config } = services;
  const { db } = store;
  const write = (deed: (trx: Kysely<Tables>) => Promise<void>) => whileOurs(db, lease, deed);
  try {
    const open = await openAccount(db, seal, accountId);
    // Deleted a moment ago: the next look for jobs does not find this one.
    if (open) {
      await write((trx) => writeRoundStart(trx, accountId, now()));
      const { isPaused, hole } = await askFor(services, open, lease);
      if (hole) await write((trx) => writeFailure(trx, accountId, now(), toFailure(hole).code));
      else if (!isPaused) await write((trx) => writeSuccess(trx, accountId, now()));
    }
    return now().add({ seconds: config.syncIntervalSeconds });
  } catch (error) {
    lease.signal.throwIfAborted();
    const { code } = toFailure(error);
    await write((trx) => writeFailure(trx, accountId, now(), code));
    if (isFalError(error, 'rate_limited') && error.retryAfterMs !== null) {
      return now().add({ milliseconds: Math.ceil(error.retryAfterMs) });
    }
    throw error;
  }
}

/** @throws FalError that says what is wrong, such as with the key. */
async function askFor(services: SyncServices, open: OpenAccount, lease: Lease): Promise<RoundEnd> {
  const { fal, catalogue } = services;
  const ask = () => openQuestion(open.key, QUESTION_MS, lease.signal);
  // Without it calls of some endpoints would not be found; it is read once a day.
  lease.signal.throwIfAborted();
  await Promise.race([catalogue.load(), once(lease.signal, 'abort')]);
  lease.signal.throwIfAborted();
  const [round, sample] = await Promise.allSettled([
    readRound({ ...services, account: open.account, lease, ask }),
    sampleBalance(services, open, lease),
  ]);
  if (round.status === 'rejected') {
    const { reason } = round;
    throw isFalError(reason, 'unauthorized', 'forbidden')
      ? await explainRefusal(fal, ask(), reason)
      : reason;
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
  try {
    const { balance, asOf } = await askBalance(services, key, lease.signal);
    at = asOf;
    sample =
      balance.amount === null
        ? { reason: balance.reason }
        : { balance: balance.amount, currency: balance.currency };
  } catch (error) {
    if (!isFalError(error)) throw error;
    sample = { reason: toFailure(error).code };
  }
  await whileOurs(services.store.db, lease, (trx) => recordBalance(trx, account.id, at, sample));
}
