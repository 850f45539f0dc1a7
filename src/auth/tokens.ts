import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import { findKept, newToken, revokeKept, type TokenTimes, timesOf } from './kept-tokens.ts';
import { isRole, type Program, type Role } from './viewer.ts';

/** A token as the panel lists it; the token itself is never seen again. */
export interface ApiToken extends TokenTimes {
  id: string;
  name: string;
  /** Its last characters. */
  hint: string;
  role: Role;
  createdBy: string;
}

export interface NewToken {
  /** Chosen by who asks for it, where asking twice must not make two. */
  id?: string;
  name: string;
  role: Role;
  /** An e-mail address, or what made it. */
  createdBy: string;
  /** `null`: until it is revoked. */
  expiresAt: Temporal.Instant | null;
}

/** @returns the token, this once; `null` when there is one of that id already. */
export async function createToken(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  { id = randomUUID(), name, role, createdBy, expiresAt }: NewToken,
): Promise<string | null> {
  const { token, columns } = newToken('api_tokens');
  const made = await db
    .insertInto('api_tokens')
    .values({
      id,
      name,
      role,
      ...columns,
      created_by: createdBy,
      created_at: toText(now),
      expires_at: expiresAt && toText(expiresAt),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return made ? token : null;
}

/** Newest first. */
export async function listTokens(db: Kysely<Tables>): Promise<ApiToken[]> {
  const rows = await db
    .selectFrom('api_tokens')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    hint: row.hint,
    role: isRole(row.role) ? row.role : 'viewer',
    createdBy: row.created_by,
    ...timesOf(row),
  }));
}

/** @returns the token's name; `null` when there is none that could still be revoked. */
export function revokeToken(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  id: string,
): Promise<string | null> {
  return revokeKept(db, 'api_tokens', now, id);
}

/** Whose token it is; `null` for an unknown, expired or revoked one. Notes that it was used. */
export async function findToken(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  token: string,
): Promise<Program | null> {
  const row = await findKept(db, 'api_tokens', now, token);
  return row && isRole(row.role)
    ? { kind: 'token', id: row.id, name: row.name, role: row.role }
    : null;
}
