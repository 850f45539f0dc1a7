import type { Kysely, Selectable } from 'kysely';
import type { FalAccountsTable, Tables } from '../store/tables.ts';

/** A fal account whose key is stored; the key itself is never part of it. */
export interface FalAccount {
  id: string;
  /** What programs call it. */
  slug: string;
  name: string;
  note: string;
  /** IANA name of the zone its days are counted in. */
  timezone: string;
  /** 1 to 8: its colour in charts. */
  color: number;
  /** The last four characters of the key's id. */
  keyHint: string;
  isDefault: boolean;
  /** Counts the changes: who saves says which version was edited. */
  version: number;
}

/** The default account first, then by name. */
export async function listAccounts(db: Kysely<Tables>): Promise<FalAccount[]> {
  const rows = await db.selectFrom('fal_accounts').selectAll().execute();
  return rows
    .map(toAccount)
    .sort((a, b) => Number(b.isDefault) - Number(a.isDefault) || a.name.localeCompare(b.name));
}

export function toAccount(row: Selectable<FalAccountsTable>): FalAccount {
  const { id, slug, name, note, timezone, color, version } = row;
  const [keyHint, isDefault] = [row.key_hint, row.is_default === 1];
  return { id, slug, name, note, timezone, color, keyHint, isDefault, version };
}
