import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine.ts';

/**
 * People, fal accounts, tokens, settings and the audit log. The first five tables are better-auth's,
 * under names and columns of ours (https://better-auth.com/docs/concepts/database).
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { schema } = db;
  // better-auth keeps dates and booleans as each database does; all other times are ISO texts.
  const moment = engine === 'postgres' ? 'timestamptz' : 'text';
  const flag = engine === 'postgres' ? 'boolean' : 'integer';
  const no = engine === 'postgres' ? false : 0;

  await schema
    .createTable('people')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('email', 'text', (column) => column.notNull().unique())
    .addColumn('email_verified', flag, (column) => column.notNull())
    .addColumn('image', 'text')
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('deactivated', flag, (column) => column.notNull().defaultTo(no))
    .addColumn('two_factor_enabled', flag, (column) => column.notNull().defaultTo(no))
    .addColumn('created_at', moment, (column) => column.notNull())
    .addColumn('updated_at', moment, (column) => column.notNull())
    .execute();

  await schema
    .createTable('sessions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    // An HMAC of the token: what is kept here opens nothing.
    .addColumn('token', 'text', (column) => column.notNull().unique())
    .addColumn('user_id', 'text', (column) =>
      column.notNull().references('people.id').onDelete('cascade'),
    )
    .addColumn('expires_at', moment, (column) => column.notNull())
    .addColumn('ip_address', 'text')
    .addColumn('user_agent', 'text')
    .addColumn('created_at', moment, (column) => column.notNull())
    .addColumn('updated_at', moment, (column) => column.notNull())
    .execute();
  await schema.createIndex('sessions_user_id').on('sessions').column('user_id').execute();

  await schema
    .createTable('sign_in_methods')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('account_id', 'text', (column) => column.notNull())
    .addColumn('provider_id', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) =>
      column.notNull().references('people.id').onDelete('cascade'),
    )
    .addColumn('access_token', 'text')
    .addColumn('refresh_token', 'text')
    .addColumn('id_token', 'text')
    .addColumn('access_token_expires_at', moment)
    .addColumn('refresh_token_expires_at', moment)
    .addColumn('scope', 'text')
    // A hash.
    .addColumn('password', 'text')
    .addColumn('created_at', moment, (column) => column.notNull())
    .addColumn('updated_at', moment, (column) => column.notNull())
    .addUniqueConstraint('sign_in_methods_identity', ['provider_id', 'account_id'])
    .execute();
  await schema
    .createIndex('sign_in_methods_user_id')
    .on('sign_in_methods')
    .column('user_id')
    .execute();

  await schema
    .createTable('verifications')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('identifier', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('expires_at', moment, (column) => column.notNull())
    .addColumn('created_at', moment, (column) => column.notNull())
    .addColumn('updated_at', moment, (column) => column.notNull())
    .execute();
  await schema
    .createIndex('verifications_identifier')
    .on('verifications')
    .column('identifier')
    .execute();

  await schema
    .createTable('second_factors')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) =>
      column.notNull().unique().references('people.id').onDelete('cascade'),
    )
    // Both encrypted by better-auth.
    .addColumn('secret', 'text', (column) => column.notNull())
    .addColumn('backup_codes', 'text', (column) => column.notNull())
    .addColumn('verified', flag)
    .addColumn('failed_verification_count', 'integer')
    .addColumn('locked_until', moment)
    .execute();

  await schema
    .createTable('one_time_links')
    // A hash of the token in the link.
    .addColumn('token_hash', 'text', (column) => column.primaryKey())
    .addColumn('purpose', 'text', (column) => column.notNull())
    .addColumn('email', 'text')
    .addColumn('name', 'text')
    .addColumn('role', 'text')
    .addColumn('person_id', 'text', (column) => column.references('people.id').onDelete('cascade'))
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .execute();

  await schema
    .createTable('sign_in_failures')
    .addColumn('id', 'text', (column) => column.primaryKey())
    // Who was tried, or from where; hashed.
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createIndex('sign_in_failures_subject_at')
    .on('sign_in_failures')
    .columns(['subject', 'at'])
    .execute();

  await schema
    .createTable('api_tokens')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    // The last characters, by which a person tells one from another.
    .addColumn('hint', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text')
    .addColumn('last_used_at', 'text')
    .addColumn('revoked_at', 'text')
    .execute();

  await schema
    .createTable('fal_accounts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    // What programs call it: lower-case letters, digits and hyphens.
    .addColumn('slug', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('note', 'text', (column) => column.notNull())
    .addColumn('timezone', 'text', (column) => column.notNull())
    // 1 to 8, a colour of the charts.
    .addColumn('color', 'integer', (column) => column.notNull())
    .addColumn('sealed_key', 'text', (column) => column.notNull())
    .addColumn('key_hint', 'text', (column) => column.notNull())
    // 1 for the default account, else null: at most one row can say 1.
    .addColumn('is_default', 'integer', (column) => column.unique())
    // Counts the changes, so that two people who edit at once don't undo each other's work.
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .execute();

  await schema
    .createTable('settings')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .execute();

  await schema
    .createTable('audit_entries')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at', 'text', (column) => column.notNull())
    // Who: an e-mail address, a token's name; empty for the command line and the server itself.
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('actor_kind', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    // On whom or what.
    .addColumn('target', 'text')
    .addColumn('address', 'text')
    // JSON, never with a secret in it.
    .addColumn('detail', 'text')
    .execute();
  await schema.createIndex('audit_entries_at').on('audit_entries').columns(['at', 'id']).execute();
  await forbidChanges(db, engine);
}

/** The audit log only grows: the database itself refuses to change or remove an entry. */
async function forbidChanges(db: Kysely<unknown>, engine: Engine): Promise<void> {
  if (engine === 'postgres') {
    await sql`
      create function refuse_audit_change() returns trigger language plpgsql as
      $$ begin raise exception 'the audit log is append-only'; end $$`.execute(db);
    await sql`
      create trigger audit_entries_append_only before update or delete on audit_entries
      for each row execute function refuse_audit_change()`.execute(db);
    await sql`
      create trigger audit_entries_no_truncate before truncate on audit_entries
      for each statement execute function refuse_audit_change()`.execute(db);
    return;
  }
  for (const change of ['update', 'delete']) {
    await sql`
      create trigger ${sql.id(`audit_entries_no_${change}`)} before ${sql.raw(change)} on audit_entries
      begin select raise(abort, 'the audit log is append-only'); end`.execute(db);
  }
  // What INSERT OR REPLACE removes tells no delete trigger (https://sqlite.org/lang_conflict.html).
  await sql`
    create trigger audit_entries_no_replace before insert on audit_entries
    when exists (select 1 from audit_entries where id = new.id or rowid = new.rowid)
    begin select raise(abort, 'the audit log is append-only'); end`.execute(db);
}
