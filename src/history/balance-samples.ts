import { type Kysely, type Selectable, sql } from 'kysely';
import type { Nano } from '../money.ts';
import { digits } from '../store/big-numbers.ts';
import type { Engine } from '../store/engine.ts';
import { cell, jsonRows, textCell } from '../store/json-rows.ts';
import type { BalanceSamplesTable, Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import { cameLate } from './late-answers.ts';

/** What fal said is left, in 1e-9 of `currency`, or why nothing is known. */
export type BalanceSample = { balance: Nano; currency: string } | { reason: string };

/** What was known of a balance: either it and its currency, or the reason why not. */
export interface KnownBalance {
  balance: Nano | null;
  currency: string | null;
  reason: string | null;
}

/** A balance that could be read, and until when it was that. */
export interface ReadBalance {
  balance: Nano;
  currency: string;
  asOf: Temporal.Instant;
}

/** The last balance that could be read, and why none can be any more. */
export interface LatestBalance {
  /** `null` until one could be read. */
  known: ReadBalance | null;
  /** Why it last could not be read, and since when it can't; `null` while it can. */
  away: { reason: string; since: Temporal.Instant } | null;
}

/**
 * Writes down what a balance was at `now`: the last span grows while nothing changes, so that a year
 * of samples is as many rows as there were changes. A sample that comes late changes nothing; what was
 * sampled while the clock was ahead is put right. One writer an account at a time.
 */
export async function recordBalance(
  trx: Kysely<Tables>,
  accountId: string,
  now: Temporal.Instant,
  sample: BalanceSample,
): Promise<void> {
  const at = toText(now);
  const known = toKnown(sample);
  let last = await lastSpan(trx, accountId);
  if (last && (at === last.until_at || cameLate(now, toInstant(last.until_at)))) return;
  if (last && at < last.until_at) {
    await cutSpans(trx, accountId, at);
    last = await lastSpan(trx, accountId);
  }
  if (last && isSame(knownFrom(last), known)) {
    await trx
      .updateTable('balance_samples')
      .set({ until_at: at })
      .where('account_id', '=', accountId)
      .where('from_at', '=', last.from_at)
      .execute();
    return;
  }
  await trx
    .insertInto('balance_samples')
    .values({ account_id: accountId, from_at: at, until_at: at, ...known })
    .execute();
}

/** Takes back what was sampled at `at` and later: of a span that began before, only that is certain. */
async function cutSpans(trx: Kysely<Tables>, accountId: string, at: string): Promise<void> {
  await trx
    .deleteFrom('balance_samples')
    .where('account_id', '=', accountId)
    .where('from_at', '>=', at)
    .execute();
  await trx
    .updateTable('balance_samples')
    .set((row) => ({ until_at: row.ref('from_at') }))
    .where('account_id', '=', accountId)
    .where('until_at', '>=', at)
    .execute();
}

function lastSpan(db: Kysely<Tables>, accountId: string) {
  return spans(db)
    .where('account_id', '=', accountId)
    .orderBy('from_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** The latest of every account that has a sample, by account id. */
export async function latestBalances(db: Kysely<Tables>): Promise<Map<string, LatestBalance>> {
  // The newest of each by its key: grouping would read every sample there ever was.
  const rows = await spans(db)
    .innerJoin('fal_accounts', 'fal_accounts.id', 'balance_samples.account_id')
    .where('from_at', '=', (query) =>
      query
        .selectFrom('balance_samples as newer')
        .select(({ fn }) => fn.max<string>('newer.from_at').as('from_at'))
        .whereRef('newer.account_id', '=', 'fal_accounts.id'),
    )
    .execute();
  const latest = rows.map(async (row) => [row.account_id, await latestFrom(db, row)] as const);
  return new Map(await Promise.all(latest));
}

/** The latest of one account; `null` before its first sample. */
export async function latestBalance(
  db: Kysely<Tables>,
  accountId: string,
): Promise<LatestBalance | null> {
  const row = await lastSpan(db, accountId);
  return row ? latestFrom(db, row) : null;
}

/** @param newest the account's last span. */
async function latestFrom(db: Kysely<Tables>, newest: SpanRow): Promise<LatestBalance> {
  const read = toRead(newest);
  if (read) return { known: read, away: null };
  const known = await lastKnownBalance(db, newest.account_id);
  let unread = spans(db).where('account_id', '=', newest.account_id).orderBy('from_at').limit(1);
  if (known) unread = unread.where('from_at', '>', toText(known.asOf));
  const first = await unread.executeTakeFirst();
  return {
    known,
    away: {
      reason: newest.reason ?? 'not_stated',
      since: toInstant((first ?? newest).from_at),
    },
  };
}

/** The last balance of an account that could be read; `null` for none. */
export async function lastKnownBalance(
  db: Kysely<Tables>,
  accountId: string,
): Promise<ReadBalance | null> {
  const row = await readSpans(db, accountId).executeTakeFirst();
  return row ? toRead(row) : null;
}

/**
 * The last balance that could be read in each of some periods, in their order; `null` where there is
 * none. In one statement, which finds each by its key, however many samples there are.
 * @param periods an end is not part of its period.
 */
export async function lastBalancesIn(
  db: Kysely<Tables>,
  engine: Engine,
  accountId: string,
  periods: readonly { start: Temporal.Instant; end: Temporal.Instant }[],
): Promise<(Omit<ReadBalance, 'asOf'> | null)[]> {
  const given = JSON.stringify(
    periods.map(({ start, end }, index) => [index, toText(start), toText(end)]),
  );
  const { rows } = await sql<{ number: number | string; balance: string; currency: string }>`
    select given.number, currency, ${digits(sql.ref('balance'))} as balance
    from (select ${cell(0)} as number, ${textCell(1)} as since, ${textCell(2)} as until
      from ${jsonRows(engine, given)}) given
    cross join balance_samples
    where account_id = ${accountId} and until_at >= given.since and from_at = (
      select last.from_at from balance_samples last
      where last.account_id = ${accountId} and last.balance is not null
        and last.from_at < given.until
      order by last.from_at desc limit 1)`.execute(db);
  const found = new Map(rows.map((row) => [Number(row.number), row]));
  return periods.map((_, index) => {
    const row = found.get(index);
    return row ? { balance: BigInt(row.balance), currency: row.currency } : null;
  });
}

/** Of an account, those with a balance, the last first. */
function readSpans(db: Kysely<Tables>, accountId: string) {
  return spans(db)
    .where('account_id', '=', accountId)
    .where('balance', 'is not', null)
    .orderBy('from_at', 'desc')
    .limit(1);
}

function spans(db: Kysely<Tables>) {
  return db
    .selectFrom('balance_samples')
    .select(['account_id', 'from_at', 'until_at', 'balance_samples.currency', 'reason'])
    .select(digits<string | null>(sql.ref('balance')).as('balance'));
}

/** `null` for a span in which it could not be read. */
function toRead(row: SpanRow): ReadBalance | null {
  if (row.balance === null || row.currency === null) return null;
  return {
    balance: BigInt(row.balance),
    currency: row.currency,
    asOf: toInstant(row.until_at),
  };
}

type SpanRow = Omit<Selectable<BalanceSamplesTable>, 'balance'> & { balance: string | null };

function knownFrom({ balance, currency, reason }: SpanRow): KnownBalance {
  return { balance: balance === null ? null : BigInt(balance), currency, reason };
}

function toKnown(sample: BalanceSample): KnownBalance {
  return 'reason' in sample
    ? { balance: null, currency: null, reason: sample.reason }
    : { balance: sample.balance, currency: sample.currency, reason: null };
}

function isSame(one: KnownBalance, other: KnownBalance): boolean {
  return (
    one.balance === other.balance && one.currency === other.currency && one.reason === other.reason
  );
}
