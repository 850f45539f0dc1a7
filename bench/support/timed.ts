import type { Client } from 'undici';

/** How long something takes, in ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** How long a page takes until all of it is there, in ms. @throws where it is no whole page. */
export async function timedPage(
  client: Client,
  { path, headers = {} }: { path: string; headers?: Record<string, string> },
): Promise<number> {
  const began = performance.now();
  const { statusCode, body } = await client.request({ method: 'GET', path, headers });
  const html = await body.text();
  const ms = performance.now() - began;
  if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`);
  if (!html.includes('</html>')) throw new Error(`${path} is not a whole page`);
  return ms;
}
