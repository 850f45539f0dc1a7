import { randomUUID } from 'node:crypto';
import { ipKeyGenerator } from 'express-rate-limit';
import type { Kysely } from 'kysely';
import { RequestError } from '../http/failure.ts';
import type { Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import type { AuthKeys } from './keys.ts';

/** How many guesses go wrong within the time below before no more are heard. */
const ACCOUNT_FAILURES = 10;
const ADDRESS_FAILURES = 30;
const WINDOW_MINUTES = 15;

/** A guess at a password or code that counts as wrong until it turns out right. */
export interface Attempt {
  account: string;
  ids: string[];
}

export interface AttemptsOptions {
  db: Kysely<Tables>;
  keys: AuthKeys;
  now: () => Temporal.Instant;
}

/** Who is tried, whether or not there is anybody of that name, and from where. */
export interface Tried {
  email: string;
  /** The client's network address. */
  address: string;
}

/**
 * Counts a guess before it is looked at, so that guesses made at the same time can't get past the
 * limit together.
 * @throws RequestError `rate_limited` when the account or the address has had too many.
 */
export async function beginAttempt(
  { db, keys, now }: AttemptsOptions,
  { email, address }: Tried,
): Promise<Attempt> {
  const account = keys.hashSubject(`account ${email.toLowerCase()}`);
  // Whoever has an IPv6 address has the 2^64 beside it.
  const network = keys.hashSubject(`address ${address && ipKeyGenerator(address, 64)}`);
  const at = now();
  const since = toText(at.subtract({ minutes: WINDOW_MINUTES }));
  const rows = [account, network].map((subject) => ({
    id: randomUUID(),
    subject,
    at: toText(at),
  }));
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('sign_in_failures').where('at', '<=', since).execute();
    await trx.insertInto('sign_in_failures').values(rows).execute();
  });
  const attempt = { account, ids: rows.map(({ id }) => id) };

  // Only now, in a transaction of its own: of guesses made at once each sees those written before.
  const counts = await db
    .selectFrom('sign_in_failures')
    .select(({ fn }) => ['subject', fn.countAll().as('failures'), fn.min('at').as('oldest')])
    .where('subject', 'in', [account, network])
    .where('at', '>', since)
    .groupBy('subject')
    .execute();
  const spent = counts.filter(
    ({ subject, failures }) =>
      Number(failures) > (subject === account ? ACCOUNT_FAILURES : ADDRESS_FAILURES),
  );
  if (spent.length > 0) {
    // A guess that is not heard does not make the wait longer.
    await takeBack(db, attempt);
    throw new RequestError('rate_limited', {
      retryAfterSeconds: Math.max(...spent.map(({ oldest }) => secondsLeft(toInstant(oldest), at))),
    });
  }
  return attempt;
}

/** It was right: it does not count. */
export async function takeBack(db: Kysely<Tables>, { ids }: Attempt): Promise<void> {
  await db.deleteFrom('sign_in_failures').where('id', 'in', ids).execute();
}

/**
 * Looks at the guess. When that itself fails, and says neither right nor wrong, the guess does not
 * count. @throws what `look` does.
 */
export async function lookAt<T>(
  db: Kysely<Tables>,
  attempt: Attempt,
  look: () => Promise<T>,
): Promise<T> {
  try {
    return await look();
  } catch (error) {
    // Should this fail as well: it is forgotten with time.
    await takeBack(db, attempt).catch(() => {});
    throw error;
  }
}

/** Somebody is in: neither does what went wrong with that account before. */
export async function forgetFailures(db: Kysely<Tables>, { account, ids }: Attempt): Promise<void> {
  await db
    .deleteFrom('sign_in_failures')
    .where(({ eb, or }) => or([eb('id', 'in', ids), eb('subject', '=', account)]))
    .execute();
}

function secondsLeft(oldest: Temporal.Instant, now: Temporal.Instant): number {
  const until = oldest.add({ minutes: WINDOW_MINUTES });
  return Math.max(1, Math.ceil(now.until(until).total('seconds')));
}
