import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { toInstant } from '../store/values.ts';
import type { AuthKeys } from './keys.ts';
import { isRole, type Person } from './viewer.ts';

/** better-auth's cookie prefix; the session's cookie is `<prefix>.session_token`. */
export const COOKIE_PREFIX = 'panel';
const SESSION_COOKIE = `${COOKIE_PREFIX}.session_token`;

/** Who is signed in. Read here and not by better-auth, which takes eight times as long and 30 MB. */
export interface Sessions {
  /** Whose session a `Cookie` header carries; `null` for none, an ended one, or a deactivated person. */
  find(cookieHeader: string | undefined): Promise<Person | null>;
  /** Signs a person out everywhere, but for one session if it is named. */
  endAll(personId: string, except?: string): Promise<void>;
  end(sessionId: string): Promise<void>;
}

export interface SessionsOptions {
  db: Kysely<Tables>;
  keys: AuthKeys;
  now: () => Temporal.Instant;
}

export function createSessions({ db, keys, now }: SessionsOptions): Sessions {
  return {
    async find(cookieHeader) {
      const token = signedToken(cookieHeader, keys.betterAuthSecret);
      if (token === null) return null;
      const row = await db
        .selectFrom('sessions')
        .innerJoin('people', 'people.id', 'sessions.user_id')
        .select([
          'sessions.id as session_id',
          'sessions.expires_at',
          'people.id',
          'people.name',
          'people.email',
          'people.role',
          'people.deactivated',
          'people.two_factor_enabled',
        ])
        .where('sessions.token', '=', keys.hashSessionToken(token))
        .executeTakeFirst();
      if (!row || row.deactivated || !isRole(row.role)) return null;
      if (Temporal.Instant.compare(toInstant(row.expires_at), now()) <= 0) return null;
      const { id, name, email, role, session_id: sessionId } = row;
      const twoFactorEnabled = Boolean(row.two_factor_enabled);
      return { kind: 'person', id, name, email, role, sessionId, twoFactorEnabled };
    },
    async endAll(personId, except) {
      const query = db.deleteFrom('sessions').where('user_id', '=', personId);
      await (except === undefined ? query : query.where('id', '!=', except)).execute();
    },
    async end(sessionId) {
      await db.deleteFrom('sessions').where('id', '=', sessionId).execute();
    },
  };
}

/** The token of the session cookie, `<token>.<HMAC-SHA-256 in base64>` URL-encoded, if its signature holds. */
function signedToken(cookieHeader: string | undefined, secret: string): string | null {
  const value = cookieHeader && readCookie(cookieHeader, SESSION_COOKIE);
  if (!value) return null;
  const dot = value.lastIndexOf('.');
  const [token, signature] = [value.slice(0, dot), value.slice(dot + 1)];
  const given = Buffer.from(signature, 'base64');
  const expected = createHmac('sha256', secret).update(token).digest();
  return given.length === expected.length && timingSafeEqual(given, expected) ? token : null;
}

/** A cookie's decoded value; `null` when it is not there or not well encoded. */
export function readCookie(cookieHeader: string, name: string): string | null {
  for (const part of cookieHeader.split(';')) {
    const [key, ...value] = part.split('=');
    if (key?.trim() !== name) continue;
    try {
      return decodeURIComponent(value.join('=').trim());
    } catch {
      return null;
    }
  }
  return null;
}
