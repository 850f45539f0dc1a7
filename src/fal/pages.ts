import { type FalError, isFalError } from './errors.ts';

export interface Page {
  has_more?: boolean | null | undefined;
  next_cursor?: string | null | undefined;
}

/** Why the pages ended before fal said they did: what was read is not everything. */
export interface PageStop {
  reason:
    | 'repeated_cursor'
    | 'repeated_page'
    | 'missing_cursor'
    | 'empty_pages'
    | 'too_many_pages'
    | 'page_failed';
  cause?: FalError;
}

export interface PageGuards {
  /** Default 200. */
  maxPages?: number;
  /** How many pages in a row may bring nothing new and still promise more. Default 3. */
  maxEmptyPages?: number;
}

/** How many new records a page had, or why to stop. */
export type Visited = number | 'enough' | 'repeated';

/**
 * Follows fal's opaque cursors until it says there is no more, handing each page to `visit`, which
 * returns the number of new records in it, `'enough'` to stop here, or `'repeated'` when the pages
 * have started over. The next page is asked for when `visit` is done.
 * @returns `null` when everything asked for was read, else why it was not.
 * @throws what the first page throws: then there is nothing to show.
 */
export async function readPages<P extends Page>(
  fetchPage: (cursor: string | undefined) => Promise<P>,
  visit: (page: P) => Visited | Promise<Visited>,
  { maxPages = 200, maxEmptyPages = 3 }: PageGuards = {},
): Promise<PageStop | null> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  let empty = 0;
  for (let pages = 0; pages < maxPages; pages += 1) {
    let page: P;
    try {
      page = await fetchPage(cursor);
    } catch (error) {
      if (pages === 0 || !isFalError(error)) throw error;
      return { reason: 'page_failed', cause: error };
    }
    const records = await visit(page);
    if (records === 'repeated') return { reason: 'repeated_page' };
    // fal derives `has_more` from the cursor; where it is missing the cursor decides.
    const hasMore = page.has_more ?? Boolean(page.next_cursor);
    if (records === 'enough' || !hasMore) return null;
    if (!page.next_cursor) return { reason: 'missing_cursor' };
    if (seen.has(page.next_cursor)) return { reason: 'repeated_cursor' };
    empty = records === 0 ? empty + 1 : 0;
    if (empty > maxEmptyPages) return { reason: 'empty_pages' };
    cursor = page.next_cursor;
    seen.add(cursor);
  }
  return { reason: 'too_many_pages' };
}
