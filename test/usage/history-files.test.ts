import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { parse } from 'csv-parse/sync';
import express, { type RequestHandler } from 'express';
import fc from 'fast-check';
import readWorkbook, { readSheet } from 'read-excel-file/node';
import { describe, expect, test } from 'vitest';
import { RESOLUTIONS } from '../../src/buckets.ts';
import { GROUPINGS, type UsageHistory } from '../../src/history/answer.ts';
import { RequestError } from '../../src/http/failure.ts';
import { translator } from '../../src/i18n/index.ts';
import { createLogger } from '../../src/log.ts';
import { type Nano, sumNano } from '../../src/money.ts';
import {
  type HistoryFileSource,
  sendFocusCsv,
  sendUsageCsv,
  sendUsageXlsx,
} from '../../src/usage/history-files.ts';
import type { NamedQuestion } from '../../src/usage/history-request.ts';
import { type FakeRow, fakeHistory, fakeRow } from '../support/fake-history.ts';
import { focusHeaderFaults, focusRowFaults } from '../support/focus-checker.ts';
import { listening } from '../support/listening.ts';
import { NOW, startPanel } from '../support/panel.ts';
import { sheetRows } from '../support/read-xlsx.ts';
import { storeAccount } from '../support/stored-account.ts';

const ZONES = ['UTC', 'America/Mexico_City', 'America/New_York', 'Asia/Kolkata', 'Asia/Kathmandu'];

function question(facts: Partial<NamedQuestion> = {}): NamedQuestion {
  return {
    start: Temporal.Instant.from('2026-03-06T00:00:00Z'),
    end: Temporal.Instant.from('2026-03-08T00:00:00Z'),
    timezone: 'UTC',
    resolution: 'hour',
    groupBy: 'endpoint',
    accountId: null,
    accountName: null,
    endpointIds: [],
    apiKeyIds: [],
    ...facts,
  };
}

/** Serves one file of a local copy. */
async function serve(
  send: (source: HistoryFileSource) => RequestHandler,
  history: UsageHistory,
  asked: NamedQuestion,
) {
  const app = express();
  app.set('env', 'test');
  app.use((req, res, next) => {
    req.log = createLogger('silent') as typeof req.log;
    res.locals.t = translator('en');
    next();
  });
  app.get('/', send({ history, now: () => NOW, question: async () => asked, forPeople: false }));
  const port = await listening(app);
  return { port, url: `http://127.0.0.1:${port}/` };
}

async function download(...asked: Parameters<typeof serve>): Promise<Buffer> {
  const response = await fetch((await serve(...asked)).url);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

type Line = Record<string, string>;

function lines(file: Buffer): Line[] {
  return parse(file, { columns: true, record_delimiter: '\r\n' }) as Line[];
}

/** Digits to 1e-9, by hand. */
function nano(digits: string | null | undefined): Nano {
  const [, sign, whole, fraction = ''] = (digits || '0').match(/^(-?)(\d+)(?:\.(\d{1,9}))?$/) ?? [];
  return BigInt(`${sign}${whole}${fraction.padEnd(9, '0')}`);
}

const HOSTILE = ['=HYPERLINK("http://x")', '+1', '-1', '@SUM(1)', '\t=1', '"a",b', 'a\r\nb', 'ñ🙂'];

const someRow = fc
  .record({
    hour: fc.integer({ min: 0, max: 47 }),
    endpointId: fc.constantFrom('fal-ai/flux/dev', 'fal-ai/veo3', 'a/b', ...HOSTILE),
    unit: fc.constantFrom(null, 'images', 'megapixels', '1000 characters', 'compute seconds'),
    quantity: fc.bigInt({ min: 0n, max: 10n ** 15n }),
    unitPrice: fc.option(fc.bigInt({ min: 0n, max: 10n ** 12n })),
    percentDiscount: fc.constantFrom(null, 0, 12.5, 1e-7),
    cost: fc.bigInt({ min: -(10n ** 9n), max: 10n ** 14n }),
    apiKeyId: fc.constantFrom(null, 'key-1', 'key-2'),
    authDetail: fc.constantFrom(null, 'Booth', ...HOSTILE),
    accountSlug: fc.constantFrom('main', 'second'),
    accountName: fc.constantFrom('Principal', ...HOSTILE),
    currency: fc.constantFrom('USD', 'USD', 'USD', 'EUR'),
    count: fc.nat(1000),
    failures: fc.nat(10),
  })
  .map(({ hour, ...facts }): FakeRow => {
    return fakeRow(Temporal.Instant.from('2026-03-06T00:00:00Z').add({ hours: hour }), facts);
  });

const someQuestion = fc
  .record({
    timezone: fc.constantFrom(...ZONES),
    resolution: fc.constantFrom(...RESOLUTIONS),
    groupBy: fc.constantFrom(...GROUPINGS),
  })
  .map(question);

describe('parts of any answer add up, to the nano,', () => {
  const check = (name: string, holds: (rows: FakeRow[], asked: NamedQuestion) => Promise<void>) =>
    test(name, async () => {
      const given = [fc.array(someRow, { maxLength: 30 }), someQuestion] as const;
      await fc.assert(fc.asyncProperty(...given, holds), { numRuns: 25 });
    });

  check('in usage.csv', async (rows, asked) => {
    const history = fakeHistory(rows);
    const read = lines(await download(sendUsageCsv, history, asked));
    const { total, groups } = await history.usage(asked);
    expect(sumNano(read.map(({ cost }) => nano(cost)))).toBe(total.cost);
    for (const group of groups) {
      const key = group.key.replace(/^(\t?)(?=[=+\-@])/, "$1'");
      const own = read.filter((line) => line.key === key);
      expect(sumNano(own.map(({ cost }) => nano(cost)))).toBe(group.cost);
      const calls = own.reduce((sum, { count }) => sum + Number(count), 0);
      expect(calls).toBe(group.count ?? 0);
    }
  });

  check('in usage.xlsx, in the table and in the totals', async (rows, asked) => {
    const history = fakeHistory(rows);
    const file = await download(sendUsageXlsx, history, asked);
    const { total, groups } = await history.usage(asked);
    const [, ...table] = sheetRows(file, 1);
    expect(sumNano(table.map((row) => nano(row[5])))).toBe(total.cost);
    const [, ...totals] = sheetRows(file, 2);
    const last = totals.pop();
    expect(nano(last?.[2])).toBe(total.cost);
    expect(sumNano(totals.map((row) => nano(row[2])))).toBe(total.cost);
    expect(totals.map((row) => row[0] ?? '').toSorted()).toEqual(
      groups.map(({ key }) => key).toSorted(),
    );
    expect((await readSheet(file, 'Usage')).length).toBe(table.length + 1);
  });

  check('in focus.csv, where every row is as FOCUS wants it', async (rows, asked) => {
    const history = fakeHistory(rows);
    const file = await download(sendFocusCsv, history, asked);
    const [header = []] = parse(file, { to: 1 }) as string[][];
    expect(focusHeaderFaults(header)).toEqual([]);
    const read = lines(file);
    expect(read.flatMap(focusRowFaults)).toEqual([]);
    expect(read).toHaveLength(rows.length);
    const { total, otherCurrencies } = await history.usage(asked);
    const billed = (currency: string) =>
      sumNano(
        read
          .filter(({ BillingCurrency }) => BillingCurrency === currency)
          .map(({ BilledCost }) => nano(BilledCost)),
      );
    expect(billed('USD')).toBe(total.cost);
    for (const { currency, cost } of otherCurrencies) expect(billed(currency)).toBe(cost);
  });

  test('and no cell of any CSV is what a spreadsheet would run', async () => {
    const rows = HOSTILE.map((text) =>
      fakeRow('2026-03-06T10:00:00Z', { endpointId: text, accountName: text, cost: -1n }),
    );
    const history = fakeHistory(rows);
    for (const send of [sendUsageCsv, sendFocusCsv]) {
      const cells = lines(await download(send, history, question())).flatMap(Object.values);
      // A negative number is one, and nothing else may begin like it.
      expect(cells.filter((cell) => /^\s*[=+\-@]/.test(cell) && !/^-[\d.]+$/.test(cell))).toEqual(
        [],
      );
    }
  });
});

test('a line says its bucket with offset, how sure it is, and nothing of what is unknown', async () => {
  const rows = [
    fakeRow('2026-03-06T18:00:00Z', { cost: 1_234_567_890_123_456_789n }),
    fakeRow('2026-03-06T19:00:00Z', { state: 'live', cost: -500n }),
  ];
  const history = fakeHistory(rows, { gaps: ['2026-03-06T20:00:00Z'] });
  const asked = question({
    start: Temporal.Instant.from('2026-03-06T18:00:00Z'),
    end: Temporal.Instant.from('2026-03-06T22:00:00Z'),
    timezone: 'America/Mexico_City',
  });
  expect((await download(sendUsageCsv, history, asked)).toString()).toBe(
    [
      'bucket,state,key,name,cost,count,failures',
      '2026-03-06T12:00:00-06:00,final,fal-ai/flux/dev,,1234567890.123456789,3,1',
      '2026-03-06T13:00:00-06:00,live,fal-ai/flux/dev,,-0.0000005,3,1',
      '2026-03-06T14:00:00-06:00,unknown,,,,,',
      '2026-03-06T15:00:00-06:00,final,,,0,0,0',
      '',
    ].join('\r\n'),
  );
});

test('the workbook says what was asked and how fresh it is', async () => {
  const history = fakeHistory([fakeRow('2026-03-06T18:00:00Z')], {
    gaps: ['2026-03-06T20:00:00Z'],
  });
  const asked = question({ timezone: 'America/Mexico_City', accountName: 'Principal' });
  const file = await download(sendUsageXlsx, history, asked);
  const sheets = await readWorkbook(file);
  expect(sheets.map(({ sheet }) => sheet)).toEqual(['Usage', 'Totals', 'Question']);
  expect(sheets[0]?.data[19]?.slice(1)).toEqual([
    '-06:00',
    'Final',
    'fal-ai/flux/dev',
    null,
    0.0625,
    3,
    1,
  ]);
  expect(Object.fromEntries(sheets[2]?.data ?? [])).toMatchObject({
    From: '2026-03-05T18:00:00-06:00',
    'Time zone': 'America/Mexico_City',
    Account: 'Principal',
    State: 'Incomplete',
    'Read from fal': '2026-03-07T21:00:00-06:00',
    Incomplete: 'Some days were not read yet: the totals are a minimum.',
  });
});

describe('a year by the hour', () => {
  const year = question({
    start: Temporal.Instant.from('2025-03-01T06:00:00Z'),
    end: Temporal.Instant.from('2026-03-01T06:00:00Z'),
    timezone: 'America/Mexico_City',
  });

  test('is asked for day by day, each when the one before was taken', async () => {
    const history = fakeHistory([fakeRow('2025-07-01T06:00:00Z')]);
    const read = lines(await download(sendUsageCsv, history, year));
    expect(read).toHaveLength(365 * 24);
    expect(new Set(read.map(({ bucket }) => bucket)).size).toBe(365 * 24);
    expect(history.asked).toHaveLength(365);
    history.asked.reduce((before, part) => {
      expect(part.start).toEqual(before.end);
      return part;
    });
  });

  test('is not read ahead of who downloads it', async () => {
    const history = fakeHistory([]);
    const endless: UsageHistory = {
      ...history,
      async *rows() {
        for (;;) {
          history.taken += 1;
          yield fakeRow('2025-07-01T06:00:00Z', { endpointId: 'x'.repeat(1_000) });
        }
      },
    };
    const { port } = await serve(sendFocusCsv, endless, year);
    const request = httpRequest({ port, host: '127.0.0.1' }).end();
    const [response] = await once(request, 'response');
    await once(response, 'readable');
    const settled = async () => {
      const before = history.taken;
      for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
      return history.taken === before;
    };
    await expect.poll(settled).toBe(true);
    expect(history.taken).toBeLessThan(50_000);
    response.destroy();
    await expect.poll(settled).toBe(true);
  });

  test('ends now, and a day kept too coarsely for its zone is unknown', async () => {
    const history = fakeHistory([]);
    const { usage } = history;
    const patchy: UsageHistory = {
      ...history,
      usage: async (asked) => {
        const answer = await usage(asked);
        if (history.asked.length === 2) throw new RequestError('invalid_request');
        return answer;
      },
    };
    const asked = question({ end: Temporal.Instant.from('2026-03-31T00:00:00Z') });
    const read = lines(await download(sendUsageCsv, patchy, asked));
    expect(history.asked).toHaveLength(3);
    expect(read.map(({ state, cost }) => `${state} ${cost}`)).toEqual([
      ...Array(24).fill('final 0'),
      ...Array(24).fill('unknown '),
      ...Array(24).fill('final 0'),
    ]);
  });

  test.each([
    ['usage.csv', sendUsageCsv],
    ['usage.xlsx', sendUsageXlsx],
  ])('that fails half-way is a failed download of %s', async (_, send) => {
    const history = fakeHistory([]);
    const { usage } = history;
    const failing: UsageHistory = {
      ...history,
      usage: (asked) =>
        history.asked.length < 200 ? usage(asked) : Promise.reject(new Error('the disk is gone')),
    };
    const response = await fetch((await serve(send, failing, year)).url);
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow();
  });
});

test('more files than allowed: 429 with how long to wait, whichever and by whom', async () => {
  const history = fakeHistory([]);
  const panel = await startPanel({ RATE_LIMIT_PER_MINUTE: '6' }, { parts: { history } });
  const viewer = await panel.as('viewer');
  const files = ['usage.csv', 'usage.xlsx', 'focus.csv'].flatMap((name) => [
    `/api/v1/${name}`,
    `/admin/${name}`,
  ]);
  const get = (path: string) => viewer.get(path).set('Sec-Fetch-Site', 'same-origin');
  for (const path of files) await get(path).expect(200);
  for (const path of files) {
    const refused = await get(path);
    expect([path, refused.status]).toEqual([path, 429]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['content-disposition']).toBeUndefined();
    if (path.startsWith('/api')) expect(refused.body).toMatchObject({ code: 'rate_limited' });
  }
  // What is shown costs little, and is not counted.
  await get('/api/v1/usage').expect(200);
});

describe('people download', () => {
  test('CSV with a byte order mark, and programs without', async () => {
    const history = fakeHistory([fakeRow('2026-03-07T18:00:00Z')]);
    const panel = await startPanel({}, { parts: { history } });
    const viewer = await panel.as('viewer');
    for (const name of ['usage.csv', 'focus.csv']) {
      const day = 'start_date=2026-03-07&end_date=2026-03-07';
      const own = await viewer.get(`/admin/${name}?${day}`).buffer(true).expect(200);
      expect(own.text.startsWith('\ufeff')).toBe(true);
      expect(own.headers['content-disposition']).toBe(`attachment; filename="${name}"`);
      const api = await viewer
        .get(`/api/v1/${name}?start=2026-03-07&end=2026-03-07`)
        .set('Sec-Fetch-Site', 'same-origin');
      expect(`\ufeff${api.text}`).toBe(own.text);
    }
    const { headers } = await viewer.get('/admin/usage.xlsx').expect(200);
    expect(headers['content-type']).toContain('spreadsheetml');
  });

  test('the account in the address, else the chosen one, else all', async () => {
    const history = fakeHistory([]);
    const panel = await startPanel({}, { parts: { history } });
    const names = ['main', 'second'];
    for (const slug of names) await storeAccount(panel.services, { slug, name: slug, key: 'a:b' });
    const rows = await panel.services.store.db.selectFrom('fal_accounts').selectAll().execute();
    const ids = names.map((slug) => rows.find((row) => row.slug === slug)?.id);
    const viewer = await panel.as('viewer');
    await viewer.get('/admin/usage.csv?timeframe=day').expect(200);
    await viewer.get('/admin/usage.csv?timeframe=day&account=second').expect(200);
    const cookies = `${viewer.header}; account=main`;
    await panel.http.get('/admin/usage.csv?timeframe=day').set('Cookie', cookies).expect(200);
    expect(history.asked.map(({ accountId }) => accountId)).toEqual([null, ids[1], ids[0]]);
    await viewer.get('/admin/usage.csv?account=nobody').expect(404);
    await viewer.get('/admin/usage.csv?group_by=nothing').expect(400);
  });
});
