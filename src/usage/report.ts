import type { Nano } from '../money.ts';
import type { Period } from './period.ts';

/** What one billing unit of an endpoint cost and how many were billed at that price. */
export interface BilledUnits {
  /** fal's name for it: `image`, `megapixel`, `second`, ...; `null` where fal does not say. */
  unit: string | null;
  /** Units in 1e-9 of one unit: fal bills fractions. Never requests. `null` where fal does not say. */
  quantity: Nano | null;
  /** Price of one unit before discounts; `null` where fal does not say. */
  unitPrice: Nano | null;
}

export interface EndpointUsage {
  endpointId: string;
  cost: Nano;
  /** API calls made. `null` is "fal could not say", never zero. So are the two below. */
  count: number | null;
  successes: number | null;
  failures: number | null;
  units: BilledUnits[];
  /** Cost of one call; `null` when the count is unknown or zero. */
  averageCost: Nano | null;
  /** Part of the total cost, 0 to 1. */
  share: number;
}

export interface SeriesPoint {
  /** Start of the bucket in the period's zone. */
  bucket: Temporal.ZonedDateTime;
  /** `null`: unknown, as a page was missing; drawn as a gap. */
  cost: Nano | null;
  count: number | null;
  /** Only a part of it is known: `cost` is a lower bound. */
  isPartial?: boolean;
}

/** Costs that are not in US dollars stand apart and are never added to the totals. */
export interface OtherCurrency {
  currency: string;
  cost: Nano;
}

/** Why a sum is only a lower bound. */
export type PartialReason = 'usage_pages_missing' | 'counts_missing' | 'days_not_read';

export interface UsageTotals {
  totalCost: Nano;
  /** Sum of the known counts; `null` when none is known. A lower bound while `partial` says so. */
  totalRequests: number | null;
  successfulRequests: number | null;
  failedRequests: number | null;
  /** Most expensive first. */
  endpoints: EndpointUsage[];
  series: SeriesPoint[];
  /** Endpoint with the most calls (by cost while counts are unknown); `null` when nothing was used. */
  mostUsed: string | null;
  otherCurrencies: OtherCurrency[];
  /** Endpoints whose calls, or how they ended, fal could not count in full. */
  uncounted: string[];
}

export type Balance =
  /** `asOf` where it was read before, and fal could not be asked now. */
  | { amount: Nano; currency: string; reason: null; asOf?: Temporal.Instant }
  | { amount: null; currency: null; reason: BalanceReason };

/** Why there is no balance: the error code of the question that failed, or an answer without one. */
export type BalanceReason = string;

/** The answer to one "Ver Uso". */
export interface UsageReport extends UsageTotals {
  period: Period;
  /**
   * Which of fal's records the costs were added from: single charges where usage is down, and what was
   * kept of them where fal is.
   */
  source: 'usage' | 'billing_events' | 'local_copy';
  /** Why fal itself did not answer, a code; `null` where it did. */
  awayReason: string | null;
  /** When fal was asked. */
  asOf: Temporal.Instant;
  balance: Balance;
  partial: PartialReason[];
}
