import { jsonAnswer, Refusal } from './answer.ts';
import type { BillingRequest } from './billing-request.ts';
import { answerBuckets } from './bucket-pages.ts';
import type { Entry } from './ledger.ts';
import { expansionOf, requiredIdsOf } from './query.ts';
import type { Quirks } from './quirks.ts';
import type { Ask } from './world.ts';

type Metric = (requests: BillingRequest[]) => number;
type AnalyticsRow = Record<string, unknown>;

const count =
  (matches: (request: BillingRequest) => boolean): Metric =>
  (requests) =>
    requests.filter(matches).length;

/** Nearest-rank percentile of milliseconds, in seconds; 0 when there is nothing to rank. */
const percentile =
  (percent: number, milliseconds: (request: BillingRequest) => number): Metric =>
  (requests) => {
    const values = requests.map(milliseconds).filter((value) => value > 0);
    values.sort((a, b) => a - b);
    return (values[Math.ceil((percent / 100) * values.length) - 1] ?? 0) / 1000;
  };

const isServerError = ({ outcome }: BillingRequest) => outcome === 'server_error';

const METRICS = new Map<string, Metric>([
  ['request_count', (requests) => requests.length],
  ['success_count', count(({ outcome }) => outcome === 'success')],
  ['user_error_count', count(({ outcome }) => outcome === 'user_error')],
  ['error_count', count(isServerError)],
  ['startup_error_count', count((request) => isServerError(request) && request.coldBootMs > 0)],
  ['connection_error_count', () => 0],
  ['timeout_error_count', () => 0],
  ['runtime_error_count', count((request) => isServerError(request) && request.coldBootMs === 0)],
  ['cold_boot_count', count(({ coldBootMs }) => coldBootMs > 1000)],
  [
    'total_billable_duration',
    (requests) => requests.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000,
  ],
  ...[50, 75, 90, 95, 99].map((percent): [string, Metric] => [
    `p${percent}_prepare_duration`,
    percentile(percent, ({ prepareMs }) => prepareMs),
  ]),
  ...[25, 50, 75, 90, 95, 99].map((percent): [string, Metric] => [
    `p${percent}_duration`,
    percentile(percent, ({ durationMs }) => durationMs),
  ]),
  ...[50, 75, 90].map((percent): [string, Metric] => [
    `p${percent}_cold_boot_duration`,
    percentile(percent, ({ coldBootMs }) => coldBootMs),
  ]),
]);

/** `GET /models/analytics`: how many calls, how they ended and how long they took, by called id. */
export function answerAnalytics(ask: Ask) {
  const { query, world } = ask;
  const { quirks } = world;
  const endpoints = requiredIdsOf(query, 'endpoint_id');
  const expand = expansionOf(query, ['time_series', 'request_count']);
  const metrics = [...expand].filter((name) => METRICS.has(name));
  const withSeries = expand.has('time_series');
  const withSummary = expand.has('summary');
  if ((!withSeries && !withSummary) || metrics.length === 0) {
    throw new Refusal(
      400,
      "expand: at least one of 'time_series' or 'summary' and at least one metric are required",
    );
  }
  refuseAsQuirky(endpoints, metrics, quirks);
  const matches = ({ request }: Entry) => request.call && endpoints.has(request.endpointId);
  const group = (entries: Entry[]) => rowsOf(entries, metrics, quirks);
  return jsonAnswer(200, {
    ...answerBuckets(ask, { withSeries, withSummary, matches, group }),
    ...(quirks.extraFields && { generated_by: 'simulator' }),
  });
}

function refuseAsQuirky(endpoints: Set<string>, metrics: string[], quirks: Quirks): void {
  if (quirks.analyticsUnknown.some((id) => endpoints.has(id))) throw new Refusal(404);
  const poisoned = quirks.analyticsPoison.some((id) => endpoints.has(id));
  const coldBoots = metrics.some((name) => name.endsWith('_cold_boot_duration'));
  if (poisoned || (quirks.coldBootPoison && coldBoots)) throw new Refusal(500);
}

function rowsOf(entries: Entry[], metrics: string[], quirks: Quirks): AnalyticsRow[] {
  const groups = Map.groupBy(
    entries.map(({ request }) => request),
    ({ endpointId }) => endpointId,
  );
  return [...groups].map(([endpointId, requests]) => ({
    endpoint_id: endpointId,
    ...Object.fromEntries(
      metrics.map((name) => [name, measure(name, requests, quirks.nullOptionals)]),
    ),
    ...(quirks.extraFields && { region: 'us-east' }),
  }));
}

/** Counts stay: without them an answer would say nothing. */
function measure(name: string, requests: BillingRequest[], nullOptionals: boolean): number | null {
  if (nullOptionals && name.endsWith('_duration')) return null;
  return METRICS.get(name)?.(requests) ?? 0;
}
