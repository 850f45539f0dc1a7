import type { Entry } from './ledger.ts';
import type { Page, Placed } from './paging.ts';
import type { Quirks } from './quirks.ts';
import { bucketAt, type Window } from './window.ts';
import type { Slice } from './world.ts';

export interface BucketOfRows<Row> {
  bucket: string;
  results: Row[];
}

/**
 * Reads pages of buckets that have something in them; a position is the index of a bucket's first
 * request, so that requests arriving meanwhile move nothing.
 * @param group turns the matching requests of a bucket into its rows.
 */
export function bucketPages<Row>(
  { ledger: { entries }, from, to }: Slice,
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
      const entry = entries[next];
      if (entry && matches(entry)) return next;
    }
    return next;
  }

  return (position: number | null): Page<BucketOfRows<Row>> => {
    const items: Placed<BucketOfRows<Row>>[] = [];
    let index = nextMatch(Math.max(from, position ?? from));
    while (index < to && items.length < limit) {
      const first = index;
      const { stamp, endMs } = bucketAt(
        entries[first]?.request.atMs ?? 0,
        window,
        quirks.utcBuckets,
      );
      const inside: Entry[] = [];
      for (; index < to; index += 1) {
        const entry = entries[index];
        if (!entry || entry.request.atMs >= endMs) break;
        if (matches(entry)) inside.push(entry);
      }
      items.push({ position: first, item: { bucket: stamp, results: group(inside) } });
      index = nextMatch(index);
    }
    return { items, next: index < to ? index : null };
  };
}
