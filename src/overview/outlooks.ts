import type { Kysely } from 'kysely';
import type { FalAccount } from '../accounts/accounts.ts';
import type { Runway } from '../credits/runway.ts';
import {
  type Expiring,
  expiringOf,
  type NoRunwayReason,
  statedRunway,
} from '../credits/stated-runway.ts';
import { readStatement } from '../credits/statement.ts';
import type { TopUp } from '../credits/top-ups.ts';
import { type CheckedEvent, checkEvents } from '../planner/check-event.ts';
import type { PriceServices } from '../planner/known-prices.ts';
import { plannedCosts } from '../planner/planned-costs.ts';
import type { PlannedEvent } from '../planner/planned-event.ts';
import type { Tables } from '../store/tables.ts';

/** What is ahead of an account's credits, at the recent pace and with what is planned, and what they wait for. */
export interface CreditOutlook {
  runway: Runway | NoRunwayReason;
  /** What expires unused, soonest first. */
  expiring: Expiring[];
  /** Top-ups to confirm, newest first. */
  proposals: TopUp[];
  /** Whether they last through the next event; `null` where none is planned. */
  check: CheckedEvent | null;
}

/** Whose outlook is asked for, and what people last wrote down that changes it: another of it is another question. */
export interface OutlookQuestion {
  account: FalAccount;
  /** The account's events to come, the first first. */
  events: readonly PlannedEvent[];
  /** How much is in its ledger. */
  written: number;
}

/** Reads what the account's page of credits says, too. */
export async function readOutlook(
  services: PriceServices,
  { account, events: [next] }: OutlookQuestion,
  caller: AbortSignal,
): Promise<CreditOutlook> {
  const planned = next ? await plannedCosts(services, account, caller) : [];
  const statement = await readStatement(services, account, planned);
  const runway = statedRunway(statement);
  const [check = null] = next
    ? await checkEvents(services, account, [next], caller, statement)
    : [];
  return {
    runway,
    expiring: expiringOf(statement, runway),
    proposals: statement.proposals,
    check,
  };
}

/** Two questions of the same name have the same answer, but for what was read of fal meanwhile. */
export function outlookName({ account, events, written }: OutlookQuestion): string {
  const { id, version } = account;
  return JSON.stringify([id, version, written, events.map((event) => [event.id, event.version])]);
}

/**
 * How much is in the ledgers of these accounts, by id: entries, corrections and refused proposals are
 * only ever added.
 */
export async function writtenInLedgers(
  db: Kysely<Tables>,
  accountIds: readonly string[],
): Promise<Map<string, number>> {
  if (accountIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('credit_entries')
    .select('account_id')
    .where('account_id', 'in', accountIds)
    .unionAll(
      db.selectFrom('dismissed_top_ups').select('account_id').where('account_id', 'in', accountIds),
    )
    .execute();
  const counts = new Map<string, number>();
  for (const { account_id: id } of rows) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
