import { Client } from 'undici';
import { startChild } from './support/child.ts';
import type { Figure } from './support/figure.ts';
import { median } from './support/stats.ts';

const SAMPLES = 40;
const WARM_UPS = 5;
const TARGET_MS = 15;

/** Those of the credits and events of an account with a year of history. */
const PAGES = [
  '/admin/credits/account-7/ledger',
  '/admin/events',
  '/admin/events/event-5',
  '/admin/events/event-15',
];

/** How long an account's credits take, with a year of usage, balances, purchases and events. */
export async function benchCreditsPages(): Promise<Figure[]> {
  const panel = await startChild<{ url: string }>('history/panel-server.ts', ['', 'credits']);
  const client = new Client(panel.ready.url);
  try {
    const statement = await medianOf(async () => (await panel.ask<{ ms: number }>('statement')).ms);
    const figures = [figure('statement and runway', statement)];
    for (const path of PAGES) {
      const { statusCode, body } = await client.request({ method: 'GET', path });
      await body.dump();
      if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`);
      figures.push(figure(path, await medianOf(() => timed(client, path))));
    }
    return figures;
  } finally {
    await client.close();
    await panel.stop();
  }
}

function figure(what: string, ms: number): Figure {
  return {
    name: `(k) ${what}, a year of an account, SQLite: p50`,
    measured: `${ms.toFixed(1)} ms`,
    ratio: '',
    target: `< ${TARGET_MS} ms`,
    pass: ms < TARGET_MS,
  };
}

async function medianOf(measure: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let sample = -WARM_UPS; sample < SAMPLES; sample += 1) {
    const ms = await measure();
    if (sample >= 0) times.push(ms);
  }
  return median(times);
}

async function timed(client: Client, path: string): Promise<number> {
  const began = performance.now();
  const { body } = await client.request({ method: 'GET', path });
  await body.text();
  return performance.now() - began;
}
