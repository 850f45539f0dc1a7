import { z } from 'zod';
import { PASSWORD_MAX } from '../config.ts';
import type { Services } from '../services.ts';
import { admit, noteRefusal, type SignIn } from './admission.ts';
import { beginAttempt, takeBack } from './attempts.ts';
import { answerOf, headersFor, type Visit } from './better-auth-calls.ts';

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
  const { store, authKeys, now, betterAuth } = services;
  const email = typed.email.trim().toLowerCase();
  const { address } = visit;
  const attempt = await beginAttempt({ db: store.db, keys: authKeys, now }, { email, address });
  const isAddress = isEmailAddress(email);
  // Nobody can have others, and better-auth would say so.
  if (isAddress && typed.password.length <= PASSWORD_MAX) {
    const auth = await betterAuth();
    const answer = await answerOf(
      auth.api.signInEmail({
        body: { email, password: typed.password },
        headers: headersFor(visit),
        returnHeaders: true,
      }),
    );
    if (!('refusal' in answer)) {
      const { cookies, response } = answer;
      if (!('twoFactorRedirect' in response)) {
        return admit(services, cookies, visit, { method: 'password' }, attempt);
      }
      await takeBack(store.db, attempt);
      return { outcome: 'second_step', cookies };
    }
  }
  // What is no e-mail address may be a password, typed into the wrong field.
  await noteRefusal(services, visit, isAddress ? email : null, { method: 'password' });
  return { outcome: 'refused' };
}
