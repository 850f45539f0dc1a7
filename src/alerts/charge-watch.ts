import { listAccounts, openAccount } from '../accounts/accounts.ts';
import { type FalError, isFalError } from '../fal/errors.ts';
import { AccountGoneError } from '../history/hold-account.ts';
import { readPaused, readWishes } from '../history/sync-queries.ts';
import { whileOurs } from '../history/while-ours.ts';
import type { Lease } from '../jobs/leases.ts';
import { NotBeforeError } from '../jobs/not-before.ts';
import type { Job } from '../jobs/scheduler.ts';
import { writeWatch } from './charge-watch-rows.ts';
import { type ChargeServices, lookAtCharges } from './look-at-charges.ts';
import { recordRefusal } from './refusals.ts';
import { listRules } from './rule-rows.ts';
import { rulesInForce } from './rules-in-force.ts';

const EVERY_SECONDS = 60;
/** How long fal is left alone once it has said that the key may not read charges. */
const REFUSED_WAIT = { minutes: 15 };
/** fal may ask for a pause, but not for days. */
const LONGEST_WAIT_MS = 60 * 60_000;

/** One job for each account that a rule watches the single charges of, and that is not paused. */
export function chargeWatchJobs(services: ChargeServices): () => Promise<readonly Job[]> {
  const { db } = services.store;
  return async function jobs() {
    const rules = await listRules(db, 'costly_request');
    if (!rules.some(({ isEnabled }) => isEnabled)) return [];
    const paused = await readPaused(db);
    const ids = (await listAccounts(db)).map(({ id }) => id);
    return ids
      .filter((id) => !paused.has(id) && rulesInForce(rules, id).length > 0)
      .map((id) => chargeWatchJob(services, id));
  };
}

/** Looks at an account's charges every minute; later where fal refused them. */
export function chargeWatchJob(services: ChargeServices, accountId: string): Job {
  return {
    name: `charges/${accountId}`,
    kind: 'charges',
    run: (lease) => watchCharges(services, accountId, lease),
  };
}

/** @returns when to look again. @throws why it could not, once that is written down. */
async function watchCharges(
  services: ChargeServices,
  accountId: string,
  lease: Lease,
): Promise<Temporal.Instant> {
  const { store, seal, now } = services;
  const next = () => now().add({ seconds: EVERY_SECONDS });
  const open = await openAccount(store.db, seal, accountId);
  const wishes = open && (await readWishes(store.db, accountId));
  if (!open || !wishes || wishes.isPaused) return next();
  try {
    await lookAtCharges(services, open, lease);
    return next();
  } catch (error) {
    lease.signal.throwIfAborted();
    if (error instanceof AccountGoneError) return next();
    if (!isFalError(error)) throw error;
    const current = await readWishes(store.db, accountId);
    if (!current) return next();
    // Whatever it was refused with, the key is another one now.
    if (current.version !== wishes.version) return now();
    await whileOurs(store.db, lease, async (trx) => {
      await recordRefusal(trx, accountId, 'ledger', now(), error, { key: open.key });
      await writeWatch(trx, accountId, { error_code: error.code });
    });
    throw waitingFor(error);
  }
}

/** A key without the right does not get it within a minute; fal may ask to wait. */
function waitingFor(error: FalError): unknown {
  switch (error.code) {
    case 'invalid_api_key':
    case 'admin_scope_required':
    case 'account_locked':
      return new NotBeforeError(REFUSED_WAIT, error);
    case 'rate_limited': {
      const milliseconds = Math.ceil(Math.min(error.retryAfterMs ?? 0, LONGEST_WAIT_MS));
      return new NotBeforeError({ milliseconds }, error);
    }
    default:
      return error;
  }
}
