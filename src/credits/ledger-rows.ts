import { type Kysely, type Selectable, sql } from 'kysely';
import { digits } from '../store/big-numbers.ts';
import type { CreditEntriesTable, Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import type { CreditEntry } from './ledger.ts';

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
