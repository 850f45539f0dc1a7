import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { adoptNextSecret, readAppSecret, readNextSecret } from './app-secret.ts';
import { checkSecret, WrongSecretError } from './check.ts';
import { createSeal } from './seal.ts';

/**
 * The secret that the store is under: the one that was read, as a rule. A kept one can be outdated:
 * a rotation may have been cut off after the store went over to the next secret, and before that one
 * took the place of the kept.
 * @throws WrongSecretError when none that is known opens the store; nothing is changed then.
 */
export async function settleSecret(
  db: Kysely<Tables>,
  config: { appSecret: string | null; dataDir: string },
  secret: string,
  now: Temporal.Instant,
): Promise<string> {
  if (await opens(db, secret, now)) return secret;
  const next = config.appSecret === null ? readNextSecret(config.dataDir) : null;
  if (next !== null && (await opens(db, next, now))) {
    adoptNextSecret(config.dataDir);
    return next;
  }
  // Another process may have adopted it in the meantime.
  const kept = readAppSecret(config);
  if (kept !== secret && (await opens(db, kept, now))) return kept;
  throw new WrongSecretError();
}

async function opens(db: Kysely<Tables>, secret: string, now: Temporal.Instant): Promise<boolean> {
  try {
    await checkSecret(db, createSeal(secret), now);
    return true;
  } catch (error) {
    if (error instanceof WrongSecretError) return false;
    throw error;
  }
}
