import type { FalAccount } from '../accounts/accounts.ts';
import type { EventCost } from '../credits/projection.ts';
import { later } from '../instants.ts';
import { costOf, type PricedModel } from './check.ts';
import type { PriceServices } from './known-prices.ts';
import type { PlannedEvent } from './planned-event.ts';
import { type PricedPlan, pricePlans } from './price-plans.ts';
import { eventsFrom } from './queries.ts';

/** A planned event that is not over, with what it will cost from now on; `null`: nobody knows its price. */
export interface CostedEvent {
  event: PlannedEvent;
  cost: EventCost | null;
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
  return costsToCome(events, plans, now).flatMap(({ cost }) => cost ?? []);
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

/** @param plans of the events, in their order. */
export function costsToCome(
  events: readonly PlannedEvent[],
  plans: readonly PricedPlan[],
  now: Temporal.Instant,
): CostedEvent[] {
  return events.flatMap((event, index) => {
    const plan = plans[index];
    return plan
      ? [{ event, cost: 'models' in plan ? costToCome(event, plan.models, now) : null }]
      : [];
  });
}

function costToCome(
  event: PlannedEvent,
  models: readonly PricedModel[],
  now: Temporal.Instant,
): EventCost {
  const { total } = costOf({ ...event, ...leftOf(event, now), models });
  return { start: later(event.start, now), end: event.end, cost: total };
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
