import { type Actor, recordAudit } from '../audit/audit.ts';
import { PASSWORD_MAX } from '../config.ts';
import type { Services } from '../services.ts';
import { toText } from '../store/values.ts';
import { beginAttempt, lookAt, takeBack } from './attempts.ts';
import { OIDC_PROVIDER } from './better-auth-names.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { findPasswordHash, lockPeople, setPassword } from './people.ts';
import { endSessions } from './sessions.ts';
import type { Person } from './viewer.ts';

/** How somebody can sign in, and where they are. */
export interface Access {
  hasPassword: boolean;
  usesProvider: boolean;
  /** Sessions beside the one they are in. */
  otherSessions: number;
}

export async function findAccess({ store, now }: Services, person: Person): Promise<Access> {
  const { db } = store;
  const methods = await db
    .selectFrom('sign_in_methods')
    .select(['provider_id', 'password'])
    .where('user_id', '=', person.id)
    .execute();
  const { others } = await db
    .selectFrom('sessions')
    .select(({ fn }) => fn.countAll().as('others'))
    .where('user_id', '=', person.id)
    .where('id', '!=', person.sessionId)
    .where('expires_at', '>', toText(now()))
    .executeTakeFirstOrThrow();
  return {
    hasPassword: methods.some(({ password }) => password !== null),
    usesProvider: methods.some(({ provider_id }) => provider_id === OIDC_PROVIDER),
    otherSessions: Number(others),
  };
}

/**
 * Whether it is the person's own password: asked before what a session that was left open, or
 * stolen, must not be enough for. Counts with the guesses at the sign-in page.
 * @throws RequestError `rate_limited`
 */
export async function isOwnPassword(
  { store, authKeys, now }: Services,
  { id, email }: Person,
  password: string,
  address: string,
): Promise<boolean> {
  const attempt = await beginAttempt({ db: store.db, keys: authKeys, now }, { email, address });
  const isOwn = await lookAt(store.db, attempt, async () => {
    const hash = await findPasswordHash(store.db, id);
    return hash !== null && password.length <= PASSWORD_MAX && verifyPassword(hash, password);
  });
  if (isOwn) await takeBack(store.db, attempt);
  return isOwn;
}

/** Gives a person another password; their sessions elsewhere and a link to reset it end. */
export async function changePassword(
  { store, now }: Services,
  actor: Actor,
  person: Person,
  password: string,
): Promise<void> {
  const hash = await hashPassword(password);
  await store.db.transaction().execute(async (trx) => {
    await lockPeople(trx, store.engine);
    await setPassword(trx, now(), person.id, hash);
    await endSessions(trx, person.id, person.sessionId);
    // Who found the old password out may have found a link in the mail as well.
    await trx.deleteFrom('one_time_links').where('person_id', '=', person.id).execute();
    await recordAudit(trx, now(), { actor, action: 'password.changed', target: person.email });
  });
}
