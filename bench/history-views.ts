import { Client } from 'undici';
import type { LoopDelay } from './history/panel-server.ts';
import { onBothEngines } from './support/both-engines.ts';
import { startChild } from './support/child.ts';
import type { Figure } from './support/figure.ts';
import { median, percentile } from './support/stats.ts';
import { timedPage } from './support/timed.ts';

const SAMPLES = 20;
const WARM_UPS = 3;
const TARGET_VIEW_MS = 60;
const TARGET_BLOCK_MS = 50;
const TARGET_OVERVIEW_MS = 10;

const PERIODS = ['24h', '7d', '30d', 'this_month', 'last_month', 'year'] as const;
const GROUPS = ['endpoint', 'api_key', 'unit', 'account'] as const;

/** Every kind of view of ten million hourly rows, as a browser asks for it, on both databases. */
export function benchHistoryViews(): Promise<Figure[]> {
  return onBothEngines(measure);
}

async function measure(engine: string, databaseUrl: string): Promise<Figure[]> {
  const panel = await startChild<{ url: string }>('history/panel-server.ts', [databaseUrl]);
  const client = new Client(panel.ready.url);
  try {
    const times = new Map<string, number[]>();
    for (const view of views()) {
      const measured: number[] = [];
      for (let sample = -WARM_UPS; sample < SAMPLES; sample += 1) {
        const ms = await timedPage(client, { path: view });
        if (sample >= 0) measured.push(ms);
      }
      times.set(view, measured);
    }
    const { longest } = await panel.ask<LoopDelay>('loop');
    const overview: number[] = [];
    for (let sample = -WARM_UPS; sample < SAMPLES; sample += 1) {
      const ms = await timedPage(client, { path: '/admin' });
      if (sample >= 0) overview.push(ms);
    }
    const all = [...times.values()].flat();
    const slowest = [...times].map(([view, ms]) => ({ view, ms: percentile(ms, 95) }));
    slowest.sort((a, b) => b.ms - a.ms);
    const [worst] = slowest;
    return [
      {
        name: `(h) ${times.size} views of 10,000,000 hourly rows, ${engine}: p95`,
        measured: `${percentile(all, 95).toFixed(0)} ms, p50 ${median(all).toFixed(0)} ms; slowest ${worst?.view}: ${worst?.ms.toFixed(0)} ms`,
        ratio: '',
        target: `< ${TARGET_VIEW_MS} ms`,
        pass: percentile(all, 95) < TARGET_VIEW_MS,
      },
      {
        name: `(h) longest time the event loop was not free meanwhile, ${engine}`,
        measured: `${longest.toFixed(0)} ms`,
        ratio: '',
        target: `< ${TARGET_BLOCK_MS} ms`,
        pass: longest < TARGET_BLOCK_MS,
      },
      {
        name: `(i) overview of 200 accounts, ${engine}: p50`,
        measured: `${median(overview).toFixed(1)} ms`,
        ratio: '',
        target: `< ${TARGET_OVERVIEW_MS} ms`,
        pass: median(overview) < TARGET_OVERVIEW_MS,
      },
    ];
  } finally {
    await client.close();
    await panel.stop();
  }
}

/** Addresses of `/admin/usage`: all accounts and one, every period and grouping, filters, comparison. */
function views(): string[] {
  const plain = PERIODS.flatMap((period) =>
    GROUPS.flatMap((group) =>
      ['', 'account-7'].map((account) => address({ period, group_by: group, account })),
    ),
  );
  return [
    ...plain,
    address({ period: 'year', timeframe: 'day', account: '' }),
    address({ period: 'year', timeframe: 'week', account: '', compare: 'previous' }),
    address({ period: '30d', account: 'account-7', compare: 'weekdays' }),
    address({ period: 'year', account: '', group_by: 'account', endpoint_id: 'fal-ai/model-3' }),
    address({ period: 'year', account: 'account-7', api_key_id: 'key-7-2' }),
  ];
}

function address({ period, ...query }: Record<string, string>): string {
  const dates =
    period === 'year'
      ? { period: 'custom', start_date: '2025-03-11', end_date: '2026-03-08' }
      : { period: period ?? '' };
  return `/admin/usage?${new URLSearchParams({ ...dates, ...query })}`;
}
