import { LRUCache } from 'lru-cache';
import type { CostRange } from '../credits/projection.ts';
import { RequestError } from '../http/failure.ts';
import { earlier } from '../instants.ts';
import type { PriceServices } from './known-prices.ts';
import type { PlannedEvent } from './planned-event.ts';
import { readCheck } from './read-check.ts';

/** @returns `null` where a price is not known. */
export type CostsAsPlanned = (
  event: PlannedEvent,
  caller: AbortSignal,
) => Promise<CostRange | null>;

const REMEMBERED = 200;
/** Prices don't change from one look to the next. */
const REMEMBERED_MS = 10 * 60_000;

/**
 * What events were planned to cost: at list prices of now, and by what calls cost before they began, for
 * their own say nothing of the plan.
 */
export function createCostsAsPlanned(services: PriceServices): CostsAsPlanned {
  const known = new LRUCache<string, CostRange>({ max: REMEMBERED, ttl: REMEMBERED_MS });
  return async function costAsPlanned(event, caller) {
    const name = `${event.id} ${event.version}`;
    const kept = known.get(name);
    if (kept) return kept;
    const cost = await costOf(services, event, caller);
    if (cost) known.set(name, cost);
    return cost;
  };
}

async function costOf(
  services: PriceServices,
  event: PlannedEvent,
  caller: AbortSignal,
): Promise<CostRange | null> {
  const now = () => earlier(services.now(), event.start);
  // Whether credits are enough is another question.
  const asked = { ...event, account: event.accountId, creditLimit: 0n };
  try {
    const { check } = await readCheck({ ...services, now }, asked, caller);
    return check.cost;
  } catch (error) {
    if (error instanceof RequestError && error.code === 'invalid_request') return null;
    throw error;
  }
}
