import type { AnalyticsQuery, AnalyticsRow, Metric } from '../fal/analytics.ts';
import type { FalClient } from '../fal/client.ts';
import { isFalError } from '../fal/errors.ts';
import type { Question } from '../fal/transport.ts';
import { billedIdOf, type Catalogue, calledIds } from './catalogue.ts';

/** How many calls there were, and how they ended. */
export const COUNT_METRICS = [
  'request_count',
  'success_count',
  'user_error_count',
  'error_count',
] as const satisfies Metric[];

/** The calls of one period, asked for bit by bit as it turns out which endpoints matter. */
export interface CallCounts {
  /** Asks for the calls of billed ids; what was asked for before is not asked for again. */
  ask(billedIds: readonly string[]): Promise<void>;
  /** Whether there are calls that belong to a billed id, or it failed to be counted. */
  knows(billedId: string): boolean;
  /** What was counted, under the ids that were billed, and the ids that could not be counted. */
  read(billed: ReadonlySet<string>): { rows: AnalyticsRow[]; unanswered: Set<string> };
}

/**
 * A failure is not an error here but an answer without those endpoints: what they cost is known all
 * the same.
 */
export function createCallCounts(
  fal: Pick<FalClient, 'analytics'>,
  catalogue: Pick<Catalogue, 'known'>,
  question: Question,
  { start, end, timezone, timeframe }: Omit<AnalyticsQuery, 'endpointIds' | 'metrics'>,
  metrics: readonly Metric[] = COUNT_METRICS,
): CallCounts {
  const asked = new Set<string>();
  const rows: AnalyticsRow[] = [];
  const unanswered = new Set<string>();

  async function ask(billedIds: readonly string[]): Promise<void> {
    const called = new Set(billedIds.flatMap((id) => calledIds(id, catalogue.known())));
    const endpointIds = [...called].filter((id) => !asked.has(id));
    if (endpointIds.length === 0) return;
    for (const id of endpointIds) asked.add(id);
    try {
      const query = { start, end, timezone, timeframe, endpointIds, metrics };
      const answer = await fal.analytics(question, query);
      rows.push(...answer.rows);
      for (const id of answer.unanswered) unanswered.add(id);
    } catch (error) {
      if (!isFalError(error)) throw error;
      for (const id of endpointIds) unanswered.add(id);
    }
  }

  return {
    ask,
    knows(billedId) {
      const ids = new Set(calledIds(billedId, catalogue.known()));
      return (
        rows.some((row) => ids.has(row.endpointId)) || [...ids].some((id) => unanswered.has(id))
      );
    },
    read(billed) {
      const owner = (id: string) => billedIdOf(id, billed, catalogue.known());
      return {
        rows: rows.map((row) => ({ ...row, endpointId: owner(row.endpointId) })),
        unanswered: new Set([...unanswered].map(owner)),
      };
    },
  };
}
