import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFormat } from '../../src/i18n/format.ts';
import { translator } from '../../src/i18n/index.ts';
import { type Nano, sumNano, toNano } from '../../src/money.ts';
import { percentages } from '../../src/usage/figures.ts';
import { modelName } from '../../src/usage/model-name.ts';
import type { EndpointUsage, UsageReport } from '../../src/usage/report.ts';
import { usageView } from '../../src/usage/view.ts';

const now = Temporal.Instant.from('2026-03-08T03:20:30Z');
const timezone = 'America/Mexico_City';

function endpoint(endpointId: string, cost: Nano, count: number | null = 10): EndpointUsage {
  return {
    endpointId,
    cost,
    count,
    successes: count,
    failures: count === null ? null : 0,
    units: [],
    averageCost: count ? cost / BigInt(count) : null,
    share: 0,
  };
}

function report(over: Partial<UsageReport> = {}): UsageReport {
  const endpoints = over.endpoints ?? [
    endpoint('fal-ai/gemini-3-pro-image-preview/edit', toNano(0.15), 30),
    endpoint('fal-ai/fast-sdxl', toNano(0.075), 15),
  ];
  const start = now.subtract({ hours: 24 });
  const bucket = start.toZonedDateTimeISO(timezone).round({ smallestUnit: 'hour' });
  return {
    period: { start, end: now, timezone, resolution: 'hour', preset: '24h' },
    source: 'usage',
    awayReason: null,
    asOf: now.subtract({ seconds: 12 }),
    balance: { amount: toNano(24.5), currency: 'USD', reason: null },
    partial: [],
    uncounted: [],
    totalCost: sumNano(endpoints.map(({ cost }) => cost)),
    totalRequests: 45,
    successfulRequests: 45,
    failedRequests: 0,
    endpoints,
    series: [
      { bucket, cost: toNano(0.15), count: 30 },
      { bucket: bucket.add({ hours: 1 }), cost: toNano(0.075), count: 15 },
    ],
    mostUsed: endpoints[0]?.endpointId ?? null,
    otherCurrencies: [],
    ...over,
  };
}

const view = (over: Partial<UsageReport> = {}) =>
  usageView(report(over), now, createFormat('es'), translator('es'));

/** What `$1,234.50` or `<$0.01` is worth in nanos, as somebody adding up the column would take it. */
function worth(text: string): Nano {
  return text.startsWith('<') ? 0n : toNano(Number(text.replace(/[$,]/g, '')));
}

describe('the head of a result', () => {
  test('says period, zone, when fal was asked and that it is live', async () => {
    const { period, range, freshness } = await view();
    expect(period).toBe('últimas 24 horas');
    expect(range).toBe('Del 6 mar 2026, 21:20 al 7 mar 2026, 21:20, hora de America/Mexico_City');
    expect(freshness).toMatchObject({
      state: 'live',
      word: 'en vivo',
      ago: 'hace 12 s',
      time: 'Preguntado a fal el 7 mar 2026, 21:20:18 GMT-6',
      iso: '2026-03-08T03:20:18Z',
    });
  });

  test.each([
    ['PT14M', 'live'],
    ['PT16M', 'settling'],
    ['PT71H', 'settling'],
    ['PT73H', 'final'],
  ])('calls a period that ended %s ago %s', async (ago, state) => {
    const { period } = report();
    const end = now.subtract(ago);
    const { freshness } = await view({
      period: { ...period, start: end.subtract({ hours: 24 }), end, preset: 'custom' },
    });
    expect(freshness.state).toBe(state);
  });

  test('names a custom period by its first and last day', async () => {
    const { period } = report();
    const day = (date: string) => Temporal.PlainDate.from(date).toZonedDateTime(timezone);
    const custom = { ...period, preset: 'custom' as const };
    const from = day('2026-03-01').toInstant();
    const week = { ...custom, start: from, end: day('2026-03-08').toInstant() };
    expect((await view({ period: week })).period).toBe('1 mar 2026 – 7 mar 2026');
    const single = { ...custom, start: from, end: day('2026-03-02').toInstant() };
    expect((await view({ period: single })).period).toBe('1 mar 2026');
  });

  test('has the numbers with their exact amounts', async () => {
    const { cost, calls, models, failures, average } = await view();
    expect(cost).toMatchObject({ text: '$0.225', exact: '$0.225 USD', rounded: false });
    expect([calls.text, models, failures.text, average.text]).toEqual(['45', '2', '0', '$0.005']);
  });
});

describe('models', () => {
  test('show cost, share, average and which is used most', async () => {
    const { rows, mostUsed } = await view();
    expect(mostUsed).toEqual({ prefix: 'fal-ai/', name: 'gemini-3-pro-image-preview/edit' });
    expect(
      rows.map((row) => [row.cost.text, row.shareText, row.mostUsed, row.average.text]),
    ).toEqual([
      ['$0.150', '67%', true, '$0.005'],
      ['$0.075', '33%', false, '$0.005'],
    ]);
  });

  test('costs and shares shown add up to the total shown, whatever they are', async () => {
    const cost = fc.bigInt({ min: 1n, max: 10n ** 13n });
    await fc.assert(
      fc.asyncProperty(fc.array(cost, { minLength: 1, maxLength: 12 }), async (costs) => {
        const endpoints = costs.map((each, index) => endpoint(`fal-ai/${index}`, each));
        const { cost: total, rows } = await view({ endpoints, series: [] });
        expect(sumNano(rows.map((row) => worth(row.cost.text)))).toBe(worth(total.text));
        expect(rows.reduce((sum, { share }) => sum + share, 0)).toBe(100);
      }),
      { numRuns: 50 },
    );
  });

  test('a cost too small for the column is not shown as zero', async () => {
    const endpoints = [endpoint('a/b', toNano(65)), endpoint('a/c', toNano(0.0023))];
    const dust = (await view({ endpoints })).rows[1];
    expect(dust?.cost).toMatchObject({ text: '<$0.01', exact: '$0.0023 USD', rounded: true });
    expect(dust?.shareText).toBe('<1%');
  });

  test('unknown counts are a dash with a reason, never zero', async () => {
    const endpoints = [endpoint('a/b', toNano(2.5), null)];
    const { rows, calls, average } = await view({
      endpoints,
      totalRequests: null,
      partial: ['counts_missing'],
    });
    for (const figure of [rows[0]?.calls, rows[0]?.failures, rows[0]?.average, calls, average]) {
      expect(figure).toMatchObject({ text: '—', unknown: expect.stringMatching(/llamadas/) });
    }
  });

  test('name units in the reader’s language, and in fal’s words where there are none', async () => {
    const units = [
      { unit: 'images', quantity: toNano(30), unitPrice: toNano(0.005) },
      { unit: '1000 characters', quantity: toNano(2.48), unitPrice: toNano(0.05) },
      { unit: 'compute seconds', quantity: toNano(1), unitPrice: null },
      { unit: 'parsecs', quantity: toNano(12), unitPrice: null },
      { unit: null, quantity: toNano(2), unitPrice: null },
    ];
    const endpoints = [{ ...endpoint('a/b', toNano(1)), units }];
    expect((await view({ endpoints })).rows[0]?.units).toEqual([
      '30 imágenes a $0.005',
      '2.48 × 1,000 caracteres a $0.05',
      '1 segundo de cómputo',
      '12 parsecs',
      '2 unidades',
    ]);
  });

  test('an id in its two parts is the whole id', () => {
    for (const id of ['fal-ai/flux/dev', 'bria/x', 'fal-ai/']) {
      const { prefix, name } = modelName(id);
      expect(prefix + name).toBe(id);
    }
  });
});

test('percentages of nothing are zero', () => {
  expect(percentages([0n, 0n])).toEqual([0, 0]);
  expect(percentages([])).toEqual([]);
});

describe('a partial report', () => {
  test('says "at least" of cost and calls, and why', async () => {
    const { cost, calls, rows, partial } = await view({ partial: ['usage_pages_missing'] });
    expect([cost.atLeast, calls.atLeast, rows[0]?.cost.atLeast]).toEqual([true, true, true]);
    expect(partial).toHaveLength(1);
    expect(partial[0]).toMatch(/una parte del período/);
  });

  test('with calls missing alone leaves the cost whole and names the models', async () => {
    const uncounted = ['a/1', 'a/2', 'a/3', 'a/4', 'a/5'];
    const { cost, calls, partial } = await view({ partial: ['counts_missing'], uncounted });
    expect([cost.atLeast, calls.atLeast]).toEqual([false, true]);
    expect(partial).toEqual([
      'fal no pudo contar las llamadas de 5 modelos: a/1, a/2, a/3 y 2 más. El costo no cambia.',
    ]);
  });

  test('is not empty, though it has no models', async () => {
    const nothing = { endpoints: [], series: [], partial: ['usage_pages_missing' as const] };
    expect((await view(nothing)).empty).toBe(false);
  });
});

test('a period without any use is empty and has no chart', async () => {
  const { empty, chart } = await view({ endpoints: [], totalRequests: 0, mostUsed: null });
  expect([empty, chart]).toEqual([true, null]);
});

test('other currencies stand apart', async () => {
  const { otherCurrencies, cost } = await view({
    otherCurrencies: [{ currency: 'EUR', cost: toNano(1.2) }],
  });
  expect(otherCurrencies).toEqual([{ currency: 'EUR', amount: '€1.20', exact: '€1.20 EUR' }]);
  expect(cost.text).toBe('$0.225');
});

test('single charges as the source are said', async () => {
  expect((await view({ source: 'billing_events' })).notes).toHaveLength(1);
  expect((await view()).notes).toEqual([]);
});

describe('the chart', () => {
  test('is described for those who can’t see it', async () => {
    const { chart } = await view();
    expect(chart?.title).toBe('Costo por hora');
    expect(chart?.description).toMatch(/El máximo fue \$0.15, vie 6 .*, 21:00\.$/);
    expect(chart?.unknown).toBeNull();
  });

  test('has a table whose costs add up to the total', async () => {
    const { chart } = await view();
    expect(chart?.rows.map(({ cost, calls }) => [cost, calls])).toEqual([
      ['$0.150', '30'],
      ['$0.075', '15'],
    ]);
  });

  test('keeps unknown apart from zero', async () => {
    const [first, second] = report().series;
    if (!first || !second) throw new Error('the report has two buckets');
    const series = [
      { ...first, cost: 0n, count: 0 },
      { ...second, cost: null, count: null },
    ];
    const { chart } = await view({ series });
    expect(chart?.unknown).toBe('1 intervalo incompleto');
    expect(chart?.rows.map(({ cost, calls }) => [cost, calls])).toEqual([
      ['$0.00', '0'],
      [null, null],
    ]);
  });

  test('shows calls where nothing had a price', async () => {
    const endpoints = [endpoint('a/free', 0n)];
    const series = report().series.map((point) => ({ ...point, cost: 0n }));
    const { chart } = await view({ endpoints, series });
    expect(chart?.title).toBe('Llamadas por hora');
    expect(chart?.description).toContain('El máximo fue 30');
  });
});

describe('credits', () => {
  test('are the live balance where there is one', async () => {
    expect((await view()).credits).toMatchObject({ balance: '$24.50', exact: '$24.50 USD' });
  });

  test.each([
    ['admin_scope_required', /permiso Admin/],
    ['fal_timeout', /no respondió/],
    ['not_stated', /sin decir el saldo/],
    ['account_locked', /bloqueada/],
  ])('say why there is none: %s', async (reason, words) => {
    const { credits } = await view({ balance: { amount: null, currency: null, reason } });
    expect(credits.balance).toBeNull();
    expect(credits.reason).toMatch(words);
  });

  test('may be a debt', async () => {
    const balance = { amount: toNano(-3.456), currency: 'USD', reason: null };
    expect((await view({ balance })).credits.balance).toBe('-$3.46');
  });
});
