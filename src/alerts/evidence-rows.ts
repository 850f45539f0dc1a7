import { type Kysely, sql } from 'kysely';
import { minutesOf } from '../history/slots.ts';
import type { Nano } from '../money.ts';
import { digits } from '../store/big-numbers.ts';
import type { Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import type { Span } from '../usage/spans.ts';

/** How far before the trouble the last usage is looked for. */
export const USAGE_DAYS = 14;

/** A balance as it was read again and again. */
export interface BalanceSpan {
  from: Temporal.Instant;
  until: Temporal.Instant;
  balance: Nano | null;
  currency: string | null;
  /** Why it was not read; `null`: it was, or nobody knows. */
  reason: string | null;
}

/** What was charged around the beginning of trouble, nano-USD. */
export interface UsageAround {
  /** Start of the last hour in which something was charged; `null`: none in two weeks. */
  lastHour: Temporal.Instant | null;
  /** Charged in the 24 hours before the trouble. */
  before: Nano;
  /** Charged since it began. */
  since: Nano;
}

/** What was read of an account's balance in a span, oldest first. */
export async function readBalances(
  db: Kysely<Tables>,
  accountId: string,
  { start, end }: Span,
): Promise<BalanceSpan[]> {
  const rows = await db
    .selectFrom('balance_samples')
    .select(['from_at', 'until_at', 'currency', 'reason'])
    .select(digits<string | null>(sql.ref('balance')).as('balance'))
    .where('account_id', '=', accountId)
    .where('until_at', '>=', toText(start))
    .where('from_at', '<', toText(end))
    .orderBy('from_at')
    .execute();
  return rows.map((row) => ({
    from: toInstant(row.from_at),
    until: toInstant(row.until_at),
    balance: row.balance === null ? null : BigInt(row.balance),
    currency: row.currency,
    reason: row.reason,
  }));
}

/** What an account was charged around the beginning of trouble. */
export async function readUsage(
  db: Kysely<Tables>,
  accountId: string,
  { start }: Span,
): Promise<UsageAround> {
  const rows = await db
    .selectFrom('usage_series')
    .innerJoin('usage_slots', 'usage_slots.series_id', 'usage_series.id')
    .select('slot')
    .select(digits(sql`sum(cost)`).as('cost'))
    .where('account_id', '=', accountId)
    .where('scope', '=', 'by_account')
    .where('measure', '=', 'billed')
    .where('currency', '=', 'USD')
    .where('slot', '>=', minutesOf(start.subtract({ hours: USAGE_DAYS * 24 })))
    .groupBy('slot')
    .orderBy('slot')
    .execute();
  const charged = rows.map(({ slot, cost }) => ({ slot, cost: BigInt(cost) }));
  const last = charged.findLast(({ cost }) => cost > 0n);
  const [from, dayBefore] = [minutesOf(start), minutesOf(start.subtract({ hours: 24 }))];
  const sum = (isMeant: (slot: number) => boolean) =>
    charged.reduce((total, { slot, cost }) => (isMeant(slot) ? total + cost : total), 0n);
  return {
    lastHour: last ? Temporal.Instant.fromEpochMilliseconds(last.slot * 60_000) : null,
    before: sum((slot) => slot >= dayBefore && slot < from),
    since: sum((slot) => slot >= from),
  };
}
