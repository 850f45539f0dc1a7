import { describe, expect, test } from 'vitest';
import { FalError } from '../../src/fal/errors.ts';
import { type Page, readPages } from '../../src/fal/pages.ts';

interface Numbers extends Page {
  items: number[];
}

async function read(pages: (Numbers | Error)[], guards = {}) {
  const items: number[] = [];
  const cursors: (string | undefined)[] = [];
  const stop = await readPages<Numbers>(
    async (cursor) => {
      cursors.push(cursor);
      const page = pages[Math.min(cursors.length - 1, pages.length - 1)];
      if (!page || page instanceof Error) throw page;
      return page;
    },
    (page) => {
      items.push(...page.items);
      return page.items.length;
    },
    guards,
  );
  return { items, cursors, reason: stop?.reason ?? null };
}

const more = (next_cursor: string | null, ...items: number[]) => ({
  items,
  has_more: true,
  next_cursor,
});
const last = (...items: number[]) => ({ items, has_more: false, next_cursor: null });

test('pages are followed by their cursors to the last one', async () => {
  expect(await read([more('b', 1, 2), more('c', 3), last(4)])).toEqual({
    items: [1, 2, 3, 4],
    cursors: [undefined, 'b', 'c'],
    reason: null,
  });
});

test('a page that does not say whether there is more has more when it has a cursor', async () => {
  const silent = { items: [1], next_cursor: 'b' };
  expect(await read([silent, { items: [2] }])).toMatchObject({ items: [1, 2], reason: null });
});

test('a few empty pages that promise more are read through', async () => {
  expect(await read([more('b'), more('c'), last(1)])).toMatchObject({ items: [1], reason: null });
});

test('only empty pages in a row count as too many', async () => {
  const pages = [more('b'), more('c'), more('d', 1), more('e'), more('f'), last(2)];
  expect(await read(pages, { maxEmptyPages: 2 })).toMatchObject({ items: [1, 2], reason: null });
});

describe('what was read is marked as not everything when', () => {
  test('a cursor repeats', async () => {
    const loop = await read([more('b', 1), more('b', 2)]);
    expect(loop).toMatchObject({ items: [1, 2], reason: 'repeated_cursor' });
  });

  test('there is more but no cursor', async () => {
    expect(await read([more(null, 1)])).toMatchObject({ items: [1], reason: 'missing_cursor' });
  });

  test('empty pages go on and on', async () => {
    const pages = Array.from({ length: 20 }, (_, index) => more(`c${index}`));
    expect(await read([more('start', 1), ...pages])).toMatchObject({
      items: [1],
      reason: 'empty_pages',
    });
  });

  test('the pages never end', async () => {
    const pages = Array.from({ length: 20 }, (_, index) => more(`c${index}`, index));
    const endless = await read(pages, { maxPages: 10 });
    expect(endless.cursors).toHaveLength(10);
    expect(endless.reason).toBe('too_many_pages');
  });

  test('a later page fails', async () => {
    const failing = await read([more('b', 1), new FalError('fal_unavailable', 'down')]);
    expect(failing).toMatchObject({ items: [1], reason: 'page_failed' });
  });
});

test('when the first page fails there is nothing to show', async () => {
  await expect(read([new FalError('fal_unavailable', 'down')])).rejects.toThrow('down');
});
