import { randomBytes, randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import { hashToken } from './keys.ts';
import { isGood, noteUse } from './token-use.ts';
import { isRole, type Program, type Role } from './viewer.ts';

/** Begins every token, so that whoever finds one knows what it opens. */
const PREFIX = 'fup_';

/** A token as the panel lists it; the token itself is never seen again. */
export interface ApiToken {
  id: string;
  name: string;
  /** Its last characters. */
  hint: string;
  role: Role;
  createdBy: string;
  createdAt: Temporal.Instant;
  expiresAt: Temporal.Instant | null;
  lastUsedAt: Temporal.Instant | null;
  revokedAt: Temporal.Instant | null;
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

/**
 * Makes a token: 256 random bits, of which only a hash is kept.
 * @returns the token, this once; `null` when there is one of that id already.
 */
export async function createToken(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  { id = randomUUID(), name, role, createdBy, expiresAt }: NewToken,
): Promise<string | null> {
  const token = PREFIX + randomBytes(32).toString('base64url');
  const made = await db
    .insertInto('api_tokens')
    .values({
      id,
      name,
      role,
      token_hash: hashToken(token),
      hint: token.slice(-4),
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
    createdAt: toInstant(row.created_at),
    expiresAt: row.expires_at === null ? null : toInstant(row.expires_at),
    lastUsedAt: row.last_used_at === null ? null : toInstant(row.last_used_at),
    revokedAt: row.revoked_at === null ? null : toInstant(row.revoked_at),
  }));
}

/** @returns the token's name; `null` when there is none that could still be revoked. */
export async function revokeToken(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  id: string,
): Promise<string | null> {
  const row = await db
    .updateTable('api_tokens')
    .set({ revoked_at: toText(now) })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('name')
    .executeTakeFirst();
  return row?.name ?? null;
}

/** Whose token it is; `null` for an unknown, expired or revoked one. Notes that it was used. */
export async function findToken(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  token: string,
): Promise<Program | null> {
  if (!token.startsWith(PREFIX)) return null;
  const row = await db
    .selectFrom('api_tokens')
    .select(['id', 'name', 'role', 'expires_at', 'last_used_at', 'revoked_at'])
    .where('token_hash', '=', hashToken(token))
    .executeTakeFirst();
  if (!row || !isGood(row, now) || !isRole(row.role)) return null;
  await noteUse(db, 'api_tokens', row, now);
  return { kind: 'token', id: row.id, name: row.name, role: row.role };
}
