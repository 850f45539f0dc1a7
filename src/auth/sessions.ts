import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { toInstant } from '../store/values.ts';
import type { AuthKeys } from './keys.ts';
import { isRole, type Person } from './viewer.ts';

/** better-auth's cookie prefix; the session's cookie is `<prefix>.session_token`. */
export const COOKIE_PREFIX = 'panel';
export const SESSION_COOKIE = `${COOKIE_PREFIX}.session_token`;

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
      const token = readSignedCookie(cookieHeader, SESSION_COOKIE, keys.betterAuthSecret);
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
    endAll: async (personId, except) => void (await endSessions(db, personId, except)),
    async end(sessionId) {
      await db.deleteFrom('sessions').where('id', '=', sessionId).execute();
    },
  };
}

/**
 * Ends a person's sessions, but for one if it is named, and the sign-ins that wait for their second
 * step. In a transaction, where `Sessions` can't be asked. @returns how many sessions ended.
 */
export async function endSessions(
  db: Kysely<Tables>,
  personId: string,
  except?: string,
): Promise<number> {
  // better-auth keeps whose challenge it is as the value.
  await db.deleteFrom('verifications').where('value', '=', personId).execute();
  const query = db.deleteFrom('sessions').where('user_id', '=', personId);
  const { numDeletedRows } = await (except === undefined
    ? query
    : query.where('id', '!=', except)
  ).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/**
 * What one of better-auth's signed cookies says, `<value>.<HMAC-SHA-256 in base64>` URL-encoded;
 * `null` unless its signature holds.
 */
export function readSignedCookie(
  cookieHeader: string | undefined,
  name: string,
  secret: string,
): string | null {
  const cookie = cookieHeader && readCookie(cookieHeader, name);
  if (!cookie) return null;
  const dot = cookie.lastIndexOf('.');
  const [value, signature] = [cookie.slice(0, dot), cookie.slice(dot + 1)];
  const given = Buffer.from(signature, 'base64');
  const expected = createHmac('sha256', secret).update(value).digest();
  return given.length === expected.length && timingSafeEqual(given, expected) ? value : null;
}

/** The value of such a cookie. */
export function signCookie(value: string, secret: string): string {
  const signature = createHmac('sha256', secret).update(value).digest('base64');
  return encodeURIComponent(`${value}.${signature}`);
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
