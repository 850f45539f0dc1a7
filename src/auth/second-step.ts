import { randomBytes } from 'node:crypto';
import { RequestError } from '../http/failure.ts';
import type { Services } from '../services.ts';
import { toInstant } from '../store/values.ts';
import { admit, type Manner, noteRefusal, type SignIn } from './admission.ts';
import { beginAttempt, lookAt } from './attempts.ts';
import type { BetterAuth } from './better-auth.ts';
import { answerOf, cookieHeader, headersFor, type Visit } from './better-auth-calls.ts';
import { SECOND_STEP_SECONDS } from './better-auth-names.ts';
import type { AuthKeys } from './keys.ts';
import { findPasswordHash } from './people.ts';
import { COOKIE_PREFIX, readCookie, readSignedCookie, signCookie } from './sessions.ts';
import { isSpent, spendCode } from './used-codes.ts';

/** Carries the challenge from the first step to the second; better-auth's name for it. */
export const CHALLENGE_COOKIE = `${COOKIE_PREFIX}.two_factor`;
/** Begins the challenges of those who came from the provider. */
const OIDC_CHALLENGE = '2fa-oidc-';

export type SecondStep =
  | SignIn
  /** Another try is possible. */
  | { outcome: 'wrong_code' | 'used_code' }
  /** It took too long, or went wrong too often: back to the first step. */
  | { outcome: 'over' };

interface Challenge {
  person: { id: string; email: string };
  method: Manner['method'];
}

/** Whether somebody stands between the first step and the second. */
export async function isChallenged(
  services: Services,
  header: string | undefined,
): Promise<boolean> {
  return (await findChallenge(services, header)) !== null;
}

/**
 * Takes the second step with a code of the authenticator app or a recovery code, each good once.
 * @throws RequestError `rate_limited` after too many wrong ones.
 */
export async function takeSecondStep(
  services: Services,
  header: string | undefined,
  typed: string,
  visit: Visit,
): Promise<SecondStep> {
  const { store, authKeys, now, sessions, betterAuth } = services;
  const challenge = await findChallenge(services, header);
  if (!challenge) return { outcome: 'over' };
  const { person, method } = challenge;
  const { code, secondFactor } = readCode(typed);
  const manner: Manner = { method, secondFactor };
  if (await isSpent(store.db, person.id, code)) return { outcome: 'used_code' };

  const { address } = visit;
  const attempt = await beginAttempt(
    { db: store.db, keys: authKeys, now },
    { email: person.email, address },
  );
  // Without the session's cookie: with it better-auth would not count what is wrong.
  const cookies = `${CHALLENGE_COOKIE}=${encodeURIComponent(readCookie(header ?? '', CHALLENGE_COOKIE) ?? '')}`;
  const headers = headersFor(visit, cookies);
  const question = { body: { code }, headers, returnHeaders: true } as const;
  const { answer, passwordHash } = await lookAt(store.db, attempt, async () => {
    const passwordHash = await findPasswordHash(store.db, person.id);
    const { api } = await betterAuth();
    const answer = await answerOf<unknown>(
      secondFactor === 'totp' ? api.verifyTOTP(question) : api.verifyBackupCode(question),
    );
    return { answer, passwordHash };
  });
  if ('refusal' in answer) {
    const { refusal } = answer;
    if (refusal === 'ACCOUNT_TEMPORARILY_LOCKED') await refuseLocked(services, person.id);
    await noteRefusal(services, visit, person.email, manner);
    const isWrong = refusal === 'INVALID_CODE' || refusal === 'INVALID_BACKUP_CODE';
    return { outcome: isWrong ? 'wrong_code' : 'over' };
  }
  const spend = () => spendCode(store.db, person.id, code);
  if (secondFactor === 'totp' && !(await lookAt(store.db, attempt, spend))) {
    // The same code at the same moment: only one may come in by it.
    const second = await sessions.find(cookieHeader(answer.cookies));
    if (second) await sessions.end(second.sessionId);
    await noteRefusal(services, visit, person.email, { ...manner, reason: 'used_code' });
    return { outcome: 'used_code' };
  }
  const signIn = await lookAt(store.db, attempt, () =>
    admit(services, answer.cookies, visit, { manner, passwordHash }, attempt),
  );
  if (signIn.outcome === 'refused') await noteRefusal(services, visit, person.email, manner);
  return signIn;
}

/**
 * Asks somebody for the second factor who has shown elsewhere who they are, the way better-auth does
 * after a password. @returns the `Set-Cookie` value.
 */
export async function beginSecondStep(
  auth: BetterAuth,
  keys: AuthKeys,
  personId: string,
): Promise<string> {
  const { internalAdapter } = await auth.$context;
  const identifier = `${OIDC_CHALLENGE}${randomBytes(15).toString('base64url')}`;
  const until = Temporal.Now.instant().add({ seconds: SECOND_STEP_SECONDS });
  const expiresAt = new Date(until.epochMilliseconds);
  await internalAdapter.createVerificationValue({ identifier, value: personId, expiresAt });
  await internalAdapter.createVerificationValue({
    identifier: `2fa-attempts-${identifier}`,
    value: '0',
    expiresAt,
  });
  const value = signCookie(identifier, keys.betterAuthSecret);
  return `${CHALLENGE_COOKIE}=${value}; Max-Age=${SECOND_STEP_SECONDS}; Path=/; HttpOnly; SameSite=Lax`;
}

async function findChallenge(
  { store, authKeys, betterAuth }: Services,
  header: string | undefined,
): Promise<Challenge | null> {
  const identifier = readSignedCookie(header, CHALLENGE_COOKIE, authKeys.betterAuthSecret);
  if (identifier === null) return null;
  const { internalAdapter } = await (await betterAuth()).$context;
  const row = await internalAdapter.findVerificationValue(identifier);
  // On better-auth's clock, which made it.
  const now = Temporal.Now.instant();
  if (!row || Temporal.Instant.compare(toInstant(row.expiresAt), now) <= 0) return null;
  const person = await store.db
    .selectFrom('people')
    .select(['id', 'email'])
    .where('id', '=', row.value)
    .executeTakeFirst();
  if (!person) return null;
  return { person, method: identifier.startsWith(OIDC_CHALLENGE) ? 'oidc' : 'password' };
}

/**
 * Six digits are the app's; anything else is taken for a recovery code, with its hyphen or without,
 * and with the capitals that phones begin with.
 */
function readCode(typed: string): { code: string; secondFactor: 'totp' | 'recovery_code' } {
  const compact = typed.normalize('NFKC').replaceAll(/[\s-]/g, '').toLowerCase();
  return /^\d{6}$/.test(compact)
    ? { code: compact, secondFactor: 'totp' }
    : { code: `${compact.slice(0, 5)}-${compact.slice(5)}`, secondFactor: 'recovery_code' };
}

/** better-auth locks a second factor by itself, for a quarter of an hour. @throws RequestError */
async function refuseLocked({ store }: Services, personId: string): Promise<never> {
  const row = await store.db
    .selectFrom('second_factors')
    .select('locked_until')
    .where('user_id', '=', personId)
    .executeTakeFirst();
  const wait = row?.locked_until
    ? Temporal.Now.instant().until(toInstant(row.locked_until)).total('seconds')
    : 0;
  throw new RequestError('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil(wait)) });
}
