import { describe, expect, test } from 'vitest';
import * as faults from '../../src/demo/faults.ts';
import type { Truth } from '../../src/demo/truth.ts';
import { toJsonNumber } from '../../src/money.ts';
import { hangUpMidway, NOW, type Panel, startPanel } from '../support/panel.ts';
import { expectRecords } from './expect-records.ts';

const PATH = '/api/config/falai-usage';
const DAY = { start: NOW.subtract({ hours: 24 }), end: NOW };
const KLING = 'fal-ai/kling-video/v2.1/standard';

async function ask(panel: Panel, fields: Record<string, unknown> = {}) {
  const response = await panel.http.post(PATH).send({ api_key: panel.fal.keys.admin, ...fields });
  return { status: response.status, body: response.body, usage: response.body.usage };
}

function costsOf(truth: Truth) {
  return Object.fromEntries(
    Object.entries(truth.endpoints).map(([id, { costNano }]) => [id, toJsonNumber(costNano)]),
  );
}

describe('the answer', () => {
  test('of a form post is what fal billed in the last 24 hours, to the nano-dollar', async () => {
    const panel = await startPanel();
    const { body, status } = await panel.http
      .post(PATH)
      .type('form')
      .send(`api_key=${encodeURIComponent(panel.fal.keys.admin)}`);
    const truth = panel.fal.truth(DAY);
    expect(status).toBe(200);
    expect(truth.costNano).toBeGreaterThan(0n);
    expect(body).toMatchObject({
      ok: true,
      message: 'Estadísticas obtenidas exitosamente',
      usage: {
        total_requests: truth.count,
        total_cost: toJsonNumber(truth.costNano),
        period: '24 horas',
        currency: 'USD',
        timezone: 'America/Mexico_City',
        start: '2026-03-06T21:20:30.5-06:00',
        end: '2026-03-07T21:20:30.5-06:00',
        as_of: '2026-03-07T21:20:30.5-06:00',
        successful_requests: truth.successes,
        failed_requests: truth.failures,
        partial: false,
        partial_reason: null,
        balance_reason: null,
      },
    });
    expect(body.usage.balance).toBeGreaterThan(0);
    const costs = Object.entries(body.usage.endpoints as Record<string, { cost: number }>);
    expect(Object.fromEntries(costs.map(([id, { cost }]) => [id, cost]))).toEqual(costsOf(truth));
  });

  test('of a JSON post is the same', async () => {
    const panel = await startPanel();
    const form = await panel.http.post(PATH).type('form').send({ api_key: panel.fal.keys.admin });
    const json = await ask(panel);
    expect(json.body).toEqual(form.body);
  });

  test('counts calls of an endpoint that is billed under another id than the one called', async () => {
    const panel = await startPanel();
    const { usage } = await ask(panel);
    const truth = panel.fal.truth(DAY).endpoints[KLING];
    expect(truth?.count).toBeGreaterThan(0);
    expect(usage.endpoints[KLING]).toMatchObject({
      count: truth?.count,
      successes: truth?.successes,
      failures: truth?.failures,
    });
  });

  test('says units and prices of each endpoint, lists where several were billed', async () => {
    const panel = await startPanel();
    const { usage } = await ask(panel);
    const entries = Object.values(usage.endpoints) as {
      units: unknown;
      unit: unknown;
      unit_price: unknown;
    }[];
    const several = entries.filter((entry) => Array.isArray(entry.units));
    for (const { units, unit, unit_price } of several) {
      expect(unit).toHaveLength((units as unknown[]).length);
      expect(unit_price).toHaveLength((units as unknown[]).length);
    }
    const single = entries.find((entry) => !Array.isArray(entry.units));
    expect(single?.units).toEqual(expect.any(Number));
    expect(single?.unit).toEqual(expect.any(String));
  });

  test('has an hourly series whose parts add up to the totals', async () => {
    const panel = await startPanel();
    const { usage } = await ask(panel);
    const series = usage.series as { bucket: string; cost: number; count: number }[];
    expect(series).toHaveLength(25);
    expect(series[0]?.bucket).toBe('2026-03-06T21:00:00-06:00');
    const nano = series.reduce((sum, point) => sum + BigInt(Math.round(point.cost * 1e9)), 0n);
    expect(nano).toBe(panel.fal.truth(DAY).costNano);
    expect(series.reduce((sum, point) => sum + point.count, 0)).toBe(usage.total_requests);
  });

  test('names the endpoint with the most calls', async () => {
    const panel = await startPanel();
    const { usage } = await ask(panel);
    const [most] = Object.entries(panel.fal.truth(DAY).endpoints).toSorted(
      ([, a], [, b]) => b.count - a.count,
    );
    expect(usage.most_used).toBe(most?.[0]);
  });

  test('is in English for those who prefer it', async () => {
    const panel = await startPanel();
    const { body } = await panel.http
      .post(PATH)
      .set('Accept-Language', 'en-US,en;q=0.9')
      .send({ api_key: panel.fal.keys.admin });
    expect(body.usage.period).toBe('24 hours');
    expect(body.message).not.toContain('Estadísticas');
  });

  test('of an account that used nothing is zero, and known to be', async () => {
    const panel = await startPanel();
    const { usage } = await ask(panel, { api_key: panel.fal.keys.empty });
    expect(usage).toMatchObject({
      total_requests: 0,
      total_cost: 0,
      endpoints: {},
      most_used: null,
      partial: false,
    });
    expect(usage.series.every((point: { cost: number }) => point.cost === 0)).toBe(true);
  });

  test('is never stored by browsers and proxies', async () => {
    const panel = await startPanel();
    const response = await panel.http.post(PATH).send({ api_key: panel.fal.keys.admin });
    expect(response.headers['cache-control']).toBe('no-store');
  });
});

describe('a period', () => {
  test('of bare dates includes its last day and is answered by day', async () => {
    const panel = await startPanel();
    const { usage } = await ask(panel, { start_date: '2026-02-25', end_date: '2026-03-06' });
    const period = {
      start: Temporal.Instant.from('2026-02-25T06:00:00Z'),
      end: Temporal.Instant.from('2026-03-07T06:00:00Z'),
    };
    expect(usage.total_cost).toBe(toJsonNumber(panel.fal.truth(period).costNano));
    expect(usage.series).toHaveLength(10);
    expect(usage.period).toBe('2026-02-25 – 2026-03-06');
  });

  test('of date-times is exact, and buckets follow the zone asked for', async () => {
    const panel = await startPanel();
    const { usage } = await ask(panel, {
      start_date: '2026-03-05T10:15:00Z',
      end_date: '2026-03-06T02:45:00Z',
      timezone: 'Asia/Kathmandu',
    });
    const period = {
      start: Temporal.Instant.from('2026-03-05T10:15:00Z'),
      end: Temporal.Instant.from('2026-03-06T02:45:00Z'),
    };
    expect(usage.total_cost).toBe(toJsonNumber(panel.fal.truth(period).costNano));
    expect(usage.series[0].bucket).toBe('2026-03-05T16:00:00+05:45');
  });

  test('on the days clocks change has 23 and 25 hours, and loses nothing', async () => {
    const panel = await startPanel(
      {},
      { simulator: { now: () => Temporal.Instant.from('2025-11-04T12:00:00Z'), days: 5 } },
    );
    const { usage } = await ask(panel, {
      start_date: '2025-11-02',
      end_date: '2025-11-02',
      timezone: 'America/New_York',
    });
    const period = {
      start: Temporal.Instant.from('2025-11-02T04:00:00Z'),
      end: Temporal.Instant.from('2025-11-03T05:00:00Z'),
    };
    expect(usage.series).toHaveLength(25);
    expect(usage.total_cost).toBe(toJsonNumber(panel.fal.truth(period).costNano));
  });
});

describe('a filter', () => {
  test.each([
    ['a name', 'fal-ai/fast-sdxl'],
    ['a list', ['fal-ai/fast-sdxl', 'fal-ai/flux/dev']],
    ['names with commas', 'fal-ai/fast-sdxl,fal-ai/flux/dev'],
  ])('of endpoints may be %s', async (_, endpoint_id) => {
    const panel = await startPanel();
    const { usage } = await ask(panel, { endpoint_id });
    const ids = [endpoint_id].flat().flatMap((id) => id.split(','));
    expect(Object.keys(usage.endpoints).toSorted()).toEqual(ids.toSorted());
    expect(usage.total_cost).toBe(toJsonNumber(panel.fal.truth(DAY, ids).costNano));
  });

  test('may repeat the field in a form, also as PHP writes it', async () => {
    const panel = await startPanel();
    const key = encodeURIComponent(panel.fal.keys.admin);
    for (const field of ['endpoint_id', 'endpoint_id[]']) {
      const body = `api_key=${key}&${field}=fal-ai/fast-sdxl&${field}=fal-ai/flux/dev`;
      const response = await panel.http.post(PATH).type('form').send(body);
      expect(Object.keys(response.body.usage.endpoints)).toHaveLength(2);
    }
  });
});

describe('records', () => {
  test('are a page of single charges, newest first', async () => {
    const panel = await startPanel();
    const first = await ask(panel, { page: 1, page_size: 5 });
    const second = await ask(panel, { page: '2', page_size: '5' });
    const both = await ask(panel, { page_size: 10 });
    expect(first.usage.records).toHaveLength(5);
    expect(first.usage.has_more).toBe(true);
    expect([...first.usage.records, ...second.usage.records]).toEqual(both.usage.records);
    expectRecords(both.usage.records);
  });

  test('over all pages are every charge, and the last page says so', async () => {
    const panel = await startPanel();
    const { usage } = await ask(panel, { page_size: 1000 });
    const rest = usage.has_more
      ? (await ask(panel, { page: 2, page_size: 1000 })).usage
      : { records: [], has_more: false };
    expect(usage.records.length + rest.records.length).toBe(panel.fal.truth(DAY).charges);
    expect(rest.has_more).toBe(false);
  });

  test('are missing with a reason when fal fails at them, and the totals still stand', async () => {
    const panel = await startPanel();
    panel.fal.quirks.billingEventsDown = true;
    const { usage } = await ask(panel, { page: 1 });
    expect(usage).toMatchObject({
      records: null,
      has_more: null,
      records_reason: 'fal_unavailable',
      partial: false,
    });
    expect(usage.total_cost).toBe(toJsonNumber(panel.fal.truth(DAY).costNano));
  });

  test('are not asked for unless wanted', async () => {
    const panel = await startPanel();
    const { usage } = await ask(panel);
    expect(usage).not.toHaveProperty('records');
    expect(panel.fal.received.map((request) => request.path)).not.toContain(
      '/models/billing-events',
    );
  });
});

describe('what fal could not say', () => {
  test('is no reason to withhold the rest: without the balance, everything else answers', async () => {
    const panel = await startPanel();
    panel.fal.fault('/account/billing', faults.failWith(500));
    const { usage } = await ask(panel);
    expect(usage).toMatchObject({
      balance: null,
      balance_reason: 'fal_unavailable',
      partial: false,
    });
    expect(usage.total_cost).toBe(toJsonNumber(panel.fal.truth(DAY).costNano));
  });

  test('is null and said to be missing: one endpoint that can not be counted', async () => {
    const panel = await startPanel();
    panel.fal.quirks.analyticsPoison = ['fal-ai/fast-sdxl'];
    const { usage } = await ask(panel);
    const truth = panel.fal.truth(DAY);
    expect(usage).toMatchObject({ partial: true, partial_reason: 'counts_missing' });
    expect(usage.endpoints['fal-ai/fast-sdxl']).toMatchObject({
      count: null,
      failures: null,
      average_cost: null,
    });
    expect(usage.total_cost).toBe(toJsonNumber(truth.costNano));
    expect(usage.total_requests).toBe(
      truth.count - (truth.endpoints['fal-ai/fast-sdxl']?.count ?? 0),
    );
  });

  test('is null, never zero: no counts at all', async () => {
    const panel = await startPanel();
    panel.fal.fault('/models/analytics', faults.failWith(503));
    const { usage } = await ask(panel);
    expect(usage).toMatchObject({
      total_requests: null,
      successful_requests: null,
      failed_requests: null,
      partial: true,
      partial_reason: 'counts_missing',
    });
  });

  test('makes the sum a lower bound that says so: a page that is missing', async () => {
    const panel = await startPanel({}, { simulator: { pageSize: 10 } });
    panel.fal.fault(/models\/usage\?.*cursor=/, faults.failWith(503));
    const { usage } = await ask(panel);
    expect(usage).toMatchObject({ partial: true, partial_reason: 'usage_pages_missing' });
    expect(usage.total_cost).toBeGreaterThan(0);
    expect(usage.total_cost).toBeLessThan(toJsonNumber(panel.fal.truth(DAY).costNano));
    expect(usage.series.some((point: { cost: number | null }) => point.cost === null)).toBe(true);
  });

  test('is taken from single charges where usage itself is broken', async () => {
    const panel = await startPanel();
    panel.fal.fault('/models/usage', faults.failWith(500));
    const { usage } = await ask(panel);
    expect(usage).toMatchObject({ source: 'billing_events', partial: false });
    expect(usage.total_cost).toBe(toJsonNumber(panel.fal.truth(DAY).costNano));
    expect(usage.total_requests).toBe(panel.fal.truth(DAY).count);
  });

  test('in another currency stands apart', async () => {
    const panel = await startPanel();
    panel.fal.quirks.foreignCurrency = { endpointId: 'fal-ai/fast-sdxl', currency: 'EUR' };
    const { usage } = await ask(panel);
    const truth = panel.fal.truth(DAY);
    const foreign = truth.endpoints['fal-ai/fast-sdxl']?.costNano ?? 0n;
    expect(usage.total_cost).toBe(toJsonNumber(truth.costNano - foreign));
    expect(usage.other_currencies).toEqual([{ currency: 'EUR', cost: toJsonNumber(foreign) }]);
  });
});

describe('quirks of fal that must not change the totals', () => {
  test.each([
    ['costOnly', true],
    ['nullOptionals', true],
    ['extraFields', true],
    ['summaryIs401', true],
    ['utcBuckets', true],
    ['emptyPages', 2],
    ['overlapPages', 1],
    ['coldBootPoison', true],
    ['splitCharges', ['fal-ai/flux/dev']],
  ])('%s', async (quirk, value) => {
    const panel = await startPanel({}, { simulator: { pageSize: 7 } });
    Object.assign(panel.fal.quirks, { [quirk]: value });
    const { usage } = await ask(panel);
    expect(usage.total_cost).toBe(toJsonNumber(panel.fal.truth(DAY).costNano));
    expect(usage).toMatchObject({ partial: false, source: 'usage' });
  });

  test.each(['repeatCursor', 'endlessPages', 'cursorMissing'])(
    '%s ends and is partial',
    async (quirk) => {
      const panel = await startPanel({}, { simulator: { pageSize: 7 } });
      Object.assign(panel.fal.quirks, { [quirk]: true });
      const { usage } = await ask(panel);
      expect(usage.partial).toBe(true);
      expect(usage.total_cost).toBeLessThanOrEqual(toJsonNumber(panel.fal.truth(DAY).costNano));
    },
  );

  test('an ignored window is noticed, not shown as the period asked for', async () => {
    const panel = await startPanel();
    panel.fal.quirks.ignoreWindow = true;
    const { body } = await ask(panel, { start_date: '2026-02-26', end_date: '2026-02-27' });
    expect(body).toMatchObject({ ok: false, code: 'fal_bad_response' });
  });
});

describe('questions to fal', () => {
  test('are one round of them, and the next time again one, counts included', async () => {
    const panel = await startPanel();
    await ask(panel);
    panel.fal.received.length = 0;
    await ask(panel);
    const paths = panel.fal.received.map((request) => request.path).toSorted();
    expect(paths).toEqual(['/account/billing', '/models/analytics', '/models/usage']);
  });

  test('about calls are for their counts alone: others make fal fail', async () => {
    const panel = await startPanel();
    await ask(panel);
    const analytics = panel.fal.received.filter(({ path }) => path === '/models/analytics');
    expect(analytics.map(({ query }) => query.getAll('expand'))).toEqual([
      ['time_series', 'request_count', 'success_count', 'user_error_count', 'error_count'],
    ]);
  });

  test('of ten people at the same moment are asked once', async () => {
    const panel = await startPanel();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(panel)));
    expect(new Set(answers.map(({ usage }) => usage.total_cost)).size).toBe(1);
    expect(panel.fal.received.filter((request) => request.path === '/models/usage')).toHaveLength(
      1,
    );
  });

  test('are answered from memory for a few seconds, to the same key only', async () => {
    const panel = await startPanel({}, { parts: { cacheMs: 60_000 } });
    await ask(panel);
    await ask(panel);
    expect(panel.fal.received.filter((request) => request.path === '/models/usage')).toHaveLength(
      1,
    );
    const other = await ask(panel, { api_key: panel.fal.keys.empty });
    expect(other.usage.total_cost).toBe(0);
  });

  test('are dropped when the one who asked goes away', async () => {
    const panel = await startPanel();
    await hangUpMidway(panel, PATH);
    expect(panel.logged()).not.toContain('unforeseen error');
  });
});
