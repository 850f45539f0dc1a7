import { type Kysely, sql } from 'kysely';
import type { KnownBalance } from '../../src/history/balance-samples.ts';
import { digits } from '../../src/store/big-numbers.ts';
import type { Tables } from '../../src/store/tables.ts';
import { toInstant } from '../../src/store/values.ts';

/** From the first to the last of the samples in a row that said the same. */
export interface BalanceSpan extends KnownBalance {
  from: Temporal.Instant;
  until: Temporal.Instant;
}

/** Everything that is kept of an account's balance, in order. */
export async function balanceSpans(db: Kysely<Tables>, accountId: string): Promise<BalanceSpan[]> {
  const rows = await db
    .selectFrom('balance_samples')
    .select(['from_at', 'until_at', 'currency', 'reason'])
    .select(digits<string | null>(sql.ref('balance')).as('balance'))
    .where('account_id', '=', accountId)
    .orderBy('from_at')
    .execute();
  return rows.map(({ from_at, until_at, balance, currency, reason }) => ({
    ...{ from: toInstant(from_at), until: toInstant(until_at), currency, reason },
    balance: balance === null ? null : BigInt(balance),
  }));
}
