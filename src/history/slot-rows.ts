import { type Kysely, sql } from 'kysely';
import { digits } from '../store/big-numbers.ts';
import type { Tables } from '../store/tables.ts';
import type { BucketState, HistoryQuestion, UsageSlotRow } from './answer.ts';
import { coverage } from './coverage.ts';
import { accountNames, coverageOf } from './queries.ts';
import { type EpochDay, MINUTES_PER_DAY, slotStart, utcDayOf } from './slots.ts';
import type { UsageHistoryOptions } from './usage-history.ts';

type RowsQuestion = Pick<
  HistoryQuestion,
  'start' | 'end' | 'accountId' | 'endpointIds' | 'apiKeyIds'
>;

/** Every billed row of a period, day by day: only one day's rows are in memory. */
export async function* slotRows(
  { reader, now }: UsageHistoryOptions,
  question: RowsQuestion,
): AsyncGenerator<UsageSlotRow> {
  const names = await reader.snapshot(accountNames);
  const last = utcDayOf(question.end.subtract({ nanoseconds: 1 }));
  for (let day = utcDayOf(question.start); day <= last; day += 1) {
    yield* await reader.snapshot((db) => rowsOfDay(db, day, question, names, now()));
  }
}

async function rowsOfDay(
  db: Kysely<Tables>,
  day: EpochDay,
  question: RowsQuestion,
  names: ReadonlyMap<string, { slug: string; name: string }>,
  now: Temporal.Instant,
): Promise<UsageSlotRow[]> {
  const minutes = (instant: Temporal.Instant) => instant.epochMilliseconds / 60_000;
  const from = Math.max(day * MINUTES_PER_DAY, minutes(question.start));
  const to = Math.min((day + 1) * MINUTES_PER_DAY, minutes(question.end));
  let query = db
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
      'windows.slot_minutes',
      digits(row.ref('slots.cost')).as('cost'),
      digits(row.ref('slots.quantity')).as('quantity'),
    ])
    .where('series.scope', '=', 'account')
    .where('series.measure', '=', 'billed')
    .where('slots.slot', '>=', from)
    .where('slots.slot', '<', to)
    .orderBy('slots.slot')
    .orderBy('series.id');
  const { accountId, endpointIds, apiKeyIds } = question;
  if (accountId !== null) query = query.where('series.account_id', '=', accountId);
  if (endpointIds.length > 0) query = query.where('series.endpoint_id', 'in', endpointIds);
  if (apiKeyIds.length > 0) {
    const caller = sql<string>`coalesce(api_key_id, username, auth_detail, '')`;
    query = query.where(caller, 'in', apiKeyIds);
  }
  const rows = await query.execute();
  const state = await stateClock(db, accountId, day, question, now);
  return rows.map((row): UsageSlotRow => {
    const start = slotStart(row.slot);
    const account = names.get(row.account_id ?? '');
    return {
      accountSlug: account?.slug ?? '',
      accountName: account?.name ?? '',
      start,
      end: start.add({ minutes: row.slot_minutes }),
      endpointId: row.endpoint_id ?? '',
      unit: row.unit,
      quantity: BigInt(row.quantity),
      unitPrice: row.unit_price === null ? null : BigInt(row.unit_price),
      percentDiscount: row.percent_discount,
      cost: BigInt(row.cost),
      currency: row.currency ?? '',
      authDetail: row.auth_detail,
      apiKeyId: row.api_key_id,
      username: row.username,
      state: state(row.slot, row.slot_minutes),
    };
  });
}

/** Tells the state of a day's slots. */
async function stateClock(
  db: Kysely<Tables>,
  accountId: string | null,
  day: EpochDay,
  period: RowsQuestion,
  now: Temporal.Instant,
): Promise<(slot: number, minutes: number) => BucketState> {
  const days = await coverageOf(db, { accountId, from: day, to: day + 1, zoneId: null });
  const accounts = accountId === null ? (await accountNames(db)).size : 1;
  const { stateOf } = coverage(days, accounts, period, now);
  const known = new Map<number, BucketState>();
  return function stateAt(slot, minutes) {
    const state = known.get(slot) ?? stateOf(slot * 60_000, (slot + minutes) * 60_000);
    known.set(slot, state);
    return state;
  };
}
