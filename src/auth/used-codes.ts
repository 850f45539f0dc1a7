import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';

/** A code is good for its own 30 seconds, those before and those after, in seconds. */
const GOOD_FOR_SECONDS = 120;

/**
 * Takes a code of an authenticator app out of use: better-auth would accept it again while it is
 * good (https://github.com/better-auth/better-auth/issues/10387), against RFC 6238, section 5.2.
 * @returns whether it was still unused; of two at the same time one is told so.
 */
export async function spendCode(
  db: Kysely<Tables>,
  personId: string,
  code: string,
): Promise<boolean> {
  // better-auth's clock, which decides how long the code is good.
  const now = Temporal.Now.instant();
  const row = {
    id: codeId(personId, code),
    identifier: 'used code',
    value: '',
    expires_at: toText(now.add({ seconds: GOOD_FOR_SECONDS })),
    created_at: toText(now),
    updated_at: toText(now),
  };
  await db
    .deleteFrom('verifications')
    .where('id', '=', row.id)
    .where('expires_at', '<=', toText(now))
    .execute();
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('verifications')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Whether that code was used within the time it is good. */
export async function isSpent(
  db: Kysely<Tables>,
  personId: string,
  code: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('verifications')
    .select('id')
    .where('id', '=', codeId(personId, code))
    .where('expires_at', '>', toText(Temporal.Now.instant()))
    .executeTakeFirst();
  return row !== undefined;
}

function codeId(personId: string, code: string): string {
  return createHash('sha256').update(`used code ${personId} ${code}`).digest('base64url');
}
