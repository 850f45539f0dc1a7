import { Refusal } from './answer.ts';
import type { Entry } from './ledger.ts';
import { answerPage, type Page, type Placed } from './paging.ts';
import { limitOf } from './query.ts';
import type { Quirks } from './quirks.ts';
import { bucketAt, parseWindow, type Window, withoutPeriod } from './window.ts';
import { type Ask, entriesOf, type Slice, sliceOf } from './world.ts';

export interface BucketOfRows<Row> {
  bucket: string;
  results: Row[];
}

/**
 * What usage and analytics answer alike: a page of buckets, the summary of the whole period, and
 * whether there is more.
 * @param group turns the matching requests of a bucket, or of the period, into rows.
 * @throws Refusal
 */
export function answerBuckets<Row>(
  { query, account, world }: Ask,
  asked: {
    withSeries: boolean;
    withSummary: boolean;
    matches: (entry: Entry) => boolean;
    group: (entries: Entry[]) => Row[];
  },
) {
  const { quirks, pageSize } = world;
  const { withSeries, withSummary, matches, group } = asked;
  if (withSummary && quirks.summaryIs401) throw new Refusal(401);
  const window = parseWindow(quirks.ignoreWindow ? withoutPeriod(query) : query, world.nowMs());
  const slice = sliceOf(world, account, window);
  const limit = limitOf(query, pageSize, pageSize);
  const read = bucketPages(slice, window, { limit, quirks, matches, group });
  const page = withSeries ? answerPage(query.get('cursor'), quirks, read) : null;
  return {
    ...(page && { time_series: page.items }),
    ...(withSummary && { summary: group([...entriesOf(slice)].filter(matches)) }),
    ...(page?.paging ?? { next_cursor: null, has_more: false }),
  };
}

/**
 * Reads pages of buckets that have something in them; a position is the index of a bucket's first
 * request, so that requests arriving meanwhile move nothing.
 */
function bucketPages<Row>(
  { from, to, at }: Slice,
  window: Window,
  options: {
    limit: number;
    quirks: Quirks;
    matches: (entry: Entry) => boolean;
    group: (entries: Entry[]) => Row[];
  },
) {
  const { limit, quirks, matches, group } = options;

  function nextMatch(index: number): number {
    let next = index;
    for (; next < to; next += 1) {
      const entry = at(next);
      if (entry && matches(entry)) return next;
    }
    return next;
  }

  return (position: number | null): Page<BucketOfRows<Row>> => {
    const items: Placed<BucketOfRows<Row>>[] = [];
    let index = nextMatch(Math.max(from, position ?? from));
    while (index < to && items.length < limit) {
      const first = index;
      const { stamp, endMs } = bucketAt(at(first)?.request.atMs ?? 0, window, quirks.utcBuckets);
      const inside: Entry[] = [];
      for (; index < to; index += 1) {
        const entry = at(index);
        if (!entry) continue;
        if (entry.request.atMs >= endMs) break;
        if (matches(entry)) inside.push(entry);
      }
      items.push({ position: first, item: { bucket: stamp, results: group(inside) } });
      index = nextMatch(index);
    }
    return { items, next: index < to ? index : null };
  };
}
