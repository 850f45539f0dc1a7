import { z } from 'zod';
import { divideNano, NANO_PER_UNIT, type Nano, sumNano, toJsonNumber, toNano } from '../money.ts';
import { jsonAnswer, Refusal } from './answer.ts';
import { type CatalogueModel, findModel } from './models.ts';
import { requiredIdsOf } from './query.ts';
import { type Ask, entriesOf, type Slice, sliceOf } from './world.ts';

const LONGEST_QUERY = 4000;
/** How far historical estimates of compute-second models have been seen off (fal-ai/fal-js#132). */
const TOO_LOW = 100n;

/** `GET /models/pricing`: list prices. One id without a price is 404 for all. */
export function answerPricing({ query, world: { quirks } }: Ask) {
  if (query.toString().length > LONGEST_QUERY) throw new Refusal(404);
  const prices = [...requiredIdsOf(query, 'endpoint_id')].map((endpointId) => {
    const [{ unit, unitPrice }] = priced(endpointId, quirks.noPrice).tiers;
    return {
      endpoint_id: endpointId,
      unit_price: unitPrice,
      unit,
      currency: 'USD',
      ...(quirks.extraFields && { tier: 'standard' }),
    };
  });
  return jsonAnswer(200, { prices, next_cursor: null, has_more: false });
}

const estimateSchema = z.discriminatedUnion('estimate_type', [
  z.object({
    estimate_type: z.literal('historical_api_price'),
    endpoints: z.record(z.string(), z.object({ call_quantity: z.int().min(1) })),
  }),
  z.object({
    estimate_type: z.literal('unit_price'),
    endpoints: z.record(z.string(), z.object({ unit_quantity: z.number().min(0.000001) })),
  }),
]);

/** `POST /models/pricing/estimate`: one total, no split. */
export function answerEstimate(ask: Ask) {
  const parsed = estimateSchema.safeParse(parseJson(ask.body));
  if (!parsed.success) throw new Refusal(400);
  const { noPrice } = ask.world.quirks;
  const total =
    parsed.data.estimate_type === 'unit_price'
      ? sumNano(
          Object.entries(parsed.data.endpoints).map(([endpointId, { unit_quantity }]) => {
            const [{ unitPrice }] = priced(endpointId, noPrice).tiers;
            return divideNano(toNano(unit_quantity) * toNano(unitPrice), NANO_PER_UNIT);
          }),
        )
      : sumNano(
          Object.entries(parsed.data.endpoints).map(([endpointId, { call_quantity }]) =>
            historicalCost(ask, priced(endpointId, noPrice), endpointId, BigInt(call_quantity)),
          ),
        );
  const { estimate_type } = parsed.data;
  return jsonAnswer(200, { estimate_type, total_cost: toJsonNumber(total), currency: 'USD' });
}

/** What the account's calls have cost on average, and too little of it for compute seconds. */
function historicalCost(
  { world, account }: Ask,
  model: CatalogueModel,
  endpointId: string,
  calls: bigint,
): Nano {
  const [{ unit, unitPrice }] = model.tiers;
  const past = pastCalls(sliceOf(world, account, { startMs: 0, endMs: Infinity }), endpointId);
  if (past.calls === 0n) return toNano(unitPrice) * calls;
  const cost = divideNano(past.costNano * calls, past.calls);
  return unit === 'compute seconds' ? divideNano(cost, TOO_LOW) : cost;
}

function pastCalls(slice: Slice, endpointId: string) {
  const past = { calls: 0n, costNano: 0n };
  for (const { request } of entriesOf(slice)) {
    if (request.endpointId !== endpointId && request.billedId !== endpointId) continue;
    past.costNano += request.costNano;
    if (request.call) past.calls += 1n;
  }
  return past;
}

function priced(endpointId: string, noPrice: string[]): CatalogueModel {
  const model = noPrice.includes(endpointId) ? undefined : findModel(endpointId);
  if (!model) throw new Refusal(404, `No pricing found for endpoint ${endpointId}`);
  return model;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'The body is not JSON');
  }
}
