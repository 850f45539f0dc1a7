import type { FalAccount } from '../accounts/accounts.ts';
import type { Nano } from '../money.ts';
import type { PricedModel } from './check.ts';
import { WHOLE_PERCENT } from './expected-cost.ts';
import { knownPrices, type PriceServices } from './known-prices.ts';
import { outputPrice } from './output-price.ts';
import { OWN_COST_DAYS } from './own-costs.ts';
import type { PlannedModel } from './plan-fields.ts';

/** What a plan says about models and their prices. */
export interface PlanToPrice {
  /** `null`: those that the account used lately, as often as it did. */
  models: readonly PlannedModel[] | null;
  /** What an output costs where nobody knows better, nano-USD. */
  pricePerOutput: Nano | null;
}

/** A plan that can't be priced. */
export interface NoPrice {
  /** The model of which nobody knows the price; `null`: there are no models. */
  endpointId: string | null;
}

export type PricedPlan = { models: PricedModel[] } | NoPrice;

/** Models that an account used less than this of its calls are no part of what it usually does. */
const LEAST_SHARE = 0.02;
const MAX_USUAL_MODELS = 8;

/** Prices plans of an account, all together: fal is asked at most once for what is not kept. */
export async function pricePlans(
  services: PriceServices,
  account: FalAccount | null,
  plans: readonly PlanToPrice[],
  caller: AbortSignal,
): Promise<PricedPlan[]> {
  const needsUsual = plans.some(({ models, pricePerOutput }) => !models && pricePerOutput === null);
  const usual = needsUsual ? await usualModels(services, account) : [];
  const planned = plans.map(({ models, pricePerOutput }) => {
    return { models: models ?? (pricePerOutput === null ? usual : []), manual: pricePerOutput };
  });
  const wanted = new Map(
    planned.flatMap(({ models }) => models.map((model) => [model.endpointId, model])),
  );
  const known = await knownPrices(services, account, [...wanted.values()], caller);
  return planned.map(({ models, manual }): PricedPlan => {
    if (models.length === 0) {
      const output = outputPrice({ list: null, own: null, estimate: null, manual }, null);
      if (!output) return { endpointId: null };
      return { models: [{ endpointId: null, share: WHOLE_PERCENT, output }] };
    }
    const priced: PricedModel[] = [];
    for (const { endpointId, share, unitsPerOutput } of models) {
      const prices = known.get(endpointId);
      const output = prices ? outputPrice({ ...prices, manual }, unitsPerOutput) : null;
      if (!output) return { endpointId };
      priced.push({ endpointId, share, output });
    }
    return { models: priced };
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
