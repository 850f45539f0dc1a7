import { expect } from 'vitest';

/** Single charges as programs get them: newest first, with all their fields. */
export function expectRecords(records: readonly { timestamp: string }[]): void {
  const times = records.map(({ timestamp }) => Date.parse(timestamp));
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  expect(Object.keys(records[0] ?? {})).toEqual([
    'request_id',
    'endpoint_id',
    'timestamp',
    'units',
    'unit_price',
    'percent_discount',
    'cost',
    'api_key',
    'api_key_id',
  ]);
}
