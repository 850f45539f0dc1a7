import { parse } from 'csv-parse/sync';
import { type Nano, sumNano } from '../../../src/money.ts';
import { binary } from '../../support/binary-body.ts';
import { sheetRows } from '../../support/read-xlsx.ts';
import type { Ask } from './asking.ts';

export type Line = Record<string, string>;

/** The lines of a CSV file by the names of its columns. */
export async function csvLines(ask: Ask, address: string): Promise<Line[]> {
  const { text } = await ask(address).expect(200);
  return parse(text, { columns: true, bom: true }) as Line[];
}

/** What all that a file lists costs, however it is written; in a workbook all sums have to agree. */
export async function costOfFile(ask: Ask, address: string): Promise<Nano> {
  if (address.includes('.xlsx')) return costOfWorkbook(ask, address);
  const lines = await csvLines(ask, address);
  return sumNano(lines.map(({ cost, BilledCost = cost }) => nano(BilledCost)));
}

async function costOfWorkbook(ask: Ask, address: string): Promise<Nano> {
  const { body } = await ask(address).expect(200).buffer(true).parse(binary);
  const [, ...rows] = sheetRows(body, 1);
  const [, ...totals] = sheetRows(body, 2);
  const sums = [rows.map((row) => row[5]), [totals.pop()?.[2]], totals.map((row) => row[2])];
  const [cost, ...others] = new Set(sums.map((list) => sumNano(list.map(nano))));
  if (cost === undefined || others.length > 0) throw new Error('the sheets differ');
  return cost;
}

/** Decimal digits to 1e-9, by hand; what is left out is nothing. */
export function nano(digits: string | null | undefined): Nano {
  const [whole = '', fraction = ''] = (digits || '0').split('.');
  return BigInt(whole + fraction.padEnd(9, '0'));
}
