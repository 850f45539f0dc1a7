import type { Insertable, Kysely, Selectable } from 'kysely';
import type { AlertRulesTable, Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import { RULE_KINDS, type Rule, type RuleKind, SEVERITIES, type Severity } from './rule.ts';

/**
 * Every rule, the oldest first; those of a kind this version does not know are left out.
 * @param kind only those of that kind.
 */
export async function listRules(db: Kysely<Tables>, kind: RuleKind | null = null): Promise<Rule[]> {
  let query = db.selectFrom('alert_rules').selectAll();
  if (kind !== null) query = query.where('kind', '=', kind);
  const rows = await query.orderBy('created_at').orderBy('id').execute();
  return rows.flatMap(toRule);
}

/** Nothing where this version does not know the kind. */
export function toRule(row: Selectable<AlertRulesTable>): Rule[] {
  if (!isRuleKind(row.kind)) return [];
  return [
    {
      id: row.id,
      accountId: row.account_id,
      kind: row.kind,
      name: row.name,
      params: JSON.parse(row.params),
      severity: isSeverity(row.severity) ? row.severity : 'warning',
      channelIds: row.channel_ids === null ? null : JSON.parse(row.channel_ids),
      quietHours:
        row.quiet_from === null || row.quiet_until === null
          ? null
          : { from: row.quiet_from, until: row.quiet_until },
      remindHours: row.remind_hours,
      isEnabled: row.is_enabled === 1,
      version: row.version,
    },
  ];
}

/** The row of a rule that is made or changed at `now`; whoever changes one leaves `created_at` out. */
export function ruleRow(rule: Rule, now: Temporal.Instant): Insertable<AlertRulesTable> {
  return {
    id: rule.id,
    account_id: rule.accountId,
    kind: rule.kind,
    name: rule.name,
    params: JSON.stringify(rule.params),
    severity: rule.severity,
    channel_ids: rule.channelIds && JSON.stringify(rule.channelIds),
    quiet_from: rule.quietHours?.from ?? null,
    quiet_until: rule.quietHours?.until ?? null,
    remind_hours: rule.remindHours,
    is_enabled: rule.isEnabled ? 1 : 0,
    version: rule.version,
    created_at: toText(now),
    updated_at: toText(now),
  };
}

export function isRuleKind(value: unknown): value is RuleKind {
  return RULE_KINDS.some((kind) => kind === value);
}

export function isSeverity(value: unknown): value is Severity {
  return SEVERITIES.some((severity) => severity === value);
}
