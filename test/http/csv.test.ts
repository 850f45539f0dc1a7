import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import express from 'express';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvLine, sendCsv } from '../../src/http/csv.ts';
import { listening } from '../support/listening.ts';

/** Reads CSV as RFC 4180 has it, by itself and not by our writer's rules. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let rest = text;
  while (rest !== '') {
    const [whole = '', quoted, plain = ''] = rest.match(/^(?:"((?:[^"]|"")*)"|([^",\r\n]*))/) ?? [];
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    rest = rest.slice(whole.length);
    if (rest.startsWith(',')) {
      rest = rest.slice(1);
      continue;
    }
    expect(rest.slice(0, 2)).toBe('\r\n');
    rest = rest.slice(2);
    rows.push(row);
    row = [];
  }
  return rows;
}

const cell = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ';', "'", 'ñ'),
  }),
);
const cells = fc.array(cell, { minLength: 1, maxLength: 5 });

describe('a line of CSV', () => {
  test('is read again as it was written, but for the apostrophe before a formula', () => {
    const withoutApostrophes = (rows: string[][]) =>
      rows.map((row) => row.map((one) => one.replaceAll("'", '')));
    fc.assert(
      fc.property(fc.array(cells, { maxLength: 5 }), (rows) => {
        const read = parseCsv(rows.map(csvLine).join(''));
        expect(withoutApostrophes(read)).toEqual(withoutApostrophes(rows));
      }),
    );
    const plain = ['a=1', "it's", 'a-b; c', 'x;y', "'=1", '\tx'];
    expect(parseCsv(csvLine(plain))).toEqual([plain]);
    expect(parseCsv(csvLine(['=1', '\t=1', 'x;-1']))).toEqual([["'=1", "\t'=1", "x;'-1"]]);
  });

  test('has no text in it that a spreadsheet would take for a formula', () => {
    fc.assert(
      fc.property(cells, (row) => {
        for (const one of parseCsv(csvLine(row))[0] ?? []) expect(one).not.toMatch(/^[" ]*[=+\-@]/);
      }),
    );
  });

  test('nor one that ends cells at semicolons or tabs, and lines within them', () => {
    const hostile = ['x;=1+1;y', 'x;"=1+1;y', '"x";=1', 'x\t=1', 'x\n=1', 'x; @SUM(1)', '＝1'];
    fc.assert(
      fc.property(fc.oneof(cells, fc.constant(hostile)), (row) => {
        for (const one of csvLine(row).split(/[;\t\r\n]/)) {
          expect(one).not.toMatch(/^[" ]*[=+\-@＝＋－＠]/);
        }
      }),
      { examples: [[hostile]] },
    );
  });

  test('keeps numbers as numbers, negative ones too, and null as nothing', () => {
    expect(csvLine([-1.5, -2n, null, 'x'])).toBe('-1.5,-2,,x\r\n');
  });
});

/** Serves a file of so many rows; tells how many were made. */
async function serve(count: number) {
  const made = { rows: 0 };
  async function* rows() {
    for (; made.rows < count; made.rows += 1) yield [made.rows, 'x'.repeat(1_000)];
  }
  const app = express();
  app.get('/', (_req, res) =>
    sendCsv(res, { name: 'rows.csv', header: ['n', 'text'], rows: rows() }).catch(() => {}),
  );
  return { made, port: await listening(app) };
}

test('a file is made no faster than it is taken, and no further when nobody takes it', async () => {
  const { made, port } = await serve(1_000_000);
  const request = httpRequest({ port, host: '127.0.0.1' }).end();
  const [response] = await once(request, 'response');
  await once(response, 'readable');
  const settled = async () => {
    const before = made.rows;
    for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
    return made.rows === before;
  };
  await expect.poll(settled).toBe(true);
  expect(made.rows).toBeLessThan(100_000);
  response.destroy();
  await expect.poll(settled).toBe(true);
  expect(made.rows).toBeLessThan(100_000);
});

test('a file has a row a line, however many', async () => {
  const { port } = await serve(3_000);
  const response = await fetch(`http://127.0.0.1:${port}/`);
  const rows = parseCsv(await response.text());
  expect(rows).toHaveLength(3_001);
  expect(rows.at(-1)?.[0]).toBe('2999');
});
