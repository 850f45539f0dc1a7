import type { Kysely } from 'kysely';
import type { Tables } from '../../src/store/tables.ts';

/** The row of an account that is asked nothing: its key opens nothing. */
export async function plantAccount(db: Kysely<Tables>, id: string): Promise<void> {
  const at = '2026-01-01T00:00:00.000Z';
  await db
    .insertInto('fal_accounts')
    .values({
      id,
      slug: id,
      name: id,
      note: '',
      timezone: 'UTC',
      color: 1,
      sealed_key: '',
      key_hint: '',
      is_default: null,
      version: 1,
      created_at: at,
      updated_at: at,
    })
    .execute();
}
