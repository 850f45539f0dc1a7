import { z } from 'zod';
import { PASSWORD_MAX } from '../config.ts';
import type { Services } from '../services.ts';
import { admit, noteRefusal, type SignIn } from './admission.ts';
import { type Attempt, beginAttempt, lookAt, takeBack } from './attempts.ts';
import { answerOf, headersFor, type Visit } from './better-auth-calls.ts';
import { findPasswordHash, findPasswordHashByEmail, lockPeople } from './people.ts';
import { findPersonByEmail } from './roster.ts';

const emailShape = z.email().max(254);

export function isEmailAddress(value: unknown): value is string {
  return emailShape.safeParse(value).success;
}

/**
 * Signs in with a password. A wrong e-mail address takes as long as a wrong password: one hash.
 * @throws RequestError `rate_limited` after too many that were wrong.
 */
export async function signInWithPassword(
  services: Services,
  typed: { email: string; password: string },
  visit: Visit,
): Promise<SignIn> {
  const { store, authKeys, now } = services;
  const email = typed.email.trim().toLowerCase();
  const { address } = visit;
  const attempt = await beginAttempt({ db: store.db, keys: authKeys, now }, { email, address });
  const isAddress = isEmailAddress(email);
  // Nobody can have others, and better-auth would say so.
  if (isAddress && typed.password.length <= PASSWORD_MAX) {
    const signIn = await lookAt(store.db, attempt, () =>
      checkPassword(services, { email, password: typed.password }, visit, attempt),
    );
    if (signIn.outcome !== 'refused') return signIn;
  }
  // What is no e-mail address may be a password, typed into the wrong field.
  await noteRefusal(services, visit, isAddress ? email : null, { method: 'password' });
  return { outcome: 'refused' };
}

async function checkPassword(
  services: Services,
  body: { email: string; password: string },
  visit: Visit,
  attempt: Attempt,
): Promise<SignIn> {
  const { store, betterAuth } = services;
  const passwordHash = await findPasswordHashByEmail(store.db, body.email);
  const auth = await betterAuth();
  const answer = await answerOf(
    auth.api.signInEmail({ body, headers: headersFor(visit), returnHeaders: true }),
  );
  if ('refusal' in answer) return { outcome: 'refused' };
  const { cookies, response } = answer;
  if ('twoFactorRedirect' in response) {
    return challenge(services, body.email, cookies, passwordHash, attempt);
  }
  return admit(services, cookies, visit, { manner: { method: 'password' }, passwordHash }, attempt);
}

/** The second step of a sign-in whose password is still the person's: as `admit` for the first. */
async function challenge(
  { store }: Services,
  email: string,
  cookies: string[],
  passwordHash: string | null,
  attempt: Attempt,
): Promise<SignIn> {
  return store.db.transaction().execute(async (trx): Promise<SignIn> => {
    await lockPeople(trx, store.engine);
    const person = await findPersonByEmail(trx, email);
    if (!person || (await findPasswordHash(trx, person.id)) !== passwordHash) {
      // better-auth keeps whose challenge it is as the value.
      if (person) await trx.deleteFrom('verifications').where('value', '=', person.id).execute();
      return { outcome: 'refused' };
    }
    await takeBack(trx, attempt);
    return { outcome: 'second_step', cookies };
  });
}
