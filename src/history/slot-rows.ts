import type { Kysely } from 'kysely';
import { NANO_PER_UNIT } from '../money.ts';
import { digits } from '../store/big-numbers.ts';
import type { Tables } from '../store/tables.ts';
import type { BucketState, RowsQuestion, UsageSlotRow } from './answer.ts';
import { LIVE_MS } from './coverage.ts';
import { accountNames, CALLER } from './queries.ts';
import { type EpochDay, MINUTES_PER_DAY, minutesOf, slotStart, utcDayOf } from './slots.ts';
import type { UsageHistoryOptions } from './usage-history.ts';

/**
 * Every billed row of a period in order of time, a UTC day after the other: what a database has to
 * sort and keep for it is one day.
 * @param without UTC days that are left out.
 */
export async function* slotRows(
  { reader, now }: UsageHistoryOptions,
  question: RowsQuestion,
  without: ReadonlySet<EpochDay>,
): AsyncGenerator<UsageSlotRow> {
  const names = await reader.snapshot((db) => accountNames(db, question.accountId));
  const last = utcDayOf(question.end.subtract({ nanoseconds: 1 }));
  for (let day = utcDayOf(question.start); day <= last; day += 1) {
    if (without.has(day)) continue;
    const nowMs = now().epochMilliseconds;
    for await (const row of reader.stream((db) => rowsOfDay(db, day, question))) {
      const account = names.get(row.account_id ?? '');
      yield {
        accountSlug: account?.slug ?? '',
        accountName: account?.name ?? '',
        ...slotRow(row, nowMs),
      };
    }
  }
}

function rowsOfDay(
  db: Kysely<Tables>,
  day: EpochDay,
  { start, end, accountId, endpointIds, apiKeyIds }: RowsQuestion,
) {
  const query = db
    .selectFrom('usage_series as series')
    .innerJoin('usage_slots as slots', 'slots.series_id', 'series.id')
    .innerJoin('sync_windows as windows', (join) =>
      join.onRef('windows.account_id', '=', 'series.account_id').on('windows.day', '=', day),
    )
    .select((row) => [
      'series.account_id',
      'series.endpoint_id',
      'series.unit',
      digits<string | null>(row.ref('series.unit_price')).as('unit_price'),
      'series.percent_discount',
      'series.currency',
      'series.auth_detail',
      'series.api_key_id',
      'series.username',
      'slots.slot',
      digits(row.ref('slots.cost')).as('cost'),
      digits(row.ref('slots.units')).as('units'),
      digits(row.ref('slots.unit_nanos')).as('unit_nanos'),
      'windows.slot_minutes',
      'windows.is_final',
      'windows.is_complete',
    ])
    .where('series.scope', '=', 'account')
    .where('series.measure', '=', 'billed')
    .where('slots.slot', '>=', Math.max(day * MINUTES_PER_DAY, minutesOf(start)))
    .where('slots.slot', '<', Math.min((day + 1) * MINUTES_PER_DAY, minutesOf(end)))
    .$if(accountId !== null, (some) => some.where('series.account_id', '=', accountId))
    .$if(endpointIds.length > 0, (some) => some.where('series.endpoint_id', 'in', endpointIds))
    .$if(apiKeyIds.length > 0, (some) => some.where(CALLER, 'in', apiKeyIds));
  return query.orderBy('slots.slot').orderBy('series.id');
}

type DayRow = Awaited<ReturnType<ReturnType<typeof rowsOfDay>['execute']>>[number];

function slotRow(row: DayRow, nowMs: number): Omit<UsageSlotRow, 'accountSlug' | 'accountName'> {
  const start = slotStart(row.slot);
  const end = start.add({ minutes: row.slot_minutes });
  return {
    start,
    end,
    endpointId: row.endpoint_id ?? '',
    unit: row.unit,
    quantity: BigInt(row.units) * NANO_PER_UNIT + BigInt(row.unit_nanos),
    unitPrice: row.unit_price === null ? null : BigInt(row.unit_price),
    percentDiscount: row.percent_discount,
    cost: BigInt(row.cost),
    currency: row.currency ?? '',
    authDetail: row.auth_detail,
    apiKeyId: row.api_key_id,
    username: row.username,
    state: stateOf(row, end.epochMilliseconds, nowMs),
  };
}

function stateOf(row: DayRow, endMs: number, nowMs: number): BucketState {
  if (row.is_complete === 0) return 'partial';
  if (row.is_final === 1) return 'final';
  return endMs > nowMs - LIVE_MS ? 'live' : 'settling';
}
