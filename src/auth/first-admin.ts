import { SERVER } from '../audit/actor.ts';
import { type Actor, recordAudit } from '../audit/audit.ts';
import type { Services } from '../services.ts';
import { createLink, linkPath, takeLink } from './links.ts';
import { hashPassword } from './password.ts';
import { createPerson, isDeserted, lockPeople } from './people.ts';

type Parts = Pick<Services, 'store' | 'now'>;

export interface FirstAdmin {
  name: string;
  email: string;
  passwordHash: string;
}

/**
 * What a start does where nobody can sign in yet: makes the admin of the configuration, or a setup
 * link, which replaces that of an earlier start. Two processes that start at once make one admin.
 * @returns the link's path below the panel's address, where there is one to open.
 */
export async function prepareFirstAdmin({
  config,
  store,
  now,
}: Pick<Services, 'config' | 'store' | 'now'>): Promise<string | null> {
  if (!(await isDeserted(store.db))) return null;
  const { firstAdmin } = config;
  if (!firstAdmin) return createSetupLink({ store, now }, SERVER);
  const { email, password } = firstAdmin;
  const passwordHash = await hashPassword(password);
  await store.db.transaction().execute(async (trx) => {
    await lockPeople(trx, store.engine);
    if (!(await isDeserted(trx))) return;
    // A name to begin with; they give themselves another.
    const name = email.split('@')[0] ?? email;
    await createPerson(trx, store.engine, now(), { name, email, role: 'admin', passwordHash });
    await trx.deleteFrom('one_time_links').where('purpose', '=', 'setup').execute();
    await recordAudit(trx, now(), {
      actor: SERVER,
      action: 'person.created',
      target: email,
      detail: { role: 'admin', by: 'ADMIN_EMAIL' },
    });
  });
  return null;
}

/**
 * A link by which the first admin is made; earlier ones stop working.
 * @returns its path; `null` when somebody can sign in already.
 */
export async function createSetupLink({ store, now }: Parts, actor: Actor): Promise<string | null> {
  return store.db.transaction().execute(async (trx) => {
    await lockPeople(trx, store.engine);
    if (!(await isDeserted(trx))) return null;
    await trx.deleteFrom('one_time_links').where('purpose', '=', 'setup').execute();
    const token = await createLink(trx, now(), { purpose: 'setup', createdBy: '' });
    await recordAudit(trx, now(), {
      actor,
      action: 'link.created',
      detail: { purpose: 'setup' },
    });
    return linkPath('setup', token);
  });
}

/** Makes the first admin by a setup link. @returns whether the link was still good. */
export async function setUp(
  { store, now }: Parts,
  actor: Actor,
  token: string,
  admin: FirstAdmin,
): Promise<boolean> {
  return store.db.transaction().execute(async (trx) => {
    await lockPeople(trx, store.engine);
    if (!(await takeLink(trx, now(), 'setup', token)) || !(await isDeserted(trx))) return false;
    await createPerson(trx, store.engine, now(), { ...admin, role: 'admin' });
    await recordAudit(trx, now(), {
      actor,
      action: 'person.created',
      target: admin.email,
      detail: { role: 'admin', by: 'setup' },
    });
    return true;
  });
}
