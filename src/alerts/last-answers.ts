import type { Kysely } from 'kysely';
import { later } from '../instants.ts';
import type { Tables } from '../store/tables.ts';
import { toInstant } from '../store/values.ts';
import type { Asked, Refusal } from './refusals.ts';

/** When fal last answered each question of an account well. */
export type LastAnswers = Partial<Record<Asked, Temporal.Instant>>;

/** Whether fal has not answered that question well since. */
export function isOpen({ asked, until }: Refusal, answers: LastAnswers | undefined): boolean {
  const answered = answers?.[asked];
  return !answered || Temporal.Instant.compare(answered, until) < 0;
}

/** By account id; an account that nothing was ever answered is not in it. @param only this one. */
export async function readLastAnswers(
  db: Kysely<Tables>,
  only: string | null = null,
): Promise<Map<string, LastAnswers>> {
  const answers = new Map<string, LastAnswers>();
  const add = (id: string, asked: Asked, at: string | null) => {
    if (at === null) return;
    const own = answers.get(id) ?? {};
    own[asked] = own[asked] ? later(own[asked], toInstant(at)) : toInstant(at);
    answers.set(id, own);
  };
  let accounts = db
    .selectFrom('fal_accounts')
    .leftJoin('account_syncs', 'account_syncs.account_id', 'id')
    .leftJoin('charge_watches', 'charge_watches.account_id', 'id')
    .select((row) => [
      'id',
      'last_success_at',
      'looked_at',
      'error_code',
      row
        .selectFrom('balance_samples')
        .select('until_at')
        .whereRef('balance_samples.account_id', '=', 'fal_accounts.id')
        .where('balance', 'is not', null)
        .orderBy('from_at', 'desc')
        .limit(1)
        .as('balance_at'),
    ]);
  if (only !== null) accounts = accounts.where('id', '=', only);
  for (const row of await accounts.execute()) {
    add(row.id, 'usage', row.last_success_at);
    add(row.id, 'balance', row.balance_at);
    if (row.error_code === null) add(row.id, 'ledger', row.looked_at);
  }
  return answers;
}
