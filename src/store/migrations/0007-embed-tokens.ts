import type { Kysely } from 'kysely';

/** What other pages show of an account with: a badge, a widget and their JSON twin, and nothing else. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;

  await schema
    .createTable('embed_tokens')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    // Null: all accounts together.
    .addColumn('account_id', 'text', (column) => column.references('fal_accounts.id'))
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('hint', 'text', (column) => column.notNull())
    // JSON list of 'amounts', 'runway' and 'event'; how the account is doing is always shown.
    .addColumn('shows', 'text', (column) => column.notNull())
    // JSON list of origins; null: any.
    .addColumn('frame_origins', 'text')
    .addColumn('locale', 'text', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text')
    .addColumn('last_used_at', 'text')
    .addColumn('revoked_at', 'text')
    .execute();
  // What a deleted account takes along.
  await schema
    .createIndex('embed_tokens_account')
    .on('embed_tokens')
    .column('account_id')
    .execute();
}
