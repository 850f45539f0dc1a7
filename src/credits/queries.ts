import { type Kysely, type Selectable, sql } from 'kysely';
import { digits } from '../store/big-numbers.ts';
import type { Engine } from '../store/engine.ts';
import type { CreditEntriesTable, Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import type { CreditEntry } from './ledger.ts';
import type { BalanceStep } from './top-ups.ts';

/** Everything that was ever written down of an account's credits, corrections in their order. */
export async function entriesOf(db: Kysely<Tables>, accountId: string): Promise<CreditEntry[]> {
  const rows = await selectEntries(db)
    .where('account_id', '=', accountId)
    .orderBy('at')
    .orderBy('entry_id')
    .orderBy('revision')
    .execute();
  return rows.map(toEntry);
}

/** An entry with all its corrections, the first first; empty where there is none. */
export async function revisionsOf(
  db: Kysely<Tables>,
  accountId: string,
  entryId: string,
): Promise<CreditEntry[]> {
  const rows = await selectEntries(db)
    .where('account_id', '=', accountId)
    .where('entry_id', '=', entryId)
    .orderBy('revision')
    .execute();
  return rows.map(toEntry);
}

/** Writes entries down. A revision that is there already fails: hold the account before looking. */
export async function insertEntries(
  trx: Kysely<Tables>,
  entries: readonly CreditEntry[],
): Promise<void> {
  for (const entry of entries) {
    await trx
      .insertInto('credit_entries')
      .values({
        account_id: entry.accountId,
        entry_id: entry.id,
        revision: entry.revision,
        kind: entry.kind,
        amount: entry.amount,
        currency: entry.currency,
        at: toText(entry.at),
        expires_at: entry.expiresAt && toText(entry.expiresAt),
        note: entry.note,
        is_void: entry.isVoid ? 1 : 0,
        source: entry.source,
        seen_after: entry.seenAfter && toText(entry.seenAfter),
        recorded_at: toText(entry.recordedAt),
        recorded_by: entry.recordedBy,
      })
      .execute();
  }
}

/** Rises of a balance that are no purchase, by the reading before each. */
export async function dismissedTopUps(
  db: Kysely<Tables>,
  accountId: string,
): Promise<Temporal.Instant[]> {
  const rows = await db
    .selectFrom('dismissed_top_ups')
    .select('seen_after')
    .where('account_id', '=', accountId)
    .execute();
  return rows.map((row) => toInstant(row.seen_after));
}

/** Saying it twice changes nothing. */
export async function dismissTopUp(
  trx: Kysely<Tables>,
  accountId: string,
  seenAfter: Temporal.Instant,
  { at, by }: { at: Temporal.Instant; by: string },
): Promise<void> {
  await trx
    .insertInto('dismissed_top_ups')
    .values({
      account_id: accountId,
      seen_after: toText(seenAfter),
      dismissed_at: toText(at),
      dismissed_by: by,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function selectEntries(db: Kysely<Tables>) {
  return db
    .selectFrom('credit_entries')
    .select([
      'account_id',
      'entry_id',
      'revision',
      'kind',
      'currency',
      'at',
      'expires_at',
      'note',
      'is_void',
      'source',
      'seen_after',
      'recorded_at',
      'recorded_by',
    ])
    .select(digits(sql.ref('amount')).as('amount'));
}

type EntryRow = Omit<Selectable<CreditEntriesTable>, 'amount'> & { amount: string };

function toEntry(row: EntryRow): CreditEntry {
  return {
    id: row.entry_id,
    accountId: row.account_id,
    revision: row.revision,
    kind: row.kind,
    amount: BigInt(row.amount),
    currency: row.currency,
    at: toInstant(row.at),
    expiresAt: row.expires_at === null ? null : toInstant(row.expires_at),
    note: row.note,
    isVoid: row.is_void === 1,
    source: row.source,
    seenAfter: row.seen_after === null ? null : toInstant(row.seen_after),
    recordedAt: toInstant(row.recorded_at),
    recordedBy: row.recorded_by,
  };
}

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
      ? sql`extract(epoch from from_at::timestamptz - before_until::timestamptz) / 3600`
      : sql`(julianday(from_at) - julianday(before_until)) * 24`;
  const { rows } = await sql<StepRow>`
    select before_until, from_at, ${digits(sql.ref('before_balance'))} as before_balance,
      ${digits(sql.ref('balance'))} as balance
    from (
      select from_at, balance,
        lag(until_at) over (order by from_at) as before_until,
        lag(balance) over (order by from_at) as before_balance
      from balance_samples
      where account_id = ${accountId} and currency = ${currency} and until_at >= ${toText(since)}
    ) steps
    where before_until is not null and (balance > before_balance or ${hours} > 1)
    order by from_at`.execute(db);
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
