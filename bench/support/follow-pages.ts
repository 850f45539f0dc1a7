/**
 * How a simple client reads usage or analytics: it follows the cursor to the end.
 * @param path of fal's API, with its host. @returns how many rows there were.
 */
export async function followPages(
  path: string,
  key: string,
  query: Record<string, string>,
): Promise<number> {
  const search = new URLSearchParams(query);
  let rows = 0;
  for (;;) {
    const response = await fetch(`${path}?${search}`, { headers: { authorization: `Key ${key}` } });
    const page = (await response.json()) as {
      time_series: { results: unknown[] }[];
      has_more: boolean;
      next_cursor: string;
    };
    for (const { results } of page.time_series) rows += results.length;
    if (!page.has_more) return rows;
    search.set('cursor', page.next_cursor);
  }
}
