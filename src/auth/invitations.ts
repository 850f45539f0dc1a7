import type { Kysely } from 'kysely';
import { type Actor, recordAudit } from '../audit/audit.ts';
import { RequestError } from '../http/failure.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import { createLink, type LinkFor, linkPath, readLink, takeLink } from './links.ts';
import { createPerson, isTaken, lockPeople } from './people.ts';
import type { Role } from './viewer.ts';

type Parts = Pick<Services, 'store' | 'now'>;

export interface Invited {
  /** In lower case. */
  email: string;
  name: string | null;
  role: Role;
}

/**
 * Invites somebody: another invitation of the same address stops working.
 * @returns the path of the link to give them.
 * @throws RequestError `invalid_request` when somebody has that address.
 */
export async function invite(
  { store, now }: Parts,
  actor: Actor,
  invited: Invited,
): Promise<string> {
  const { email, role } = invited;
  return store.db.transaction().execute(async (trx) => {
    await lockPeople(trx, store.engine);
    if (await isTaken(trx, email)) {
      throw new RequestError('invalid_request', { faults: [{ field: 'email', fault: 'taken' }] });
    }
    await dropInvitation(trx, email);
    const token = await createLink(trx, now(), {
      purpose: 'invitation',
      createdBy: actor.name,
      ...invited,
    });
    await recordAudit(trx, now(), {
      actor,
      action: 'link.created',
      target: email,
      detail: { purpose: 'invitation', role },
    });
    return linkPath('invitation', token);
  });
}

/** Invitations that nobody has used, newest first, expired ones too. */
export async function listInvitations(db: Kysely<Tables>): Promise<LinkFor<'invitation'>[]> {
  const rows = await db
    .selectFrom('one_time_links')
    .selectAll()
    .where('purpose', '=', 'invitation')
    .orderBy('created_at', 'desc')
    .orderBy('email')
    .execute();
  return rows.map(readLink).filter((link) => link?.purpose === 'invitation');
}

/** @returns whether there was one to revoke. */
export async function revokeInvitation(
  { store, now }: Parts,
  actor: Actor,
  email: string,
): Promise<boolean> {
  return store.db.transaction().execute(async (trx) => {
    if (!(await dropInvitation(trx, email))) return false;
    await recordAudit(trx, now(), {
      actor,
      action: 'link.revoked',
      target: email,
      detail: { purpose: 'invitation' },
    });
    return true;
  });
}

/** Makes the person who was invited. @returns whether the link was still good. */
export async function acceptInvitation(
  { store, now }: Parts,
  actor: Actor,
  token: string,
  { name, passwordHash }: { name: string; passwordHash: string },
): Promise<boolean> {
  return store.db.transaction().execute(async (trx) => {
    await lockPeople(trx, store.engine);
    const link = await takeLink(trx, now(), 'invitation', token);
    if (!link || (await isTaken(trx, link.email))) return false;
    const { email, role, createdBy } = link;
    await createPerson(trx, store.engine, now(), { name, email, role, passwordHash });
    await recordAudit(trx, now(), {
      actor,
      action: 'person.created',
      target: email,
      detail: { role, by: 'invitation', invited_by: createdBy },
    });
    return true;
  });
}

async function dropInvitation(trx: Kysely<Tables>, email: string): Promise<boolean> {
  const dropped = await trx
    .deleteFrom('one_time_links')
    .where('purpose', '=', 'invitation')
    .where('email', '=', email)
    .returning('email')
    .execute();
  return dropped.length > 0;
}
