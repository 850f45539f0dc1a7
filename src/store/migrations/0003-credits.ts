import type { Kysely } from 'kysely';

/** What is known of where credits came from. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;

  // Only ever added to: a correction is the next revision of an entry.
  await schema
    .createTable('credit_entries')
    .addColumn('account_id', 'text', (column) => column.notNull().references('fal_accounts.id'))
    .addColumn('entry_id', 'text', (column) => column.notNull())
    // 0 is what was written down first.
    .addColumn('revision', 'integer', (column) => column.notNull())
    // 'purchase', 'promotion', or 'adjustment', which alone may be negative.
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('amount', 'bigint', (column) => column.notNull())
    .addColumn('currency', 'text', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    // Null: never.
    .addColumn('expires_at', 'text')
    .addColumn('note', 'text', (column) => column.notNull())
    .addColumn('is_void', 'integer', (column) => column.notNull())
    // 'hand', 'csv', or 'proposal'.
    .addColumn('source', 'text', (column) => column.notNull())
    // The reading of the balance before the rise that it explains; null where it was not proposed.
    .addColumn('seen_after', 'text')
    .addColumn('recorded_at', 'text', (column) => column.notNull())
    .addColumn('recorded_by', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('credit_entries_key', ['entry_id', 'revision'])
    .execute();
  await schema
    .createIndex('credit_entries_account')
    .on('credit_entries')
    .columns(['account_id', 'at'])
    .execute();

  // Rises of a balance of which somebody said that they are no purchase.
  await schema
    .createTable('dismissed_top_ups')
    .addColumn('account_id', 'text', (column) => column.notNull().references('fal_accounts.id'))
    .addColumn('seen_after', 'text', (column) => column.notNull())
    .addColumn('dismissed_at', 'text', (column) => column.notNull())
    .addColumn('dismissed_by', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('dismissed_top_ups_key', ['account_id', 'seen_after'])
    .execute();
}
