import type { Kysely, Transaction } from 'kysely';
import { type Actor, type AuditAction, recordAudit } from '../audit/audit.ts';
import { RequestError } from '../http/failure.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import { toFlag, toInstant, toText } from '../store/values.ts';
import { lockPeople } from './people.ts';
import { endSessions } from './sessions.ts';
import { isRole, type Role } from './viewer.ts';

type Parts = Pick<Services, 'store' | 'now'>;

/** A person as admins see them. */
export interface RosterPerson {
  id: string;
  name: string;
  email: string;
  role: Role;
  twoFactorEnabled: boolean;
  deactivated: boolean;
  createdAt: Temporal.Instant;
}

/** The admin who changes somebody. */
export interface Acting {
  personId: string;
  actor: Actor;
}

/** By e-mail address. */
export async function listPeople(db: Kysely<Tables>): Promise<RosterPerson[]> {
  return (await people(db).orderBy('email').execute()).map(readPerson);
}

export async function findPerson(db: Kysely<Tables>, id: string): Promise<RosterPerson | null> {
  const row = await people(db).where('id', '=', id).executeTakeFirst();
  return row ? readPerson(row) : null;
}

export async function findPersonByEmail(
  db: Kysely<Tables>,
  email: string,
): Promise<RosterPerson | null> {
  const row = await people(db).where('email', '=', email).executeTakeFirst();
  return row ? readPerson(row) : null;
}

/** Themselves too. @throws as `changeAnyone`. */
export function rename(
  parts: Parts,
  acting: Acting,
  personId: string,
  name: string,
): Promise<void> {
  return changeAnyone(parts, acting, personId, async (trx, person, record) => {
    if (person.name === name) return;
    await update(trx, person.id, { name, updated_at: toText(parts.now()) });
    await record('person.renamed', { from: person.name, to: name });
  });
}

/** Takes effect with their next request. @throws as `changeOther`. */
export function changeRole(
  parts: Parts,
  acting: Acting,
  personId: string,
  role: Role,
): Promise<void> {
  return changeOther(parts, acting, personId, async (trx, person, record) => {
    if (person.role === role) return;
    await update(trx, person.id, { role, updated_at: toText(parts.now()) });
    await record('person.role_changed', { from: person.role, to: role });
  });
}

/** Ends their sessions and their links at once; all else of them stays. @throws as `changeOther`. */
export function deactivate(parts: Parts, acting: Acting, personId: string): Promise<void> {
  const { store, now } = parts;
  return changeOther(parts, acting, personId, async (trx, person, record) => {
    if (person.deactivated) return;
    await update(trx, person.id, {
      deactivated: toFlag(true, store.engine),
      updated_at: toText(now()),
    });
    await endSessions(trx, person.id);
    await trx.deleteFrom('one_time_links').where('person_id', '=', person.id).execute();
    await record('person.deactivated');
  });
}

/** They sign in again as before. @throws as `changeOther`. */
export function reactivate(parts: Parts, acting: Acting, personId: string): Promise<void> {
  const { store, now } = parts;
  return changeOther(parts, acting, personId, async (trx, person, record) => {
    if (!person.deactivated) return;
    await update(trx, person.id, {
      deactivated: toFlag(false, store.engine),
      updated_at: toText(now()),
    });
    await record('person.reactivated');
  });
}

/** For who lost their telephone and their codes: the password alone signs in. @throws as `changeOther`. */
export function resetSecondFactor(parts: Parts, acting: Acting, personId: string): Promise<void> {
  const { store, now } = parts;
  return changeOther(parts, acting, personId, async (trx, person, record) => {
    await trx.deleteFrom('second_factors').where('user_id', '=', person.id).execute();
    if (!person.twoFactorEnabled) return;
    await update(trx, person.id, {
      two_factor_enabled: toFlag(false, store.engine),
      updated_at: toText(now()),
    });
    await record('second_factor.disabled');
  });
}

type Change<Result> = (
  trx: Transaction<Tables>,
  person: RosterPerson,
  record: (action: AuditAction, detail?: Record<string, unknown>) => Promise<void>,
) => Promise<Result>;

/**
 * Changes another person in one transaction. Whoever does it is an active admin at that very moment
 * and nobody changes themselves, so at least one active admin is always left: also when two admins
 * deactivate each other at once.
 * @throws RequestError `own_account`, or as `changeAnyone`.
 */
export function changeOther<Result>(
  parts: Parts,
  acting: Acting,
  personId: string,
  change: Change<Result>,
): Promise<Result> {
  return changeAnyone(parts, acting, personId, (trx, person, record) => {
    if (person.id === acting.personId) throw new RequestError('own_account');
    return change(trx, person, record);
  });
}

/** @throws RequestError `not_found`, or `forbidden` for who is no longer an admin. */
async function changeAnyone<Result>(
  { store, now }: Parts,
  { personId: actingId, actor }: Acting,
  personId: string,
  change: Change<Result>,
): Promise<Result> {
  return store.db.transaction().execute(async (trx) => {
    await lockPeople(trx, store.engine);
    const acting = await findPerson(trx, actingId);
    if (acting?.role !== 'admin' || acting.deactivated) throw new RequestError('forbidden');
    const person = await findPerson(trx, personId);
    if (!person) throw new RequestError('not_found');
    return change(trx, person, (action, detail) =>
      recordAudit(trx, now(), { actor, action, target: person.email, ...(detail && { detail }) }),
    );
  });
}

function people(db: Kysely<Tables>) {
  return db
    .selectFrom('people')
    .select(['id', 'name', 'email', 'role', 'two_factor_enabled', 'deactivated', 'created_at']);
}

type Row = Awaited<ReturnType<ReturnType<typeof people>['executeTakeFirstOrThrow']>>;

function readPerson(row: Row): RosterPerson {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: isRole(row.role) ? row.role : 'viewer',
    twoFactorEnabled: Boolean(row.two_factor_enabled),
    deactivated: Boolean(row.deactivated),
    createdAt: toInstant(row.created_at),
  };
}

async function update(
  trx: Transaction<Tables>,
  id: string,
  values: Partial<Omit<Tables['people'], 'id'>>,
): Promise<void> {
  await trx.updateTable('people').set(values).where('id', '=', id).execute();
}
