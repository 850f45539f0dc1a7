import type { Nano } from '../money.ts';
import type { BillingRequest } from './billing-request.ts';

export interface Calls {
  count: number;
  successes: number;
  /** User and server errors. */
  failures: number;
}

/** What was billed in one unit at one price and discount. */
export interface BilledUnits {
  unit: string;
  unitPriceNano: Nano;
  percentDiscount: number | null;
  quantityNano: Nano;
  costNano: Nano;
}

export interface EndpointTruth extends Calls {
  costNano: Nano;
  units: BilledUnits[];
  /** By called id; one entry, the endpoint's own, where billed and called ids are the same. */
  calls: Record<string, Calls>;
}

export interface Truth extends Calls {
  costNano: Nano;
  /** Billing events: charges, which are neither requests nor units. */
  charges: number;
  /** By billed id. */
  endpoints: Record<string, EndpointTruth>;
}

/**
 * The charges of a period the way they are known at a moment, sharing nothing with the way to the
 * HTTP answers. @param period epoch milliseconds, the end is exclusive.
 */
export function chargesOf(
  charges: readonly BillingRequest[],
  { startMs, endMs }: { startMs: number; endMs: number },
  knownMs: number,
): BillingRequest[] {
  return charges
    .filter(
      ({ atMs, knownAtMs = atMs }) =>
        atMs >= startMs && atMs < endMs && Math.max(atMs, knownAtMs) <= knownMs,
    )
    .map((charge) => asCorrected(charge, knownMs));
}

function asCorrected(charge: BillingRequest, knownMs: number): BillingRequest {
  const { knownAtMs: _, correction, ...rest } = charge;
  if (!correction || correction.atMs > knownMs) return rest;
  const { costNano, quantityNano = charge.quantityNano } = correction;
  const subtotalNano = charge.subtotalNano - charge.costNano + costNano;
  return { ...rest, costNano, subtotalNano, quantityNano };
}

/** Adds up requests one by one. */
export function truthOf(requests: readonly BillingRequest[]): Truth {
  const truth: Truth = { ...noCalls(), costNano: 0n, charges: 0, endpoints: {} };
  for (const request of requests) {
    const endpoint = endpointOf(truth, request.billedId);
    if (request.call) {
      const called = endpoint.calls[request.endpointId] ?? noCalls();
      endpoint.calls[request.endpointId] = called;
      for (const calls of [truth, endpoint, called]) countCall(calls, request);
    }
    if (request.quantityNano === 0n) continue;
    truth.charges += 1;
    truth.costNano += request.costNano;
    endpoint.costNano += request.costNano;
    const units = unitsOf(endpoint, request);
    units.quantityNano += request.quantityNano;
    units.costNano += request.costNano;
  }
  return truth;
}

function endpointOf({ endpoints }: Truth, billedId: string): EndpointTruth {
  const endpoint = endpoints[billedId] ?? { ...noCalls(), costNano: 0n, units: [], calls: {} };
  endpoints[billedId] = endpoint;
  return endpoint;
}

function countCall(calls: Calls, { outcome }: BillingRequest): void {
  calls.count += 1;
  if (outcome === 'success') calls.successes += 1;
  else calls.failures += 1;
}

function unitsOf(endpoint: EndpointTruth, request: BillingRequest): BilledUnits {
  const { unit, unitPriceNano, percentDiscount } = request;
  const known = endpoint.units.find(
    (each) =>
      each.unit === unit &&
      each.unitPriceNano === unitPriceNano &&
      each.percentDiscount === percentDiscount,
  );
  if (known) return known;
  const added = { unit, unitPriceNano, percentDiscount, quantityNano: 0n, costNano: 0n };
  endpoint.units.push(added);
  return added;
}

function noCalls(): Calls {
  return { count: 0, successes: 0, failures: 0 };
}
