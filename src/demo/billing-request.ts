import { divideNano, NANO_PER_UNIT, type Nano, toNano } from '../money.ts';

export type Outcome = 'success' | 'user_error' | 'server_error';

/** Who called: an API key, or a person with a user token. */
export interface Caller {
  /** What `expand=auth_method` shows. */
  detail: string;
  apiKeyId?: string;
  loginUsername?: string;
}

/** What fal finds out later about a charge: from then on it has cost that. */
export interface Correction {
  /** Epoch milliseconds, UTC. */
  atMs: number;
  costNano: Nano;
  /** Billing units in 1e-9, when they change too; 0 takes the charge away. */
  quantityNano?: Nano;
}

/** One charge of one request to a model: everything the simulated API answers is added up from these. */
export interface BillingRequest {
  requestId: string;
  /** Epoch milliseconds, UTC. */
  atMs: number;
  /** The id that was called: analytics counts by it. */
  endpointId: string;
  /** The id on the bill: usage and billing events carry it. */
  billedId: string;
  caller: Caller;
  outcome: Outcome;
  /** False for a further charge of a request that is already counted. */
  call: boolean;
  unit: string;
  unitPriceNano: Nano;
  /** Billing units in 1e-9; 0 means the request was not billed. */
  quantityNano: Nano;
  percentDiscount: number | null;
  subtotalNano: Nano;
  costNano: Nano;
  /** Execution, waiting before it, and the part of the waiting that was a cold boot (0: none). */
  durationMs: number;
  prepareMs: number;
  coldBootMs: number;
  /** When answers begin to show it, epoch milliseconds; without it as soon as it happened. */
  knownAtMs?: number;
  correction?: Correction;
}

/** What a hand-written request has to say; the rest has defaults. */
export interface BillingRequestParts {
  /** ISO date-time with offset, or epoch milliseconds. */
  at: string | number;
  endpointId: string;
  billedId?: string;
  requestId?: string;
  caller?: Caller;
  /** Default `success`. */
  outcome?: Outcome;
  /** Default true. */
  call?: boolean;
  /** Default `images`. */
  unit?: string;
  /** USD per unit. Default 0.01. */
  unitPrice?: number;
  /** Billing units. Default 1 for a success and 0 (not billed) for a failure. */
  quantity?: number;
  percentDiscount?: number | null;
  durationMs?: number;
  prepareMs?: number;
  coldBootMs?: number;
  /** As `at`. */
  knownAt?: string | number;
  /** `at` as above, `cost` in USD, `quantity` in billing units. */
  correction?: { at: string | number; cost: number; quantity?: number };
}

const SOMEBODY: Caller = { detail: 'Cabina 1', apiKeyId: 'de300000-0000-4000-8000-0000000000c1' };

/** Completes hand-written requests; without a `requestId` they are numbered. */
export function billingRequests(list: readonly BillingRequestParts[]): BillingRequest[] {
  return list.map((parts, index) => {
    const { at, endpointId, outcome = 'success', percentDiscount = null } = parts;
    const { knownAt, correction } = parts;
    const unitPriceNano = toNano(parts.unitPrice ?? 0.01);
    const quantityNano = toNano(parts.quantity ?? (outcome === 'success' ? 1 : 0));
    return {
      requestId: parts.requestId ?? `request-${index + 1}`,
      atMs: epochMs(at),
      endpointId,
      billedId: parts.billedId ?? endpointId,
      caller: parts.caller ?? SOMEBODY,
      outcome,
      call: parts.call ?? true,
      unit: parts.unit ?? 'images',
      unitPriceNano,
      quantityNano,
      percentDiscount,
      ...charge(quantityNano, unitPriceNano, percentDiscount),
      durationMs: parts.durationMs ?? 1000,
      prepareMs: parts.prepareMs ?? 100,
      coldBootMs: parts.coldBootMs ?? 0,
      ...(knownAt !== undefined && { knownAtMs: epochMs(knownAt) }),
      ...(correction && { correction: completeCorrection(correction) }),
    };
  });
}

function completeCorrection({
  at,
  cost,
  quantity,
}: NonNullable<BillingRequestParts['correction']>): Correction {
  return {
    atMs: epochMs(at),
    costNano: toNano(cost),
    ...(quantity !== undefined && { quantityNano: toNano(quantity) }),
  };
}

function epochMs(at: string | number): number {
  return typeof at === 'number' ? at : Temporal.Instant.from(at).epochMilliseconds;
}

/** Units x price - discount, rounded once a request to the nano. The discount may have two decimals. */
export function charge(
  quantityNano: Nano,
  unitPriceNano: Nano,
  percentDiscount: number | null,
): { subtotalNano: Nano; costNano: Nano } {
  const exact = quantityNano * unitPriceNano;
  const paidParts = BigInt(10_000 - Math.round((percentDiscount ?? 0) * 100));
  return {
    subtotalNano: divideNano(exact, NANO_PER_UNIT),
    costNano: divideNano(exact * paidParts, NANO_PER_UNIT * 10_000n),
  };
}
