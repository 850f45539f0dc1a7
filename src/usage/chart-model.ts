import type { Resolution } from '../buckets.ts';
import type { BucketState } from '../history/answer.ts';
import type { Nano } from '../money.ts';
import type { SeriesPoint } from './report.ts';

/** What a chart shows, before it is put into words and drawn. */
export interface ChartModel {
  /** In order, without holes. */
  buckets: readonly ChartBucket[];
  resolution: Resolution;
  /** What bars are stacked of, from the ground up; none for bars of one piece. */
  layers: readonly ChartLayer[];
  /** What the marks across the bars stand for, such as "previous period"; `null` without any. */
  before: string | null;
}

export interface ChartLayer {
  name: string;
  /** 1 to 8: one of the page's chart colours. */
  color: number;
  /** Where its place in the legend leads; `null` for nowhere. */
  href: string | null;
}

export interface ChartBucket {
  /** Its start in the zone in which it is shown. */
  start: Temporal.ZonedDateTime;
  /** `null` is unknown, drawn as a gap. A lower bound while its state is *partial*. */
  cost: Nano | null;
  count: number | null;
  state: BucketState;
  /** One for each layer; their costs add up to the bucket's. */
  parts: readonly { cost: Nano; count: number | null }[];
  /** The bucket it is compared with; `null` where there is none. */
  before: { cost: Nano | null; count: number | null } | null;
  /** Where it is shown more finely; `null` for nowhere. */
  href: string | null;
}

/** A chart of bars of one piece, of what is known of a series and no more. */
export function plainChart(series: readonly SeriesPoint[], resolution: Resolution): ChartModel {
  return {
    resolution,
    layers: [],
    before: null,
    buckets: series.map(({ bucket, cost, count, isPartial }) => ({
      start: bucket,
      cost,
      count,
      state: cost === null ? 'unknown' : isPartial ? 'partial' : 'final',
      parts: [],
      before: null,
      href: null,
    })),
  };
}
