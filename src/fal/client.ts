import { readAccountBilling, readKeys } from './account.ts';
import { type AnalyticsQuery, readAnalytics } from './analytics.ts';
import { type BillingEventsQuery, readBillingEvents, type VisitEvents } from './billing-events.ts';
import { type ModelsQuery, readModels } from './models.ts';
import { type EstimateQuery, readEstimate, readPricing } from './pricing.ts';
import type { FalTransport, OpenQuestion, Question } from './transport.ts';
import { readUsage, type UsageQuery } from './usage.ts';

/** fal's Platform API in the product's own terms. Every call throws `FalError` when it fails. */
export type FalClient = ReturnType<typeof createFalClient>;

export function createFalClient(transport: FalTransport) {
  return {
    usage: (question: Question, query: UsageQuery) => readUsage(transport, question, query),
    analytics: (question: Question, query: AnalyticsQuery) =>
      readAnalytics(transport, question, query),
    billingEvents: (
      question: Question | (() => OpenQuestion),
      query: BillingEventsQuery,
      visit: VisitEvents,
    ) => readBillingEvents(transport, question, query, visit),
    pricing: (question: Question, endpointIds: readonly string[]) =>
      readPricing(transport, question, endpointIds),
    estimate: (question: Question, query: EstimateQuery) =>
      readEstimate(transport, question, query),
    accountBilling: (question: Question) => readAccountBilling(transport, question),
    models: (question: Question, query: ModelsQuery) => readModels(transport, question, query),
    keys: (question: Question) => readKeys(transport, question),
    close: () => transport.close(),
  };
}
