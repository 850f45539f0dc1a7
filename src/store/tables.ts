import type { ColumnType, Generated } from 'kysely';

/**
 * The tables as Kysely sees them. Times of our own are ISO 8601 texts in UTC with ms, which sort as
 * they stand; those of better-auth's tables come as its `Moment`, and its booleans as its `Flag`.
 */
export interface Tables {
  people: PeopleTable;
  sessions: SessionsTable;
  sign_in_methods: SignInMethodsTable;
  verifications: VerificationsTable;
  second_factors: SecondFactorsTable;
  one_time_links: OneTimeLinksTable;
  sign_in_failures: SignInFailuresTable;
  api_tokens: ApiTokensTable;
  fal_accounts: FalAccountsTable;
  settings: SettingsTable;
  audit_entries: AuditEntriesTable;
  jobs: JobsTable;
  account_syncs: AccountSyncsTable;
  sync_windows: SyncWindowsTable;
  usage_zones: UsageZonesTable;
  usage_series: UsageSeriesTable;
  usage_slots: UsageSlotsTable;
  usage_days: UsageDaysTable;
  balance_samples: BalanceSamplesTable;
  model_prices: ModelPricesTable;
  reconciliations: ReconciliationsTable;
  credit_entries: CreditEntriesTable;
  dismissed_top_ups: DismissedTopUpsTable;
  planned_events: PlannedEventsTable;
  planned_event_models: PlannedEventModelsTable;
  delivery_channels: DeliveryChannelsTable;
  deliveries: DeliveriesTable;
  alert_rules: AlertRulesTable;
  incidents: IncidentsTable;
  incident_entries: IncidentEntriesTable;
  charge_watches: ChargeWatchesTable;
  usual_charges: UsualChargesTable;
  costly_charges: CostlyChargesTable;
  refusals: RefusalsTable;
  embed_tokens: EmbedTokensTable;
  report_schedules: ReportSchedulesTable;
  reports: ReportsTable;
}

/** An ISO text on SQLite, a date on PostgreSQL. */
export type Moment = string | Date;
/**
 * A whole number beyond what a JS number keeps exactly: goes in as a bigint and is read as a text,
 * by `digits`, for the two databases would hand it out in two ways and one would lose digits.
 */
export type BigNumber = ColumnType<never, bigint, bigint>;
/** 0 or 1 on SQLite, a boolean on PostgreSQL. */
export type Flag = number | boolean;

export interface PeopleTable {
  id: string;
  name: string;
  email: string;
  email_verified: Flag;
  image: string | null;
  role: string;
  deactivated: Flag;
  two_factor_enabled: Flag;
  created_at: Moment;
  updated_at: Moment;
}

export interface SessionsTable {
  id: string;
  /** An HMAC of the session's token. */
  token: string;
  user_id: string;
  expires_at: Moment;
  ip_address: string | null;
  user_agent: string | null;
  created_at: Moment;
  updated_at: Moment;
}

export interface SignInMethodsTable {
  id: string;
  account_id: string;
  provider_id: string;
  user_id: string;
  access_token: string | null;
  refresh_token: string | null;
  id_token: string | null;
  access_token_expires_at: Moment | null;
  refresh_token_expires_at: Moment | null;
  scope: string | null;
  /** A hash. */
  password: string | null;
  created_at: Moment;
  updated_at: Moment;
}

export interface VerificationsTable {
  id: string;
  identifier: string;
  value: string;
  expires_at: Moment;
  created_at: Moment;
  updated_at: Moment;
}

export interface SecondFactorsTable {
  id: string;
  user_id: string;
  /** Encrypted by better-auth, as are the codes. */
  secret: string;
  backup_codes: string;
  verified: Flag | null;
  failed_verification_count: number | null;
  locked_until: Moment | null;
}

export interface OneTimeLinksTable {
  token_hash: string;
  purpose: 'setup' | 'invitation' | 'reset';
  email: string | null;
  name: string | null;
  role: string | null;
  person_id: string | null;
  created_by: string;
  created_at: string;
  expires_at: string;
}

export interface SignInFailuresTable {
  id: string;
  subject: string;
  at: string;
}

export interface ApiTokensTable {
  id: string;
  name: string;
  token_hash: string;
  hint: string;
  role: string;
  created_by: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface FalAccountsTable {
  id: string;
  slug: string;
  name: string;
  note: string;
  timezone: string;
  color: number;
  sealed_key: string;
  key_hint: string;
  is_default: 1 | null;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface SettingsTable {
  name: string;
  value: string;
  updated_at: string;
}

export interface AuditEntriesTable {
  id: string;
  at: string;
  actor: string;
  actor_kind: 'person' | 'token' | 'command_line' | 'server' | 'nobody';
  action: string;
  target: string | null;
  address: string | null;
  detail: string | null;
}

export interface JobsTable {
  name: string;
  next_run_at: string;
  holder: string | null;
  lease_until: string | null;
  last_started_at: string | null;
  last_ended_at: string | null;
  failures: number;
}

export interface AccountSyncsTable {
  account_id: string;
  is_paused: Generated<0 | 1>;
  /** Days since 1970-01-01, UTC. */
  backfill_from: number | null;
  last_success_at: string | null;
  last_error_code: string | null;
  last_error_at: string | null;
  round_started_at: string | null;
  round_days: Generated<number>;
  round_days_done: Generated<number>;
  round_rows: Generated<number>;
}

export interface SyncWindowsTable {
  account_id: string;
  /** Days since 1970-01-01, UTC. */
  day: number;
  slot_minutes: number;
  read_at: string;
  changed_at: string;
  is_final: 0 | 1;
  /** How often it was marked to be read again since it last was; 0: it is not to be. */
  is_stale: number;
  is_complete: 0 | 1;
  is_forgotten: Generated<0 | 1>;
  /** JSON list of endpoint ids. */
  uncounted: string | null;
  /** Ids of the zones in whose days it is counted, such as `,1,2,`. */
  zones: string;
}

export interface UsageZonesTable {
  id: Generated<number>;
  name: string;
}

export interface UsageSeriesTable {
  id: Generated<number>;
  scope: 'account' | 'by_account' | 'by_endpoint';
  measure: 'billed' | 'called';
  account_id: string | null;
  endpoint_id: string | null;
  unit: string | null;
  unit_price: ColumnType<never, bigint | null, bigint | null>;
  percent_discount: number | null;
  currency: string | null;
  auth_detail: string | null;
  api_key_id: string | null;
  username: string | null;
  by_account_id: number | null;
  by_endpoint_id: number | null;
  identity: string;
}

/** What is added up; see the migration. */
interface Measures {
  cost: BigNumber;
  units: BigNumber;
  unit_nanos: BigNumber;
  requests: BigNumber;
  successes: BigNumber;
  failures: BigNumber;
  timed: BigNumber;
  p50_ms: BigNumber;
  p95_ms: BigNumber;
}

export interface UsageSlotsTable extends Measures {
  series_id: number;
  /** Minutes since 1970-01-01, UTC. */
  slot: number;
}

export interface UsageDaysTable extends Measures {
  series_id: number;
  zone_id: number;
  /** Days since 1970-01-01 in the zone's calendar. */
  day: number;
}

export interface BalanceSamplesTable {
  account_id: string;
  from_at: string;
  until_at: string;
  balance: ColumnType<never, bigint | null, bigint | null>;
  currency: string | null;
  reason: string | null;
}

export interface ModelPricesTable {
  endpoint_id: string;
  from_at: string;
  until_at: string;
  unit: string;
  unit_price: BigNumber;
  currency: string;
}

export interface ReconciliationsTable {
  account_id: string;
  day: string;
  checked_at: string;
  local_cost: BigNumber;
  fal_cost: BigNumber;
  events_cost: ColumnType<never, bigint | null, bigint | null>;
  events_reason: string | null;
  cause: string | null;
  repaired_at: string | null;
}

export interface CreditEntriesTable {
  account_id: string;
  entry_id: string;
  revision: number;
  kind: 'purchase' | 'promotion' | 'adjustment';
  amount: BigNumber;
  currency: string;
  at: string;
  expires_at: string | null;
  note: string;
  is_void: 0 | 1;
  source: 'hand' | 'csv' | 'proposal';
  seen_after: string | null;
  recorded_at: string;
  recorded_by: string;
}

export interface DismissedTopUpsTable {
  account_id: string;
  seen_after: string;
  dismissed_at: string;
  dismissed_by: string;
}

export interface PlannedEventsTable {
  id: string;
  account_id: string;
  name: string;
  venue: string;
  client: string;
  note: string;
  starts_at: string;
  ends_at: string;
  timezone: string;
  participants: number;
  outputs_per_participant: BigNumber;
  allowance_percent: BigNumber;
  margin_percent: BigNumber;
  price_per_output: ColumnType<never, bigint | null, bigint | null>;
  peak_participants: number | null;
  concurrency: number | null;
  /** JSON list of ids. */
  api_key_ids: string | null;
  price_charged: ColumnType<never, bigint | null, bigint | null>;
  participants_came: number | null;
  closed_at: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface PlannedEventModelsTable {
  event_id: string;
  position: number;
  endpoint_id: string;
  share: BigNumber;
  units_per_output: ColumnType<never, bigint | null, bigint | null>;
}

export interface DeliveryChannelsTable {
  id: string;
  name: string;
  kind: string;
  /** JSON, sealed. */
  sealed_target: string;
  hint: string;
  locale: string;
  is_enabled: 0 | 1;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface DeliveriesTable {
  id: string;
  channel_id: string;
  channel_name: string;
  channel_kind: string;
  source_kind: 'incident' | 'report' | 'test';
  source_id: string;
  occasion: string;
  /** JSON. */
  content: string;
  /** `cancelled`: there was nothing to tell any more before it was sent. */
  state: 'pending' | 'sent' | 'dead' | 'cancelled';
  created_at: string;
  next_attempt_at: string;
  first_attempt_at: string | null;
  attempts: number;
  last_error: string | null;
  ended_at: string | null;
}

export interface AlertRulesTable {
  id: string;
  account_id: string | null;
  kind: string;
  name: string;
  /** JSON. */
  params: string;
  severity: string;
  /** JSON list of ids. */
  channel_ids: string | null;
  quiet_from: string | null;
  quiet_until: string | null;
  remind_hours: number | null;
  is_enabled: 0 | 1;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface IncidentsTable {
  id: string;
  rule_id: string;
  account_id: string;
  kind: string;
  rule_name: string;
  subject: string;
  nature: 'state' | 'moment';
  cause: string;
  severity: string;
  state: 'open' | 'acknowledged' | 'resolved';
  /** JSON, as `latest_facts` is. */
  facts: string;
  latest_facts: string;
  opened_at: string;
  seen_at: string;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  resolved_at: string | null;
  told_at: string | null;
  told_with: string | null;
}

export interface IncidentEntriesTable {
  incident_id: string;
  number: number;
  at: string;
  what: string;
  actor: string | null;
  /** JSON. */
  facts: string | null;
}

export interface ChargeWatchesTable {
  account_id: string;
  looked_until: string | null;
  looked_at: string | null;
  error_code: string | null;
}

export interface UsualChargesTable {
  account_id: string;
  endpoint_id: string;
  /** JSON list of digits in 1e-9, oldest first. */
  costs: string;
}

export interface CostlyChargesTable {
  account_id: string;
  request_id: string;
  endpoint_id: string;
  at: string;
  found_at: string;
  cost: BigNumber;
  usual_cost: BigNumber;
}

export interface RefusalsTable {
  account_id: string;
  from_at: string;
  until_at: string;
  times: number;
  asked: string;
  kind: string;
  status: number | null;
  said: string;
}

export interface EmbedTokensTable {
  id: string;
  name: string;
  /** Null: all of them. */
  account_id: string | null;
  token_hash: string;
  hint: string;
  /** JSON list of the parts that it shows. */
  shows: string;
  /** JSON list of the origins whose pages may frame it; null: any. */
  frame_origins: string | null;
  locale: string;
  created_by: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface ReportSchedulesTable {
  id: string;
  account_id: string | null;
  cadence: string;
  local_time: string;
  timezone: string;
  weekday: number | null;
  month_day: number | null;
  /** JSON list of ids. */
  channel_ids: string | null;
  is_enabled: 0 | 1;
  from_at: string;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface ReportsTable {
  id: string;
  schedule_id: string;
  account_id: string | null;
  cadence: string;
  /** ISO 8601 dates. */
  first_day: string;
  end_day: string;
  timezone: string;
  due_at: string;
  made_at: string;
  is_late: 0 | 1;
  /** JSON: what lists say of it, and all of it. */
  summary: string;
  content: string;
}
