import type { Resolution } from '../buckets.ts';
import type { UsageBucket } from '../history/answer.ts';
import { type ExplorerForm, explorerAddress } from './explorer-query.ts';

/** Addresses that ask further, from where one is. */
export interface ExplorerLinks {
  /** The same question with something else in it. */
  to(more: Partial<ExplorerForm>): string;
  /** A group alone, cut another way: of an account its models; `null` where there is no such question. */
  group(key: string): string | null;
  /** What is in a bucket, more finely: a day's hours; `null` for an hour. */
  bucket(bucket: Pick<UsageBucket, 'start' | 'end'>, resolution: Resolution): string | null;
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
    bucket({ start, end }, resolution) {
      if (resolution === 'hour') return null;
      return to({
        period: 'custom',
        start_date: start.toPlainDate().toString(),
        end_date: end.subtract({ nanoseconds: 1 }).toPlainDate().toString(),
        timeframe: FINER[resolution],
      });
    },
  };
}
