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
}

/** An ISO text on SQLite, a date on PostgreSQL. */
export type Moment = string | Date;
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
