import { Client } from 'undici';
import { ACCOUNT, EVENT_ON } from './credits/plant.ts';
import { startChild } from './support/child.ts';
import type { Figure } from './support/figure.ts';
import { median } from './support/stats.ts';
import { timedPage } from './support/timed.ts';

const SAMPLES = 40;
const WARM_UPS = 5;
const TARGET_MS = 15;

/** With one account chosen of the 200 that there are. */
const OF_ONE = { cookie: `account=${ACCOUNT}` };
const PAGES = [
  { path: '/admin/credits', headers: OF_ONE },
  { path: `/admin/credits/${ACCOUNT}/ledger`, headers: {} },
  { path: '/admin/events', headers: OF_ONE },
  { path: '/admin/events', headers: {} },
  { path: '/admin/events/event-5', headers: {} },
  { path: '/admin/events/event-15', headers: {} },
  { path: '/admin/events/event-15?participants=500&to=fal-ai/model-9', headers: {} },
  { path: `/admin/events/${EVENT_ON}/live`, headers: {} },
  { path: '/admin/events/event-5/closing', headers: {} },
  { path: '/admin/events/event-5/closing/sheet', headers: {} },
  { path: '/admin/pricing', headers: OF_ONE },
  { path: '/admin/pricing', headers: {} },
] as const;

/**
 * How long the pages of credits, events and prices take. The store has 200 accounts with a year of
 * hourly usage of 40 models by 3 keys (ten million rows). One of them has a year of its own besides: 30
 * purchases of 365 days, 50,000 balances and 21 events of 3 models (10 closed, 1 on, 10 to come); the 40
 * models had 5 prices each. fal is not asked.
 */
export async function benchCreditsPages(): Promise<Figure[]> {
  const panel = await startChild<{ url: string }>('history/panel-server.ts', ['', 'credits']);
  const client = new Client(panel.ready.url);
  try {
    const statement = await medianOf(async () => (await panel.ask<{ ms: number }>('statement')).ms);
    const figures = [figure('statement and runway', statement)];
    for (const page of PAGES) {
      const of = page.headers === OF_ONE ? `${page.path} of one account` : page.path;
      figures.push(figure(of, await medianOf(() => timedPage(client, page))));
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
