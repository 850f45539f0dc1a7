import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { type Actor, type AuditEntry, recordAudit } from '../audit/audit.ts';
import { keyHint } from '../fal/key.ts';
import { dropHistory, forgetAccount } from '../history/forget-account.ts';
import { AccountGoneError } from '../history/hold-account.ts';
import { syncJobName } from '../history/sync-job-name.ts';
import { readWishes, writeSync } from '../history/sync-queries.ts';
import { RequestError } from '../http/failure.ts';
import { dueNow } from '../jobs/leases.ts';
import { holdSecret } from '../secrets/check.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import { type FalAccount, findAccount, listAccounts } from './accounts.ts';
import { sealKey } from './sealed-key.ts';
import { slugFor } from './slug.ts';

/** What people write about an account. */
export interface AccountFields {
  name: string;
  note: string;
  timezone: string;
  /** 1 to 8. */
  color: number;
}

/** An account as somebody saw it: a change of it that came in between is a conflict. */
export interface SeenAccount {
  id: string;
  version: number;
}

export type ChangeServices = Pick<Services, 'store' | 'seal' | 'now'>;

/** Stores an account with its key; the first one is the default. */
export function createAccount(
  services: ChangeServices,
  actor: Actor,
  fields: AccountFields,
  key: string,
): Promise<FalAccount> {
  return change(services, (trx) => insertAccount(trx, services, actor, fields, key));
}

/** The same where there is no account yet; else nothing. Of two processes at once one does it. */
export function createFirstAccount(
  services: ChangeServices,
  actor: Actor,
  fields: AccountFields,
  key: string,
): Promise<FalAccount | null> {
  return change(services, async (trx) => {
    const accounts = await listAccounts(trx);
    return accounts.length > 0 ? null : insertAccount(trx, services, actor, fields, key);
  });
}

/** @throws RequestError `not_found`, or `conflict` when it is not the version that was seen. */
export function updateAccount(
  services: ChangeServices,
  actor: Actor,
  seen: SeenAccount,
  fields: AccountFields,
): Promise<void> {
  return change(services, async (trx) => {
    const before = await seenAccount(trx, seen);
    await trx
      .updateTable('fal_accounts')
      .set({ ...fields, ...nextVersion(before, services) })
      .where('id', '=', seen.id)
      .execute();
    const names = ['name', 'note', 'timezone', 'color'] as const;
    const changed = names.filter((name) => before[name] !== fields[name]);
    await note(trx, services, {
      actor,
      action: 'account.changed',
      target: fields.name,
      detail: { changed, ...(changed.includes('name') && { was: before.name }) },
    });
  });
}

/** @throws RequestError `not_found`, or `conflict` when it is not the version that was seen. */
export function replaceKey(
  services: ChangeServices,
  actor: Actor,
  seen: SeenAccount,
  key: string,
): Promise<void> {
  return change(services, async (trx) => {
    const before = await seenAccount(trx, seen);
    await trx
      .updateTable('fal_accounts')
      .set({
        sealed_key: sealKey(services.seal, seen.id, key),
        key_hint: keyHint(key),
        ...nextVersion(before, services),
      })
      .where('id', '=', seen.id)
      .execute();
    // Whatever the other key was refused for, this one is tried at once.
    await dueNow(trx, services.now(), syncJobName(seen.id));
    await note(trx, services, {
      actor,
      action: 'account.key_replaced',
      target: before.name,
      detail: { from: before.keyHint, to: keyHint(key) },
    });
  });
}

/** @throws RequestError `not_found` */
export function makeDefault(services: ChangeServices, actor: Actor, id: string): Promise<void> {
  return change(services, async (trx) => {
    const account = await existingAccount(trx, id);
    if (account.isDefault) return;
    await passDefaultTo(trx, id);
    await note(trx, services, {
      actor,
      action: 'account.changed',
      target: account.name,
      detail: { changed: ['default'] },
    });
  });
}

/**
 * Forgets an account and its key, once its history is gone, day by day. Another one becomes the
 * default in its place. One that is stopped half-way leaves the account paused with less history, and
 * can be done again.
 * @throws RequestError `not_found`, or `conflict` when it is not the version that was seen.
 */
export async function deleteAccount(
  services: ChangeServices,
  actor: Actor,
  seen: SeenAccount,
): Promise<void> {
  const { db, engine } = services.store;
  try {
    const heir = await change(services, (trx) => retireAccount(trx, services, actor, seen));
    await dropHistory(db, engine, seen.id);
    await change(services, (trx) => removeAccount(trx, services, actor, seen.id, heir));
  } catch (error) {
    if (error instanceof AccountGoneError) throw notFound();
    throw error;
  }
}

/**
 * Pauses it, so that what is deleted is not read anew, and passes the default on: later, while sums
 * are held that others wait for, another account's row can't be waited for without a deadlock.
 * @returns the new default's name.
 */
async function retireAccount(
  trx: Transaction<Tables>,
  services: ChangeServices,
  actor: Actor,
  seen: SeenAccount,
): Promise<string | null> {
  const account = await seenAccount(trx, seen);
  const wishes = await readWishes(trx, seen.id);
  if (!wishes?.isPaused) {
    await writeSync(trx, seen.id, { is_paused: 1 });
    await note(trx, services, { actor, action: 'sync.paused', target: account.name, detail: {} });
  }
  return passDefaultOn(trx, account);
}

async function removeAccount(
  trx: Transaction<Tables>,
  services: ChangeServices,
  actor: Actor,
  id: string,
  heir: string | null,
): Promise<void> {
  const account = await existingAccount(trx, id);
  // Somebody may have made it the default again.
  const lastHeir = (await passDefaultOn(trx, account)) ?? heir;
  await forgetAccount(trx, services.store.engine, id);
  await trx.deleteFrom('fal_accounts').where('id', '=', id).execute();
  await note(trx, services, {
    actor,
    action: 'account.deleted',
    target: account.name,
    detail: {
      slug: account.slug,
      key: account.keyHint,
      ...(lastHeir !== null && { default: lastHeir }),
    },
  });
}

/** One change of accounts at a time, and none under a secret that is not the right one any more. */
function change<T>(
  { store, seal }: ChangeServices,
  work: (trx: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  return store.db.transaction().execute(async (trx) => {
    await holdSecret(trx, seal);
    return work(trx);
  });
}

async function insertAccount(
  trx: Transaction<Tables>,
  services: ChangeServices,
  actor: Actor,
  fields: AccountFields,
  key: string,
): Promise<FalAccount> {
  const accounts = await listAccounts(trx);
  const account: FalAccount = {
    id: randomUUID(),
    slug: slugFor(fields.name, new Set(accounts.map(({ slug }) => slug))),
    ...fields,
    keyHint: keyHint(key),
    isDefault: accounts.length === 0,
    version: 1,
  };
  const at = toText(services.now());
  await trx
    .insertInto('fal_accounts')
    .values({
      ...fields,
      id: account.id,
      slug: account.slug,
      sealed_key: sealKey(services.seal, account.id, key),
      key_hint: account.keyHint,
      is_default: account.isDefault ? 1 : null,
      version: account.version,
      created_at: at,
      updated_at: at,
    })
    .execute();
  await note(trx, services, {
    actor,
    action: 'account.created',
    target: account.name,
    detail: { slug: account.slug, key: account.keyHint },
  });
  return account;
}

async function existingAccount(trx: Transaction<Tables>, id: string): Promise<FalAccount> {
  const account = await findAccount(trx, id);
  if (!account) throw notFound();
  return account;
}

function notFound(): RequestError {
  return new RequestError('not_found', { subject: 'account' });
}

async function seenAccount(trx: Transaction<Tables>, seen: SeenAccount): Promise<FalAccount> {
  const account = await existingAccount(trx, seen.id);
  if (account.version !== seen.version) throw new RequestError('conflict');
  return account;
}

function nextVersion({ version }: FalAccount, { now }: ChangeServices) {
  return { version: version + 1, updated_at: toText(now()) };
}

/** @returns the name of the new default, where it was the default and there is another account. */
async function passDefaultOn(
  trx: Transaction<Tables>,
  { id, isDefault }: FalAccount,
): Promise<string | null> {
  const accounts = isDefault ? await listAccounts(trx) : [];
  const heir = accounts.find((other) => other.id !== id);
  if (!heir) return null;
  await passDefaultTo(trx, heir.id);
  return heir.name;
}

async function passDefaultTo(trx: Transaction<Tables>, id: string): Promise<void> {
  await trx
    .updateTable('fal_accounts')
    .set({ is_default: null })
    .where('is_default', '=', 1)
    .execute();
  await trx.updateTable('fal_accounts').set({ is_default: 1 }).where('id', '=', id).execute();
}

function note(trx: Transaction<Tables>, { now }: ChangeServices, entry: AuditEntry): Promise<void> {
  return recordAudit(trx, now(), entry);
}
