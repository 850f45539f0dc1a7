import type { Lock } from '../fal/lock.ts';
import type { Balance } from '../usage/report.ts';

export type { LockKind } from '../fal/lock.ts';

/** What the panel needs to read at fal, one name an endpoint. */
export type Capability = 'usage' | 'billing_events' | 'balance' | 'analytics' | 'pricing';

export interface Probe {
  capability: Capability;
  /** `unknown`: fal could not be asked, so nothing can be said about the key. */
  access: 'granted' | 'denied' | 'unknown';
  /** Error code of the failed question; `null` when it was answered. */
  code: string | null;
  /** How long fal took, in ms. */
  latencyMs: number;
}

export type Verdict =
  /** All capabilities are there. */
  | 'ready'
  /** Known key, some capability is not readable for another reason than scope (fal answers errors there). */
  | 'degraded'
  /** Known key that may not read usage or balance. */
  | 'admin_scope_missing'
  | 'unknown_key'
  /** fal knows the key but not its owner yet (401 "No user found..."): new keys, fal-ai/fal#1068. */
  | 'unbound_key'
  | 'malformed_key'
  | 'account_locked'
  /** A CDN challenge page stands before fal: says nothing about the key. */
  | 'challenged'
  | 'rate_limited'
  /** fal is down, unreachable or too slow. */
  | 'fal_unavailable';

/** What the key doctor found. */
export interface Diagnosis {
  verdict: Verdict;
  wellFormed: boolean;
  /** `null`: could not be found out. */
  known: boolean | null;
  adminScope: boolean | null;
  lock: Lock | null;
  /** Account name at fal; `null` when the key may not read it. */
  account: string | null;
  balance: Balance;
  probes: Probe[];
  /** Wall time of all probes side by side, in ms. */
  latencyMs: number;
  /** `…7f3a`: the last four characters of the key id, all that is ever shown of a key. */
  keyHint: string;
}
