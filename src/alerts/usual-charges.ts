import type { BillingEvent } from '../fal/billing-events.ts';
import { NANO_PER_UNIT, type Nano } from '../money.ts';

/** How many requests of a model are remembered. */
export const KEPT_CHARGES = 101;
/** With fewer nobody can say what is usual. */
const LEAST_KNOWN = 10;
/** The loosest a rule may ask for: what is less above the usual, or less altogether, is not kept. */
export const LEAST_TIMES = 5;
export const LEAST_COST: Nano = NANO_PER_UNIT / 2n;
/** What is much for one request of whatever model. */
export const MUCH_FOR_ANY: Nano = 50n * NANO_PER_UNIT;
/** Events of a request that are further apart than this are not waited for. */
const APART_MS = 10 * 60_000;
/** How many of what a look has seen of a model are held to compare with. */
const SEEN_KEPT = 512;
/** Nobody looks through more alarms of one model at a time. */
const DEAREST_KEPT = 100;

/** What one request cost altogether. */
export interface RequestCharge {
  requestId: string;
  /** Of its dearest event. */
  endpointId: string;
  /** Epoch ms of its latest event. */
  atMs: number;
  cost: Nano;
}

/** What requests of a model usually cost. */
export interface UsualCharge {
  median: Nano;
  /** Nineteen of twenty cost no more. */
  most: Nano;
}

/** @param outliers so many of them hide no other. @returns `null` where too few are known. */
export function usualOf(costs: readonly Nano[], outliers = 1): UsualCharge | null {
  if (costs.length < LEAST_KNOWN) return null;
  const sorted = costs.toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0));
  const at = (rank: number) => sorted[rank] ?? 0n;
  const rank = Math.min(Math.ceil(sorted.length * 0.95), sorted.length - outliers) - 1;
  return { median: at(Math.floor((sorted.length - 1) / 2)), most: at(rank) };
}

/**
 * Whether a request cost far more than its model's do. What a model costs may vary by nature, as by
 * seconds of computing: then it has to stand out of that as well.
 * @param known what others of the model lately cost.
 * @param mean what calls of it cost by the local copy, where too few are known; `null`: nobody knows.
 * @returns what is usual, 0 where nobody knows; `null` for a charge like others.
 */
export function farAbove(
  cost: Nano,
  known: readonly Nano[],
  mean: Nano | null,
): { usual: Nano } | null {
  if (cost < LEAST_COST) return null;
  const usual = usualOf(known);
  if (usual) return standsOut(cost, usual) ? { usual: usual.median } : null;
  if (mean !== null && mean > 0n)
    return cost >= mean * BigInt(LEAST_TIMES) ? { usual: mean } : null;
  return cost >= MUCH_FOR_ANY ? { usual: 0n } : null;
}

/** Whether a cost is far above what is usual, also of a model whose costs vary. @param cost nano-USD */
export function standsOut(cost: Nano, { median, most }: UsualCharge): boolean {
  return cost >= median * BigInt(LEAST_TIMES) && cost > most * 2n;
}

/**
 * Puts together what requests cost that were charged in several events, newest first. What can have no
 * further event is handed out at once, so that a busy account does not fill the memory.
 */
export function requestSums() {
  const open = new Map<string, RequestCharge & { dearest: Nano }>();
  let oldestMs = Infinity;
  return {
    add(events: readonly BillingEvent[]): RequestCharge[] {
      for (const { requestId, endpointId, timestampMs, cost } of events) {
        oldestMs = Math.min(oldestMs, timestampMs);
        const sum = open.get(requestId);
        if (!sum) {
          open.set(requestId, { requestId, endpointId, atMs: timestampMs, cost, dearest: cost });
          continue;
        }
        sum.cost += cost;
        sum.atMs = Math.max(sum.atMs, timestampMs);
        if (cost <= sum.dearest) continue;
        sum.dearest = cost;
        sum.endpointId = endpointId;
      }
      const whole = [...open.values()].filter(({ atMs }) => atMs > oldestMs + APART_MS);
      for (const { requestId } of whole) open.delete(requestId);
      return whole;
    },
    rest: (): RequestCharge[] => [...open.values()],
  };
}

/** What charges of a period teach, and which of them may be far above. */
export function chargesByModel({ learnFromMs, learnUntilMs }: LearntSpan) {
  const models = new Map<string, ModelCharges>();
  return {
    models,
    add(charges: readonly RequestCharge[]): void {
      for (const charge of charges) {
        // What was not charged says nothing of what is.
        if (charge.cost <= 0n) continue;
        const model = models.get(charge.endpointId) ?? nothingYet();
        models.set(charge.endpointId, model);
        holdSample(model, charge.cost);
        if (charge.atMs >= learnFromMs && charge.atMs < learnUntilMs) {
          model.learnt.push(charge);
          if (model.learnt.length >= 20 * KEPT_CHARGES) keepNewest(model.learnt);
        }
        if (charge.cost >= LEAST_COST) {
          model.dear.push(charge);
          if (model.dear.length >= 20 * DEAREST_KEPT) keepDearest(model.dear);
        }
      }
    },
    /** Of a model, the last that cost something, oldest first. */
    learntOf(endpointId: string): Nano[] {
      const learnt = models.get(endpointId)?.learnt ?? [];
      keepNewest(learnt);
      return learnt.map(({ cost }) => cost).reverse();
    },
    /** Of a model, a sample of what they cost. */
    seenOf: (endpointId: string): readonly Nano[] => models.get(endpointId)?.seen ?? [],
    /** Of a model, the dearest first. */
    dearOf(endpointId: string): RequestCharge[] {
      const dear = models.get(endpointId)?.dear ?? [];
      keepDearest(dear);
      return dear;
    },
  };
}

interface ModelCharges {
  learnt: RequestCharge[];
  dear: RequestCharge[];
  /** Every so many of all of them. */
  seen: Nano[];
  every: number;
  count: number;
}

function nothingYet(): ModelCharges {
  return { learnt: [], dear: [], seen: [], every: 1, count: 0 };
}

function holdSample(model: ModelCharges, cost: Nano): void {
  if (model.count % model.every === 0) model.seen.push(cost);
  model.count += 1;
  if (model.seen.length < SEEN_KEPT) return;
  model.seen = model.seen.filter((_, index) => index % 2 === 0);
  model.every *= 2;
}

/** Charges of it are learnt from: `learnFromMs` is in it, `learnUntilMs` is not; epoch ms. */
export interface LearntSpan {
  learnFromMs: number;
  learnUntilMs: number;
}

function keepNewest(charges: RequestCharge[]): void {
  charges.sort((one, other) => other.atMs - one.atMs);
  charges.length = Math.min(charges.length, KEPT_CHARGES);
}

function keepDearest(charges: RequestCharge[]): void {
  charges.sort((one, other) => (one.cost > other.cost ? -1 : one.cost < other.cost ? 1 : 0));
  charges.length = Math.min(charges.length, DEAREST_KEPT);
}
