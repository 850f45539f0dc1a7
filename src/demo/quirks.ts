/** Ways in which fal has been seen to differ from its contract, or may; all off by default. */
export interface Quirks {
  /** Usage rows carry `cost` alone, as older answers did. */
  costOnly: boolean;
  /** Fields that may be null or left out are null. */
  nullOptionals: boolean;
  /** Unknown fields at every level. */
  extraFields: boolean;
  /** `expand=summary` is refused with 401 for a good key. */
  summaryIs401: boolean;
  /** `start` and `end` are ignored: the last 24 hours come back. */
  ignoreWindow: boolean;
  /** Bucket stamps in UTC (`Z`) instead of the zone asked for. */
  utcBuckets: boolean;
  /** The second page gives its own cursor as the next one, for ever. */
  repeatCursor: boolean;
  /** How many empty pages with `has_more` come before the data. */
  emptyPages: number;
  /** After the last page comes the first again, with a fresh cursor. */
  endlessPages: boolean;
  /** `has_more` is true and `next_cursor` null. */
  cursorMissing: boolean;
  /** How many items of a page come again first on the next. */
  overlapPages: number;
  /** How missing rights show. */
  missingRightsStatus: 401 | 403;
  /** Endpoint ids for which analytics answers 500, for the whole batch. */
  analyticsPoison: string[];
  /** Analytics answers 500 when cold boot percentiles are asked for. */
  coldBootPoison: boolean;
  /** Endpoint ids for which analytics answers 404, for the whole batch. */
  analyticsUnknown: string[];
  /** Endpoint ids that have no price: 404 for the whole batch. */
  noPrice: string[];
  /** `credits` is absent from the billing information. */
  noBalance: boolean;
  /** A balance in USD instead of the account's. */
  balance: number | null;
  /** Billing events answer 500. */
  billingEventsDown: boolean;
  /** Usage of this endpoint is billed in another currency. */
  foreignCurrency: { endpointId: string; currency: string } | null;
  /** Requests younger than this are not there yet, in milliseconds. */
  lagMs: number;
  /** Billed ids whose charges come as two billing events of one request; the sum stays the same. */
  splitCharges: string[];
}

export function noQuirks(): Quirks {
  return {
    costOnly: false,
    nullOptionals: false,
    extraFields: false,
    summaryIs401: false,
    ignoreWindow: false,
    utcBuckets: false,
    repeatCursor: false,
    emptyPages: 0,
    endlessPages: false,
    cursorMissing: false,
    overlapPages: 0,
    missingRightsStatus: 403,
    analyticsPoison: [],
    coldBootPoison: false,
    analyticsUnknown: [],
    noPrice: [],
    noBalance: false,
    balance: null,
    billingEventsDown: false,
    foreignCurrency: null,
    lagMs: 0,
    splitCharges: [],
  };
}
