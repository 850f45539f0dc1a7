import type { Selectable } from 'kysely';
import type { IncidentEntriesTable, IncidentsTable } from '../store/tables.ts';
import { toInstant } from '../store/values.ts';
import { CAUSES, type Facts } from './finding.ts';
import { type RuleKind, SEVERITIES, type Severity } from './rule.ts';
import { isRuleKind, isSeverity } from './rule-rows.ts';

export const INCIDENT_STATES = ['open', 'acknowledged', 'resolved'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** Something a rule found, and what became of it. */
export interface Incident {
  id: string;
  ruleId: string;
  accountId: string;
  kind: RuleKind;
  /** What people called the rule when it was found; empty: as its kind is called. */
  ruleName: string;
  subject: string;
  nature: 'state' | 'moment';
  cause: (typeof CAUSES)[number];
  /** The gravest it has been. */
  severity: Severity;
  state: IncidentState;
  /** When it was found. */
  facts: Facts;
  latestFacts: Facts;
  openedAt: Temporal.Instant;
  /** When it was last found, to some minutes. */
  seenAt: Temporal.Instant;
  acknowledgedAt: Temporal.Instant | null;
  acknowledgedBy: string | null;
  resolvedAt: Temporal.Instant | null;
  /** When people were last told of it; `null`: they have not been, or have to be told anew. */
  toldAt: Temporal.Instant | null;
  /** The incident whose message tells of it: itself or a graver one; while it is untold, what it waits behind. */
  toldWith: string | null;
}

/** What can happen to an incident; each has a text `incident.entry.<what>`. */
export const ENTRY_KINDS = [
  'opened',
  'worsened',
  'reopened',
  /** Put behind a message that went out a moment ago. */
  'attached',
  'told',
  'reminded',
  'acknowledged',
  'resolved',
  /** By a person. */
  'resolved_by_hand',
  /** A moment that was long enough ago. */
  'past',
  /** Its day, event or credits are over. */
  'lapsed',
  /** It became something else, of which there is another incident. */
  'turned',
  /** Its rule is deleted, switched off, watches something else, or not the account any more. */
  'rule_gone',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** A line of an incident's history. */
export interface IncidentEntry {
  number: number;
  at: Temporal.Instant;
  what: EntryKind;
  /** Who did it, where it was a person or a program. */
  actor: string | null;
  /** The numbers at the time. */
  facts: Facts | null;
}

/** Nothing where this version does not know the kind of its rule. */
export function toIncident(row: Selectable<IncidentsTable>): Incident[] {
  if (!isRuleKind(row.kind)) return [];
  const instant = (text: string | null) => (text === null ? null : toInstant(text));
  return [
    {
      id: row.id,
      ruleId: row.rule_id,
      accountId: row.account_id,
      kind: row.kind,
      ruleName: row.rule_name,
      subject: row.subject,
      nature: row.nature,
      cause: CAUSES.find((cause) => cause === row.cause) ?? 'sync',
      severity: isSeverity(row.severity) ? row.severity : 'warning',
      state: row.state,
      facts: JSON.parse(row.facts),
      latestFacts: JSON.parse(row.latest_facts),
      openedAt: toInstant(row.opened_at),
      seenAt: toInstant(row.seen_at),
      acknowledgedAt: instant(row.acknowledged_at),
      acknowledgedBy: row.acknowledged_by,
      resolvedAt: instant(row.resolved_at),
      toldAt: instant(row.told_at),
      toldWith: row.told_with,
    },
  ];
}

/** Nothing where this version does not know what happened. */
export function toEntry(row: Selectable<IncidentEntriesTable>): IncidentEntry[] {
  const what = ENTRY_KINDS.find((kind) => kind === row.what);
  if (!what) return [];
  const { number, actor, facts } = row;
  return [{ number, at: toInstant(row.at), what, actor, facts: facts && JSON.parse(facts) }];
}

/** Id of the incident whose message tells of one, or would. */
export function leadOf({ id, toldWith }: Incident): string {
  return toldWith ?? id;
}

/** The graver, the higher. */
export function gravity(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** The gravest first; of those as grave the oldest. */
export function byGravity(one: Incident, other: Incident): number {
  return (
    gravity(other.severity) - gravity(one.severity) ||
    Temporal.Instant.compare(one.openedAt, other.openedAt) ||
    (one.id < other.id ? -1 : 1)
  );
}
