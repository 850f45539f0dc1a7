import type { CostRange } from '../credits/projection.ts';
import { RequestError } from '../http/failure.ts';
import { earlier } from '../instants.ts';
import type { PriceServices } from './known-prices.ts';
import type { PlannedEvent } from './planned-event.ts';
import { readCheck } from './read-check.ts';

/**
 * What an event was planned to cost: at list prices of now, and by what calls cost before it began,
 * for its own say nothing of the plan. `null` where a price is not known.
 */
export async function plannedCost(
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
