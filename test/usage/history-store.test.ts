import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { utcDayOf } from '../../src/history/slots.ts';
import { storeWindow } from '../../src/history/store-window.ts';
import { type Nano, sumNano, toNano } from '../../src/money.ts';
import type { Services } from '../../src/services.ts';
import { binary } from '../support/binary-body.ts';
import { focusRowFaults } from '../support/focus-checker.ts';
import { ENGINES, NOW, startPanel } from '../support/panel.ts';
import { sheetRows } from '../support/read-xlsx.ts';
import { storeAccount } from '../support/stored-account.ts';

const MODELS = ['fal-ai/flux/dev', 'fal-ai/veo3'];
const DAYS = ['2026-03-03', '2026-03-04', '2026-03-06'];
const ZONE = 'America/Mexico_City';

/** Every hour of some days, each model called by each of two keys; one day is never read. */
async function storeUsage(services: Services): Promise<Nano> {
  const { store } = services;
  await storeAccount(services, { slug: 'main', name: 'Principal', key: 'a:b', isDefault: true });
  const { id } = await store.db.selectFrom('fal_accounts').select('id').executeTakeFirstOrThrow();
  let total = 0n;
  for (const day of DAYS) {
    const from = Temporal.Instant.from(`${day}T00:00:00Z`);
    const hours = Array.from({ length: 24 }, (_, hour) => from.add({ hours: hour }));
    const usage = hours.flatMap((bucket, hour) =>
      MODELS.flatMap((endpointId, model) =>
        ['key-1', 'key-2'].map((apiKeyId, key) => ({
          bucket,
          endpointId,
          unit: 'images',
          quantity: 1_500_000_000n,
          unitPrice: 25_000_001n,
          percentDiscount: null,
          cost: BigInt(1 + hour * 1_234_567 + model * 7_000_003 + key),
          currency: 'USD',
          auth: { detail: 'Booth', apiKeyId, username: null },
        })),
      ),
    );
    total += sumNano(usage.map(({ cost }) => cost));
    await storeWindow(store.db, store.engine, {
      accountId: id,
      day: utcDayOf(from),
      slotMinutes: 60,
      readAt: NOW,
      usage,
      calls: hours.flatMap((bucket) =>
        MODELS.map((endpointId) => ({
          bucket,
          endpointId,
          metrics: { request_count: 4, success_count: 3, user_error_count: 1, error_count: 0 },
        })),
      ),
      isComplete: true,
      uncounted: [],
      zones: [ZONE],
      settleHours: 24,
    });
  }
  return total;
}

describe.each(ENGINES)('with a local copy on %s', (engine) => {
  test('the answer and every file add up to what was stored', async () => {
    const panel = await startPanel({}, { engine });
    const total = await storeUsage(panel.services);
    const viewer = await panel.as('viewer');
    const get = (name: string, more = '') =>
      viewer
        .get(
          `/api/v1/${name}?start=2026-03-02&end=2026-03-06&timezone=${ZONE}&timeframe=hour${more}`,
        )
        .set('Sec-Fetch-Site', 'same-origin')
        .set('Accept-Language', 'en')
        .expect(200);

    const { usage } = (await get('usage')).body;
    expect(toNano(usage.total_cost)).toBe(total);
    expect(usage).toMatchObject({
      total_requests: DAYS.length * 24 * MODELS.length * 4,
      partial: true,
      partial_reason: expect.stringContaining('days_not_read'),
    });
    const states = new Map<string, string>(
      usage.series.map(({ bucket, state }: { bucket: string; state: string }) => [bucket, state]),
    );
    expect(states.get('2026-03-05T06:00:00-06:00')).toBe('unknown');

    const lines = parse((await get('usage.csv')).text, { columns: true }) as Record<
      string,
      string
    >[];
    expect(sumNano(lines.map(({ cost }) => nano(cost)))).toBe(total);
    for (const { bucket = '', state, cost } of lines) {
      expect(state).toBe(states.get(bucket));
      expect(cost === '').toBe(state === 'unknown');
    }
    expect(new Set(lines.map(({ bucket }) => bucket))).toEqual(new Set(states.keys()));

    const book = await get('usage.xlsx', '&group_by=api_key').buffer(true).parse(binary);
    const [, ...totals] = sheetRows(book.body, 2);
    expect(nano(totals.pop()?.[2])).toBe(total);
    expect(totals.map(([key]) => key)).toEqual(['key-2', 'key-1']);
    expect(sumNano(totals.map((row) => nano(row[2])))).toBe(total);

    const charges = parse((await get('focus.csv')).text, { columns: true }) as Record<
      string,
      string
    >[];
    expect(charges.flatMap(focusRowFaults)).toEqual([]);
    expect(charges).toHaveLength(DAYS.length * 24 * MODELS.length * 2);
    expect(sumNano(charges.map(({ BilledCost }) => nano(BilledCost)))).toBe(total);
  });

  test('before anything was read the answer and the workbook say nothing, and not zero', async () => {
    const { services, as } = await startPanel({}, { engine });
    await storeAccount(services, { slug: 'main', name: 'Principal', key: 'a:b', isDefault: true });
    const viewer = await as('viewer');
    const get = (name: string) =>
      viewer
        .get(`/api/v1/${name}?start=2026-03-02&end=2026-03-06&timeframe=day`)
        .set('Sec-Fetch-Site', 'same-origin')
        .set('Accept-Language', 'en');
    const { body } = await get('usage');
    expect(body.usage).toMatchObject({
      total_cost: null,
      total_requests: null,
      successful_requests: null,
      failed_requests: null,
      freshness: 'unknown',
      partial_reason: 'days_not_read',
    });
    const book = await get('usage.xlsx').buffer(true).parse(binary);
    expect(sheetRows(book.body, 2).slice(1)).toEqual([['Total']]);
  });
});

function nano(digits: string | null | undefined): Nano {
  return toNano(Number(digits || '0'));
}
