import { type Kysely, type RawBuilder, sql } from 'kysely';
import { CALLER } from '../history/queries.ts';
import { minutesOf } from '../history/slots.ts';
import { earlier } from '../instants.ts';
import { digits } from '../store/big-numbers.ts';
import type { Engine } from '../store/engine.ts';
import { cell, jsonRows, textCell } from '../store/json-rows.ts';
import type { Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import type { EventSpan, SlotCost, Span } from './spends.ts';
import type { BalanceReading, BalanceStep } from './top-ups.ts';

/**
 * The steps of a balance that usage alone may not explain, in order: upwards, or over more than an
 * hour in which it could not be read. Readings that said nothing are not among them.
 */
export async function notableSteps(
  db: Kysely<Tables>,
  engine: Engine,
  accountId: string,
  currency: string,
  since: Temporal.Instant,
): Promise<BalanceStep[]> {
  const hours =
    engine === 'postgres'
      ? sql`extract(epoch from read.from_at::timestamptz - last.until_at::timestamptz) / 3600`
      : sql`(julianday(read.from_at) - julianday(last.until_at)) * 24`;
  // By the key, reading by reading: a window function takes twice as long. Within an hour of the clock
  // nothing is more than an hour apart, and most readings are.
  const lastBefore = (chosen: RawBuilder<unknown>) => sql`(
    select ${chosen} from balance_samples last
    where last.account_id = ${accountId} and last.currency = ${currency}
      and last.from_at < read.from_at
    order by last.from_at desc limit 1)`;
  const { rows } = await sql<StepRow>`
    select ${lastBefore(sql.ref('last.until_at'))} as before_until, read.from_at,
      ${lastBefore(digits(sql.ref('last.balance')))} as before_balance,
      ${digits(sql.ref('read.balance'))} as balance
    from balance_samples read
    where read.account_id = ${accountId} and read.currency = ${currency}
      and read.from_at >= ${toText(since)}
      and ${lastBefore(sql`read.balance > last.balance
        or (substr(read.from_at, 1, 13) > substr(last.until_at, 1, 13) and ${hours} > 1)`)}
    order by read.from_at`.execute(db);
  return rows.map((row) => ({
    after: toInstant(row.before_until),
    until: toInstant(row.from_at),
    before: BigInt(row.before_balance),
    now: BigInt(row.balance),
  }));
}

interface StepRow {
  before_until: string;
  from_at: string;
  before_balance: string;
  balance: string;
}

/**
 * When a balance was first read to be what it was last: of all its readings, and of those up to an
 * instant; `null` where there is none.
 */
export async function newestReadings(
  db: Kysely<Tables>,
  accountId: string,
  currency: string,
  until: Temporal.Instant,
): Promise<{ last: Temporal.Instant | null; lastUntil: Temporal.Instant | null }> {
  const newest = (before: RawBuilder<unknown>) => sql`(
    select from_at from balance_samples
    where account_id = ${accountId} and currency = ${currency} ${before}
    order by from_at desc limit 1)`;
  const { rows } = await sql<{ last: string | null; last_until: string | null }>`
    select ${newest(sql``)} as last,
      ${newest(sql`and from_at <= ${toText(until)}`)} as last_until`.execute(db);
  const [row] = rows;
  return {
    last: row?.last ? toInstant(row.last) : null,
    lastUntil: row?.last_until ? toInstant(row.last_until) : null,
  };
}

/** The last reading of a balance before each of these instants, in their order; `null` where none is. */
export async function readingsBefore(
  db: Kysely<Tables>,
  engine: Engine,
  accountId: string,
  currency: string,
  instants: readonly Temporal.Instant[],
): Promise<(BalanceReading | null)[]> {
  const given = JSON.stringify(instants.map((at, index) => [index, toText(at)]));
  const { rows } = await sql<ReadingRow>`
    select given.number, until_at, ${digits(sql.ref('balance'))} as balance
    from (select ${cell(0)} as number, ${textCell(1)} as at from ${jsonRows(engine, given)}) given
    cross join balance_samples
    where account_id = ${accountId} and from_at = (
      select earlier.from_at from balance_samples earlier
      where earlier.account_id = ${accountId} and earlier.currency = ${currency}
        and earlier.from_at < given.at
      order by earlier.from_at desc limit 1)`.execute(db);
  const found = new Map(rows.map((row) => [Number(row.number), row]));
  return instants.map((at, index) => {
    const row = found.get(index);
    return row ? { at: earlier(at, toInstant(row.until_at)), balance: BigInt(row.balance) } : null;
  });
}

interface ReadingRow {
  number: number | string;
  until_at: string;
  balance: string;
}

/**
 * What an account was billed in US dollars in every slot that touches one of these spans, by who
 * called. In one statement, however many there are; slots are in order.
 */
export async function slotCosts(
  db: Kysely<Tables>,
  engine: Engine,
  accountId: string,
  spans: readonly Span[],
): Promise<SlotCost[]> {
  const ranges = merged(spans.map(({ from, to }) => [minutesOf(from) - 60, minutesOf(to)]));
  if (ranges.length === 0) return [];
  const { rows } = await sql<SlotRow>`
    with ranges as materialized (
      select ${cell(0)} as lo, ${cell(1)} as hi from ${jsonRows(engine, JSON.stringify(ranges))})
    select slot, ${CALLER} as caller, ${digits(sql`sum(cost)`)} as cost
    from usage_series cross join ranges cross join usage_slots
    where account_id = ${accountId} and scope = 'by_account' and measure = 'billed'
      and currency = 'USD'
      and series_id = usage_series.id and slot > ranges.lo and slot < ranges.hi
    group by slot, ${CALLER} order by slot`.execute(db);
  return rows.map(({ slot, caller, cost }) => ({ slot, caller, cost: BigInt(cost) }));
}

interface SlotRow {
  slot: number;
  caller: string;
  cost: string;
}

/** Ranges that overlap as one, so that nothing is read twice. */
function merged(ranges: readonly [number, number][]): [number, number][] {
  const apart: [number, number][] = [];
  for (const [low, high] of ranges.toSorted(([one], [other]) => one - other)) {
    const last = apart.at(-1);
    if (last && low < last[1]) last[1] = Math.max(last[1], high);
    else apart.push([low, high]);
  }
  return apart;
}

/** The planned events of an account that were on in a span. */
export async function eventSpans(
  db: Kysely<Tables>,
  accountId: string,
  { from, to }: Span,
): Promise<EventSpan[]> {
  const rows = await db
    .selectFrom('planned_events')
    .select(['starts_at', 'ends_at', 'api_key_ids'])
    .where('account_id', '=', accountId)
    .where('ends_at', '>', toText(from))
    .where('starts_at', '<', toText(to))
    .execute();
  return rows.map((row) => ({
    from: toInstant(row.starts_at),
    to: toInstant(row.ends_at),
    callers: row.api_key_ids === null ? null : (JSON.parse(row.api_key_ids) as string[]),
  }));
}
