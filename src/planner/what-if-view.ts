import type { FalAccount } from '../accounts/accounts.ts';
import { modelName } from '../usage/model-name.ts';
import type { CheckedEvent } from './check-event.ts';
import {
  missingText,
  participantsText,
  shortMoney,
  type VerdictView,
  verdictView,
  type Words,
} from './events-view.ts';
import type { PlannedEvent } from './planned-event.ts';
import type { EventCheck } from './read-check.ts';
import type { WhatIf } from './what-if.ts';

/** What would be, in words. */
export interface WhatIfAnswer {
  lead: string;
  cost: string | null;
  verdict: VerdictView | null;
  missing: string | null;
}

export function whatIfAnswer(
  event: PlannedEvent,
  account: FalAccount,
  { participants, to }: WhatIf,
  { planned, other }: { planned: EventCheck; other: CheckedEvent },
  words: Words,
): WhatIfAnswer {
  const { format, t } = words;
  const guests = participantsText(participants, format, t);
  const model = to === null ? '' : modelName(to).name;
  const lead =
    to === null
      ? t('events.what_if_with', { participants: guests })
      : t('events.what_if_with_model', { participants: guests, model });
  if ('missing' in other) {
    return { lead, cost: null, verdict: null, missing: missingText(other, account, t) };
  }
  const now = shortMoney(planned.check.cost.expected, format);
  const cost = shortMoney(other.check.cost.expected, format);
  const isSwapAlone = to !== null && participants === event.participants;
  return {
    lead,
    cost:
      cost === now
        ? t('events.what_if_same_cost', { cost })
        : isSwapAlone
          ? t('events.what_if_swap', { model, cost, planned: now })
          : t('events.what_if_cost', { cost, planned: now }),
    verdict: verdictView(other, event, words),
    missing: null,
  };
}

export function plannedText(
  { participants }: PlannedEvent,
  { check }: EventCheck,
  { format, t }: Words,
): string {
  return t('events.what_if_planned', {
    participants: participantsText(participants, format, t),
    cost: shortMoney(check.cost.expected, format),
  });
}
