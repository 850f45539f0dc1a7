import { onTestFinished } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/demo/simulator.ts';
import { toNano } from '../../src/money.ts';

/** A Monday noon in Mexico City, two days after an event. */
export const NOW = Temporal.Instant.from('2026-01-12T18:00:00Z');
export const DAY = { start: NOW.subtract({ hours: 24 }), end: NOW };

export interface Row {
  endpoint_id: string;
  [field: string]: unknown;
}

export interface Bucket {
  bucket: string;
  results: Row[];
}

export interface Body {
  time_series: Bucket[];
  summary: Row[];
  billing_events: Row[];
  has_more: boolean;
  next_cursor: string | null;
  [field: string]: unknown;
}

/** A simulator that ends with the test. */
export async function simulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const started = await startSimulator({ now: () => NOW, days: 14, ...options });
  onTestFinished(() => started.close());
  return started;
}

export type Query = Record<string, string | number | Temporal.Instant | string[]>;

export function ask(
  sim: Simulator,
  path: string,
  query: Query = {},
  key: string | null = sim.keys.admin,
): Promise<Response> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) search.append(name, String(each));
  }
  const headers = key === null ? {} : { authorization: `Key ${key}` };
  return fetch(`${sim.url}${path}?${search}`, { headers });
}

export async function body(...question: Parameters<typeof ask>): Promise<Body> {
  return (await (await ask(...question)).json()) as Body;
}

/** Follows the cursors to the end, or for `most` pages. */
export async function pages(
  sim: Simulator,
  path: string,
  query: Query = {},
  most = 1000,
): Promise<Body[]> {
  const all = [await body(sim, path, query)];
  for (let last = all[0]; last?.next_cursor && all.length < most; last = all.at(-1)) {
    all.push(await body(sim, path, { ...query, cursor: last.next_cursor }));
  }
  return all;
}

export function rowsOf(list: readonly Body[]): Row[] {
  return list.flatMap(({ time_series }) => time_series.flatMap(({ results }) => results));
}

/** Sum of a field in 1e-9. */
export function sum(rows: readonly Row[], field: string): bigint {
  return rows.reduce((total, row) => total + toNano(Number(row[field])), 0n);
}
