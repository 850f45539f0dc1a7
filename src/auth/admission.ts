import type { Transaction } from 'kysely';
import { type AuditEntry, recordAudit } from '../audit/audit.ts';
import type { Services } from '../services.ts';
import type { Engine } from '../store/engine.ts';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import { type Attempt, forgetFailures } from './attempts.ts';
import { cookieHeader, type Visit } from './better-auth-calls.ts';
import { findPasswordHash, lockPeople } from './people.ts';
import { findPerson } from './roster.ts';

/** How a sign-in went. `cookies` are `Set-Cookie` values for the browser. */
export type SignIn =
  | { outcome: 'signed_in'; manner: Manner; cookies: string[] }
  /** The person has a second factor, and is not in yet. */
  | { outcome: 'second_step'; cookies: string[] }
  /** Nobody of that name, another password, or deactivated: nobody is told which. */
  | { outcome: 'refused' };

/** How somebody showed who they are, for the audit log. */
export interface Manner {
  method: 'password' | 'oidc';
  secondFactor?: 'totp' | 'recovery_code';
}

/** What a sign-in rests on. */
interface Grounds {
  manner: Manner;
  /** The person's, read before better-auth was asked; `undefined` where no password was needed. */
  passwordHash: string | null | undefined;
}

/**
 * Whether what a sign-in rests on still holds. better-auth reads it, checks the password for a while
 * and only then makes the session: who ends all sessions meanwhile does not find that one. From here
 * to the end of the transaction nobody changes it.
 */
async function stillHolds(
  trx: Transaction<Tables>,
  engine: Engine,
  personId: string,
  { manner, passwordHash }: Grounds,
): Promise<boolean> {
  await lockPeople(trx, engine);
  const person = await findPerson(trx, personId);
  if (!person || person.deactivated) return false;
  if (person.twoFactorEnabled && !manner.secondFactor) return false;
  return passwordHash === undefined || passwordHash === (await findPasswordHash(trx, personId));
}

/**
 * Lets somebody in whose session better-auth has just made: writes it down and forgets what went
 * wrong before. A session that can't be written down is nobody's, nor is one whose grounds are gone.
 */
export async function admit(
  { store, sessions, now }: Services,
  cookies: string[],
  { address }: Visit,
  grounds: Grounds,
  attempt: Attempt | null,
): Promise<SignIn> {
  const person = await sessions.find(cookieHeader(cookies));
  if (!person) return { outcome: 'refused' };
  const { manner } = grounds;
  try {
    return await store.db.transaction().execute(async (trx): Promise<SignIn> => {
      if (!(await stillHolds(trx, store.engine, person.id, grounds))) {
        await trx.deleteFrom('sessions').where('id', '=', person.sessionId).execute();
        return { outcome: 'refused' };
      }
      if (attempt) await forgetFailures(trx, attempt);
      // Nobody else clears away the sessions of those who never signed out.
      await trx.deleteFrom('sessions').where('expires_at', '<=', toText(now())).execute();
      await recordAudit(trx, now(), {
        actor: { kind: 'person', name: person.email, address },
        action: 'session.started',
        detail: inWords(manner),
      });
      return { outcome: 'signed_in', manner, cookies };
    });
  } catch (error) {
    // Should this fail as well: its token went to nobody.
    await sessions.end(person.sessionId).catch(() => {});
    throw error;
  }
}

/** Writes down that somebody was not let in. @param target the e-mail address that was tried. */
export async function noteRefusal(
  { store, now }: Services,
  { address }: Visit,
  target: string | null,
  detail: Manner & { reason?: string },
): Promise<void> {
  const entry: AuditEntry = {
    actor: { kind: 'nobody', name: '', address },
    action: 'session.failed',
    detail: inWords(detail),
  };
  await recordAudit(store.db, now(), target === null ? entry : { ...entry, target });
}

function inWords({ method, secondFactor, reason }: Manner & { reason?: string }) {
  return {
    method,
    ...(secondFactor && { second_factor: secondFactor }),
    ...(reason && { reason }),
  };
}
