import { randomUUID } from 'node:crypto';
import { type Kysely, type SelectQueryBuilder, sql, type Transaction } from 'kysely';
import type { Engine } from '../store/engine.ts';
import type { Tables } from '../store/tables.ts';
import { toFlag, toText } from '../store/values.ts';

import type { Role } from './viewer.ts';

/** better-auth's name for signing in with a password. */
const PASSWORD_PROVIDER = 'credential';

export interface NewPerson {
  name: string;
  /** In lower case: two spellings are the same person. */
  email: string;
  role: Role;
  /** As `hashPassword` makes it; `null` for who signs in elsewhere only. */
  passwordHash: string | null;
}

/** Whether nobody can sign in yet, and the first person is still to come. */
export async function isDeserted(db: Kysely<Tables>): Promise<boolean> {
  return (await db.selectFrom('people').select('id').limit(1).executeTakeFirst()) === undefined;
}

/**
 * Makes the changes of who there is and who may do what come one after the other, until the
 * transaction ends: what one has checked, another does not change meanwhile. SQLite does that of
 * itself. Reading goes on, and so does checking passwords; letting somebody in waits.
 */
export async function lockPeople(trx: Transaction<Tables>, engine: Engine): Promise<void> {
  if (engine === 'postgres') await sql`lock table people in share row exclusive mode`.execute(trx);
}

/** Whether somebody has that e-mail address. */
export async function isTaken(db: Kysely<Tables>, email: string): Promise<boolean> {
  const row = await db
    .selectFrom('people')
    .select('id')
    .where('email', '=', email)
    .executeTakeFirst();
  return row !== undefined;
}

/** @returns the id; @throws the database's error when the address is taken. */
export async function createPerson(
  db: Kysely<Tables>,
  engine: Engine,
  now: Temporal.Instant,
  { name, email, role, passwordHash }: NewPerson,
): Promise<string> {
  const id = randomUUID();
  const at = toText(now);
  await db
    .insertInto('people')
    .values({
      id,
      name,
      email,
      role,
      // Who invited them vouches for it; a provider's word is then enough to sign in.
      email_verified: toFlag(true, engine),
      deactivated: toFlag(false, engine),
      two_factor_enabled: toFlag(false, engine),
      created_at: at,
      updated_at: at,
    })
    .execute();
  if (passwordHash !== null) await setPassword(db, now, id, passwordHash);
  return id;
}

/** Gives a person a password, or another one. */
export async function setPassword(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  personId: string,
  passwordHash: string,
): Promise<void> {
  const at = toText(now);
  await db
    .insertInto('sign_in_methods')
    .values({
      id: randomUUID(),
      // better-auth looks for the person's own id here.
      account_id: personId,
      provider_id: PASSWORD_PROVIDER,
      user_id: personId,
      password: passwordHash,
      created_at: at,
      updated_at: at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['provider_id', 'account_id'])
        .doUpdateSet({ password: passwordHash, updated_at: at }),
    )
    .execute();
}

/** The hash of a person's password; `null` for who has none and signs in elsewhere. */
export function findPasswordHash(db: Kysely<Tables>, personId: string): Promise<string | null> {
  return findHash(db, [personId]);
}

/** The same for whoever has that e-mail address; `null` also for nobody. */
export function findPasswordHashByEmail(db: Kysely<Tables>, email: string): Promise<string | null> {
  return findHash(db, db.selectFrom('people').select('id').where('email', '=', email));
}

async function findHash(
  db: Kysely<Tables>,
  personIds: string[] | SelectQueryBuilder<Tables, 'people', { id: string }>,
): Promise<string | null> {
  const row = await db
    .selectFrom('sign_in_methods')
    .select('password')
    .where('provider_id', '=', PASSWORD_PROVIDER)
    .where('account_id', 'in', personIds)
    .executeTakeFirst();
  return row?.password ?? null;
}
