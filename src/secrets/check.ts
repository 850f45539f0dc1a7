import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import type { Seal } from './seal.ts';

const NAME = 'app_secret_check';

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
    .values({ name: NAME, value: seal.close(NAME, NAME), updated_at: toText(now) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await db
    .selectFrom('settings')
    .select('value')
    .where('name', '=', NAME)
    .executeTakeFirstOrThrow();
  try {
    seal.open(value, NAME);
  } catch {
    throw new WrongSecretError();
  }
}
