import type { FalAccount } from '../accounts/accounts.ts';
import { type CreditStatement, readStatement } from '../credits/statement.ts';
import type { PriceServices } from './known-prices.ts';
import { costsToCome, eventsToCome, leftOf } from './planned-costs.ts';
import type { PlannedEvent } from './planned-event.ts';
import { pricePlans } from './price-plans.ts';
import { checkAmong, type EventCheck } from './read-check.ts';

/** Why an event has no verdict. */
export interface NoVerdict {
  /** `over`: it is, or was closed. `models_unknown`: none planned, and none used lately. */
  missing: 'over' | 'models_unknown' | 'no_price' | 'balance_unknown';
  /** The model without a price. */
  endpointId: string | null;
}

/** A kept event's check, or why there is none. */
export type CheckedEvent = EventCheck | NoVerdict;

/**
 * Checks events of one account, each with the others that are planned before it. Of one that is on, what is left of
 * its time is checked. @param asked may differ from what is kept of the same id: what if.
 * @param read the account's statement where it was read just now.
 * @returns by the order asked in.
 */
export async function checkEvents(
  services: PriceServices,
  account: FalAccount,
  asked: readonly PlannedEvent[],
  caller: AbortSignal,
  read: CreditStatement | null = null,
): Promise<CheckedEvent[]> {
  const now = services.now();
  const isToCome = ({ end, closedAt }: PlannedEvent) =>
    closedAt === null && Temporal.Instant.compare(end, now) > 0;
  if (!asked.some(isToCome)) return asked.map(() => none('over'));
  const kept = await eventsToCome(services, account, now);
  const events = [...asked, ...kept];
  const [plans, statement] = await Promise.all([
    pricePlans(services, account, events, caller),
    read ?? readStatement(services, account),
  ]);
  const others = costsToCome(kept, plans.slice(asked.length), now);
  return asked.map((event, index): CheckedEvent => {
    const plan = plans[index];
    if (!isToCome(event)) return none('over');
    if (!plan || !('models' in plan)) {
      return plan?.endpointId ? none('no_price', plan.endpointId) : none('models_unknown');
    }
    const { models } = plan;
    const left = { ...event, ...leftOf(event, now), models };
    const checked = checkAmong(left, event, statement, others);
    if (!checked) return none('balance_unknown');
    const isOn = Temporal.Instant.compare(event.start, now) <= 0;
    return { ...checked, models, account, statement, isOn };
  });
}

function none(missing: NoVerdict['missing'], endpointId: string | null = null): NoVerdict {
  return { missing, endpointId };
}
