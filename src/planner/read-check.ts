import { type FalAccount, findAccount, listAccounts } from '../accounts/accounts.ts';
import { type CreditStatement, readStatement } from '../credits/statement.ts';
import { RequestError } from '../http/failure.ts';
import { earlier, later } from '../instants.ts';
import type { Nano } from '../money.ts';
import { type Check, checkPlan, type Funds, type PricedModel } from './check.ts';
import type { CheckRequest } from './check-request.ts';
import { WHOLE_PERCENT } from './expected-cost.ts';
import { knownPrices, type PriceServices } from './known-prices.ts';
import { outputPrice } from './output-price.ts';
import { OWN_COST_DAYS } from './own-costs.ts';
import { type PlannedModel, refuse } from './plan-fields.ts';

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
}

/** Models that an account used less than this of its calls are no part of what it usually does. */
const LEAST_SHARE = 0.02;
const MAX_USUAL_MODELS = 8;

/**
 * Checks an event against the account's credits, or against a limit that stands in for them.
 * @throws RequestError where the account, a price, or what is left is not known, and says of which.
 */
export async function readCheck(
  services: PriceServices,
  request: CheckRequest,
  caller: AbortSignal,
): Promise<EventCheck> {
  const now = services.now();
  const account = await accountOf(services, request);
  const [models, statement] = await Promise.all([
    pricedModels(services, request, account, caller),
    account && request.creditLimit === null ? readStatement(services, account) : null,
  ]);
  const start = later(request.start ?? now, now);
  const check = checkPlan({ ...request, start, models }, fundsOf(request, statement), now);
  const isOn = request.start !== null && earlier(request.start, now) === request.start;
  return { check, models, start, account, statement, isOn };
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

function fundsOf({ creditLimit }: CheckRequest, statement: CreditStatement | null): Funds {
  if (creditLimit !== null) return { credits: creditLimit };
  if (statement?.outlook) return { outlook: statement.outlook };
  refuse('credit_limit', 'balance_unknown');
}

async function pricedModels(
  services: PriceServices,
  { models, pricePerOutput: manual }: CheckRequest,
  account: FalAccount | null,
  caller: AbortSignal,
): Promise<PricedModel[]> {
  const planned = models ?? (manual === null ? await usualModels(services, account) : []);
  if (planned.length === 0) {
    if (manual === null) refuse('models', 'missing');
    const output = outputPrice({ list: null, own: null, estimate: null, manual }, null);
    return output ? [{ endpointId: null, share: WHOLE_PERCENT, output }] : [];
  }
  const known = await knownPrices(services, account, planned, caller);
  return planned.map(({ endpointId, share, unitsPerOutput }) => {
    const prices = known.get(endpointId);
    const output = prices ? outputPrice({ ...prices, manual }, unitsPerOutput) : null;
    if (!output) refuse(`models.${endpointId}`, 'no_price');
    return { endpointId, share, output };
  });
}

/** The models an account called lately, by how often. */
async function usualModels(
  { history, now }: PriceServices,
  account: FalAccount | null,
): Promise<PlannedModel[]> {
  if (!account) return [];
  const { id, timezone } = account;
  const at = now();
  const start = at.toZonedDateTimeISO(timezone).subtract({ days: OWN_COST_DAYS }).startOfDay();
  const { groups } = await history.usage({
    ...{ start: start.toInstant(), end: at, timezone, resolution: 'month', groupBy: 'endpoint' },
    ...{ accountId: id, endpointIds: [], apiKeyIds: [], groupsApart: 0 },
  });
  const called = groups.flatMap(({ key, count }) => (count ? [{ key, count }] : []));
  const total = called.reduce((sum, { count }) => sum + count, 0);
  const usual = called
    .filter(({ count }) => count / total >= LEAST_SHARE)
    .sort((one, other) => other.count - one.count)
    .slice(0, MAX_USUAL_MODELS);
  return wholeParts(usual.map(({ count }) => count)).map((share, index) => ({
    endpointId: usual[index]?.key ?? '',
    share,
    unitsPerOutput: null,
  }));
}

/** Parts of a whole in per cent that add up to exactly 100; the first takes what rounding leaves. */
function wholeParts(counts: readonly number[]): Nano[] {
  const total = BigInt(counts.reduce((sum, count) => sum + count, 0));
  const shares = counts.map((count) => (WHOLE_PERCENT * BigInt(count)) / total);
  const rest = WHOLE_PERCENT - shares.reduce((sum, share) => sum + share, 0n);
  return shares.map((share, index) => (index === 0 ? share + rest : share));
}
