import type { Transaction } from 'kysely';
import { type Actor, recordAudit } from '../audit/audit.ts';
import { RequestError } from '../http/failure.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import { createLink, linkPath, takeLink } from './links.ts';
import { lockPeople, setPassword } from './people.ts';
import { type Acting, changeOther, findPerson, type RosterPerson } from './roster.ts';
import { endSessions } from './sessions.ts';

type Parts = Pick<Services, 'store' | 'now'>;

/**
 * An admin's link for somebody who can't sign in.
 * @returns its path. @throws as `changeOther`, and `conflict` for somebody deactivated.
 */
export function giveResetLink(parts: Parts, acting: Acting, personId: string): Promise<string> {
  return changeOther(parts, acting, personId, (trx, person) => {
    if (person.deactivated) throw new RequestError('conflict');
    return createResetLink(trx, parts.now(), acting.actor, person);
  });
}

/** In the transaction in which `person` was read: a link to another password; earlier ones stop working. */
export async function createResetLink(
  trx: Transaction<Tables>,
  now: Temporal.Instant,
  actor: Actor,
  person: RosterPerson,
): Promise<string> {
  await trx.deleteFrom('one_time_links').where('person_id', '=', person.id).execute();
  const token = await createLink(trx, now, {
    purpose: 'reset',
    createdBy: actor.name,
    personId: person.id,
  });
  await recordAudit(trx, now, {
    actor,
    action: 'link.created',
    target: person.email,
    detail: { purpose: 'reset' },
  });
  return linkPath('reset', token);
}

/**
 * Sets the password by a reset link and ends all sessions of the person; a second factor stays.
 * @returns whether the link was still good.
 */
export async function resetPassword(
  { store, now }: Parts,
  actor: Actor,
  token: string,
  passwordHash: string,
): Promise<boolean> {
  return store.db.transaction().execute(async (trx) => {
    await lockPeople(trx, store.engine);
    const link = await takeLink(trx, now(), 'reset', token);
    const person = link && (await findPerson(trx, link.personId));
    if (!person || person.deactivated) return false;
    await setPassword(trx, now(), person.id, passwordHash);
    await endSessions(trx, person.id);
    await recordAudit(trx, now(), { actor, action: 'password.reset', target: person.email });
    return true;
  });
}
