import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFormat } from '../../src/i18n/format.ts';
import { translator } from '../../src/i18n/index.ts';
import { type Nano, sumNano, toNano } from '../../src/money.ts';
import { findUsage } from '../../src/usage/explorer-findings.ts';
import { readExplorerQuery } from '../../src/usage/explorer-query.ts';
import { explorerView } from '../../src/usage/explorer-view.ts';
import { type FakeOptions, type FakeRow, fakeHistory, fakeRow } from '../support/fake-history.ts';

const NOW = Temporal.Instant.from('2026-03-08T03:20:30Z');
const ACCOUNT = { id: 'id-a', slug: 'a', name: 'FutureLab', timezone: 'America/Mexico_City' };

/** An hour so many hours ago. */
function hour(ago: number, endpointId: string, cost: Nano, more: Partial<FakeRow> = {}) {
  const at = NOW.round({ smallestUnit: 'hour', roundingMode: 'floor' }).subtract({ hours: ago });
  return fakeRow(at, {
    ...{ endpointId, cost, count: 2, failures: 1, unit: null, unitPrice: null },
    ...{ accountId: ACCOUNT.id, accountSlug: ACCOUNT.slug, accountName: ACCOUNT.name },
    ...{ apiKeyId: null, authDetail: null, ...more },
  });
}

async function view(
  { hours, ...options }: FakeOptions & { hours: readonly FakeRow[] },
  query: object = {},
  locale: 'es' | 'en' = 'es',
) {
  const history = fakeHistory(hours, { now: () => NOW, ...options });
  const defaults = { accounts: [ACCOUNT], chosen: null, timezone: 'UTC' };
  const asked = readExplorerQuery(query, defaults, NOW);
  const findings = await findUsage(history, asked);
  const words = { format: createFormat(locale), t: translator(locale) };
  return explorerView(asked, findings, { page: '/admin/usage', now: NOW, ...words });
}

/** What `$1,234.50` or `<$0.01` is worth in nanos, as somebody adding up the column would take it. */
function worth(text: string | null | undefined): Nano {
  if (!text || text.startsWith('<')) return 0n;
  return toNano(Number(text.replace(/[$,]/g, '')));
}

const randomHours = fc.array(
  fc
    .record({
      ago: fc.nat({ max: 6 * 24 }),
      model: fc.nat({ max: 11 }),
      cost: fc.bigInt({ min: 0n, max: 3_000_000_000n }),
    })
    .map(({ ago, model, cost }) => hour(ago, `fal-ai/model-${model}`, cost)),
  { minLength: 1, maxLength: 40 },
);

test('parts add up to what is shown as their sum: rows, shares, buckets and their layers', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomHours,
      fc.constantFrom('hour', 'day', 'week'),
      async (hours, timeframe) => {
        const { rows, total, chart, figures } = await view({ hours }, { timeframe });
        const shown = worth(total.cost.text);
        expect(figures[0]?.figure.text).toBe(total.cost.text);
        expect(sumNano(rows.map(({ cost }) => worth(cost.text)))).toBe(shown);
        if (shown > 0n) expect(rows.reduce((sum, { share }) => sum + share, 0)).toBe(100);
        expect(sumNano(chart?.rows.map(({ cost }) => worth(cost)) ?? [])).toBe(shown);
        for (const row of chart?.rows ?? []) {
          expect(sumNano(row.parts.map(worth))).toBe(worth(row.cost));
        }
      },
    ),
    { numRuns: 40 },
  );
});

describe('the chart', () => {
  const many = Array.from({ length: 10 }, (_, index) =>
    hour(30, `fal-ai/model-${index}`, toNano(10 - index)),
  );

  test('names the seven most expensive groups and puts all others together', async () => {
    const { chart, rows } = await view({ hours: many });
    expect(chart?.layers.map(({ name }) => name)).toEqual([
      ...Array.from({ length: 7 }, (_, index) => `model-${index}`),
      '3 más',
    ]);
    expect(chart?.layers.at(-1)).toMatchObject({ color: 7, href: null });
    expect(rows.map(({ color }) => color).slice(7)).toEqual([7, 7, 7]);
    expect(rows[0]?.color).toBe(chart?.layers[0]?.color);
  });

  test('keeps the colours of groups when others are filtered away', async () => {
    const all = await view({ hours: many });
    const some = await view({ hours: many }, { endpoint_id: 'fal-ai/model-3,fal-ai/model-5' });
    expect(some.rows.map(({ color }) => color)).toEqual([all.rows[3]?.color, all.rows[5]?.color]);
  });

  test('has a gap where nothing was read, and says what may still change', async () => {
    const stateOf = (bucket: Temporal.ZonedDateTime) => {
      if (bucket.day === 4) return 'unknown';
      return bucket.day >= 6 ? 'settling' : 'final';
    };
    const { chart, partial } = await view({ hours: many, stateOf });
    expect(chart).toMatchObject({
      unknown: '1 intervalo incompleto',
      moving: 'todavía puede cambiar',
      before: null,
    });
    const gap = chart?.rows.find(({ iso }) => iso.startsWith('2026-03-04'));
    expect(gap).toMatchObject({ cost: null, parts: Array.from({ length: 8 }, () => null) });
    expect(chart?.wideSvg).toMatch(/class="unknown"[^>]*stroke-dasharray/);
    expect(chart?.wideSvg).toContain('url(#moving-chart-wide)');
    expect(partial[0]).toContain('no como cero');
  });

  test('leads from a day to its hours, from a week to the days asked about, from an hour nowhere', async () => {
    const leads = async (query: object) =>
      (await view({ hours: many }, query)).chart?.rows.at(-1)?.href ?? null;
    const day = new URLSearchParams((await leads({ compare: 'previous' }))?.split('?')[1]);
    expect(Object.fromEntries(day)).toEqual({
      account: '',
      period: 'custom',
      start_date: '2026-03-07',
      end_date: '2026-03-07',
      timeframe: 'hour',
      compare: 'previous',
    });
    const week = await leads({ timeframe: 'week' });
    expect(week).toContain('start_date=2026-03-02&end_date=2026-03-07&timeframe=day');
    expect(await leads({ timeframe: 'hour' })).toBeNull();
  });

  test('tells a pointer the parts of a column, the dearest last, and what it was before', async () => {
    const hours = [
      ...[hour(1, 'fal-ai/a', toNano(2)), hour(1, 'fal-ai/b', toNano(1))],
      hour(1 + 24 * 7, 'fal-ai/a', toNano(4)),
    ];
    const { chart } = await view({ hours }, { compare: 'previous' });
    expect(chart?.wideSvg).toContain('$3.00\nb: $1.00\na: $2.00\nperíodo anterior: $4.00</title>');
    expect(chart?.before).toBe('período anterior');
    expect(chart?.rows.at(-1)?.before).toBe('$4.00');
    expect(chart?.description).toContain('El máximo fue $3.00');
  });
});

describe('a change', () => {
  const WEEK = 24 * 7;

  test.each([
    [2, 1, '↑', '+100%'],
    [1, 2, '↓', '-50%'],
    [1, 1, '=', '0%'],
    [1.001, 1, '=', '0%'],
    [1, 0, '↑', 'nuevo'],
  ])('from %s to %s is %s %s', async (now, before, arrow, text) => {
    const hours = [hour(1, 'fal-ai/a', toNano(now)), hour(1 + WEEK, 'fal-ai/a', toNano(before))];
    const { rows, total, compared } = await view({ hours }, { compare: 'previous' });
    expect(rows[0]?.change).toMatchObject({ arrow, text, isKnown: true });
    expect(total.change).toMatchObject({ arrow, text });
    expect(compared).toContain('período anterior (21 feb 2026 – 28 feb 2026)');
  });

  test('is not known where the other time was not read, and says why', async () => {
    const stateOf = (bucket: Temporal.ZonedDateTime) =>
      Temporal.Instant.compare(bucket.toInstant(), NOW.subtract({ hours: WEEK + 24 })) < 0
        ? 'unknown'
        : 'final';
    const { total } = await view(
      { hours: [hour(1, 'fal-ai/a', 1n)], stateOf },
      { compare: 'previous' },
    );
    expect(total.change).toMatchObject({ text: '—', isKnown: false });
    expect(total.change?.why).toContain('falta leer');
  });
});

describe('groups', () => {
  const hours = [
    hour(1, 'fal-ai/a', toNano(2), { unit: 'images', quantity: toNano(3), unitPrice: 5n }),
    hour(50, 'fal-ai/a', toNano(1), { unit: 'images', quantity: toNano(2), unitPrice: 4n }),
    hour(1, 'fal-ai/b', toNano(1), { apiKeyId: 'key-1', authDetail: 'Cabina 1', unit: 'seconds' }),
  ];

  test('of models lead to one alone, and say when a price changed', async () => {
    const { rows } = await view({ hours });
    expect(rows[0]?.href).toBe('/admin/usage?account=&period=7d&endpoint_id=fal-ai%2Fa');
    expect(rows[0]?.prices).toEqual([
      'El precio facturado cambió el 7 mar 2026: $0.000000004 → $0.000000005',
    ]);
    expect(rows[1]?.prices).toEqual([]);
  });

  test('of keys lead to what a key was used for, and their calls are not known', async () => {
    const { rows, total } = await view({ hours }, { group_by: 'api_key' });
    expect(rows.map(({ name }) => name.name)).toEqual(['sin clave', 'Cabina 1']);
    expect(rows.map(({ href }) => href)).toEqual([
      null,
      '/admin/usage?account=&period=7d&api_key_id=key-1',
    ]);
    expect(rows[0]?.calls).toMatchObject({
      text: '—',
      unknown: 'fal no cuenta las llamadas por clave.',
    });
    expect(rows[0]?.units).toEqual(['5 imágenes']);
    expect(total.calls.text).toBe('6');
  });

  test('of one name are told apart by their keys, in the table as in the chart', async () => {
    const cabina = (cost: number, apiKeyId: string, authDetail: string) =>
      hour(1, 'fal-ai/a', toNano(cost), { apiKeyId, authDetail });
    const { rows, chart } = await view(
      {
        hours: [
          ...[cabina(5, '1f0c2d3e-001111', 'Cabina'), cabina(4, '9a8b7c6d-002222', 'Cabina')],
          ...[cabina(3, '1-77777777', 'Barra'), cabina(2, '2-77777777', 'Barra')],
          cabina(1, '5e5e5e5e-3333', 'Terraza'),
        ],
      },
      { group_by: 'api_key' },
    );
    const names = ['Cabina (…001111)', 'Cabina (…002222)', 'Barra (1-77777777)'];
    expect(rows.map(({ name }) => name.name)).toEqual([...names, 'Barra (2-77777777)', 'Terraza']);
    expect(chart?.layers.map(({ name }) => name)).toEqual(rows.map(({ name }) => name.name));
  });

  test('beyond fifty share a row, and what it shows adds up', async () => {
    const many = Array.from({ length: 600 }, (_, index) =>
      hour(1, 'fal-ai/a', toNano(600 - index), { apiKeyId: `key-${index}` }),
    );
    const before = many.map((each) => ({ ...each, start: each.start.subtract({ hours: 168 }) }));
    const query = { group_by: 'api_key', compare: 'previous' };
    const { rows, total } = await view({ hours: [...many, ...before] }, query);
    expect(rows).toHaveLength(51);
    expect(rows.at(-1)).toMatchObject({
      name: { name: '550 más' },
      href: null,
      note: 'En los archivos están por separado.',
      change: { arrow: '=', text: '0%' },
    });
    expect(sumNano(rows.map(({ cost }) => worth(cost.text)))).toBe(worth(total.cost.text));
  });

  test('of accounts lead to the models of one', async () => {
    const { rows } = await view({ hours }, { group_by: 'account' });
    expect(rows.map(({ name, href }) => [name.name, href])).toEqual([
      ['FutureLab', '/admin/usage?account=a&period=7d'],
    ]);
  });

  test('of units lead nowhere', async () => {
    const { rows } = await view({ hours }, { group_by: 'unit' });
    expect(rows.map(({ name, href }) => [name.name, href])).toEqual([
      ['images', null],
      ['seconds', null],
    ]);
  });
});

test('a period of which nothing was read is not one in which nothing was used', async () => {
  expect((await view({ hours: [], isUnread: true })).empty).toBe('unread');
  expect((await view({ hours: [] })).empty).toBe('unused');
  expect((await view({ hours: [hour(1, 'fal-ai/a', 0n)] })).empty).toBeNull();
});

test('the head says period, zone, when fal was read and how sure it is, in both languages', async () => {
  const hours = [hour(1, 'fal-ai/a', 1n)];
  const es = await view({ hours, stateOf: () => 'live' }, { period: 'today' });
  expect([es.period, es.range]).toEqual([
    'Hoy',
    'Del 7 mar 2026, 00:00 al 7 mar 2026, 21:20, hora de America/Mexico_City',
  ]);
  expect(es.freshness).toMatchObject({
    state: 'live',
    word: 'en vivo',
    asOf: { ago: 'hace 40 s', time: 'Leído de fal el 7 mar 2026, 21:19:50 GMT-6' },
  });
  const en = await view({ hours }, { start_date: '2026-03-05', end_date: '2026-03-06' }, 'en');
  expect([en.period, en.freshness.word]).toEqual(['Mar 5, 2026 – Mar 6, 2026', 'final']);
});
