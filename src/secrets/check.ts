import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import type { Seal } from './seal.ts';

/** The row that tells the right secret; it is always there. */
export const SECRET_CHECK = 'app_secret_check';

/** The secret is not the one that the stored keys were sealed under. */
export class WrongSecretError extends Error {
  override readonly name = 'WrongSecretError';

  constructor() {
    super('APP_SECRET is not the one that the stored keys were encrypted with');
  }
}

/**
 * Holds the secret against what was sealed under it at the first start. Nothing is changed when it
 * is the wrong one.
 * @throws WrongSecretError
 */
export async function checkSecret(
  db: Kysely<Tables>,
  seal: Seal,
  now: Temporal.Instant,
): Promise<void> {
  await db
    .insertInto('settings')
    .values({
      name: SECRET_CHECK,
      value: seal.close(SECRET_CHECK, SECRET_CHECK),
      updated_at: toText(now),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await db
    .selectFrom('settings')
    .select('value')
    .where('name', '=', SECRET_CHECK)
    .executeTakeFirstOrThrow();
  assertOpens(seal, value);
}

/**
 * The same inside a transaction, and nobody changes the secret, or anything else that is kept under
 * it, until the transaction is over: without it a key could be sealed under a secret that another
 * process replaces at that moment.
 * @throws WrongSecretError
 */
export async function holdSecret(trx: Kysely<Tables>, seal: Seal): Promise<void> {
  const { value } = await trx
    .updateTable('settings')
    // Changes nothing; it is the lock on the row that counts.
    .set((row) => ({ value: row.ref('value') }))
    .where('name', '=', SECRET_CHECK)
    .returning('value')
    .executeTakeFirstOrThrow();
  assertOpens(seal, value);
}

/** Makes another secret the right one. */
export async function replaceCheck(
  trx: Kysely<Tables>,
  seal: Seal,
  now: Temporal.Instant,
): Promise<void> {
  await trx
    .updateTable('settings')
    .set({ value: seal.close(SECRET_CHECK, SECRET_CHECK), updated_at: toText(now) })
    .where('name', '=', SECRET_CHECK)
    .execute();
}

function assertOpens(seal: Seal, sealed: string): void {
  try {
    seal.open(sealed, SECRET_CHECK);
  } catch {
    throw new WrongSecretError();
  }
}
