import { type AuditEntry, recordAudit } from '../audit/audit.ts';
import type { Services } from '../services.ts';
import { toText } from '../store/values.ts';
import { type Attempt, forgetFailures } from './attempts.ts';
import { cookieHeader, type Visit } from './better-auth-calls.ts';

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

/**
 * Lets somebody in whose session better-auth has just made: writes it down and forgets what went
 * wrong before. A session that can't be written down is nobody's.
 */
export async function admit(
  { store, sessions, now }: Services,
  cookies: string[],
  { address }: Visit,
  manner: Manner,
  attempt: Attempt | null,
): Promise<SignIn> {
  const person = await sessions.find(cookieHeader(cookies));
  if (!person) return { outcome: 'refused' };
  try {
    await store.db.transaction().execute(async (trx) => {
      if (attempt) await forgetFailures(trx, attempt);
      // Nobody else clears away the sessions of those who never signed out.
      await trx.deleteFrom('sessions').where('expires_at', '<=', toText(now())).execute();
      await recordAudit(trx, now(), {
        actor: { kind: 'person', name: person.email, address },
        action: 'session.started',
        detail: inWords(manner),
      });
    });
  } catch (error) {
    // Should this fail as well: its token went to nobody.
    await sessions.end(person.sessionId).catch(() => {});
    throw error;
  }
  return { outcome: 'signed_in', manner, cookies };
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
