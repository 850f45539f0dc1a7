import type { Kysely } from 'kysely';

/** When reports are made, and every report that was. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;

  await schema
    .createTable('report_schedules')
    .addColumn('id', 'text', (column) => column.primaryKey())
    // Null: all accounts together.
    .addColumn('account_id', 'text', (column) => column.references('fal_accounts.id'))
    .addColumn('cadence', 'text', (column) => column.notNull())
    // Time of day in the zone, such as 09:00.
    .addColumn('local_time', 'text', (column) => column.notNull())
    .addColumn('timezone', 'text', (column) => column.notNull())
    // 1 is Monday; of a weekly one.
    .addColumn('weekday', 'integer')
    // 1 to 31, the last where the month is shorter; of a monthly one.
    .addColumn('month_day', 'integer')
    // JSON list of ids; null: every channel.
    .addColumn('channel_ids', 'text')
    .addColumn('is_enabled', 'integer', (column) => column.notNull())
    // What was due by then is not made up.
    .addColumn('from_at', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createIndex('report_schedules_of_account')
    .on('report_schedules')
    .column('account_id')
    .execute();

  await schema
    .createTable('reports')
    .addColumn('id', 'text', (column) => column.primaryKey())
    // No reference: a report stays when its schedule is gone.
    .addColumn('schedule_id', 'text', (column) => column.notNull())
    .addColumn('account_id', 'text', (column) => column.references('fal_accounts.id'))
    .addColumn('cadence', 'text', (column) => column.notNull())
    // First day and the one after the last, in the zone's calendar.
    .addColumn('first_day', 'text', (column) => column.notNull())
    .addColumn('end_day', 'text', (column) => column.notNull())
    .addColumn('timezone', 'text', (column) => column.notNull())
    .addColumn('due_at', 'text', (column) => column.notNull())
    .addColumn('made_at', 'text', (column) => column.notNull())
    .addColumn('is_late', 'integer', (column) => column.notNull())
    // What lists say of it, and all of it: JSON, with amounts as digits in 1e-9.
    .addColumn('summary', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    // Two replicas can't make the same one.
    .addUniqueConstraint('reports_once', ['schedule_id', 'cadence', 'first_day'])
    .execute();
  await schema
    .createIndex('reports_archive')
    .on('reports')
    .columns(['first_day', 'made_at'])
    .execute();
  await schema
    .createIndex('reports_of_account')
    .on('reports')
    .columns(['account_id', 'first_day'])
    .execute();
}
