import pMap from 'p-map';
import type { FalAccount } from '../accounts/accounts.ts';
import { falsWord } from '../credits/stated-balance.ts';
import { expiringOf, statedRunway } from '../credits/stated-runway.ts';
import { readStatement, USAGE_CURRENCY } from '../credits/statement.ts';
import { latestBalances } from '../history/balance-samples.ts';
import { sumNano } from '../money.ts';
import { saidLately } from '../overview/sources.ts';
import { type CheckedEvent, checkEvents } from '../planner/check-event.ts';
import type { PriceServices } from '../planner/known-prices.ts';
import { plannedCosts } from '../planner/planned-costs.ts';
import type { PlannedEvent } from '../planner/planned-event.ts';
import { eventsFrom } from '../planner/queries.ts';
import {
  EVENT_DAYS,
  EXPIRING_DAYS,
  type Report,
  type ReportCredits,
  type ReportEvent,
} from './report.ts';

/** As many as are taken in at a glance: each takes some questions. */
const LISTED = 10;
/** Pages want their places at the local copy, too. */
const AT_ONCE = 2;

/**
 * What is left in accounts now, how long it lasts, what expires, and whether it is enough for what is
 * planned. fal is not asked.
 */
export async function readCredits(
  services: PriceServices,
  accounts: readonly FalAccount[],
  caller: AbortSignal,
): Promise<Pick<Report, 'credits' | 'events'>> {
  const now = services.now();
  const [balances, planned] = await Promise.all([
    latestBalances(services.store.db),
    eventsFrom(services.store.db, null, now),
  ]);
  const until = now.add({ hours: 24 * EVENT_DAYS });
  const ids = new Set(accounts.map(({ id }) => id));
  const events = planned
    .filter(({ closedAt, start, accountId }) => {
      return closedAt === null && ids.has(accountId) && Temporal.Instant.compare(start, until) < 0;
    })
    .slice(0, LISTED);
  const knownOf = ({ id }: FalAccount) => falsWord(balances.get(id) ?? null);
  const least = accounts.toSorted((one, other) => {
    const [a, b] = [knownOf(one)?.balance ?? null, knownOf(other)?.balance ?? null];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return a < b ? -1 : a > b ? 1 : 0;
  });
  const listed = accounts.length > LISTED ? least.slice(0, LISTED) : accounts;
  const wanted = accounts.filter(
    (account) => listed.includes(account) || events.some((event) => event.accountId === account.id),
  );
  const read = await pMap(
    wanted,
    (account) => readAccount(services, account, events, now, caller),
    { concurrency: AT_ONCE },
  );
  const found = new Map(wanted.map((account, index) => [account.id, read[index]]));
  // The same amounts as the rows have, so that they add up.
  const dollars = accounts.flatMap((account) => {
    const { balance = null, currency = null } =
      found.get(account.id)?.credits ?? knownOf(account) ?? {};
    return balance !== null && currency === USAGE_CURRENCY ? [balance] : [];
  });
  const leftOut = accounts.filter((account) => !listed.includes(account));
  return {
    credits: {
      total: dollars.length > 0 ? sumNano(dollars) : null,
      known: dollars.length,
      accounts: listed.flatMap(({ id }) => found.get(id)?.credits ?? []),
      leftOut: leftOut.length,
      leftOutUnknown: leftOut.filter((account) => knownOf(account) === null).length,
    },
    events: events.flatMap((event) => found.get(event.accountId)?.events.get(event.id) ?? []),
  };
}

async function readAccount(
  given: PriceServices,
  account: FalAccount,
  events: readonly PlannedEvent[],
  now: Temporal.Instant,
  caller: AbortSignal,
): Promise<{ credits: ReportCredits; events: Map<string, ReportEvent> }> {
  const services = { ...given, askedPrices: saidLately(given.askedPrices) };
  const own = events.filter(({ accountId }) => accountId === account.id);
  const planned = await plannedCosts(services, account, caller);
  const statement = await readStatement(services, account, planned);
  const checks = await checkEvents(services, account, own, caller, statement);
  const runway = statedRunway(statement);
  const { amount, currency, asOf, source, reason } = statement.balance;
  const expires = now.add({ hours: 24 * EXPIRING_DAYS });
  const { slug, name, timezone } = account;
  return {
    credits: {
      ...{ slug, name, timezone, balance: amount, currency, asOf },
      isEstimate: source === 'estimate',
      reason: amount === null ? (reason ?? 'never_read') : null,
      runway:
        typeof runway === 'string'
          ? null
          : { until: runway.until, earliest: runway.earliest, latest: runway.latest },
      runwayReason: typeof runway === 'string' ? runway : null,
      expiring: expiringOf(statement, runway)
        .filter(({ expiresAt }) => Temporal.Instant.compare(expiresAt, expires) < 0)
        .map(({ amount, expiresAt }) => ({ amount, expiresAt })),
    },
    events: new Map(
      own.map((event, index) => [event.id, eventOf(event, slug, checks[index] ?? null)]),
    ),
  };
}

function eventOf(
  { id, name, start, timezone }: PlannedEvent,
  slug: string,
  checked: CheckedEvent | null,
): ReportEvent {
  const check = checked && 'check' in checked ? checked.check : null;
  return {
    ...{ id, name, slug, start, timezone },
    verdict: check?.verdict ?? null,
    costLow: check?.cost.low ?? null,
    costHigh: check?.cost.high ?? null,
    topUp: check?.topUpBy ? check.topUp : null,
    topUpBy: check?.topUpBy ?? null,
    missing: checked && 'missing' in checked ? checked.missing : null,
    missingModel: checked && 'missing' in checked ? checked.endpointId : null,
  };
}
