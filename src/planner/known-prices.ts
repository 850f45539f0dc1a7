import { type FalAccount, reopenAccount } from '../accounts/accounts.ts';
import { FalError } from '../fal/errors.ts';
import { openQuestion } from '../fal/transport.ts';
import { pricesOf } from '../history/model-prices.ts';
import type { Nano } from '../money.ts';
import { SealError } from '../secrets/seal.ts';
import type { Services } from '../services.ts';
import { type KnownPrices, outputPrice } from './output-price.ts';
import { readOwnCosts } from './own-costs.ts';

/** A list price looked up so long ago is as good as one of now: fal is asked once a day. */
const FRESH_HOURS = 36;

export type PriceServices = Pick<
  Services,
  'store' | 'history' | 'seal' | 'fal' | 'askedPrices' | 'config' | 'log' | 'now'
>;

/** A model whose price is wanted. */
interface Wanted {
  endpointId: string;
  unitsPerOutput: Nano | null;
}

/**
 * What is known of the prices of models, from the local copy as far as that goes; fal is asked for list
 * prices that it lacks, and for an estimate of what still has none. Where fal can't be asked, that is
 * as if it knew nothing.
 * @param account whose own calls count and whose key fal is asked with; `null`: neither.
 */
export async function knownPrices(
  services: PriceServices,
  account: FalAccount | null,
  wanted: readonly Wanted[],
  caller: AbortSignal,
): Promise<Map<string, KnownPrices>> {
  const { store, history, now } = services;
  const ids = wanted.map(({ endpointId }) => endpointId);
  const at = now();
  const [kept, own] = await Promise.all([
    pricesOf(store.db, ids),
    account ? readOwnCosts(history, account, ids, at) : null,
  ]);
  const isFresh = (id: string) => {
    const until = kept.get(id)?.until;
    return until && Temporal.Instant.compare(until, at.subtract({ hours: FRESH_HOURS })) > 0;
  };
  const missing = ids.filter((id) => !isFresh(id));
  const { askedPrices } = services;
  const listed = await askedPrices.of(`list ${account?.id}`, missing, (ids) =>
    askFal(services, account, ids, caller, async (question) => {
      const { prices } = await services.fal.pricing(question, ids);
      return new Map(prices.map((price) => [price.endpointId, price]));
    }),
  );
  const known = new Map(
    ids.map((id): [string, KnownPrices] => [
      id,
      {
        list: listed.get(id) ?? kept.get(id) ?? null,
        own: own?.get(id) ?? null,
        estimate: null,
        manual: null,
      },
    ]),
  );
  const unpriced = wanted.filter(({ endpointId, unitsPerOutput }) => {
    const prices = known.get(endpointId);
    return prices && outputPrice(prices, unitsPerOutput) === null;
  });
  await Promise.all(
    unpriced.map(async ({ endpointId }) => {
      const estimates = await askedPrices.of(`estimate ${account?.id}`, [endpointId], (ids) =>
        askFal(services, account, ids, caller, async (question) => {
          const { cost, currency } = await services.fal.estimate(question, {
            type: 'historical_api_price',
            calls: new Map([[endpointId, 1]]),
          });
          return new Map(currency === 'USD' ? [[endpointId, cost]] : []);
        }),
      );
      const prices = known.get(endpointId);
      if (prices) prices.estimate = estimates.get(endpointId) ?? null;
    }),
  );
  return known;
}

/** @returns `null` where there is nothing to ask for, nobody to ask as, or no answer: that is logged. */
async function askFal<Answer>(
  { store, seal, config, log }: PriceServices,
  account: FalAccount | null,
  ids: readonly string[],
  caller: AbortSignal,
  ask: (question: ReturnType<typeof openQuestion>) => Promise<Answer>,
): Promise<Answer | null> {
  if (!account || ids.length === 0) return null;
  try {
    const { key } = await reopenAccount(store.db, seal, account);
    using question = openQuestion(key, config.falTimeoutMs, caller);
    return await ask(question);
  } catch (error) {
    if (!(error instanceof FalError) && !(error instanceof SealError)) throw error;
    log.warn({ err: error, account: account.slug, models: ids }, 'no price from fal');
    return null;
  }
}
