import type { Resolution } from '../buckets.ts';
import type { Nano } from '../money.ts';
import type { BilledUnits, OtherCurrency } from '../usage/report.ts';

export const GROUPINGS = ['endpoint', 'api_key', 'unit', 'account'] as const;
export type GroupBy = (typeof GROUPINGS)[number];

/** What is asked of the local copy. */
export interface HistoryQuestion {
  /** Both widened to whole slots when it is answered; `end` is not part of the period. */
  start: Temporal.Instant;
  end: Temporal.Instant;
  /** IANA zone in which buckets are cut. */
  timezone: string;
  resolution: Resolution;
  groupBy: GroupBy;
  /** Ids of accounts; `null` is all of them. */
  accountId: string | null;
  /** Only these; all when empty. */
  endpointIds: readonly string[];
  /** Only these; all when empty. Calls are not known by key, so their counts are `null` then. */
  apiKeyIds: readonly string[];
  /**
   * How many groups, the most expensive first, are told apart in each bucket; the others stand there
   * as one. All when left out.
   */
  groupsApart?: number;
  /** Whether the order of all groups is asked for as well, as it is without filters by endpoint and key. */
  isRanked?: boolean;
}

/**
 * How sure a bucket is: *live* while usage is still arriving, *settling* until it has been read again
 * without a change after fal's time for corrections, then *final*; *partial* where some of it was
 * never read, *unknown* where none of it was.
 */
export type BucketState = 'live' | 'settling' | 'final' | 'partial' | 'unknown';

/** What was used, in a group or altogether. `null` counts are unknown, never zero. */
export interface UsageSums {
  cost: Nano;
  /** API calls. */
  count: number | null;
  successes: number | null;
  failures: number | null;
}

export interface UsageGroup extends UsageSums {
  /** Endpoint id, key id, unit or account's slug; empty where fal names no key or unit. */
  key: string;
  /** What people call it where that is not the key itself: a key's or an account's name. */
  name: string | null;
  units: BilledUnits[];
  /** Cost of one call; `null` when the count is unknown or zero, or calls were billed in other currencies. */
  averageCost: Nano | null;
  /** Part of the total cost, 0 to 1. */
  share: number;
  /** Duration of a typical and of a slow call: the hours' own percentiles, weighted by calls, ms. */
  p50Ms: number | null;
  p95Ms: number | null;
}

/** One group's part of a bucket. */
export interface BucketPart {
  /** Index into `groups`. */
  group: number;
  cost: Nano;
  count: number | null;
  failures: number | null;
}

export interface UsageBucket {
  /** Its start and its end in the zone asked for; the first and last may reach beyond the period. */
  start: Temporal.ZonedDateTime;
  end: Temporal.ZonedDateTime;
  state: BucketState;
  /** `null` is unknown. A lower bound while the state is *partial*. */
  cost: Nano | null;
  count: number | null;
  failures: number | null;
  /** Groups that have something in it; with those not told apart they add up to its cost. */
  parts: BucketPart[];
  /** What the groups that are not told apart have together; `null` where all are. */
  others: Pick<BucketPart, 'cost' | 'count' | 'failures'> | null;
}

/** Whether all of a bucket was read, be it for good or not. */
export function isWhole({ state }: Pick<UsageBucket, 'state'>): boolean {
  return state !== 'partial' && state !== 'unknown';
}

/** Why a sum is only a lower bound. */
export type HistoryPartialReason = 'days_not_read' | 'usage_pages_missing' | 'counts_missing';

/** What the local copy says was used in a period. Every kind of parts adds up to `total`. */
export interface HistoryAnswer {
  question: HistoryQuestion;
  /** A cost of zero says nothing while the state is *unknown*. */
  total: UsageSums;
  /** Most expensive first. */
  groups: UsageGroup[];
  /** Every bucket up to now, in order. */
  series: UsageBucket[];
  /** The least sure of the buckets' states. */
  state: BucketState;
  /** When the oldest part that may still change was read; of a final period when it was last read;
   * `null` where nothing was. */
  asOf: Temporal.Instant | null;
  partial: HistoryPartialReason[];
  otherCurrencies: OtherCurrency[];
  /** What people call the keys that were filtered by, those that have a name. */
  keyNames?: ReadonlyMap<string, string>;
  /** Keys of all groups, those filters aside, most expensive first; only where that was asked for. */
  ranking?: readonly string[];
}

/** What rows are asked by. */
export type RowsQuestion = Pick<
  HistoryQuestion,
  'start' | 'end' | 'timezone' | 'accountId' | 'endpointIds' | 'apiKeyIds'
>;

/** One row as fal cut it, of one slot: for exports of everything. */
export interface UsageSlotRow {
  accountSlug: string;
  accountName: string;
  /** Start and end of the slot: an hour, or a quarter of one. */
  start: Temporal.Instant;
  end: Temporal.Instant;
  endpointId: string;
  unit: string | null;
  quantity: Nano;
  unitPrice: Nano | null;
  /** Percent taken off the list price. */
  percentDiscount: number | null;
  cost: Nano;
  currency: string;
  authDetail: string | null;
  apiKeyId: string | null;
  username: string | null;
  state: BucketState;
}

/** The local copy, as pages, exports and alerts ask it. */
export interface UsageHistory {
  /** @throws RequestError where the copy can't be cut as asked, such as by half hours. */
  usage(question: HistoryQuestion): Promise<HistoryAnswer>;
  /**
   * Every row of a period as fal cut it, ordered by time, in constant memory: what `usage` adds up
   * for the same period.
   * @throws RequestError as `usage` does.
   */
  rows(question: RowsQuestion): AsyncIterable<UsageSlotRow>;
}
