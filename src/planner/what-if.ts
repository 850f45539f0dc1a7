import type { FalAccount } from '../accounts/accounts.ts';
import type { PricedModel } from './check.ts';
import { type CheckedEvent, checkEvents } from './check-event.ts';
import { WHOLE_PERCENT } from './expected-cost.ts';
import type { PriceServices } from './known-prices.ts';
import { MAX_PARTICIPANTS, type PlannedModel } from './plan-fields.ts';
import type { PlannedEvent } from './planned-event.ts';
import type { EventCheck } from './read-check.ts';

/** What is to be different. */
export interface WhatIf {
  participants: number;
  /** The model to be replaced; `null`: all of them. */
  from: string | null;
  /** By which; `null`: none is replaced. */
  to: string | null;
}

/** Reads it from the page's address; what makes no sense there is as it was planned. */
export function readWhatIf(
  query: Record<string, unknown>,
  { participants: planned }: PlannedEvent,
  models: { planned: readonly string[]; inUse: readonly string[] },
): WhatIf {
  const written = typeof query.participants === 'string' ? query.participants.trim() : '';
  const participants = /^\d{1,9}$/.test(written)
    ? Math.min(Number(written), MAX_PARTICIPANTS)
    : planned;
  const one = (asked: unknown, among: readonly string[]) =>
    among.find((id) => id === asked) ?? null;
  return {
    participants,
    from: one(query.from, models.planned),
    to: one(query.to, models.inUse),
  };
}

/** The same as it stands in an address. */
export function whatIfQuery({ participants, from, to }: WhatIf): URLSearchParams {
  return new URLSearchParams({
    participants: String(participants),
    ...(to !== null && { from: from ?? '', to }),
  });
}

/** Checks an event as if it were different. @param base its check as it is planned. */
export async function checkWhatIf(
  services: PriceServices,
  account: FalAccount,
  event: PlannedEvent,
  base: EventCheck,
  { participants, from, to }: WhatIf,
  caller: AbortSignal,
): Promise<CheckedEvent | null> {
  if (to === null) {
    const more = [{ ...event, participants }];
    const [checked] = await checkEvents(services, account, more, caller, base.statement);
    return checked ?? null;
  }
  const planned = event.models ?? base.models.flatMap(usualModel);
  // Units of one model are not those of another, unless nothing else is known.
  const others = [swapped(planned, from, to, false), swapped(planned, from, to, true)].map(
    (models): PlannedEvent => ({ ...event, participants, models }),
  );
  const [plain, likewise] = await checkEvents(services, account, others, caller, base.statement);
  const isUnpriced = plain && 'missing' in plain && plain.missing === 'no_price';
  return (isUnpriced ? likewise : plain) ?? null;
}

function usualModel({ endpointId, share }: PricedModel): PlannedModel[] {
  return endpointId === null ? [] : [{ endpointId, share, unitsPerOutput: null }];
}

/** Another model in the place of one, or of all. */
function swapped(
  planned: readonly PlannedModel[],
  from: string | null,
  to: string,
  keepUnits: boolean,
): PlannedModel[] {
  const units = planned.find(({ endpointId }) => from === null || endpointId === from);
  const unitsPerOutput = keepUnits ? (units?.unitsPerOutput ?? null) : null;
  if (from === null) return [{ endpointId: to, share: WHOLE_PERCENT, unitsPerOutput }];
  const models: PlannedModel[] = [];
  for (const model of planned) {
    const next = model.endpointId === from ? { ...model, endpointId: to, unitsPerOutput } : model;
    const same = models.find(({ endpointId }) => endpointId === next.endpointId);
    if (same) same.share += next.share;
    else models.push({ ...next });
  }
  return models;
}
