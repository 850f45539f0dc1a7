import { createFalClient } from '../src/fal/client.ts';
import { createTransport, openQuestion } from '../src/fal/transport.ts';
import { startChild } from './support/child.ts';
import type { Figure } from './support/figure.ts';
import { followPages } from './support/follow-pages.ts';
import { median } from './support/stats.ts';

const LATENCY_MS = 60;
const DAYS = 90;
const ROUNDS = 3;
const TARGET = 4;

/** Ninety days of hours, in windows side by side and one page after another. */
export async function benchWindows(): Promise<Figure[]> {
  const fal = await startChild<{ url: string; key: string }>('simulator.ts', [String(LATENCY_MS)]);
  const { url, key } = fal.ready;
  const client = createFalClient(createTransport({ baseUrl: url }));
  const end = Temporal.Now.instant().subtract({ hours: 1 });
  const query = { start: end.subtract({ hours: DAYS * 24 }), end, timezone: 'UTC' } as const;
  const parallel: number[] = [];
  const pages: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      let began = performance.now();
      const answer = await client.usage(openQuestion(key, 120_000), {
        ...query,
        timeframe: 'hour',
      });
      parallel.push(performance.now() - began);
      began = performance.now();
      const rows = await readPageByPage(url, key, query);
      pages.push(performance.now() - began);
      if (rows !== answer.rows.length) throw new Error(`${rows} rows, not ${answer.rows.length}`);
    }
  } finally {
    await client.close();
    await fal.stop();
  }
  const ratio = median(pages) / median(parallel);
  return [
    {
      name: `(d) ${DAYS} days by hour, fal ${LATENCY_MS} ms away`,
      measured: `${(median(parallel) / 1000).toFixed(2)} s, page by page ${(median(pages) / 1000).toFixed(2)} s`,
      ratio: `${ratio.toFixed(1)} times faster`,
      target: `>= ${TARGET} times`,
      pass: ratio >= TARGET,
    },
  ];
}

/** @returns how many rows a simple client reads. */
function readPageByPage(
  url: string,
  key: string,
  { start, end }: { start: Temporal.Instant; end: Temporal.Instant },
): Promise<number> {
  return followPages(`${url}/models/usage`, key, {
    start: start.toString(),
    end: end.toString(),
    timezone: 'UTC',
    timeframe: 'hour',
    bound_to_timeframe: 'false',
    expand: 'time_series,auth_method_structured',
  });
}
