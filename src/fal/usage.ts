import { type Nano, toNano } from '../money.ts';
import { type AuthMethod, readAuthMethod } from './auth-method.ts';
import { batchIds } from './batches.ts';
import { bucketInWindow } from './buckets.ts';
import { FalError } from './errors.ts';
import { type PageStop, readPages } from './pages.ts';
import type { UsagePage, UsagePageRow } from './schemas.ts';
import type { FalTransport, Question } from './transport.ts';
import { readUsagePage } from './usage-page.ts';
import { askInWindows, splitPeriod, type Timeframe, type Window } from './windows.ts';

const PATH = '/models/usage';

/** What was billed in one bucket for one endpoint, unit, unit price, discount and auth method. */
export interface UsageRow {
  bucket: Temporal.Instant;
  endpointId: string;
  unit: string | null;
  /** Billing units in 1e-9 of a unit; fractional, and never requests. `null`: not stated. */
  quantity: Nano | null;
  /** Price of one unit before discounts, in 1e-9 of `currency`. */
  unitPrice: Nano | null;
  percentDiscount: number | null;
  /** What was charged, in 1e-9 of `currency`. */
  cost: Nano;
  currency: string;
  auth: AuthMethod | null;
}

export interface UsageQuery extends Window {
  timeframe: Timeframe;
  timezone: string;
  /** Only these; all when empty. */
  endpointIds?: readonly string[];
  /** `false` where nobody asks who called: as many rows less as there are callers. */
  byCaller?: boolean;
}

export interface UsageAnswer {
  rows: UsageRow[];
  /** Why rows are missing; empty when everything asked for was read. */
  stops: PageStop[];
}

/**
 * What was billed, by bucket; long periods are read in windows side by side. Asks for the auth method
 * unless told otherwise: without it, a record read twice can't be told from those of two keys.
 */
export async function readUsage(
  transport: FalTransport,
  question: Question,
  query: UsageQuery,
): Promise<UsageAnswer> {
  const ids = query.endpointIds ?? [];
  const batches = ids.length > 0 ? batchIds(ids) : [[]];
  const windows = splitPeriod(query, query.timeframe, query.timezone);
  const expand = query.byCaller === false ? [] : ['auth_method_structured'];

  async function readWindow(window: Window, batch: string[]) {
    const records = createRecords();
    const stop = await readPages(
      async (cursor) => {
        const search = bucketSearch(query, window, batch, cursor);
        for (const name of ['time_series', ...expand]) search.append('expand', name);
        const json = await transport.send(question, { path: PATH, query: search });
        return readUsagePage(json, PATH);
      },
      (page) => records.add(readRows(page, query, window)),
    );
    return { rows: records.all(), stop };
  }

  const { answers, failed } = await askInWindows(windows, (window) =>
    Promise.all(batches.map((batch) => readWindow(window, batch))),
  );
  const parts = answers.flat();
  return {
    rows: parts.flatMap((part) => part.rows),
    stops: [
      ...parts.flatMap((part) => part.stop ?? []),
      ...failed.map(({ error }): PageStop => ({ reason: 'page_failed', cause: error })),
    ],
  };
}

/** The search parameters that usage and analytics share. */
export function bucketSearch(
  { timeframe, timezone }: { timeframe: Timeframe; timezone: string },
  window: Window,
  endpointIds: readonly string[],
  cursor: string | undefined,
): URLSearchParams {
  const search = new URLSearchParams({
    start: window.start.toString(),
    end: window.end.toString(),
    timezone,
    timeframe,
    // A string, and "true" by default, which would widen the window to whole buckets.
    bound_to_timeframe: 'false',
  });
  for (const id of endpointIds) search.append('endpoint_id', id);
  if (cursor) search.set('cursor', cursor);
  return search;
}

function readRows(page: UsagePage, query: UsageQuery, window: Window): UsageRow[] {
  const rows: UsageRow[] = [];
  for (const { bucket, results } of page.time_series) {
    const at = bucketInWindow(bucket, query, window, PATH);
    for (const result of results) rows.push(readRow(result, at));
  }
  return rows;
}

/** The records of a window, page by page. Most windows are one page, and then nothing is compared. */
function createRecords() {
  const pages: UsageRow[][] = [];
  const records = new Map<string, UsageRow>();

  function compare(page: readonly UsageRow[], pageNumber: number): void {
    const seen = new Map<string, number>();
    for (const row of page) {
      const cut = identity(row);
      const alike = seen.get(cut) ?? 0;
      seen.set(cut, alike + 1);
      records.set(row.auth ? `${cut}\n${alike}` : `${cut}\n${alike}\n${pageNumber}`, row);
    }
  }

  return {
    /** @returns how many records the page brought that were not there yet. */
    add(page: UsageRow[]): number {
      const [first] = pages;
      pages.push(page);
      if (!first) return page.length;
      if (pages.length === 2) compare(first, 1);
      const before = records.size;
      compare(page, pages.length);
      return records.size - before;
    },
    all: (): UsageRow[] => (pages.length > 1 ? [...records.values()] : pages.flat()),
  };
}

/**
 * What fal cuts rows by. A row alike in all of it on a later page is the same record read again,
 * maybe grown since, and the later one wins; several on one page are several. Without the auth
 * method rows of two keys look alike, so then none is taken for a repeat.
 */
function identity(row: UsageRow): string {
  const { bucket, endpointId, unit, unitPrice, percentDiscount, currency, auth } = row;
  const caller = auth ? `${auth.detail}\n${auth.apiKeyId}\n${auth.username}` : '';
  return `${bucket.epochMilliseconds}\n${endpointId}\n${unit}\n${unitPrice}\n${percentDiscount}\n${currency}\n${caller}`;
}

function readRow(row: UsagePageRow, bucket: Temporal.Instant): UsageRow {
  const cost = row.cost_total ?? row.cost;
  if (cost === undefined || cost === null) {
    throw new FalError('fal_bad_response', `${PATH}: a row of ${row.endpoint_id} has no cost`);
  }
  return {
    bucket,
    endpointId: row.endpoint_id,
    unit: row.unit ?? null,
    quantity: toNano(row.quantity),
    unitPrice:
      row.unit_price === undefined || row.unit_price === null ? null : toNano(row.unit_price),
    percentDiscount: row.percent_discount ?? null,
    cost: toNano(cost),
    currency: row.currency?.toUpperCase() ?? 'USD',
    auth: readAuthMethod(row.auth_method_structured),
  };
}
