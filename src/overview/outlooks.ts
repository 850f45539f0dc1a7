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
import type { PlannedEvent } from '../planner/planned-event.ts';
import { eventsFrom } from '../planner/queries.ts';
import type { Services } from '../services.ts';

/** What is ahead of an account's credits at the recent pace, and what they wait for. */
export interface CreditOutlook {
  runway: Runway | NoRunwayReason;
  /** What expires unused, soonest first. */
  expiring: Expiring[];
  /** Top-ups to confirm, newest first. */
  proposals: TopUp[];
}

/** Reads it from the local copy. Planned events are not in it: pricing them may take a question to fal. */
export async function readOutlook(
  services: Pick<Services, 'store' | 'history' | 'now'>,
  account: FalAccount,
): Promise<CreditOutlook> {
  const statement = await readStatement(services, account);
  const runway = statedRunway(statement);
  return {
    runway,
    expiring: expiringOf(statement, runway),
    proposals: statement.proposals,
  };
}

/** The first planned event that is neither over nor closed. @param accountId `null`: of all accounts. */
export async function nextEvent(
  { store }: Pick<Services, 'store'>,
  accountId: string | null,
  now: Temporal.Instant,
): Promise<PlannedEvent | null> {
  const events = await eventsFrom(store.db, accountId, now);
  return events.find(({ closedAt }) => closedAt === null) ?? null;
}
