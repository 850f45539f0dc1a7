import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { AuditEntriesTable, Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';

/** Who did it, and from where. */
export interface Actor {
  kind: AuditEntriesTable['actor_kind'];
  /** An e-mail address, a token's name; empty where nobody is known. */
  name: string;
  /** The client's network address, where there is one. */
  address: string | null;
}

/** What was done: a subject and a verb, such as `account.created`; each has a text `audit.<action>`. */
export const AUDIT_ACTIONS = [
  'session.started',
  'session.failed',
  'session.ended',
  'session.ended_everywhere',
  'second_factor.enabled',
  'second_factor.disabled',
  'second_factor.codes_renewed',
  'password.changed',
  'password.reset',
  'person.created',
  'person.renamed',
  'person.role_changed',
  'person.deactivated',
  'person.reactivated',
  'link.created',
  'link.revoked',
  'token.created',
  'token.revoked',
  'embed.created',
  'embed.revoked',
  'account.created',
  'account.changed',
  'account.key_replaced',
  'account.deleted',
  'sync.paused',
  'sync.resumed',
  'sync.requested',
  'sync.restarted',
  'credits.recorded',
  'credits.corrected',
  'credits.voided',
  'credits.dismissed',
  'event.planned',
  'event.changed',
  'event.closed',
  'event.deleted',
  'channel.created',
  'channel.changed',
  'channel.enabled',
  'channel.disabled',
  'channel.secret_renewed',
  'channel.deleted',
  'delivery.resent',
  'rule.created',
  'rule.changed',
  'rule.enabled',
  'rule.disabled',
  'rule.deleted',
  'report_schedule.added',
  'report_schedule.changed',
  'report_schedule.deleted',
  'incident.acknowledged',
  'incident.resolved',
  'settings.changed',
  'secret.rotated',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export interface AuditEntry {
  actor: Actor;
  action: AuditAction;
  /** On whom or what, by the name people know it by. */
  target?: string;
  /** What else there is to know; never a secret. */
  detail?: Record<string, unknown>;
}

/**
 * Writes down who did what. `db` is the transaction of the deed itself, so that there is never one
 * without the other.
 */
export async function recordAudit(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  { actor, action, target, detail }: AuditEntry,
): Promise<void> {
  await db
    .insertInto('audit_entries')
    .values({
      id: randomUUID(),
      at: toText(now),
      actor: actor.name,
      actor_kind: actor.kind,
      action,
      target: target ?? null,
      address: actor.address,
      detail: detail ? JSON.stringify(detail) : null,
    })
    .execute();
}
