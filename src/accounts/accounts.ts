import type { Kysely, Selectable } from 'kysely';
import { RequestError } from '../http/failure.ts';
import type { Seal } from '../secrets/seal.ts';
import type { FalAccountsTable, Tables } from '../store/tables.ts';
import { openKey } from './sealed-key.ts';
import { isSlugOrId } from './slug.ts';

/** A fal account whose key is stored; the key itself is never part of it. */
export interface FalAccount {
  id: string;
  /** What programs call it. It stays when the name changes. */
  slug: string;
  name: string;
  note: string;
  /** IANA name of the zone its days are counted in. */
  timezone: string;
  /** 1 to 8: the colour by which people know it. */
  color: number;
  /** The last four characters of the key's id. */
  keyHint: string;
  isDefault: boolean;
  /** Counts the changes: who saves says which version was edited. */
  version: number;
}

/** An account with its key in the clear, for a question to fal: not to be shown, logged or kept. */
export interface OpenAccount {
  account: FalAccount;
  key: string;
}

/** The default account first, then by name. */
export async function listAccounts(db: Kysely<Tables>): Promise<FalAccount[]> {
  const rows = await db.selectFrom('fal_accounts').selectAll().execute();
  return rows
    .map(toAccount)
    .sort(
      (a, b) =>
        Number(b.isDefault) - Number(a.isDefault) ||
        a.name.localeCompare(b.name) ||
        a.slug.localeCompare(b.slug),
    );
}

/** @param slugOrId any text; what can't be either finds nothing. */
export async function findAccount(
  db: Kysely<Tables>,
  slugOrId: string,
): Promise<FalAccount | null> {
  const row = await findRow(db, slugOrId);
  return row ? toAccount(row) : null;
}

/**
 * Opens the key of that account, or of the default one.
 * @returns `null` when there is no such account.
 * @throws SealError when the stored key is not what was stored.
 */
export async function openAccount(
  db: Kysely<Tables>,
  seal: Seal,
  slugOrId: string | null,
): Promise<OpenAccount | null> {
  const row = slugOrId === null ? await defaultRow(db) : await findRow(db, slugOrId);
  return row ? { account: toAccount(row), key: openKey(seal, row) } : null;
}

/** The same for an account that was there a moment ago. @throws RequestError `not_found`, SealError */
export async function reopenAccount(
  db: Kysely<Tables>,
  seal: Seal,
  { id }: FalAccount,
): Promise<OpenAccount> {
  const open = await openAccount(db, seal, id);
  if (!open) throw new RequestError('not_found', { subject: 'account' });
  return open;
}

/** Whether a key is stored at all. */
export async function hasAccounts(db: Kysely<Tables>): Promise<boolean> {
  return (await db.selectFrom('fal_accounts').select('id').executeTakeFirst()) !== undefined;
}

async function findRow(db: Kysely<Tables>, slugOrId: string) {
  if (!isSlugOrId(slugOrId)) return undefined;
  const rows = await db
    .selectFrom('fal_accounts')
    .selectAll()
    .where((row) => row.or([row('slug', '=', slugOrId), row('id', '=', slugOrId)]))
    .execute();
  // Somebody may have named another account like this one's id.
  return rows.find((row) => row.id === slugOrId) ?? rows[0];
}

function defaultRow(db: Kysely<Tables>) {
  return db.selectFrom('fal_accounts').selectAll().where('is_default', '=', 1).executeTakeFirst();
}

export function toAccount(row: Selectable<FalAccountsTable>): FalAccount {
  const { id, slug, name, note, timezone, color, version } = row;
  const [keyHint, isDefault] = [row.key_hint, row.is_default === 1];
  return { id, slug, name, note, timezone, color, keyHint, isDefault, version };
}
