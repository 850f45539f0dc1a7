import type { AnalyticsRow } from '../fal/analytics.ts';
import type { FalClient } from '../fal/client.ts';
import { isFalError } from '../fal/errors.ts';
import type { Question } from '../fal/transport.ts';
import { type CallableIds, calledIds } from './catalogue.ts';
import type { Period } from './period.ts';

const METRICS = ['request_count', 'success_count', 'user_error_count', 'error_count'] as const;

export interface CallCounts {
  /** By billed id, whatever id was called. */
  rows: AnalyticsRow[];
  /** Billed ids whose calls could not be read. */
  unanswered: string[];
}

/**
 * How often endpoints were called in a period. A failure is not an error but an answer without
 * those endpoints: what they cost is known all the same.
 * @param callable fal's list of callable ids, for endpoints billed under an id nobody calls.
 */
export async function countCalls(
  fal: Pick<FalClient, 'analytics'>,
  question: Question,
  period: Period,
  endpointIds: readonly string[],
  callable: CallableIds,
): Promise<CallCounts> {
  if (endpointIds.length === 0) return { rows: [], unanswered: [] };
  const billed = new Set(endpointIds);
  const billedAs = new Map(
    endpointIds.flatMap((id) => calledIds(id, callable, billed).map((called) => [called, id])),
  );
  const { start, end, timezone, resolution: timeframe } = period;
  const asked = [...billedAs.keys()];
  try {
    const { rows, unanswered } = await fal.analytics(question, {
      start,
      end,
      timezone,
      timeframe,
      endpointIds: asked,
      metrics: METRICS,
    });
    const byBilledId = (called: string) => billedAs.get(called) ?? called;
    return {
      rows: rows.map((row) => ({ ...row, endpointId: byBilledId(row.endpointId) })),
      unanswered: [...new Set(unanswered.map(byBilledId))],
    };
  } catch (error) {
    if (!isFalError(error)) throw error;
    return { rows: [], unanswered: [...endpointIds] };
  }
}
