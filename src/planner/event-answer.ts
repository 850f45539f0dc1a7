import type { FalAccount } from '../accounts/accounts.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { toJsonNumber } from '../money.ts';
import { numberOrNull, zoned } from '../usage/answer.ts';
import { checkAnswer, verdictText } from './check-answer.ts';
import type { CheckedEvent } from './check-event.ts';
import type { KeepingUp } from './keeping-up.ts';
import type { PlannedEvent } from './planned-event.ts';

/** When it is, seen from now; `closed` whenever somebody closed it. */
export type EventState = 'planned' | 'on' | 'over' | 'closed';

export function stateOf({ start, end, closedAt }: PlannedEvent, now: Temporal.Instant): EventState {
  if (closedAt) return 'closed';
  if (Temporal.Instant.compare(end, now) <= 0) return 'over';
  return Temporal.Instant.compare(start, now) <= 0 ? 'on' : 'planned';
}

/** An event in the words of `/api/v1/planned-events`. */
export function eventAnswer(event: PlannedEvent, account: FalAccount, now: Temporal.Instant) {
  const { timezone } = event;
  return {
    id: event.id,
    account: account.slug,
    state: stateOf(event, now),
    name: event.name,
    venue: event.venue,
    client: event.client,
    note: event.note,
    starts_at: zoned(event.start, timezone),
    ends_at: zoned(event.end, timezone),
    timezone,
    participants: event.participants,
    outputs_per_participant: toJsonNumber(event.outputsPerParticipant),
    models:
      event.models?.map(({ endpointId, share, unitsPerOutput }) => ({
        endpoint_id: endpointId,
        share: toJsonNumber(share),
        units_per_output: numberOrNull(unitsPerOutput),
      })) ?? null,
    price_per_output: numberOrNull(event.pricePerOutput),
    allowance_percent: toJsonNumber(event.allowancePercent),
    margin_percent: toJsonNumber(event.marginPercent),
    peak_participants: event.peakParticipants,
    concurrency: event.concurrency,
    api_key_ids: event.apiKeyIds,
    participants_came: event.participantsCame,
    price_charged: numberOrNull(event.priceCharged),
    closed_at: event.closedAt && zoned(event.closedAt, timezone),
    version: event.version,
  };
}

/** What its check says: `check` is `null` where there is none, `check_reason` then says why. */
export function eventCheckAnswer(
  event: PlannedEvent,
  checked: CheckedEvent,
  keepsUp: KeepingUp | null,
  { now, format, t }: { now: Temporal.Instant; format: Format; t: Translate },
) {
  if ('missing' in checked) {
    return { check: null, check_reason: checked.missing, check_message: null, keeps_up: null };
  }
  return {
    check: checkAnswer(checked, event.timezone, now),
    check_reason: null,
    check_message: verdictText(checked, format, t),
    keeps_up: keepsUp && {
      pace: keepsUp.throughput?.pace ?? null,
      capacity_per_hour: keepsUp.throughput?.capacity ?? null,
      peak_calls_per_hour: keepsUp.peakCallsPerHour,
      seconds_per_request: keepsUp.secondsPerRequest,
      concurrency_needed: keepsUp.concurrencyNeeded,
    },
  };
}
