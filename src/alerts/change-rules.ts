import type { Transaction } from 'kysely';
import { type Actor, type AuditAction, recordAudit } from '../audit/audit.ts';
import { refuseUnknownChannels } from '../deliveries/recipients.ts';
import { holdNamedAccount } from '../history/hold-account.ts';
import { RequestError } from '../http/failure.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import { closeIncidentsOf } from './change-incidents.ts';
import type { Rule } from './rule.ts';
import type { RuleFields } from './rule-request.ts';
import { ruleRow } from './rule-rows.ts';
import { findRule } from './rules.ts';

type ChangeServices = Pick<Services, 'store' | 'now'>;

/** A rule as somebody saw it: a change of it that came in between is a conflict. */
export interface SeenRule {
  id: string;
  version: number;
}

/**
 * @returns `null` when `id` was used before.
 * @throws RequestError `not_found` of the account, `invalid_request` for a channel that is not there.
 */
export function createRule(
  services: ChangeServices,
  actor: Actor,
  fields: Pick<Rule, 'id' | 'kind' | 'accountId'> & RuleFields,
): Promise<Rule | null> {
  return services.store.db.transaction().execute(async (trx) => {
    if (fields.accountId !== null) await holdNamedAccount(trx, fields.accountId);
    await refuseUnknownChannels(trx, fields.channelIds);
    const rule: Rule = { ...fields, version: 1 };
    const made = await trx
      .insertInto('alert_rules')
      .values(ruleRow(rule, services.now()))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made) return null;
    await note(trx, services, actor, 'rule.created', rule);
    return rule;
  });
}

/** @throws RequestError as above, or `conflict` when it is not the version that was seen. */
export function changeRule(
  services: ChangeServices,
  actor: Actor,
  seen: SeenRule,
  fields: RuleFields,
): Promise<Rule> {
  return change(services, seen, async (trx, before) => {
    await refuseUnknownChannels(trx, fields.channelIds, before.channelIds);
    const rule = { ...before, ...fields };
    await note(trx, services, actor, 'rule.changed', rule, changedFields(before, rule));
    return rule;
  });
}

/** What a rule that is switched off has open is closed. @throws RequestError as above. */
export function switchRule(
  services: ChangeServices,
  actor: Actor,
  seen: SeenRule,
  isEnabled: boolean,
): Promise<Rule> {
  return change(services, seen, async (trx, before) => {
    const rule = { ...before, isEnabled };
    await note(trx, services, actor, isEnabled ? 'rule.enabled' : 'rule.disabled', rule);
    return rule;
  });
}

/** What it has open is closed. @throws RequestError as above. */
export function deleteRule(services: ChangeServices, actor: Actor, seen: SeenRule): Promise<void> {
  return services.store.db.transaction().execute(async (trx) => {
    const rule = await seenRule(trx, seen);
    const { numDeletedRows } = await trx
      .deleteFrom('alert_rules')
      .where('id', '=', rule.id)
      .where('version', '=', rule.version)
      .executeTakeFirst();
    if (numDeletedRows !== 1n) throw new RequestError('conflict');
    await closeIncidentsOf(trx, services.now(), rule.id);
    await note(trx, services, actor, 'rule.deleted', rule);
  });
}

function change(
  services: ChangeServices,
  seen: SeenRule,
  changed: (trx: Transaction<Tables>, before: Rule) => Promise<Rule>,
): Promise<Rule> {
  return services.store.db.transaction().execute(async (trx) => {
    const before = await seenRule(trx, seen);
    const rule = { ...(await changed(trx, before)), version: before.version + 1 };
    const { created_at: _, ...row } = ruleRow(rule, services.now());
    const { numUpdatedRows } = await trx
      .updateTable('alert_rules')
      .set(row)
      .where('id', '=', rule.id)
      // Of two that saw the same version one is too late, also on PostgreSQL.
      .where('version', '=', before.version)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new RequestError('conflict');
    if (before.isEnabled && !rule.isEnabled) {
      await closeIncidentsOf(trx, services.now(), rule.id);
    } else if (before.isEnabled && changedFields(before, rule).includes('threshold')) {
      // That a balance is above a limit of before is nobody's news; what is still found is open again at once.
      await closeIncidentsOf(trx, services.now(), rule.id, 'state');
    }
    return rule;
  });
}

async function seenRule(trx: Transaction<Tables>, seen: SeenRule): Promise<Rule> {
  const rule = await findRule(trx, seen.id);
  if (!rule) throw new RequestError('not_found', { subject: 'rule' });
  if (rule.version !== seen.version) throw new RequestError('conflict');
  return rule;
}

/** Names of what is not as it was. */
function changedFields(before: Rule, after: Rule): string[] {
  const names = {
    name: 'name',
    params: 'threshold',
    severity: 'severity',
    channelIds: 'recipients',
    quietHours: 'quiet_hours',
    remindHours: 'remind_hours',
    isEnabled: 'enabled',
  } as const;
  return Object.entries(names).flatMap(([field, name]) => {
    const [was, is] = [before, after].map((rule) => JSON.stringify(rule[field as keyof Rule]));
    return was === is ? [] : [name];
  });
}

function note(
  trx: Transaction<Tables>,
  { now }: ChangeServices,
  actor: Actor,
  action: AuditAction,
  { kind, name }: Rule,
  changed: readonly string[] = [],
): Promise<void> {
  return recordAudit(trx, now(), {
    actor,
    action,
    ...(name !== '' && { target: name }),
    detail: { alert_kind: kind, ...(changed.length > 0 && { changed }) },
  });
}
