import { type Nano, toNano } from '../money.ts';
import { askInBatches } from './batches.ts';
import { FalError } from './errors.ts';
import { readPages } from './pages.ts';
import { estimateAnswer, pricingPage, readAnswer } from './schemas.ts';
import type { FalTransport, Question } from './transport.ts';

const PATH = '/models/pricing';

export interface Price {
  endpointId: string;
  /** One unit before discounts, in 1e-9 of `currency`. */
  unitPrice: Nano;
  unit: string;
  currency: string;
}

export interface PricingAnswer {
  prices: Price[];
  /** Ids that fal has no price for. */
  unpriced: string[];
}

/** List prices. fal answers 404 for the whole batch when one id has none: those are told apart. */
export async function readPricing(
  transport: FalTransport,
  question: Question,
  endpointIds: readonly string[],
): Promise<PricingAnswer> {
  const { answers } = await askInBatches(
    endpointIds,
    (batch) => readBatch(transport, question, batch),
    (error) => error.code === 'not_found',
  );
  const prices = answers.flat();
  const priced = new Set(prices.map((price) => price.endpointId));
  return { prices, unpriced: endpointIds.filter((id) => !priced.has(id)) };
}

async function readBatch(transport: FalTransport, question: Question, batch: string[]) {
  const prices = new Map<string, Price>();
  const stop = await readPages(
    async (cursor) => {
      const search = new URLSearchParams(batch.map((id) => ['endpoint_id', id]));
      if (cursor) search.set('cursor', cursor);
      const json = await transport.send(question, { path: PATH, query: search });
      return readAnswer(pricingPage, json, PATH);
    },
    (page) => {
      for (const price of page.prices) {
        prices.set(price.endpoint_id, {
          endpointId: price.endpoint_id,
          unitPrice: toNano(price.unit_price),
          unit: price.unit,
          currency: price.currency,
        });
      }
      return page.prices.length;
    },
  );
  // A price that was not read must not pass for one that does not exist.
  if (stop) throw stop.cause ?? new FalError('fal_bad_response', `${PATH}: ${stop.reason}`);
  return [...prices.values()];
}

/** Billing units by endpoint id, or calls by endpoint id. */
export type EstimateQuery =
  | { type: 'unit_price'; units: ReadonlyMap<string, number> }
  | { type: 'historical_api_price'; calls: ReadonlyMap<string, number> };

/** fal's own estimate: one total for everything, in 1e-9 of `currency`. */
export async function readEstimate(
  transport: FalTransport,
  question: Question,
  query: EstimateQuery,
): Promise<{ cost: Nano; currency: string }> {
  const path = `${PATH}/estimate`;
  const endpoints =
    query.type === 'unit_price'
      ? [...query.units].map(([id, unit_quantity]) => [id, { unit_quantity }])
      : [...query.calls].map(([id, call_quantity]) => [id, { call_quantity }]);
  const json = await transport.send(question, {
    method: 'POST',
    path,
    body: { estimate_type: query.type, endpoints: Object.fromEntries(endpoints) },
  });
  const answer = readAnswer(estimateAnswer, json, path);
  return { cost: toNano(answer.total_cost), currency: answer.currency };
}
