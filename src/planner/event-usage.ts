import type { HistoryAnswer } from '../history/answer.ts';
import type { Services } from '../services.ts';
import type { PlannedEvent } from './planned-event.ts';

/**
 * What the local copy says was used in an event's window, by model. The window is widened to whole
 * hours, by which the copy is kept. Calls are not known by key: with some, counts are `null`.
 * @param apiKeyIds only these; all when empty. @param until the end of it, at the latest.
 */
export function readEventUsage(
  { history }: Pick<Services, 'history'>,
  { start, timezone, accountId }: PlannedEvent,
  apiKeyIds: readonly string[],
  until: Temporal.Instant,
): Promise<HistoryAnswer> {
  return history.usage({
    ...{ start, end: until, timezone, resolution: 'month', groupBy: 'endpoint', groupsApart: 0 },
    ...{ accountId, endpointIds: [], apiKeyIds },
  });
}
