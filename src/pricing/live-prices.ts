import { listAccounts } from '../accounts/accounts.ts';
import type { Model } from '../fal/models.ts';
import type { Price } from '../fal/pricing.ts';
import { openQuestion } from '../fal/transport.ts';
import { askWithAnyKey } from '../history/price-snapshot.ts';
import { RequestError } from '../http/failure.ts';
import type { Services } from '../services.ts';

type Asking = Pick<Services, 'store' | 'seal' | 'fal' | 'config'>;

/** More are not shown: who gets them should ask for something narrower. */
const FOUND_SHOWN = 20;

/** Models found by words, the first of them with their list prices of now. */
export interface FoundModels {
  models: (Model & { price: Price | null })[];
  /** Models beyond those shown, or pages that fal did not give. */
  hasMore: boolean;
}

/**
 * Prices that fal lists now, by endpoint id; models without one are not in it. Asked with the default
 * account's key, or else another's that works.
 * @throws RequestError `not_found` without an account, SealError, FalError
 */
export async function livePrices(
  services: Asking,
  endpointIds: readonly string[],
  caller: AbortSignal,
): Promise<Map<string, Price>> {
  if (endpointIds.length === 0) return new Map();
  const { store, seal, fal, config } = services;
  const asking = { db: store.db, seal, fal, timeoutMs: config.falTimeoutMs };
  const accounts = await listAccounts(store.db);
  const answer = await askWithAnyKey(asking, accounts, endpointIds, caller);
  if (!answer) throw new RequestError('not_found', { subject: 'any_account' });
  return new Map(answer.prices.map((price) => [price.endpointId, price]));
}

/** Looks models up at fal, by words of their name, description or category. @throws as `livePrices` */
export async function searchModels(
  services: Asking,
  text: string,
  caller: AbortSignal,
): Promise<FoundModels> {
  // fal shows its list to anybody.
  using question = openQuestion(null, services.config.falTimeoutMs, caller);
  const { models, stop } = await services.fal.models(question, { text, enough: FOUND_SHOWN + 1 });
  const shown = models.slice(0, FOUND_SHOWN);
  const prices = await livePrices(
    services,
    shown.map(({ endpointId }) => endpointId),
    caller,
  );
  return {
    models: shown.map((model) => ({ ...model, price: prices.get(model.endpointId) ?? null })),
    hasMore: models.length > shown.length || stop !== null,
  };
}
