import type { Kysely } from 'kysely';
import type { FalAccount } from '../accounts/accounts.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import type { Evaluation } from './finding.ts';
import type { Rule } from './rule.ts';

/** What messages are composed with. */
export type SettleServices = Pick<Services, 'config' | 'store'>;

export interface Judged {
  account: FalAccount;
  /** Every rule in force; one that could not be judged with `UNKNOWN`. What others have open is closed. */
  judged: readonly { rule: Rule; evaluation: Evaluation }[];
  now: Temporal.Instant;
}

/** Opens, updates and resolves an account's incidents, and puts into the outbox what people are told. */
export async function settleIncidents(
  _trx: Kysely<Tables>,
  _services: SettleServices,
  _found: Judged,
): Promise<void> {}
