import type { Rule } from './rule.ts';

/**
 * The rules that are evaluated for an account, in their order: its own and those for every account.
 * Of a kind of which it has rules of its own only those count, also while they are switched off: so
 * a kind is muted for one account.
 */
export function rulesInForce(rules: readonly Rule[], accountId: string): Rule[] {
  const own = rules.filter((rule) => rule.accountId === accountId);
  const ownKinds = new Set(own.map(({ kind }) => kind));
  return rules.filter(
    (rule) =>
      rule.isEnabled &&
      (rule.accountId === accountId || (rule.accountId === null && !ownKinds.has(rule.kind))),
  );
}
