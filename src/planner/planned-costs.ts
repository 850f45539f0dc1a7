import type { FalAccount } from '../accounts/accounts.ts';
import type { EventCost } from '../credits/projection.ts';
import { later } from '../instants.ts';
import { costOf } from './check.ts';
import type { PriceServices } from './known-prices.ts';
import type { PlannedEvent } from './planned-event.ts';
import { type PricedPlan, pricePlans } from './price-plans.ts';
import { eventsFrom } from './queries.ts';

/** A planned event that is not over, with its price; that may not be known. */
export interface PricedEvent {
  event: PlannedEvent;
  plan: PricedPlan;
}

/** What an account's events that are not over nor closed will cost from now on; those without a price are left out. */
export async function plannedCosts(
  services: PriceServices,
  account: FalAccount,
  caller: AbortSignal,
): Promise<EventCost[]> {
  const now = services.now();
  const events = await eventsToCome(services, account, now);
  const plans = await pricePlans(services, account, events, caller);
  return events.flatMap((event, index) => {
    const plan = plans[index];
    return plan ? (costToCome({ event, plan }, now) ?? []) : [];
  });
}

/** In the order in which they take what is there: by start, then by id. */
export async function eventsToCome(
  { store }: Pick<PriceServices, 'store'>,
  account: FalAccount,
  now: Temporal.Instant,
): Promise<PlannedEvent[]> {
  const events = await eventsFrom(store.db, account.id, now);
  return events.filter(({ closedAt }) => closedAt === null);
}

/** `null` where the price is not known. */
export function costToCome({ event, plan }: PricedEvent, now: Temporal.Instant): EventCost | null {
  if (!('models' in plan)) return null;
  const { start, end } = event;
  const { total } = costOf({ ...event, ...leftOf(event, now), models: plan.models });
  return { start: later(start, now), end, cost: total };
}

/** How many are still to come of those who take part evenly from start to end, rounded up. */
export function leftOf(
  { participants, start, end }: Pick<PlannedEvent, 'participants' | 'start' | 'end'>,
  now: Temporal.Instant,
): { participants: number } {
  const whole = end.epochMilliseconds - start.epochMilliseconds;
  const left = end.epochMilliseconds - later(start, now).epochMilliseconds;
  if (left >= whole) return { participants };
  return { participants: Math.ceil((participants * Math.max(0, left)) / whole) };
}
