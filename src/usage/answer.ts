import type { BillingEvent } from '../fal/billing-events.ts';
import { type Nano, toJsonNumber } from '../money.ts';
import type { BilledUnits, UsageReport } from './report.ts';

/** One page of single charges, or why there is none. */
export type RecordsAnswer =
  | { records: readonly BillingEvent[]; hasMore: boolean; reason: null }
  | { records: null; hasMore: null; reason: string };

/**
 * The `usage` object of `POST /api/config/falai-usage`: four fields that never change, and more
 * beside them. Amounts are JSON numbers in US dollars, `null` is "not known".
 * @param period the period in the caller's words, such as "24 horas".
 */
export function usageAnswer(report: UsageReport, period: string, records?: RecordsAnswer) {
  const { timezone, start, end } = report.period;
  const inZone = (instant: Temporal.Instant) => zoned(instant, timezone);
  return {
    total_requests: report.totalRequests,
    total_cost: toJsonNumber(report.totalCost),
    period,
    endpoints: Object.fromEntries(
      report.endpoints.map((endpoint) => [
        endpoint.endpointId,
        {
          count: endpoint.count,
          cost: toJsonNumber(endpoint.cost),
          successes: endpoint.successes,
          failures: endpoint.failures,
          ...unitsAnswer(endpoint.units),
          average_cost: numberOrNull(endpoint.averageCost),
          share: endpoint.share,
        },
      ]),
    ),
    currency: 'USD',
    other_currencies: report.otherCurrencies.map(({ currency, cost }) => ({
      currency,
      cost: toJsonNumber(cost),
    })),
    start: inZone(start),
    end: inZone(end),
    timezone,
    as_of: inZone(report.asOf),
    successful_requests: report.successfulRequests,
    failed_requests: report.failedRequests,
    series: report.series.map(({ bucket, cost, count }) => ({
      bucket: bucket.toString({ timeZoneName: 'never' }),
      cost: numberOrNull(cost),
      count,
    })),
    most_used: report.mostUsed,
    balance: numberOrNull(report.balance.amount),
    balance_currency: report.balance.currency,
    balance_reason: report.balance.reason,
    ...(report.balance.amount !== null &&
      report.balance.asOf && { balance_as_of: inZone(report.balance.asOf) }),
    partial: report.partial.length > 0,
    partial_reason: report.partial.join(',') || null,
    source: report.source,
    source_reason: report.awayReason,
    ...(records && recordsAnswer(records, inZone)),
  };
}

/** A single value, or parallel lists where an endpoint was billed in several units or prices. */
function unitsAnswer(billed: readonly BilledUnits[]) {
  const units = billed.map(({ quantity }) => numberOrNull(quantity));
  const unit = billed.map((one) => one.unit);
  const unitPrice = billed.map((one) => numberOrNull(one.unitPrice));
  return { units: oneOrMany(units), unit: oneOrMany(unit), unit_price: oneOrMany(unitPrice) };
}

function oneOrMany<T>(values: readonly T[]): T | readonly T[] | null {
  return values.length > 1 ? values : (values[0] ?? null);
}

function recordsAnswer(answer: RecordsAnswer, inZone: (instant: Temporal.Instant) => string) {
  return {
    records: answer.records?.map((event) => chargeAnswer(event, inZone)) ?? null,
    has_more: answer.hasMore,
    records_reason: answer.reason,
  };
}

/** A single charge, for programs. */
export function chargeAnswer(event: BillingEvent, inZone: (instant: Temporal.Instant) => string) {
  return {
    request_id: event.requestId,
    endpoint_id: event.endpointId,
    timestamp: inZone(Temporal.Instant.fromEpochMilliseconds(event.timestampMs)),
    units: numberOrNull(event.units),
    unit_price: numberOrNull(event.unitPrice),
    percent_discount: event.percentDiscount,
    cost: toJsonNumber(event.cost),
    api_key: event.auth?.detail ?? null,
    api_key_id: event.auth?.apiKeyId ?? null,
  };
}

/** An amount as a JSON number. */
export function numberOrNull(amount: Nano | null): number | null {
  return amount === null ? null : toJsonNumber(amount);
}

/** An instant as ISO 8601 with the zone's offset, to the ms at most. */
export function zoned(instant: Temporal.Instant, timezone: string): string {
  return instant
    .round({ smallestUnit: 'millisecond', roundingMode: 'floor' })
    .toZonedDateTimeISO(timezone)
    .toString({ timeZoneName: 'never' });
}
