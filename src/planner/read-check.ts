import { type FalAccount, findAccount, listAccounts } from '../accounts/accounts.ts';
import type { EventCost } from '../credits/projection.ts';
import { type CreditStatement, readStatement } from '../credits/statement.ts';
import { RequestError, refuse } from '../http/failure.ts';
import { earlier, later } from '../instants.ts';
import { type Check, checkPlan, type Funds, type PricedModel } from './check.ts';
import type { CheckRequest } from './check-request.ts';
import type { Demand } from './expected-cost.ts';
import type { PriceServices } from './known-prices.ts';
import { type CostedEvent, costsToCome, eventsToCome } from './planned-costs.ts';
import { pricePlans } from './price-plans.ts';

/** A check with what it was made from. */
export interface EventCheck {
  check: Check;
  models: PricedModel[];
  /** When it begins: now at the earliest. */
  start: Temporal.Instant;
  /** `null` where nobody's credits were asked about. */
  account: FalAccount | null;
  /** `null` where a credit limit stood in for it. */
  statement: CreditStatement | null;
  /** It has begun already. */
  isOn: boolean;
  /** Events before it of which nobody knows what they cost: they are not counted. */
  uncounted: number;
}

/** An event as it stands among others. */
export interface Place {
  /** `null`: it is not kept, so it comes after all that begin with it. */
  id: string | null;
  start: Temporal.Instant;
}

/**
 * Checks an event against the account's credits, what else is planned before it counted, or against a
 * limit that stands in for them.
 * @throws RequestError where the account, a price, or what is left is not known, and says of which.
 */
export async function readCheck(
  services: PriceServices,
  request: CheckRequest,
  caller: AbortSignal,
): Promise<EventCheck> {
  const now = services.now();
  const account = await accountOf(services, request);
  const asksAccount = account && request.creditLimit === null;
  const events = asksAccount ? await eventsToCome(services, account, now) : [];
  const [[own, ...plans], statement] = await Promise.all([
    pricePlans(services, account, [request, ...events], caller),
    asksAccount ? readStatement(services, account) : null,
  ]);
  if (!own || !('models' in own)) {
    if (own?.endpointId) refuse(`models.${own.endpointId}`, 'no_price');
    refuse('models', 'missing');
  }
  const others = costsToCome(events, plans, now);
  const place = { id: null, start: request.start ?? now };
  const { models } = own;
  const isOn = request.start !== null && earlier(request.start, now) === request.start;
  if (request.creditLimit !== null) {
    const start = later(place.start, now);
    const funds = { credits: request.creditLimit };
    const check = checkPlan({ ...request, start, models }, funds, now);
    return { check, models, start, account, statement: null, isOn, uncounted: 0 };
  }
  const checked = statement && checkAmong({ ...request, models }, place, statement, others);
  if (!checked) refuse('credit_limit', 'balance_unknown');
  return { ...checked, models, account, statement, isOn };
}

/**
 * Checks a plan by what is left of the account when the others that come before it are over.
 * @returns `null` where nobody knows what is left.
 */
export function checkAmong(
  plan: Demand & { models: PricedModel[] },
  place: Place,
  { outlook, now }: CreditStatement,
  others: readonly CostedEvent[],
): Pick<EventCheck, 'check' | 'start' | 'uncounted'> | null {
  if (!outlook) return null;
  // One that is on with others leaves them their part, which is spent before this instant.
  const start = later(place.start, now.add({ milliseconds: 1 }));
  const before = others.filter(({ event }) => isBefore(event, place));
  const events = before.flatMap(({ cost }) => (cost ? [wholeBefore(cost, start)] : []));
  // An instant of everyday spending is not worth a word.
  const pace = isAfter(place.start, now) ? outlook.pace : null;
  const funds: Funds = { outlook: { ...outlook, pace, events } };
  return {
    check: checkPlan({ ...plan, start }, funds, now),
    start: later(place.start, now),
    uncounted: before.filter(({ cost }) => cost === null).length,
  };
}

function isAfter(one: Temporal.Instant, other: Temporal.Instant): boolean {
  return Temporal.Instant.compare(one, other) > 0;
}

function isBefore(event: { id: string; start: Temporal.Instant }, { id, start }: Place): boolean {
  if (event.id === id) return false;
  const order = Temporal.Instant.compare(event.start, start);
  return order < 0 || (order === 0 && (id === null || event.id < id));
}

/** Who begins first is served first: where two overlap, all of the first one's cost is set aside. */
function wholeBefore({ start, end, cost }: EventCost, until: Temporal.Instant): EventCost {
  const last = until.subtract({ milliseconds: 1 });
  return { start: earlier(start, last), end: earlier(end, until), cost };
}

/** @throws RequestError `not_found` */
async function accountOf(
  { store }: PriceServices,
  { account, creditLimit, pricePerOutput }: CheckRequest,
): Promise<FalAccount | null> {
  if (account !== null) {
    const found = await findAccount(store.db, account);
    if (!found) throw new RequestError('not_found', { subject: 'account' });
    return found;
  }
  const [usual] = await listAccounts(store.db);
  if (!usual && (creditLimit === null || pricePerOutput === null)) {
    throw new RequestError('not_found', { subject: 'any_account' });
  }
  return usual ?? null;
}
