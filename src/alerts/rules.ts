import type { Request } from 'express';
import type { Kysely } from 'kysely';
import { type FalAccount, findAccount } from '../accounts/accounts.ts';
import { RequestError } from '../http/failure.ts';
import { rowId } from '../http/row-id.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import type { Rule } from './rule.ts';
import { toRule } from './rule-rows.ts';

/** @param id any text; what is no id finds nothing. */
export async function findRule(db: Kysely<Tables>, id: string): Promise<Rule | null> {
  const row = await db
    .selectFrom('alert_rules')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  const [rule] = row ? toRule(row) : [];
  return rule ?? null;
}

/**
 * The rule in a route's `:id`, with the one account that it is for, if it is for one.
 * @throws RequestError `not_found`
 */
export async function ruleOf(
  { store }: Pick<Services, 'store'>,
  req: Request,
): Promise<{ rule: Rule; account: FalAccount | null }> {
  const rule = await findRule(store.db, rowId(req));
  if (!rule) throw new RequestError('not_found', { subject: 'rule' });
  const { accountId } = rule;
  return { rule, account: accountId === null ? null : await findAccount(store.db, accountId) };
}

/**
 * The accounts that a rule watches: one for all accounts leaves out those that have a rule of their own
 * of the same kind.
 */
export function watchedBy(
  { kind, accountId }: Pick<Rule, 'kind' | 'accountId'>,
  accounts: readonly FalAccount[],
  rules: readonly Rule[],
): FalAccount[] {
  if (accountId !== null) return accounts.filter(({ id }) => id === accountId);
  const apart = new Set(rules.filter((rule) => rule.kind === kind).map((rule) => rule.accountId));
  return accounts.filter(({ id }) => !apart.has(id));
}
