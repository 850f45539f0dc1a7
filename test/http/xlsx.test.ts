import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import express from 'express';
import fc from 'fast-check';
import { strFromU8, unzipSync } from 'fflate';
import { readSheet } from 'read-excel-file/node';
import { expect, test } from 'vitest';
import { sendXlsx, type XlsxCell, type XlsxFile } from '../../src/http/xlsx.ts';
import { createLogger } from '../../src/log.ts';
import { listening } from '../support/listening.ts';
import { sheetRows } from '../support/read-xlsx.ts';

const COLUMNS = [
  { header: 'When', kind: 'time' },
  { header: 'What', kind: 'text' },
  { header: 'Cost', kind: 'money' },
  { header: 'Calls', kind: 'count' },
] as const;

async function serve(file: Omit<XlsxFile, 'name'>) {
  const app = express();
  app.set('env', 'test');
  app.use((req, _res, next) => {
    req.log = createLogger('silent') as typeof req.log;
    next();
  });
  app.get('/', (_req, res, next) => {
    sendXlsx(res, { name: 'rows.xlsx', ...file }).catch(next);
  });
  const port = await listening(app);
  return { port, url: `http://127.0.0.1:${port}/` };
}

async function download(file: Omit<XlsxFile, 'name'>): Promise<Buffer> {
  const { url } = await serve(file);
  const response = await fetch(url);
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="rows.xlsx"');
  return Buffer.from(await response.arrayBuffer());
}

async function* each<T>(items: Iterable<T>) {
  yield* items;
}

test('a workbook opens with typed cells', async () => {
  const rows: XlsxCell[][] = [
    [Temporal.PlainDateTime.from('2026-03-07T13:15'), 'fal-ai/flux', { digits: '0.000000001' }, 3],
    [null, null, { digits: '-2.5' }, null],
  ];
  const file = await download({ sheets: [{ name: 'Uso', columns: COLUMNS, rows: each(rows) }] });
  const [header, [when, ...first] = [], second] = await readSheet(file, 'Uso');
  expect(header).toEqual(['When', 'What', 'Cost', 'Calls']);
  // A day's fraction is no exact double: the reader is a millisecond off.
  expect(Math.round(Number(when) / 1000) * 1000).toBe(Date.parse('2026-03-07T13:15:00Z'));
  expect(when).toBeInstanceOf(Date);
  expect(first).toEqual(['fal-ai/flux', 0.000000001, 3]);
  expect(second).toEqual([null, null, -2.5, null]);
});

test('its header stays in sight and its columns can be filtered', async () => {
  const rows = [[null, 'a', 1, 1]];
  const file = await download({ sheets: [{ name: 'Uso', columns: COLUMNS, rows: each(rows) }] });
  const xml = strFromU8(unzipSync(file)['xl/worksheets/sheet1.xml'] ?? new Uint8Array());
  expect(xml).toContain(
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>',
  );
  expect(xml).toContain('<autoFilter ref="A1:D2"/>');
});

test('any text is read again as it was written, and never as a formula', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.string({ unit: 'binary', minLength: 1 }),
          fc.constantFrom('=1+1', '@SUM(A1)', '+1', '-1', '<b>&"\'', '_x000D_', ' a ', 'ñ🙂'),
        ),
        { maxLength: 5 },
      ),
      async (texts) => {
        const rows = texts.map((text) => [text]);
        const columns = [{ header: 'Text', kind: 'text' }] as const;
        const file = await download({ sheets: [{ name: 'T', columns, rows: each(rows) }] });
        const read = sheetRows(file, 1).slice(1);
        expect(read).toEqual(rows.map(([text = '']) => [text.toWellFormed()]));
        expect(
          strFromU8(unzipSync(file)['xl/worksheets/sheet1.xml'] ?? new Uint8Array()),
        ).not.toContain('<f>');
      },
    ),
    { numRuns: 40 },
  );
});

test('what is more than a sheet holds goes on to another one', async () => {
  const rows = Array.from({ length: 7 }, (_, n) => [null, `row ${n}`, null, n]);
  const sheets = [
    { name: 'Uso', columns: COLUMNS, rows: each(rows) },
    { name: 'Totales', columns: COLUMNS, rows: each([]) },
  ] as const;
  const file = await download({ sheets, maxRows: 3 });
  const texts = [];
  for (const name of ['Uso', 'Uso 2', 'Uso 3']) {
    const [, ...read] = await readSheet(file, name);
    texts.push(...read.map((row) => row[1]));
  }
  expect(texts).toEqual(rows.map((row) => row[1]));
  expect(await readSheet(file, 'Totales')).toHaveLength(1);
});

test('rows are made no faster than they are taken, and no further when nobody takes them', async () => {
  let made = 0;
  let closed = false;
  async function* endless() {
    try {
      for (;;) {
        made += 1;
        // What can't be compressed.
        yield [null, randomBytes(750).toString('base64'), null, made];
      }
    } finally {
      closed = true;
    }
  }
  const { port } = await serve({ sheets: [{ name: 'Uso', columns: COLUMNS, rows: endless() }] });
  const request = httpRequest({ port, host: '127.0.0.1' }).end();
  const [response] = await once(request, 'response');
  await once(response, 'readable');
  let before = -1;
  const settled = () => {
    const isSettled = made === before;
    before = made;
    return isSettled;
  };
  await expect.poll(settled, { interval: 100, timeout: 10_000 }).toBe(true);
  expect(made).toBeLessThan(50_000);
  response.destroy();
  await expect.poll(() => closed).toBe(true);
});

test('a workbook that fails half-way is a failed download; one that can not begin is an error', async () => {
  async function* failing(after: number) {
    for (let n = 0; n < after; n += 1) yield [null, Math.random().toString(36), null, n];
    throw new Error('the database is gone');
  }
  const halfway = await serve({ sheets: [{ name: 'U', columns: COLUMNS, rows: failing(90_000) }] });
  const response = await fetch(halfway.url);
  expect(response.status).toBe(200);
  await expect(response.arrayBuffer()).rejects.toThrow();
  const never = await serve({ sheets: [{ name: 'U', columns: COLUMNS, rows: failing(0) }] });
  expect((await fetch(never.url)).status).toBe(500);
});
