import { type BillingRequest, type Caller, charge } from '../../src/demo/billing-request.ts';
import { type CatalogueModel, findModel } from '../../src/demo/models.ts';
import { pick, type Random, uuid } from '../../src/demo/prng.ts';
import { toNano } from '../../src/money.ts';

/** Calls of a stretch of time. */
export interface Calls {
  from: Temporal.ZonedDateTime;
  hours: number;
  count: number;
  models: readonly { endpointId: string; share: number }[];
  /** Of them, 0 to 1; server errors, which are free. Default 0.015. */
  failing?: number;
  /** The unit price from that moment on, as many times the list price. */
  dearer?: { endpointId: string; fromMs: number; times: number };
}

const HOUR_MS = 3_600_000;
const CALLER: Caller = { detail: 'Cabina 1', apiKeyId: 'de300000-0000-4000-8000-0000000000c1' };

/** Made at random moments of it, more in its middle. */
export function callsOf(random: Random, calls: Calls): BillingRequest[] {
  const { from, hours, count, models, failing = 0.015, dearer } = calls;
  return Array.from({ length: count }, () => {
    const atMs = from.epochMilliseconds + Math.floor(((random() + random()) / 2) * hours * HOUR_MS);
    const { endpointId } = pick(random, models);
    const tier = pick(random, modelOf(endpointId).tiers);
    const isDearer = dearer?.endpointId === endpointId && atMs >= dearer.fromMs;
    const isFailure = random() < failing;
    return requestAt(random, atMs, {
      endpointId,
      unit: tier.unit,
      unitPrice: tier.unitPrice * (isDearer ? dearer.times : 1),
      units: isFailure ? 0 : tier.quantity(random),
      outcome: isFailure ? 'server_error' : 'success',
    });
  });
}

/** One call. */
export function requestAt(
  random: Random,
  atMs: number,
  call: {
    endpointId: string;
    unit: string;
    /** USD. */
    unitPrice: number;
    units: number;
    outcome?: BillingRequest['outcome'];
  },
): BillingRequest {
  const { endpointId, unit, outcome = 'success' } = call;
  const [quantityNano, unitPriceNano] = [toNano(call.units), toNano(call.unitPrice)];
  return {
    ...{ requestId: uuid(random), atMs, endpointId, caller: CALLER, outcome, call: true },
    billedId: modelOf(endpointId).billedId ?? endpointId,
    ...{ unit, unitPriceNano, quantityNano, percentDiscount: null },
    ...charge(quantityNano, unitPriceNano, null),
    ...{ durationMs: 4_000, prepareMs: 100, coldBootMs: 0 },
  };
}

export function modelOf(endpointId: string): CatalogueModel {
  const model = findModel(endpointId);
  if (!model) throw new Error(`no model ${endpointId}`);
  return model;
}
