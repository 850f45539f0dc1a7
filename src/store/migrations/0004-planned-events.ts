import type { Kysely } from 'kysely';

/** Events to come, what they were planned to be, and what they came to. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;

  await schema
    .createTable('planned_events')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('account_id', 'text', (column) => column.notNull().references('fal_accounts.id'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('venue', 'text', (column) => column.notNull())
    .addColumn('client', 'text', (column) => column.notNull())
    .addColumn('note', 'text', (column) => column.notNull())
    .addColumn('starts_at', 'text', (column) => column.notNull())
    .addColumn('ends_at', 'text', (column) => column.notNull())
    // Where it takes place: its times are written and shown in it.
    .addColumn('timezone', 'text', (column) => column.notNull())
    .addColumn('participants', 'integer', (column) => column.notNull())
    // Decimals are integers of 1e-9.
    .addColumn('outputs_per_participant', 'bigint', (column) => column.notNull())
    .addColumn('allowance_percent', 'bigint', (column) => column.notNull())
    .addColumn('margin_percent', 'bigint', (column) => column.notNull())
    // What an output costs where nobody knows better; null: not said.
    .addColumn('price_per_output', 'bigint')
    // Of the hour in which most come; null: evenly over the event.
    .addColumn('peak_participants', 'integer')
    // Requests that fal runs at once for the account; null: not known.
    .addColumn('concurrency', 'integer')
    // Whose calls are the event's: JSON list of ids of keys; null: all of the account's.
    .addColumn('api_key_ids', 'text')
    // What the client pays, once the event is over: guests who came, and the price in 1e-9.
    .addColumn('price_charged', 'bigint')
    .addColumn('participants_came', 'integer')
    .addColumn('closed_at', 'text')
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createIndex('planned_events_start')
    .on('planned_events')
    .columns(['account_id', 'starts_at'])
    .execute();

  await schema
    .createTable('planned_event_models')
    .addColumn('event_id', 'text', (column) => column.notNull().references('planned_events.id'))
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('endpoint_id', 'text', (column) => column.notNull())
    // Of the outputs, in 1e-9 of a per cent.
    .addColumn('share', 'bigint', (column) => column.notNull())
    .addColumn('units_per_output', 'bigint')
    .addPrimaryKeyConstraint('planned_event_models_key', ['event_id', 'position'])
    .execute();
}
