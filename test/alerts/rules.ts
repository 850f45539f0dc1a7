import { KINDS } from '../../src/alerts/kinds/index.ts';
import type { Rule, RuleKind } from '../../src/alerts/rule.ts';

/** A rule for every account that nobody stored, with the params that its kind makes of these. */
export function ruleOf(
  kind: RuleKind,
  params: Record<string, unknown>,
  facts: Partial<Rule> = {},
): Rule {
  const read = KINDS[kind]?.params.safeParse(params).data;
  return {
    id: `rule-${kind}`,
    accountId: null,
    kind,
    name: '',
    params: (read as Rule['params'] | undefined) ?? params,
    severity: 'warning',
    channelIds: null,
    quietHours: null,
    remindHours: null,
    isEnabled: true,
    version: 1,
    ...facts,
  };
}
