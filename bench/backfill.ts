import { setTimeout as sleep } from 'node:timers/promises';
import { createAccount } from '../src/accounts/change-accounts.ts';
import { SERVER } from '../src/audit/actor.ts';
import { readConfig } from '../src/config.ts';
import { syncStatuses } from '../src/history/sync-status.ts';
import { createLogger } from '../src/log.ts';
import { createServices } from '../src/services.ts';
import type { DenseFal } from './history/dense-simulator.ts';
import { startChild } from './support/child.ts';
import type { Figure } from './support/figure.ts';
import { benchFolder } from './support/folder.ts';
import { followPages } from './support/follow-pages.ts';
import { median } from './support/stats.ts';

const LATENCY_MS = 150;
const DAYS = 90;
const TARGET = 6;
const BACKFILLS = 3;

/** The first backfill of a dense account, and the same read one page after another. */
export async function benchBackfill(): Promise<Figure[]> {
  const fal = await startChild<DenseFal>('history/dense-simulator.ts', [
    String(LATENCY_MS),
    String(DAYS),
  ]);
  try {
    const pagesMs = await readPageByPage(fal.ready);
    const times: number[] = [];
    while (times.length < BACKFILLS) times.push(await backfill(fal.ready));
    const backfillMs = median(times);
    const ratio = pagesMs / backfillMs;
    return [
      {
        name: `(f) backfill of ${DAYS} days x 40 models x 3 keys, fal ${LATENCY_MS} ms away`,
        measured: `${seconds(backfillMs)} stored, page after page ${seconds(pagesMs)} read`,
        ratio: `${ratio.toFixed(1)} times faster`,
        target: `>= ${TARGET} times`,
        pass: ratio >= TARGET,
      },
    ];
  } finally {
    await fal.stop();
  }
}

/** From the first question to the last row stored. @returns ms. */
async function backfill({ url, key, rows }: DenseFal): Promise<number> {
  const config = readConfig({
    FAL_API_BASE_URL: url,
    DATA_DIR: benchFolder(),
    BACKFILL_DAYS: String(DAYS),
    DEFAULT_TIMEZONE: 'America/Mexico_City',
  });
  const services = await createServices(config, { log: createLogger('error') });
  const { store, scheduler, now } = services;
  try {
    const fields = { name: 'Dense', note: '', timezone: 'America/Mexico_City', color: 1 };
    await createAccount(services, SERVER, fields, key);
    const began = performance.now();
    scheduler.start();
    for (;;) {
      await sleep(20);
      const [status] = await syncStatuses(store.db, now());
      if (status?.lastError) throw new Error(`the backfill failed: ${status.lastError.code}`);
      if (status?.lastSuccessAt) break;
    }
    const ms = performance.now() - began;
    const kept = await store.db
      .selectFrom('usage_slots')
      .innerJoin('usage_series', 'id', 'series_id')
      .where('scope', '=', 'account')
      .where('measure', '=', 'billed')
      .select(({ fn }) => fn.countAll<number>().as('rows'))
      .executeTakeFirstOrThrow();
    if (kept.rows !== rows) throw new Error(`${kept.rows} rows were kept, not ${rows}`);
    return ms;
  } finally {
    await services.close();
  }
}

/** How a simple client reads usage and then calls: follow the cursors to their ends. @returns ms. */
async function readPageByPage({ url, key, endpointIds, rows }: DenseFal): Promise<number> {
  const end = Temporal.Now.instant();
  const period = {
    start: end.subtract({ hours: (DAYS + 1) * 24 }).toString(),
    end: end.toString(),
    timezone: 'UTC',
    timeframe: 'hour',
    bound_to_timeframe: 'false',
  };
  const usage = { ...period, expand: 'time_series,auth_method_structured' };
  const calls = {
    ...period,
    expand:
      'time_series,request_count,success_count,user_error_count,error_count,p50_duration,p95_duration',
    endpoint_id: endpointIds.join(),
  };
  const began = performance.now();
  const read = await followPages(`${url}/models/usage`, key, usage);
  await followPages(`${url}/models/analytics`, key, calls);
  const ms = performance.now() - began;
  if (read !== rows) throw new Error(`${read} rows were read, not ${rows}`);
  return ms;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
