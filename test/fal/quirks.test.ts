import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Answer, falServer, inTurn, json } from '../support/fal-server.ts';

const end = Temporal.Instant.from('2026-03-05T12:00:00Z');
const query = {
  start: end.subtract({ hours: 24 }),
  end,
  timezone: 'America/Mexico_City',
  timeframe: 'hour',
} as const;

function row(fields: Record<string, unknown> = {}) {
  return {
    endpoint_id: 'fal-ai/flux/dev',
    unit: 'images',
    quantity: 2,
    unit_price: 0.025,
    percent_discount: null,
    cost_subtotal: 0.05,
    cost_discount: 0,
    cost_total: 0.05,
    cost: 0.05,
    currency: 'USD',
    auth_method_structured: { detail: 'Booth 1', api_key_id: 'k1' },
    ...fields,
  };
}

function usagePage(results: unknown[], page = {}, bucket = '2026-03-05T05:00:00-06:00') {
  return { time_series: [{ bucket, results }], has_more: false, next_cursor: null, ...page };
}

const always =
  (body: unknown): Answer =>
  (res) =>
    json(res, body);
const fail =
  (status: number): Answer =>
  (res) =>
    json(res, { error: { type: 'server_error', message: 'failed' } }, status);

describe('usage', () => {
  async function usage(answer: Answer, more = {}) {
    const server = await falServer(answer);
    const read = await server.fal.usage(server.question(), { ...query, ...more });
    return { ...read, asked: server.asked };
  }

  test("is asked for exact windows in the zone, with fal's own names, and never for a summary", async () => {
    const { asked } = await usage(always(usagePage([row()])));
    const search = new URL(asked[0] ?? '', 'http://fal').searchParams;
    expect(Object.fromEntries(search)).toMatchObject({
      start: '2026-03-04T12:00:00Z',
      end: '2026-03-05T12:00:00Z',
      timezone: 'America/Mexico_City',
      timeframe: 'hour',
      bound_to_timeframe: 'false',
    });
    expect(search.getAll('expand')).toEqual(['time_series', 'auth_method_structured']);
  });

  test('costs become exact integers at the border', async () => {
    const { rows } = await usage(
      always(usagePage([row({ cost_total: 0.1 + 0.2, quantity: 1.5 })])),
    );
    expect(rows[0]).toMatchObject({
      cost: 300_000_000n,
      quantity: 1_500_000_000n,
      unitPrice: 25_000_000n,
    });
  });

  test('an older answer with only `cost`, null options and unknown fields is read', async () => {
    const { rows } = await usage(
      always(
        usagePage([
          {
            endpoint_id: 'fal-ai/whisper',
            quantity: 3,
            unit: null,
            unit_price: null,
            cost: 0.007,
            brand_new_field: { any: 'thing' },
          },
        ]),
      ),
    );
    expect(rows[0]).toMatchObject({
      cost: 7_000_000n,
      unit: null,
      unitPrice: null,
      auth: null,
      currency: 'USD',
    });
  });

  test.each([
    ['unit', { unit: null }],
    ['unit_price', { unitPrice: null }],
    ['percent_discount', { percentDiscount: null }],
    ['cost_total', {}],
    ['cost', {}],
    ['currency', { currency: 'USD' }],
    ['auth_method_structured', { auth: null }],
  ])('a row of which %s is null or missing is read', async (field, expected) => {
    for (const value of [null, undefined]) {
      const { rows } = await usage(always(usagePage([row({ [field]: value })])));
      expect(rows).toMatchObject([{ cost: 50_000_000n, ...expected }]);
    }
  });

  test('a row without any cost is a bad response, not zero', async () => {
    const answer = always(usagePage([row({ cost_total: null, cost: null })]));
    await expect(usage(answer)).rejects.toMatchObject({ code: 'fal_bad_response' });
  });

  test.each([
    ["the zone's offset", '2026-03-05T05:00:00-06:00'],
    ['UTC', '2026-03-05T11:00:00Z'],
    ['no offset, so local time', '2026-03-05T05:00:00'],
  ])('bucket stamps are read with %s', async (_, bucket) => {
    const { rows } = await usage(always(usagePage([row()], {}, bucket)));
    expect(rows[0]?.bucket.toString()).toBe('2026-03-05T11:00:00Z');
  });

  test('an answer about another window than asked is refused', async () => {
    const wrong = { start: end.subtract({ hours: 240 }), end: end.subtract({ hours: 200 }) };
    await expect(usage(always(usagePage([row()])), wrong)).rejects.toMatchObject({
      code: 'fal_bad_response',
    });
    await expect(usage(always(usagePage([row()], {}, 'yesterday')))).rejects.toMatchObject({
      code: 'fal_bad_response',
    });
  });

  test('a window that begins in the 25th hour of a day begins in the bucket of that day', async () => {
    const { rows } = await usage(always(usagePage([row()], {}, '2025-11-02T00:00:00-04:00')), {
      start: Temporal.Instant.from('2025-11-03T04:30:00Z'),
      end: Temporal.Instant.from('2025-11-10T00:00:00Z'),
      timezone: 'America/New_York',
      timeframe: 'day',
    });
    expect(rows).toHaveLength(1);
  });

  test.each([
    ['the minute the window begins in', '2026-03-05T18:14:00+05:45', 1],
    ['the minute before', '2026-03-05T18:13:00+05:45', null],
  ])('asked by minute, %s', async (_, bucket, expected) => {
    const asking = usage(always(usagePage([row()], {}, bucket)), {
      start: Temporal.Instant.from('2026-03-05T12:29:30Z'),
      end: Temporal.Instant.from('2026-03-05T12:45:00Z'),
      timezone: 'Asia/Kathmandu',
      timeframe: 'minute',
    });
    const read = await asking.then(
      ({ rows }) => rows.length,
      () => null,
    );
    expect(read).toBe(expected);
  });

  test('a record that comes on two pages counts once, as it was read last', async () => {
    const grown = row({ quantity: 3, cost_total: 0.075 });
    const { rows } = await usage(
      inTurn(
        always(usagePage([row()], { has_more: true, next_cursor: 'b' })),
        always(usagePage([grown, row({ endpoint_id: 'fal-ai/whisper' })])),
      ),
    );
    expect(rows.map(({ endpointId, cost }) => [endpointId, cost])).toEqual([
      ['fal-ai/flux/dev', 75_000_000n],
      ['fal-ai/whisper', 50_000_000n],
    ]);
  });

  test('rows of two keys, two prices or two discounts all count', async () => {
    const { rows } = await usage(
      always(
        usagePage([
          row(),
          row({ auth_method_structured: { detail: 'Booth 2', api_key_id: 'k2' } }),
          row({ unit_price: 0.03 }),
          row({ percent_discount: 20 }),
        ]),
      ),
    );
    expect(rows).toHaveLength(4);
  });

  test.each([
    ['endpoint', { endpoint_id: 'fal-ai/whisper' }],
    ['unit', { unit: 'megapixels' }],
    ['price', { unit_price: 0.03 }],
    ['discount', { percent_discount: 20 }],
    ['currency', { currency: 'EUR' }],
    ['name of the key', { auth_method_structured: { detail: 'Booth 2', api_key_id: 'k1' } }],
    ['key', { auth_method_structured: { detail: 'Booth 1', api_key_id: 'k2' } }],
    [
      'person',
      { auth_method_structured: { detail: 'Booth 1', api_key_id: 'k1', login_username: 'ana' } },
    ],
  ])('rows of another %s on two pages are two', async (_, fields) => {
    const first = always(usagePage([row()], { has_more: true, next_cursor: 'b' }));
    const { rows } = await usage(inTurn(first, always(usagePage([row(fields)]))));
    expect(rows).toHaveLength(2);
  });

  test('rows of two hours on two pages are two', async () => {
    const first = always(usagePage([row()], { has_more: true, next_cursor: 'b' }));
    const other = always(usagePage([row()], {}, '2026-03-05T04:00:00-06:00'));
    expect((await usage(inTurn(first, other))).rows).toHaveLength(2);
  });

  test('rows alike in all fal cuts by, on one page, all count', async () => {
    const user = { detail: 'User token' };
    const { rows } = await usage(
      always(
        usagePage([
          row({ auth_method_structured: user, cost_total: 1 }),
          row({ auth_method_structured: user, cost_total: 5 }),
        ]),
      ),
    );
    expect(rows.map(({ cost }) => cost)).toEqual([1_000_000_000n, 5_000_000_000n]);
  });

  test('rows of older answers, without the auth method, all count', async () => {
    const old = row({ auth_method_structured: undefined });
    const { rows } = await usage(
      inTurn(
        always(usagePage([old, old], { has_more: true, next_cursor: 'b' })),
        always(usagePage([old])),
      ),
    );
    expect(rows).toHaveLength(3);
  });

  test('a currency is known by its code, however it is spelled', async () => {
    const { rows } = await usage(always(usagePage([row({ currency: 'usd' })])));
    expect(rows[0]?.currency).toBe('USD');
  });

  test('a year is read in windows that touch and never overlap', async () => {
    const start = end.subtract({ hours: 24 * 366 });
    const { asked } = await usage(always({ time_series: [], has_more: false }), {
      start,
      timeframe: 'day',
    });
    const windows = asked
      .map((url) => new URL(url, 'http://fal').searchParams)
      .map((search) => [search.get('start'), search.get('end')])
      .toSorted();
    expect(windows.length).toBeGreaterThan(4);
    expect(windows[0]?.[0]).toBe(start.toString());
    expect(windows.at(-1)?.[1]).toBe(end.toString());
    windows.slice(1).forEach(([from], index) => {
      expect(from).toBe(windows[index]?.[1]);
    });
  });

  test('a year is cut at midnights of the zone, whatever clocks do, so that no day is cut', async () => {
    const timezone = 'America/New_York';
    const start = Temporal.ZonedDateTime.from(`2025-03-05T09:30[${timezone}]`).toInstant();
    const { asked } = await usage(always({ time_series: [] }), {
      start,
      timezone,
      timeframe: 'day',
    });
    const starts = asked.map((url) => new URL(url, 'http://fal').searchParams.get('start') ?? '');
    const inner = starts.filter((at) => at !== start.toString());
    expect(inner.length).toBeGreaterThan(4);
    const hours = inner.map((at) => Temporal.Instant.from(at).toZonedDateTimeISO(timezone).hour);
    expect(new Set(hours)).toEqual(new Set([0]));
  });

  test.each([
    ['an error', fail(500), 'fal_unavailable'],
    ['a limit', fail(429), 'rate_limited'],
    ['another shape', always({}), 'fal_bad_response'],
    ['no answer', () => {}, 'fal_timeout'],
  ] as [string, Answer, string][])(
    'one window that is %s leaves a hole that is said; if all are, it is a failure',
    async (_, bad, code) => {
      const week = { ...query, start: end.subtract({ hours: 168 }) };
      const oneBad: Answer = (res, asked) =>
        (asked.search.get('end') === end.toString() ? bad : always({ time_series: [] }))(
          res,
          asked,
        );
      const some = await falServer(oneBad);
      const { stops } = await some.fal.usage(some.question(500), week);
      expect(stops).toMatchObject([{ reason: 'page_failed', cause: { code } }]);
      const none = await falServer(bad);
      await expect(none.fal.usage(none.question(500), week)).rejects.toMatchObject({ code });
    },
  );

  test('a refused key ends the question, however many windows there are', async () => {
    const server = await falServer(fail(401));
    const months = { ...query, start: end.subtract({ hours: 24 * 60 }) };
    await expect(server.fal.usage(server.question(), months)).rejects.toMatchObject({
      code: 'unauthorized',
    });
    expect(server.asked.length).toBeLessThan(10);
  });

  test('many ids are asked for in batches of fifty', async () => {
    const endpointIds = Array.from({ length: 120 }, (_, index) => `fal-ai/m${index}`);
    const { asked } = await usage(always({ time_series: [] }), { endpointIds });
    const sizes = asked.map(
      (url) => new URL(url, 'http://fal').searchParams.getAll('endpoint_id').length,
    );
    expect(sizes.toSorted((a, b) => b - a)).toEqual([50, 50, 20]);
  });
});

describe('analytics', () => {
  const metrics = ['request_count', 'p50_cold_boot_duration'] as const;
  const counted = (ids: string[]) => ({
    time_series: [
      {
        bucket: '2026-03-05T05:00:00-06:00',
        results: ids.map((endpoint_id) => ({ endpoint_id, request_count: 7, success_count: null })),
      },
    ],
    has_more: false,
  });

  async function analytics(
    endpointIds: string[],
    answer: Answer,
    wanted: readonly string[] = metrics,
  ) {
    const server = await falServer(answer);
    const asked = { ...query, endpointIds, metrics: wanted as typeof metrics };
    return { ...(await server.fal.analytics(server.question(), asked)), asked: server.asked };
  }

  test('after a 500 it is asked again without the metrics that cause it', async () => {
    const { rows, unanswered, asked } = await analytics(['fal-ai/a'], (res, { search }) =>
      search.getAll('expand').includes('p50_cold_boot_duration')
        ? fail(500)(res, {} as never)
        : json(res, counted(search.getAll('endpoint_id'))),
    );
    expect(rows[0]?.metrics).toEqual({ request_count: 7 });
    expect(unanswered).toEqual([]);
    expect(asked).toHaveLength(2);
  });

  test.each([
    [500, 'unanswered'],
    [404, 'notFound'],
  ] as const)(
    'one id that makes fal answer %d does not spoil the others',
    async (status, where) => {
      const ids = Array.from({ length: 7 }, (_, index) => `fal-ai/m${index}`);
      const answer: Answer = (res, { search }) => {
        const batch = search.getAll('endpoint_id');
        if (batch.includes('fal-ai/m3')) fail(status)(res, {} as never);
        else json(res, counted(batch));
      };
      const read = await analytics(ids, answer, ['request_count']);
      expect(read.rows.map((one) => one.endpointId).toSorted()).toEqual(
        ids.filter((id) => id !== 'fal-ai/m3'),
      );
      expect(read[where]).toEqual(['fal-ai/m3']);
    },
  );

  test('a metric that fal leaves out or does not know is unknown, never zero', async () => {
    const wanted = ['request_count', 'success_count', 'error_count'];
    const { rows } = await analytics(
      ['fal-ai/a'],
      (res, { search }) => json(res, counted(search.getAll('endpoint_id'))),
      wanted,
    );
    expect(rows[0]?.metrics).toEqual({ request_count: 7 });
  });

  test('an outage is no reason to look for a culprit', async () => {
    const server = await falServer(fail(503));
    const endpointIds = ['fal-ai/a', 'fal-ai/b', 'fal-ai/c'];
    const asked = { ...query, endpointIds, metrics };
    await expect(server.fal.analytics(server.question(), asked)).rejects.toMatchObject({
      status: 503,
    });
    expect(server.asked).toHaveLength(4);
  });

  test("a count whose pages can't be read to the end is unanswered", async () => {
    const looping = { ...counted(['fal-ai/a']), has_more: true, next_cursor: 'same' };
    expect((await analytics(['fal-ai/a'], always(looping), ['request_count'])).unanswered).toEqual([
      'fal-ai/a',
    ]);
  });

  test('an answer about another window than asked is refused', async () => {
    const wrong = { time_series: [{ bucket: '2020-01-01T00:00:00Z', results: [] }] };
    await expect(analytics(['fal-ai/a'], always(wrong))).rejects.toMatchObject({
      code: 'fal_bad_response',
    });
  });

  test('a window that can not be read leaves all its endpoints unanswered', async () => {
    const server = await falServer((res, { search }) => {
      if (search.get('end') === end.toString()) fail(503)(res, {} as never);
      else json(res, { time_series: [] });
    });
    const week = { ...query, start: end.subtract({ hours: 168 }) };
    const read = await server.fal.analytics(server.question(), {
      ...week,
      endpointIds: ['fal-ai/a', 'fal-ai/b'],
      metrics: ['request_count'],
    });
    expect(read.unanswered).toEqual(['fal-ai/a', 'fal-ai/b']);
  });

  test('looking for culprits does not become a flood of questions', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `fal-ai/m${index}`);
    const server = await falServer(fail(500));
    const year = { ...query, start: end.subtract({ hours: 24 * 60 }) };
    const asking = server.fal.analytics(server.question(), {
      ...year,
      endpointIds: ids,
      metrics: ['request_count'],
    });
    await asking.then(
      ({ unanswered }) => expect(unanswered).toHaveLength(50),
      (error) => expect(error).toMatchObject({ code: 'fal_unavailable' }),
    );
    expect(server.asked.length).toBeLessThanOrEqual(150);
  });

  test('a long period by minute is many questions and no flood', async () => {
    const endpointIds = ['fal-ai/a'];
    const server = await falServer(always({ time_series: [] }));
    const months = {
      ...query,
      start: end.subtract({ hours: 24 * 90 }),
      timeframe: 'minute',
    } as const;
    const metrics = ['request_count'] as const;
    const read = await server.fal.analytics(server.question(), { ...months, endpointIds, metrics });
    expect(read.unanswered).toEqual([]);
    expect(server.asked).toHaveLength(180);
  });

  test('a record read on two pages counts once', async () => {
    const { rows } = await analytics(
      ['fal-ai/a'],
      inTurn(
        always({ ...counted(['fal-ai/a']), has_more: true, next_cursor: 'b' }),
        always(counted(['fal-ai/a'])),
      ),
      ['request_count'],
    );
    expect(rows).toHaveLength(1);
  });
});

describe('billing events', () => {
  const event = (fields = {}) => ({
    request_id: 'r1',
    endpoint_id: 'fal-ai/flux/dev',
    timestamp: '2026-03-05T11:00:00Z',
    output_units: 1,
    unit_price: 0.025,
    percent_discount: null,
    cost_total: 0.025,
    cost_estimate_nano_usd: 25_000_000,
    ...fields,
  });

  async function events(answer: Answer, more = {}) {
    const server = await falServer(answer);
    const read: { requestId: string; cost: bigint; timestampMs: number }[] = [];
    const stops = await server.fal.billingEvents(
      server.question(),
      { ...query, ...more },
      (page) => {
        read.push(...page);
        return undefined;
      },
    );
    return { read, stops, asked: server.asked };
  }

  test('units, price and discount may be null; cost is the exact nano figure', async () => {
    const nulls = event({
      output_units: null,
      unit_price: null,
      cost_total: null,
      cost_estimate_nano_usd: 1,
    });
    const { read } = await events(always({ billing_events: [nulls] }));
    expect(read[0]).toMatchObject({ cost: 1n, units: null, unitPrice: null });
  });

  test('without the nano figure cost_total is taken; without either it is a bad response', async () => {
    const { read } = await events(
      always({ billing_events: [event({ cost_estimate_nano_usd: null })] }),
    );
    expect(read[0]?.cost).toBe(25_000_000n);
    const costless = event({ cost_estimate_nano_usd: null, cost_total: null });
    await expect(events(always({ billing_events: [costless] }))).rejects.toMatchObject({
      code: 'fal_bad_response',
    });
  });

  test('several charges for one request all count, alike or not', async () => {
    const { read } = await events(
      always({ billing_events: [event(), event(), event({ cost_estimate_nano_usd: 9 })] }),
    );
    expect(read).toHaveLength(3);
  });

  test('a charge that a page repeats from the one before counts once', async () => {
    const { read } = await events(
      inTurn(
        always({
          billing_events: [event({ request_id: 'r2' }), event()],
          has_more: true,
          next_cursor: 'b',
        }),
        always({ billing_events: [event(), event({ request_id: 'r0' })] }),
      ),
    );
    expect(read.map((one) => one.requestId)).toEqual(['r2', 'r1', 'r0']);
  });

  test('pages that start over are not added again, and said to be missing', async () => {
    const first = { billing_events: [event({ request_id: 'r2' }), event()], has_more: true };
    let asked = 0;
    const { read, stops } = await events((res) => {
      asked += 1;
      const second = { billing_events: [event({ request_id: 'r0' })], has_more: true };
      json(res, { ...(asked % 2 ? first : second), next_cursor: `c${asked}` });
    });
    expect(read.map((one) => one.requestId)).toEqual(['r2', 'r1', 'r0']);
    expect(stops).toEqual([{ reason: 'repeated_page' }]);
  });

  test('a nano figure too large to be exact gives way to cost_total', async () => {
    const huge = event({ cost_estimate_nano_usd: 2 ** 60, cost_total: 1_152_921_504.5 });
    const { read } = await events(always({ billing_events: [huge] }));
    expect(read[0]?.cost).toBe(1_152_921_504_500_000_000n);
  });

  test('a timestamp without a zone is UTC; one that is none is a bad response', async () => {
    vi.stubEnv('TZ', 'Asia/Kathmandu');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(new Date('2026-03-05T11:00:00').getUTCHours()).toBe(5);
    const { read } = await events(
      always({ billing_events: [event({ timestamp: '2026-03-05T11:00:00' })] }),
    );
    expect(read[0]?.timestampMs).toBe(Date.UTC(2026, 2, 5, 11));
    await expect(
      events(always({ billing_events: [event({ timestamp: 'soon' })] })),
    ).rejects.toMatchObject({ code: 'fal_bad_response' });
  });

  test.each([
    ['before', '2026-03-04T11:59:59Z'],
    ['after', '2026-03-05T12:00:01Z'],
  ])('a charge %s the period asked for is a bad response', async (_, timestamp) => {
    await expect(events(always({ billing_events: [event({ timestamp })] }))).rejects.toMatchObject({
      code: 'fal_bad_response',
    });
  });

  test.each([
    [undefined, '10000'],
    [20_000, '10000'],
    [50, '50'],
  ])('of pages of %s rows fal is asked for %s', async (pageSize, limit) => {
    const { asked } = await events(always({ billing_events: [] }), { pageSize });
    expect(new URL(asked[0] ?? '', 'http://fal').searchParams.get('limit')).toBe(limit);
  });

  test('more than 90 days are asked for in several questions, newest first', async () => {
    const { asked } = await events(always({ billing_events: [] }), {
      start: end.subtract({ hours: 24 * 200 }),
    });
    const ends = asked.map((url) => new URL(url, 'http://fal').searchParams.get('end'));
    expect(ends).toHaveLength(3);
    expect(ends).toEqual(ends.toSorted().toReversed());
  });
});

describe('pricing', () => {
  const priced: Answer = (res, { search }) => {
    const ids = search.getAll('endpoint_id');
    if (ids.some((id) => id.includes('unpriced'))) return fail(404)(res, {} as never);
    json(res, {
      prices: ids.map((endpoint_id) => ({
        endpoint_id,
        unit_price: 0.04,
        unit: 'images',
        currency: 'USD',
      })),
    });
  };

  test('one id without a price does not hide the others, and is named', async () => {
    const { fal, question } = await falServer(priced);
    const ids = ['fal-ai/a', 'fal-ai/unpriced-1', 'fal-ai/b', 'fal-ai/c', 'fal-ai/unpriced-2'];
    const { prices, unpriced } = await fal.pricing(question(), ids);
    expect(prices.map((price) => price.endpointId).toSorted()).toEqual([
      'fal-ai/a',
      'fal-ai/b',
      'fal-ai/c',
    ]);
    expect(unpriced).toEqual(['fal-ai/unpriced-1', 'fal-ai/unpriced-2']);
  });

  test('long ids make smaller batches, for fal answers 404 to long query strings', async () => {
    const { fal, question, asked } = await falServer(priced);
    const ids = Array.from(
      { length: 40 },
      (_, index) => `fal-ai/${'long-name-'.repeat(12)}${index}`,
    );
    const { prices } = await fal.pricing(question(), ids);
    expect(prices).toHaveLength(40);
    expect(Math.max(...asked.map((url) => url.length))).toBeLessThan(2_300);
  });

  test('prices are read over all pages', async () => {
    const price = { unit_price: 0.04, unit: 'images', currency: 'USD' };
    const { fal, question, asked } = await falServer(
      inTurn(
        always({ prices: [{ endpoint_id: 'fal-ai/a', ...price }], next_cursor: 'next' }),
        always({ prices: [{ endpoint_id: 'fal-ai/b', ...price }], next_cursor: null }),
      ),
    );
    const { prices } = await fal.pricing(question(), ['fal-ai/a', 'fal-ai/b']);
    expect(prices.map((one) => one.endpointId)).toEqual(['fal-ai/a', 'fal-ai/b']);
    expect(asked[1]).toContain('cursor=next');
  });

  test('prices whose pages do not end are a failure as well', async () => {
    const { fal, question } = await falServer(
      always({ prices: [], has_more: true, next_cursor: null }),
    );
    await expect(fal.pricing(question(), ['fal-ai/a'])).rejects.toMatchObject({
      code: 'fal_bad_response',
    });
  });

  test('a price that could not be read is a failure, never "no price"', async () => {
    const { fal, question } = await falServer(fail(500));
    await expect(fal.pricing(question(), ['fal-ai/a'])).rejects.toMatchObject({
      code: 'fal_unavailable',
    });
  });

  test('an estimate is asked for in units or in calls and answers one total', async () => {
    const bodies: string[] = [];
    const { fal, question } = await falServer(async (res, { req }) => {
      let body = '';
      for await (const chunk of req) body += chunk;
      bodies.push(body);
      json(res, { estimate_type: 'unit_price', total_cost: 1.88, currency: 'USD' });
    });
    const units = new Map([['fal-ai/a', 47]]);
    expect(await fal.estimate(question(), { type: 'unit_price', units })).toEqual({
      cost: 1_880_000_000n,
      currency: 'USD',
    });
    await fal.estimate(question(), { type: 'historical_api_price', calls: units });
    expect(bodies.map((body) => JSON.parse(body))).toEqual([
      { estimate_type: 'unit_price', endpoints: { 'fal-ai/a': { unit_quantity: 47 } } },
      { estimate_type: 'historical_api_price', endpoints: { 'fal-ai/a': { call_quantity: 47 } } },
    ]);
  });

  test('an estimate changes nothing at fal, so it is asked for again after a failure', async () => {
    const { fal, question } = await falServer(
      inTurn(fail(503), always({ total_cost: 2, currency: 'USD' })),
    );
    const units = new Map([['fal-ai/a', 1]]);
    expect((await fal.estimate(question(), { type: 'unit_price', units })).cost).toBe(
      2_000_000_000n,
    );
  });
});

describe('account, models and keys', () => {
  test('an account without credits in the answer has an unknown balance, not zero', async () => {
    const { fal, question } = await falServer(always({ username: 'team' }));
    expect(await fal.accountBilling(question())).toEqual({ username: 'team', credits: null });
  });

  test('a balance without a currency is in US dollars', async () => {
    const { fal, question } = await falServer(always({ credits: { current_balance: 7 } }));
    expect((await fal.accountBilling(question())).credits).toEqual({
      balance: 7_000_000_000n,
      currency: 'USD',
    });
  });

  test('credits without a balance are unknown as well', async () => {
    const { fal, question } = await falServer(
      always({ username: null, credits: { current_balance: null, currency: 'USD' } }),
    );
    expect(await fal.accountBilling(question())).toEqual({ username: null, credits: null });
  });

  test('models are found over all pages', async () => {
    const { fal, question } = await falServer(
      inTurn(
        always({ models: [{ endpoint_id: 'fal-ai/a' }], has_more: true, next_cursor: 'b' }),
        always({
          models: [{ endpoint_id: 'fal-ai/b', metadata: { display_name: 'B' } }],
          has_more: false,
        }),
      ),
    );
    const { models, stop } = await fal.models(question(), { text: 'photo' });
    expect(models.map((model) => [model.endpointId, model.displayName])).toEqual([
      ['fal-ai/a', null],
      ['fal-ai/b', 'B'],
    ]);
    expect(stop).toBeNull();
  });

  test('keys are listed over all pages', async () => {
    const { fal, question, asked } = await falServer(
      inTurn(
        always({ keys: [{ key_id: 'k1' }], has_more: true, next_cursor: 'b' }),
        always({ keys: [{ key_id: 'k2' }], has_more: false }),
      ),
    );
    const { keys, stop } = await fal.keys(question());
    expect([keys.map(({ keyId }) => keyId), stop]).toEqual([['k1', 'k2'], null]);
    expect(asked[1]).toContain('cursor=b');
  });

  test('a key of a scope that nobody has heard of yet is listed', async () => {
    const { fal, question } = await falServer(
      always({
        keys: [{ key_id: 'k1', alias: 'Booth 1', scope: 'billing:usage:read', created_at: null }],
      }),
    );
    expect((await fal.keys(question())).keys).toEqual([
      { keyId: 'k1', alias: 'Booth 1', scope: 'billing:usage:read', createdAt: null },
    ]);
  });
});
