import { type FalAccount, listAccounts } from '../accounts/accounts.ts';
import type { CostRange } from '../credits/projection.ts';
import type { NoRunwayReason } from '../credits/stated-runway.ts';
import type { Nano } from '../money.ts';
import { type CreditOutlook, type OutlookQuestion, outlookName } from '../overview/outlooks.ts';
import type { OverviewSources } from '../overview/sources.ts';
import type { CheckedEvent, NoVerdict } from '../planner/check-event.ts';
import type { PlannedEvent } from '../planner/planned-event.ts';
import type { Verdict } from '../planner/verdict.ts';
import type { Round } from './kind.ts';

/** What rules need of an account's outlook: a statement is thousands of rows, and is not kept. */
export interface Forecast {
  /** `until` is `null` beyond the horizon. */
  runway: { until: Temporal.Instant | null; earliest: Temporal.Instant | null } | NoRunwayReason;
  expiring: { entryId: string; amount: Nano; expiresAt: Temporal.Instant }[];
  check: EventFigures | null;
}

/** Whether credits last through an event. */
export type EventFigures =
  | {
      verdict: Verdict;
      topUp: Nano;
      topUpBy: Temporal.Instant | null;
      cost: CostRange;
      available: Nano;
    }
  | NoVerdict;

/** An outlook this old is read again, */
const FRESH_MINUTES = 10;
/** or sooner where it does not say yet what is asked of it, as before the first reading; */
const WANTING_MINUTES = 2;
/** so many a round at most, each of which takes a statement; */
const READ_A_ROUND = 10;
/** and where it could not be read for so long nobody knows. */
const USABLE_MINUTES = 60;

interface Known {
  name: string;
  at: Temporal.Instant;
  /** `null`: it waits for its turn. */
  forecast: Forecast | null;
}

/** What is remembered between rounds goes with the panel it is of. */
const remembered = new WeakMap<OverviewSources, Map<string, Known>>();

/** Planned events that are neither over nor closed, of all accounts, the first first. */
export function eventsAhead(round: Round): Promise<PlannedEvent[]> {
  return round.once('events_ahead', () => round.services.overviewSources.events(round.now));
}

/**
 * What is ahead of an account, from the local copy: read again when what people wrote down has changed,
 * and every ten minutes, a few accounts a round.
 * @param event whether credits last through it is asked for as well; `null`: through the next one.
 * @returns `null` where nobody knows yet.
 */
export function forecastOf(
  round: Round,
  account: FalAccount,
  event: PlannedEvent | null = null,
): Promise<Forecast | null> {
  return round.once(`forecast ${account.id} ${event?.id ?? ''}`, async () => {
    const own = (await eventsAhead(round)).filter(({ accountId }) => accountId === account.id);
    // What is asked about the next event is told of the account anyway.
    if (event && own[0]?.id === event.id) return forecastOf(round, account);
    const written = await writtenIn(round, account);
    return recall(round, `${account.id} ${event?.id ?? ''}`, {
      account,
      events: event ? [event] : own,
      written,
    });
  });
}

async function recall(
  round: Round,
  key: string,
  question: OutlookQuestion,
): Promise<Forecast | null> {
  const { overviewSources: sources, log } = round.services;
  const memory = remembered.get(sources) ?? new Map<string, Known>();
  remembered.set(sources, memory);
  const budget = await round.once('forecast_budget', async () => ({ left: READ_A_ROUND }));
  const name = outlookName(question);
  const known = memory.get(key);
  const isSame = known?.name === name;
  const age = known ? Math.abs(known.at.until(round.now).total('minutes')) : Infinity;
  // Those at the end of the list have their turn too, for what waits is counted.
  const freshFor = Math.max(
    known?.forecast && isWanting(known.forecast) ? WANTING_MINUTES : FRESH_MINUTES,
    memory.size / READ_A_ROUND,
  );
  if (known?.forecast && isSame && age < freshFor) return known.forecast;
  const usable = known && isSame && age < USABLE_MINUTES ? known.forecast : null;
  if (budget.left <= 0) {
    if (!known?.forecast) memory.set(key, { name, at: round.now, forecast: null });
    return usable;
  }
  budget.left -= 1;
  try {
    const forecast = forecastFrom(await sources.outlook(question));
    memory.set(key, { name, at: round.now, forecast });
    return forecast;
  } catch (error) {
    log.warn({ err: error, account: question.account.slug }, 'an outlook could not be read');
    return usable;
  } finally {
    await round.once('forecasts_forgotten', async () => forgetOld(memory, round.now));
  }
}

function isWanting({ runway, check }: Forecast): boolean {
  return typeof runway === 'string' || (check !== null && 'missing' in check);
}

/** Of accounts and events that are gone. */
function forgetOld(memory: Map<string, Known>, now: Temporal.Instant): void {
  for (const [key, { at }] of memory) {
    if (Math.abs(at.until(now).total('minutes')) > 3 * USABLE_MINUTES) memory.delete(key);
  }
}

async function writtenIn(round: Round, { id }: FalAccount): Promise<number> {
  const written = await round.once('written_in_ledgers', async () => {
    const accounts = await listAccounts(round.services.store.db);
    return round.services.overviewSources.written(accounts.map((account) => account.id));
  });
  return written.get(id) ?? 0;
}

function forecastFrom({ runway, expiring, check }: CreditOutlook): Forecast {
  return {
    runway:
      typeof runway === 'string' ? runway : { until: runway.until, earliest: runway.earliest },
    expiring: expiring.map(({ entry, amount, expiresAt }) => ({
      ...{ amount, expiresAt, entryId: entry.id },
    })),
    check: check && figuresOf(check),
  };
}

function figuresOf(checked: CheckedEvent): EventFigures {
  if ('missing' in checked) return checked;
  const { verdict, topUp, topUpBy, cost, available } = checked.check;
  return { verdict, topUp, topUpBy, cost, available };
}
