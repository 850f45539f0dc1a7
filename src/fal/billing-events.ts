import { type Nano, toNano } from '../money.ts';
import { type AuthMethod, readAuthMethod } from './auth-method.ts';
import { readBillingEventsPage } from './billing-events-page.ts';
import { FalError } from './errors.ts';
import { type PageStop, readPages } from './pages.ts';
import type { BillingEventRow } from './schemas.ts';
import type { FalTransport, OpenQuestion, Question } from './transport.ts';
import type { Window } from './windows.ts';

const PATH = '/models/billing-events';
/** Rows a page may have, and days a question may span (fal's OpenAPI document). */
const MAX_EVENTS_PAGE = 10_000;
const MAX_HOURS = 90 * 24;
const MAX_PAGES = 1_000;

/** One charge. Several may carry the same `requestId`, and each counts. */
export interface BillingEvent {
  requestId: string;
  endpointId: string;
  /** Epoch milliseconds: a ledger has a million of these, and a number is the cheap exact form. */
  timestampMs: number;
  /** Billing units in 1e-9 of a unit; fal does not say which unit. */
  units: Nano | null;
  unitPrice: Nano | null;
  percentDiscount: number | null;
  /** What was charged, nano-USD. */
  cost: Nano;
  auth: AuthMethod | null;
}

export interface BillingEventsQuery extends Window {
  endpointIds?: readonly string[];
  /** Only these, 50 at most. */
  requestIds?: readonly string[];
  /** Rows a page, at most and by default 10,000. */
  pageSize?: number;
}

/** What is done with a page of charges; the next one is asked for when it is done. */
export type VisitEvents = (
  events: BillingEvent[],
) => 'enough' | undefined | Promise<'enough' | undefined>;

/**
 * Hands each page of charges to `visit`, newest first; a period over 90 days is read in several
 * questions. `visit` answers `'enough'` to stop.
 * @param asked one question for all pages, or a function that opens one for each of them.
 * @returns why charges are missing; empty when all that were wanted were read.
 */
export async function readBillingEvents(
  transport: FalTransport,
  asked: Question | (() => OpenQuestion),
  query: BillingEventsQuery,
  visit: VisitEvents,
): Promise<PageStop[]> {
  const open = typeof asked === 'function' ? asked : () => ({ ...asked, [Symbol.dispose]() {} });
  const stops: PageStop[] = [];
  let enough = false;
  for (const window of newestFirst(query)) {
    const withoutRepeats = repeatFilter();
    const beginnings = new Set<string>();
    const stop = await readPages(
      async (cursor) => {
        const search = searchFor(query, window, cursor);
        using question = open();
        const json = await transport.send(question, { path: PATH, query: search });
        return readBillingEventsPage(json, PATH);
      },
      async ({ billing_events: rows }) => {
        // Pages that start over would multiply the sum.
        const beginning = rows[0] && identity(rows[0]);
        if (beginning && beginnings.has(beginning)) return 'repeated';
        if (beginning) beginnings.add(beginning);
        const fresh = withoutRepeats(rows, readEvents(rows, window));
        enough = (await visit(fresh)) === 'enough';
        return enough ? 'enough' : fresh.length;
      },
      { maxPages: MAX_PAGES },
    );
    if (stop) stops.push(stop);
    if (enough) break;
  }
  return stops;
}

function newestFirst({ start, end }: Window): Window[] {
  const windows: Window[] = [];
  for (let until = end; Temporal.Instant.compare(start, until) < 0; ) {
    const back = until.subtract({ hours: MAX_HOURS });
    const from = Temporal.Instant.compare(start, back) < 0 ? back : start;
    windows.push({ start: from, end: until });
    until = from;
  }
  return windows;
}

function searchFor(query: BillingEventsQuery, window: Window, cursor: string | undefined) {
  const search = new URLSearchParams({
    start: window.start.toString(),
    end: window.end.toString(),
    limit: String(Math.min(query.pageSize ?? MAX_EVENTS_PAGE, MAX_EVENTS_PAGE)),
    expand: 'auth_method_structured',
  });
  for (const id of query.endpointIds ?? []) search.append('endpoint_id', id);
  for (const id of query.requestIds ?? []) search.append('request_id', id);
  if (cursor) search.set('cursor', cursor);
  return search;
}

/**
 * Takes out of each page what was on the one before it: a page may begin with what the last one
 * ended with. Only across pages: two equal charges on one page are two charges.
 */
function repeatFilter() {
  let last: readonly BillingEventRow[] = [];
  let lastOldestMs = Infinity;
  return function withoutRepeats(rows: readonly BillingEventRow[], events: BillingEvent[]) {
    let oldestMs = Infinity;
    let newestMs = -Infinity;
    for (const { timestampMs } of events) {
      oldestMs = Math.min(oldestMs, timestampMs);
      newestMs = Math.max(newestMs, timestampMs);
    }
    // Charges come newest first: a page rarely reaches back into the time of the last one.
    const known = new Set(newestMs >= lastOldestMs ? last.map(identity) : []);
    last = rows;
    lastOldestMs = oldestMs;
    if (known.size === 0) return events;
    const isRepeat = rows.map((row) => known.has(identity(row)));
    return events.filter((_, index) => !isRepeat[index]);
  };
}

function identity(row: BillingEventRow): string {
  return `${row.request_id} ${row.timestamp} ${row.endpoint_id} ${row.output_units} ${row.unit_price} ${row.cost_total}`;
}

/** @throws FalError also for a charge outside the window: fal ignores parameters it does not know. */
function readEvents(rows: readonly BillingEventRow[], { start, end }: Window): BillingEvent[] {
  const startMs = start.epochMilliseconds;
  const endMs = end.epochMilliseconds;
  return rows.map((row) => {
    const timestampMs = parseTimestamp(row.timestamp);
    if (timestampMs < startMs || timestampMs > endMs) {
      throw new FalError('fal_bad_response', `${PATH}: answered another period than asked`);
    }
    const cost = readCost(row);
    if (cost === null) {
      throw new FalError('fal_bad_response', `${PATH}: ${row.request_id} has no cost`);
    }
    return {
      requestId: row.request_id,
      endpointId: row.endpoint_id,
      timestampMs,
      units: nanoOrNull(row.output_units),
      unitPrice: nanoOrNull(row.unit_price),
      percentDiscount: row.percent_discount ?? null,
      cost,
      auth: readAuthMethod(row.auth_method_structured),
    };
  });
}

function readCost({
  cost_estimate_nano_usd: nano,
  cost_total: total,
}: BillingEventRow): Nano | null {
  if (typeof nano === 'number' && Number.isSafeInteger(nano)) return BigInt(nano);
  return nanoOrNull(total);
}

function nanoOrNull(value: number | null | undefined): Nano | null {
  return value === null || value === undefined ? null : toNano(value);
}

/** `Date.parse` reads ISO 8601 with an offset exactly to the ms; without one it would guess a zone. */
function parseTimestamp(timestamp: string): number {
  const zoned = timestamp.endsWith('Z') || /[+-]\d\d:?\d\d$/.test(timestamp);
  const ms = Date.parse(zoned ? timestamp : `${timestamp}Z`);
  if (Number.isNaN(ms)) {
    throw new FalError('fal_bad_response', `${PATH}: not a timestamp: ${timestamp.slice(0, 40)}`);
  }
  return ms;
}
