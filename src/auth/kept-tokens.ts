import { randomBytes } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import { isStoreError } from '../store/errors.ts';
import type { Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import { hashToken } from './keys.ts';

/**
 * What every token of a table begins with, so that whoever finds one knows what it opens. Those of the
 * API are never to stand in an address, and those of embeds do.
 */
const PREFIXES = { api_tokens: 'fup_', embed_tokens: 'fue_' };
type TokenTable = keyof typeof PREFIXES;

/** How often "last used" is written down at the most, in ms: a busy program must not write each time. */
const LAST_USED_STEP_MS = 60_000;

/** What is kept of a token, whatever it opens. */
type KeptToken = Pick<
  Selectable<Tables[TokenTable]>,
  'id' | 'created_at' | 'expires_at' | 'last_used_at' | 'revoked_at'
>;

/** When a token was made, was last used and stops opening anything. */
export interface TokenTimes {
  createdAt: Temporal.Instant;
  /** `null`: until it is revoked. */
  expiresAt: Temporal.Instant | null;
  lastUsedAt: Temporal.Instant | null;
  revokedAt: Temporal.Instant | null;
}

/** A new token of 256 random bits, and the columns that keep a hash of it and its last characters. */
export function newToken(table: TokenTable) {
  const token = PREFIXES[table] + randomBytes(32).toString('base64url');
  return { token, columns: { token_hash: hashToken(token), hint: token.slice(-4) } };
}

/** The row of a token; `null` for an unknown, expired or revoked one. Notes that it was used. */
export async function findKept<Table extends TokenTable>(
  db: Kysely<Tables>,
  table: Table,
  now: Temporal.Instant,
  token: string,
): Promise<Selectable<Tables[Table]> | null> {
  if (!token.startsWith(PREFIXES[table])) return null;
  const row = await db
    .selectFrom<TokenTable>(table)
    .selectAll()
    .where('token_hash', '=', hashToken(token))
    .executeTakeFirst();
  if (!row || !isGood(row, now)) return null;
  await noteUse(db, table, row, now);
  return row as Selectable<Tables[Table]>;
}

/** @returns the token's name; `null` when there is none that could still be revoked. */
export async function revokeKept(
  db: Kysely<Tables>,
  table: TokenTable,
  now: Temporal.Instant,
  id: string,
): Promise<string | null> {
  const row = await db
    .updateTable(table)
    .set({ revoked_at: toText(now) })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('name')
    .executeTakeFirst();
  return row?.name ?? null;
}

export function timesOf(row: KeptToken): TokenTimes {
  const orNull = (at: string | null) => (at === null ? null : toInstant(at));
  return {
    createdAt: toInstant(row.created_at),
    expiresAt: orNull(row.expires_at),
    lastUsedAt: orNull(row.last_used_at),
    revokedAt: orNull(row.revoked_at),
  };
}

/** Whether it still opens anything. */
function isGood({ expires_at, revoked_at }: KeptToken, now: Temporal.Instant): boolean {
  return revoked_at === null && (expires_at === null || expires_at > toText(now));
}

async function noteUse(
  db: Kysely<Tables>,
  table: TokenTable,
  { id, last_used_at }: KeptToken,
  now: Temporal.Instant,
): Promise<void> {
  const stale = toText(now.subtract({ milliseconds: LAST_USED_STEP_MS }));
  if (last_used_at !== null && last_used_at > stale) return;
  const noted = db
    .updateTable(table)
    .set({ last_used_at: toText(now) })
    .where('id', '=', id)
    .execute();
  // A database that can only be read, as with a full disk, still tells whose token it is.
  await noted.catch((error: unknown) => {
    if (!isStoreError(error)) throw error;
  });
}
