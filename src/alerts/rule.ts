export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const RULE_KINDS = [
  'spend_above',
  'budget',
  'spend_unusual',
  'failure_rate',
  'price_changed',
  'costly_request',
  'balance_below',
  'runway_short',
  'credits_expiring',
  'event_uncovered',
  'account_trouble',
  'sync_stale',
] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

/** Hours in which only what is critical is told at once: times of day such as `22:00`, in the account's zone. */
export interface QuietHours {
  from: string;
  until: string;
}

/** What is watched, and who is told. */
export interface Rule {
  id: string;
  /** `null`: every account, each by itself, but for those with a rule of their own of the same kind. */
  accountId: string | null;
  kind: RuleKind;
  /** What people call it; empty: as its kind is called. */
  name: string;
  /** What its kind needs to know, as its `params` schema answered it; JSON. */
  params: Record<string, unknown>;
  severity: Severity;
  /** Ids of channels; `null`: every one. */
  channelIds: readonly string[] | null;
  quietHours: QuietHours | null;
  /** How often people are reminded of what stays open, in hours; `null`: never. */
  remindHours: number | null;
  isEnabled: boolean;
  /** Counts the changes: who saves says which version was edited. */
  version: number;
}
