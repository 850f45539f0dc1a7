import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'undici';
import type { LoopDelay } from './history/panel-server.ts';
import { onBothEngines } from './support/both-engines.ts';
import { startChild } from './support/child.ts';
import type { Figure } from './support/figure.ts';
import { median } from './support/stats.ts';
import { timedPage } from './support/timed.ts';

const ROUNDS = 15;
const TARGET_ROUND_MS = 2_000;
const TARGET_BLOCK_MS = 50;
/** How far apart the requests are that are sent meanwhile. */
const PAUSE_MS = 10;
const OVERVIEW = { path: '/admin' };

/**
 * A thousand rules of all kinds, five of each of 200 accounts with a year of usage (ten million rows),
 * judged again and again while somebody looks at the overview. The first round reads the eight weeks that
 * the others remember.
 */
export function benchAlerts(): Promise<Figure[]> {
  return onBothEngines(measure);
}

async function measure(engine: string, databaseUrl: string): Promise<Figure[]> {
  const panel = await startChild<{ url: string }>('history/panel-server.ts', [
    databaseUrl,
    'alerts',
  ]);
  const client = new Client(panel.ready.url);
  const pages = { isOver: false, slowest: 0 };
  try {
    for (let request = 0; request < 5; request += 1) await timedPage(client, OVERVIEW);
    await panel.ask<LoopDelay>('loop');
    const looking = look(client, pages);
    const rounds: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      rounds.push((await panel.ask<{ ms: number }>('round')).ms);
    }
    pages.isOver = true;
    await looking;
    const { longest } = await panel.ask<LoopDelay>('loop');
    const [first = 0, ...others] = rounds;
    const slowest = Math.max(...rounds);
    return [
      {
        name: `(l) 1,000 rules judged for 200 accounts, ${engine}: slowest of ${rounds.length} rounds`,
        measured: `${slowest.toFixed(0)} ms; first ${first.toFixed(0)} ms, then p50 ${median(others).toFixed(0)} ms`,
        ratio: '',
        target: `< ${TARGET_ROUND_MS} ms`,
        pass: slowest < TARGET_ROUND_MS,
      },
      {
        name: `(l) longest time the event loop was not free meanwhile, ${engine}`,
        measured: `${longest.toFixed(0)} ms; slowest overview ${pages.slowest.toFixed(0)} ms`,
        ratio: '',
        target: `< ${TARGET_BLOCK_MS} ms`,
        pass: longest < TARGET_BLOCK_MS,
      },
    ];
  } finally {
    pages.isOver = true;
    await client.close();
    await panel.stop();
  }
}

async function look(client: Client, pages: { isOver: boolean; slowest: number }): Promise<void> {
  while (!pages.isOver) {
    pages.slowest = Math.max(pages.slowest, await timedPage(client, OVERVIEW));
    await wait(PAUSE_MS);
  }
}
