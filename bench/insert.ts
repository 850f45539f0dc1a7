import type { AnalyticsRow } from '../src/fal/analytics.ts';
import type { UsageRow } from '../src/fal/usage.ts';
import { utcDayOf, utcDayStart } from '../src/history/slots.ts';
import { storeWindow } from '../src/history/store-window.ts';
import { createLogger } from '../src/log.ts';
import { openStore } from '../src/store/store.ts';
import type { Figure } from './support/figure.ts';
import { benchFolder } from './support/folder.ts';

const MODELS = 40;
const KEYS = 3;
const DAYS = 90;
const ZONE = 'America/Mexico_City';
const TARGET = 100_000;

/** Days of 40 models x 3 keys, stored with their calls and with all sums over them, on SQLite. */
export async function benchInsert(): Promise<Figure[]> {
  const store = await openStore({
    databaseUrl: null,
    dataDir: benchFolder(),
    log: createLogger('error'),
  });
  try {
    await store.db
      .insertInto('fal_accounts')
      .values({
        ...{ id: 'dense', slug: 'dense', name: 'Dense', note: '', timezone: ZONE, color: 1 },
        ...{ sealed_key: '', key_hint: '', is_default: 1, version: 1 },
        ...{ created_at: '2026-01-01T00:00:00.000Z', updated_at: '2026-01-01T00:00:00.000Z' },
      })
      .execute();
    const first = utcDayOf(Temporal.Instant.from('2026-01-01T00:00Z'));
    let rows = 0;
    let ms = 0;
    for (let day = first; day < first + DAYS; day += 1) {
      const read = { usage: usageOf(day), calls: callsOf(day) };
      const began = performance.now();
      const stored = await storeWindow(store.db, store.engine, {
        accountId: 'dense',
        day,
        slotMinutes: 60,
        readAt: utcDayStart(day + 5),
        isComplete: true,
        uncounted: [],
        zones: [ZONE],
        settleHours: 72,
        ...read,
      });
      ms += performance.now() - began;
      rows += stored.rows;
    }
    const perSecond = (rows / ms) * 1_000;
    return [
      {
        name: '(g) rows stored with all their sums, SQLite',
        measured: `${Math.round(perSecond).toLocaleString('en')} rows/s`,
        ratio: '',
        target: `>= ${TARGET.toLocaleString('en')} rows/s`,
        pass: perSecond >= TARGET,
      },
    ];
  } finally {
    await store.close();
  }
}

function usageOf(day: number): UsageRow[] {
  return hoursOf(day).flatMap((bucket, hour) =>
    models().flatMap((endpointId, model) =>
      Array.from({ length: KEYS }, (_, key): UsageRow => {
        const units = 1n + BigInt((hour + model + key) % 7);
        return {
          bucket,
          endpointId,
          unit: 'images',
          quantity: units * 1_000_000_000n,
          unitPrice: 5_000_000n,
          percentDiscount: null,
          cost: units * 5_000_000n,
          currency: 'USD',
          auth: { detail: `Cabina ${key}`, apiKeyId: `key-${key}`, username: null },
        };
      }),
    ),
  );
}

function callsOf(day: number): AnalyticsRow[] {
  return hoursOf(day).flatMap((bucket) =>
    models().map((endpointId) => ({
      bucket,
      endpointId,
      metrics: {
        request_count: 9,
        success_count: 8,
        user_error_count: 1,
        error_count: 0,
        p50_duration: 1.2,
        p95_duration: 3.5,
      },
    })),
  );
}

function hoursOf(day: number): Temporal.Instant[] {
  return Array.from({ length: 24 }, (_, hour) => utcDayStart(day).add({ hours: hour }));
}

function models(): string[] {
  return Array.from({ length: MODELS }, (_, index) => `fal-ai/model-${index}`);
}
