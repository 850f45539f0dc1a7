import type { HistoryQuestion, UsageBucket } from '../history/answer.ts';
import { earlier, later } from '../instants.ts';
import { type ExplorerForm, explorerAddress } from './explorer-query.ts';

/** Addresses that ask further, from where one is. */
export interface ExplorerLinks {
  /** The same question with something else in it. */
  to(more: Partial<ExplorerForm>): string;
  /** A group alone, cut another way: of an account its models; `null` where there is no such question. */
  group(key: string): string | null;
  /**
   * What is in a bucket, more finely: a day's hours; `null` for an hour. Only the days of it that
   * were asked about, for the first and last may reach beyond the period.
   */
  bucket(
    bucket: Pick<UsageBucket, 'start' | 'end'>,
    question: Pick<HistoryQuestion, 'start' | 'end' | 'timezone' | 'resolution'>,
  ): string | null;
}

const FINER = { month: 'day', week: 'day', day: 'hour' } as const;

/** @param page address of the page, base path included. */
export function explorerLinks(page: string, asked: ExplorerForm): ExplorerLinks {
  const to = (more: Partial<ExplorerForm>) => `${page}?${explorerAddress({ ...asked, ...more })}`;
  return {
    to,
    group(key) {
      if (key === '') return null;
      switch (asked.group_by) {
        case 'endpoint':
          return to({ endpoint_id: [key] });
        case 'api_key':
          return to({ api_key_id: [key], group_by: 'endpoint' });
        case 'account':
          return to({ account: key, group_by: 'endpoint' });
        case 'unit':
          return null;
      }
    },
    bucket(bucket, { start, end, timezone, resolution }) {
      if (resolution === 'hour') return null;
      const dayOf = (at: Temporal.Instant) =>
        at.toZonedDateTimeISO(timezone).toPlainDate().toString();
      const last = earlier(bucket.end.toInstant(), end).subtract({ nanoseconds: 1 });
      return to({
        period: 'custom',
        start_date: dayOf(later(bucket.start.toInstant(), start)),
        end_date: dayOf(last),
        timeframe: FINER[resolution],
      });
    },
  };
}
