import type { FalAccount } from '../accounts/accounts.ts';
import type { UsageGroup } from '../history/answer.ts';
import type { Services } from '../services.ts';
import type { PricedModel } from './check.ts';
import { OWN_COST_DAYS } from './own-costs.ts';
import type { PlannedEvent } from './planned-event.ts';
import { type Throughput, throughputOf } from './throughput.ts';

/** Whether fal will keep up with an event's guests. */
export interface KeepingUp {
  /** `null` where the concurrency or a duration is not known. */
  throughput: Throughput | null;
  /** Calls in the hour in which most guests come. */
  peakCallsPerHour: number;
  /** How long a call of the planned models typically takes; `null`: one of them was never called. */
  secondsPerRequest: number | null;
  /** Requests at once without which guests queue; `null` where durations are not known. */
  concurrencyNeeded: number | null;
}

const WHOLE = 1e11;
/** No model has this id. */
const ANY = '';

/** Reads how long the account's own calls took lately. */
export async function readKeepingUp(
  { history, now }: Pick<Services, 'history' | 'now'>,
  { id, timezone }: FalAccount,
  event: PlannedEvent,
  models: readonly PricedModel[],
): Promise<KeepingUp> {
  const at = now();
  const start = at.toZonedDateTimeISO(timezone).subtract({ days: OWN_COST_DAYS }).startOfDay();
  const endpointIds = models.flatMap(({ endpointId }) => endpointId ?? []);
  const { groups } = await history.usage({
    ...{ start: start.toInstant(), end: at, timezone, resolution: 'month', groupBy: 'endpoint' },
    ...{ accountId: id, endpointIds, apiKeyIds: [], groupsApart: 0 },
  });
  const typical = new Map(groups.map(({ key, p50Ms }) => [key, p50Ms]));
  return keepingUp(event, models, typical.set(ANY, typicalOfAll(groups)));
}

/** What a call of whatever model takes, ms; `null`: there was none. */
function typicalOfAll(groups: readonly Pick<UsageGroup, 'p50Ms' | 'count'>[]): number | null {
  let calls = 0;
  let ms = 0;
  for (const { p50Ms, count } of groups) {
    if (p50Ms === null || count === null) continue;
    calls += count;
    ms += p50Ms * count;
  }
  return calls > 0 ? ms / calls : null;
}

/** The same from typical durations by endpoint id, in ms; of outputs of whatever model by `ANY`. */
export function keepingUp(
  event: PlannedEvent,
  models: readonly PricedModel[],
  typical: ReadonlyMap<string, number | null>,
): KeepingUp {
  const hours = event.start.until(event.end).total('hours');
  // Whoever comes for less than an hour comes within one.
  const guests = event.peakParticipants ?? event.participants / Math.max(1, hours);
  const outputs = guests * (Number(event.outputsPerParticipant) / 1e9);
  const peakCallsPerHour = outputs * (1 + Number(event.allowancePercent) / WHOLE);
  let seconds: number | null = 0;
  for (const { endpointId, share } of models) {
    const ms = typical.get(endpointId ?? ANY) ?? null;
    if (ms === null || ms <= 0) seconds = null;
    else if (seconds !== null) seconds += (ms / 1000) * (Number(share) / WHOLE);
  }
  const { concurrency } = event;
  return {
    throughput:
      seconds === null || concurrency === null
        ? null
        : throughputOf({ concurrency, secondsPerRequest: seconds, peakCallsPerHour }),
    peakCallsPerHour,
    secondsPerRequest: seconds,
    concurrencyNeeded:
      seconds === null ? null : Math.max(1, Math.ceil((peakCallsPerHour * seconds) / 3600)),
  };
}
