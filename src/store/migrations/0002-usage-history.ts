import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Engine } from '../engine.ts';

/**
 * The local copy of usage: what was billed and called by hour, the same by day and across accounts,
 * which days were read and when, and what else is kept beside it. Jobs are leased here.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { schema } = db;

  await schema
    .createTable('jobs')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('next_run_at', 'text', (column) => column.notNull())
    // Who is doing it, until when nobody else may; both null while nobody is.
    .addColumn('holder', 'text')
    .addColumn('lease_until', 'text')
    .addColumn('last_started_at', 'text')
    .addColumn('last_ended_at', 'text')
    // In a row; 0 after a success.
    .addColumn('failures', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();

  await schema
    .createTable('account_syncs')
    .addColumn('account_id', 'text', (column) => column.primaryKey().references('fal_accounts.id'))
    .addColumn('is_paused', 'integer', (column) => column.notNull().defaultTo(0))
    // The oldest UTC day somebody asked for, as days since 1970-01-01, until it is known.
    .addColumn('backfill_from', 'integer')
    .addColumn('last_success_at', 'text')
    .addColumn('last_error_code', 'text')
    .addColumn('last_error_at', 'text')
    // Of the round that runs or ran last: days to read, and how far it has come.
    .addColumn('round_started_at', 'text')
    .addColumn('round_days', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('round_days_done', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('round_rows', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();

  // One row a UTC day that was read.
  await schema
    .createTable('sync_windows')
    .addColumn('account_id', 'text', (column) => column.notNull().references('fal_accounts.id'))
    // Days since 1970-01-01, UTC.
    .addColumn('day', 'integer', (column) => column.notNull())
    // How finely it is kept: 60, or 15 where a zone in use does not begin its hours with UTC's.
    .addColumn('slot_minutes', 'integer', (column) => column.notNull())
    .addColumn('read_at', 'text', (column) => column.notNull())
    .addColumn('changed_at', 'text', (column) => column.notNull())
    .addColumn('is_final', 'integer', (column) => column.notNull())
    // To be read again, whatever its age.
    .addColumn('is_stale', 'integer', (column) => column.notNull())
    .addColumn('is_complete', 'integer', (column) => column.notNull())
    // fal no longer has what is kept of it.
    .addColumn('is_forgotten', 'integer', (column) => column.notNull().defaultTo(0))
    // JSON list of endpoints whose calls could not be counted; null for none.
    .addColumn('uncounted', 'text')
    // Ids of the zones in whose days it is counted, such as ',1,2,'.
    .addColumn('zones', 'text', (column) => column.notNull())
    // Days of all accounts lie together: a view of all of them reads each day of the period.
    .addPrimaryKeyConstraint('sync_windows_key', ['day', 'account_id'])
    .modifyEnd(withoutRowid(engine))
    .execute();
  await schema
    .createIndex('sync_windows_account')
    .on('sync_windows')
    .columns(['account_id', 'day'])
    .execute();

  await schema
    .createTable('usage_zones')
    .addColumn('id', 'integer', (column) => generatedId(column.primaryKey(), engine))
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .execute();

  // What sums are kept of: as fal cuts them, and added up across accounts.
  await schema
    .createTable('usage_series')
    .addColumn('id', 'integer', (column) => generatedId(column.primaryKey(), engine))
    // 'account': as fal cuts it; 'by_account' and 'by_endpoint': sums of those.
    .addColumn('scope', 'text', (column) => column.notNull())
    // 'billed' has cost and quantity, 'called' has requests and durations.
    .addColumn('measure', 'text', (column) => column.notNull())
    .addColumn('account_id', 'text', (column) => column.references('fal_accounts.id'))
    .addColumn('endpoint_id', 'text')
    .addColumn('unit', 'text')
    .addColumn('unit_price', 'bigint')
    .addColumn('percent_discount', 'double precision')
    .addColumn('currency', 'text')
    .addColumn('auth_detail', 'text')
    .addColumn('api_key_id', 'text')
    .addColumn('username', 'text')
    // The series across accounts that one of fal's counts in too.
    .addColumn('by_account_id', 'integer')
    .addColumn('by_endpoint_id', 'integer')
    // JSON of what tells it from others: a unique key over columns would let two with a null pass.
    .addColumn('identity', 'text', (column) => column.notNull().unique())
    .execute();
  await schema
    .createIndex('usage_series_account')
    .on('usage_series')
    .columns(['account_id', 'scope'])
    .execute();
  await schema
    .createIndex('usage_series_scope')
    .on('usage_series')
    .columns(['scope', 'endpoint_id'])
    .execute();

  await measures(
    schema
      .createTable('usage_slots')
      .addColumn('series_id', 'integer', (column) => column.notNull())
      // Start, in minutes since 1970-01-01, UTC.
      .addColumn('slot', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('usage_slots_key', ['series_id', 'slot']),
    engine,
  ).execute();

  await measures(
    schema
      .createTable('usage_days')
      .addColumn('series_id', 'integer', (column) => column.notNull())
      .addColumn('zone_id', 'integer', (column) => column.notNull())
      // The zone's own calendar day, as days since 1970-01-01.
      .addColumn('day', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('usage_days_key', ['series_id', 'zone_id', 'day']),
    engine,
  ).execute();

  await schema
    .createTable('balance_samples')
    .addColumn('account_id', 'text', (column) => column.notNull().references('fal_accounts.id'))
    // From the first to the last sample that said the same.
    .addColumn('from_at', 'text', (column) => column.notNull())
    .addColumn('until_at', 'text', (column) => column.notNull())
    // Null where it could not be read; then the reason says why.
    .addColumn('balance', 'bigint')
    .addColumn('currency', 'text')
    .addColumn('reason', 'text')
    .addPrimaryKeyConstraint('balance_samples_key', ['account_id', 'from_at'])
    .execute();

  await schema
    .createTable('model_prices')
    .addColumn('endpoint_id', 'text', (column) => column.notNull())
    // From the first to the last snapshot that said the same.
    .addColumn('from_at', 'text', (column) => column.notNull())
    .addColumn('until_at', 'text', (column) => column.notNull())
    .addColumn('unit', 'text', (column) => column.notNull())
    .addColumn('unit_price', 'bigint', (column) => column.notNull())
    .addColumn('currency', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('model_prices_key', ['endpoint_id', 'from_at'])
    .execute();

  await schema
    .createTable('reconciliations')
    .addColumn('account_id', 'text', (column) => column.notNull().references('fal_accounts.id'))
    // A day of the account's zone, such as 2026-03-07.
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('checked_at', 'text', (column) => column.notNull())
    .addColumn('local_cost', 'bigint', (column) => column.notNull())
    // fal's own total of the day, and of its single charges.
    .addColumn('fal_cost', 'bigint', (column) => column.notNull())
    .addColumn('events_cost', 'bigint')
    // Why the charges could not be added up.
    .addColumn('events_reason', 'text')
    // Why local and fal differ, where that is known; null where they agree.
    .addColumn('cause', 'text')
    .addColumn('repaired_at', 'text')
    .addPrimaryKeyConstraint('reconciliations_key', ['account_id', 'day'])
    .execute();
}

/** On SQLite the key is the table then: half the size, and rows of neighbouring keys lie together. */
function withoutRowid(engine: Engine) {
  return engine === 'sqlite' ? sql`without rowid` : sql``;
}

function generatedId<T extends { autoIncrement(): T; generatedByDefaultAsIdentity(): T }>(
  column: T,
  engine: Engine,
): T {
  return engine === 'postgres' ? column.generatedByDefaultAsIdentity() : column;
}

/** What is added up, all of it exact: money in 1e-9, durations as ms x requests. */
function measures<T extends string, C extends string>(
  table: CreateTableBuilder<T, C>,
  engine: Engine,
) {
  return (
    table
      .addColumn('cost', 'bigint', (column) => column.notNull())
      // A quantity, in whole units and 1e-9 of one: all of it in 1e-9 would not fit.
      .addColumn('units', 'bigint', (column) => column.notNull())
      .addColumn('unit_nanos', 'bigint', (column) => column.notNull())
      .addColumn('requests', 'bigint', (column) => column.notNull())
      .addColumn('successes', 'bigint', (column) => column.notNull())
      .addColumn('failures', 'bigint', (column) => column.notNull())
      // Requests whose duration fal stated, and their typical and long durations times requests.
      .addColumn('timed', 'bigint', (column) => column.notNull())
      .addColumn('p50_ms', 'bigint', (column) => column.notNull())
      .addColumn('p95_ms', 'bigint', (column) => column.notNull())
      .modifyEnd(withoutRowid(engine))
  );
}
