import { Refusal } from './answer.ts';
import type { Quirks } from './quirks.ts';

/** An item and where a page that begins with it starts. */
export interface Placed<T> {
  position: number;
  item: T;
}

export interface Page<T> {
  items: Placed<T>[];
  /** Where the next page starts; null at the end. */
  next: number | null;
}

export interface PageAnswer<T> {
  items: T[];
  paging: { next_cursor: string | null; has_more: boolean };
}

/** What is hidden in a cursor: the position, the empty pages so far, and the round. */
interface Place {
  p: number | null;
  empty?: number;
  round?: number;
}

/**
 * Answers one page, bent as the quirks say.
 * @param read the page at a position; null is the beginning.
 * @throws Refusal 400 when the cursor is none of ours.
 */
export function answerPage<T>(
  cursor: string | null,
  quirks: Quirks,
  read: (position: number | null) => Page<T>,
): PageAnswer<T> {
  const place = cursor === null ? { p: null } : decode(cursor);
  const { p, empty = 0, round = 0 } = place;
  if (empty < quirks.emptyPages) return more([], encode({ p, empty: empty + 1 }));

  const page = read(p);
  const items = page.items.map(({ item }) => item);
  if (quirks.cursorMissing) return { items, paging: { next_cursor: null, has_more: true } };
  // Without a second page there is nothing to repeat: one past every end makes an empty one.
  if (quirks.repeatCursor) {
    return more(items, cursor ?? encode({ p: page.next ?? Number.MAX_SAFE_INTEGER, empty }));
  }
  if (page.next === null) {
    if (quirks.endlessPages) return more(items, encode({ p: null, empty, round: round + 1 }));
    return { items, paging: { next_cursor: null, has_more: false } };
  }
  // Always one item further at least, or the overlap would be all there ever is.
  const overlap = Math.min(quirks.overlapPages, page.items.length - 1);
  const next = overlap > 0 ? page.items.at(-overlap)?.position : page.next;
  return more(items, encode({ p: next ?? page.next, empty, round }));
}

/** A page of a plain array. */
export function pageOfList<T>(list: readonly T[], limit: number) {
  return (position: number | null): Page<T> => {
    const from = position ?? 0;
    const items = list
      .slice(from, from + limit)
      .map((item, index) => ({ position: from + index, item }));
    return { items, next: from + limit < list.length ? from + limit : null };
  };
}

function more<T>(items: T[], next_cursor: string): PageAnswer<T> {
  return { items, paging: { next_cursor, has_more: true } };
}

function encode(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function decode(cursor: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (isPlace(place)) return place;
  } catch {
    // Refused below.
  }
  throw new Refusal(400, 'cursor: invalid');
}

function isPlace(place: unknown): place is Place {
  if (typeof place !== 'object' || place === null || !('p' in place)) return false;
  return place.p === null || Number.isSafeInteger(place.p);
}
