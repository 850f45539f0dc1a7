import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/** Rules, what they found, and what is sent of it and where. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;

  await schema
    .createTable('delivery_channels')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    // Addresses, secrets and tokens as JSON, encrypted.
    .addColumn('sealed_target', 'text', (column) => column.notNull())
    // What may be shown of the target.
    .addColumn('hint', 'text', (column) => column.notNull())
    .addColumn('locale', 'text', (column) => column.notNull())
    .addColumn('is_enabled', 'integer', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .execute();

  // The outbox: what is to be sent is written along with what it tells of.
  await schema
    .createTable('deliveries')
    // What receivers know a repeat by.
    .addColumn('id', 'text', (column) => column.primaryKey())
    // No reference: what was sent stays known when its channel is gone.
    .addColumn('channel_id', 'text', (column) => column.notNull())
    .addColumn('channel_name', 'text', (column) => column.notNull())
    .addColumn('channel_kind', 'text', (column) => column.notNull())
    // An incident's, a report's or a test's.
    .addColumn('source_kind', 'text', (column) => column.notNull())
    .addColumn('source_id', 'text', (column) => column.notNull())
    // Of two that would say the same to the same channel the second is not written.
    .addColumn('occasion', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('next_attempt_at', 'text', (column) => column.notNull())
    // Since when it is tried; a day later it is given up.
    .addColumn('first_attempt_at', 'text')
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('last_error', 'text')
    .addColumn('ended_at', 'text')
    .addUniqueConstraint('deliveries_occasion', ['channel_id', 'occasion'])
    .execute();
  await schema
    .createIndex('deliveries_due')
    .on('deliveries')
    .columns(['state', 'next_attempt_at'])
    .execute();
  await schema
    .createIndex('deliveries_source')
    .on('deliveries')
    .columns(['source_kind', 'source_id'])
    .execute();

  await schema
    .createTable('alert_rules')
    .addColumn('id', 'text', (column) => column.primaryKey())
    // Null: every account, each by itself.
    .addColumn('account_id', 'text', (column) => column.references('fal_accounts.id'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    // What the kind needs to know, as JSON.
    .addColumn('params', 'text', (column) => column.notNull())
    .addColumn('severity', 'text', (column) => column.notNull())
    // JSON list of ids; null: every channel.
    .addColumn('channel_ids', 'text')
    // Times of day in the account's zone, such as 22:00; null: none.
    .addColumn('quiet_from', 'text')
    .addColumn('quiet_until', 'text')
    .addColumn('remind_hours', 'integer')
    .addColumn('is_enabled', 'integer', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .execute();

  await schema
    .createTable('incidents')
    .addColumn('id', 'text', (column) => column.primaryKey())
    // No reference: what happened stays known when its rule is gone.
    .addColumn('rule_id', 'text', (column) => column.notNull())
    .addColumn('account_id', 'text', (column) => column.notNull().references('fal_accounts.id'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('rule_name', 'text', (column) => column.notNull())
    // Which model, period, event or request, in the kind's words; may be empty.
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('nature', 'text', (column) => column.notNull())
    .addColumn('cause', 'text', (column) => column.notNull())
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    // The numbers when it was found, and the latest, as JSON.
    .addColumn('facts', 'text', (column) => column.notNull())
    .addColumn('latest_facts', 'text', (column) => column.notNull())
    .addColumn('opened_at', 'text', (column) => column.notNull())
    .addColumn('seen_at', 'text', (column) => column.notNull())
    .addColumn('acknowledged_at', 'text')
    .addColumn('acknowledged_by', 'text')
    .addColumn('resolved_at', 'text')
    // When people were last told, and with which incident's message.
    .addColumn('told_at', 'text')
    .addColumn('told_with', 'text')
    .execute();
  // Two replicas can't open the same thing twice, nor can what happens once be found again.
  for (const [name, which] of [
    ['incidents_open', "state <> 'resolved'"],
    ['incidents_moment', "nature = 'moment'"],
  ] as const) {
    await schema
      .createIndex(name)
      .unique()
      .on('incidents')
      .columns(['rule_id', 'account_id', 'subject'])
      .where(sql<boolean>`${sql.raw(which)}`)
      .execute();
  }
  await schema
    .createIndex('incidents_account')
    .on('incidents')
    .columns(['account_id', 'opened_at'])
    .execute();
  // What is not over, and what lately was, however long the history is.
  await schema
    .createIndex('incidents_state')
    .on('incidents')
    .columns(['state', 'account_id', 'resolved_at'])
    .execute();
  await schema.createIndex('incidents_told_with').on('incidents').column('told_with').execute();

  await schema
    .createTable('incident_entries')
    .addColumn('incident_id', 'text', (column) => column.notNull().references('incidents.id'))
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('what', 'text', (column) => column.notNull())
    .addColumn('actor', 'text')
    .addColumn('facts', 'text')
    .addPrimaryKeyConstraint('incident_entries_key', ['incident_id', 'number'])
    .execute();

  // Up to where single charges were looked at.
  await schema
    .createTable('charge_watches')
    .addColumn('account_id', 'text', (column) => column.primaryKey().references('fal_accounts.id'))
    .addColumn('looked_until', 'text')
    .addColumn('looked_at', 'text')
    // Why they can't be looked at; null while they can.
    .addColumn('error_code', 'text')
    .execute();
  // What requests of a model lately cost, oldest first, as a JSON list of digits in 1e-9.
  await schema
    .createTable('usual_charges')
    .addColumn('account_id', 'text', (column) => column.notNull().references('fal_accounts.id'))
    .addColumn('endpoint_id', 'text', (column) => column.notNull())
    .addColumn('costs', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('usual_charges_key', ['account_id', 'endpoint_id'])
    .execute();
  // Charges far above what is usual.
  await schema
    .createTable('costly_charges')
    .addColumn('account_id', 'text', (column) => column.notNull().references('fal_accounts.id'))
    .addColumn('request_id', 'text', (column) => column.notNull())
    .addColumn('endpoint_id', 'text', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('found_at', 'text', (column) => column.notNull())
    .addColumn('cost', 'bigint', (column) => column.notNull())
    .addColumn('usual_cost', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('costly_charges_key', ['account_id', 'request_id'])
    .execute();

  // What fal answered when it refused, without keys: for its support.
  await schema
    .createTable('refusals')
    .addColumn('account_id', 'text', (column) => column.notNull().references('fal_accounts.id'))
    .addColumn('from_at', 'text', (column) => column.notNull())
    .addColumn('until_at', 'text', (column) => column.notNull())
    .addColumn('times', 'integer', (column) => column.notNull())
    // What was asked: usage, balance, ledger.
    .addColumn('asked', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('status', 'integer')
    .addColumn('said', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('refusals_key', ['account_id', 'asked', 'from_at'])
    .execute();
  // The last days of all accounts, and what is too old.
  await schema.createIndex('refusals_until').on('refusals').columns(['until_at']).execute();
  // The last of an account's question.
  await schema
    .createIndex('refusals_last')
    .on('refusals')
    .columns(['account_id', 'asked', 'until_at'])
    .execute();
}
