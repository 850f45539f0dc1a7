import { KINDS } from '../../src/alerts/kinds/index.ts';
import type { Rule, RuleKind } from '../../src/alerts/rule.ts';
import { aRule } from './settling.ts';

/** A rule for every account that nobody stored, with the params that its kind makes of these. */
export function ruleOf(
  kind: RuleKind,
  params: Record<string, unknown>,
  facts: Partial<Rule> = {},
): Rule {
  const read = KINDS[kind]?.params.safeParse(params).data;
  return aRule({
    id: `rule-${kind}`,
    kind,
    params: (read as Rule['params'] | undefined) ?? params,
    ...facts,
  });
}
