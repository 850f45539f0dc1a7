import type { Kysely } from 'kysely';
import { isStoreError } from '../store/errors.ts';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';

/** How often "last used" is written down at the most, in ms: a busy program must not write each time. */
const LAST_USED_STEP_MS = 60_000;

/** What is looked at of a token that was found by its hash. */
export interface KeptToken {
  id: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

/** Whether it still opens anything. */
export function isGood({ expires_at, revoked_at }: KeptToken, now: Temporal.Instant): boolean {
  return revoked_at === null && (expires_at === null || expires_at > toText(now));
}

/** Notes that a token was used. */
export async function noteUse(
  db: Kysely<Tables>,
  table: 'api_tokens' | 'embed_tokens',
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
