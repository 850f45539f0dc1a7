import { toJsonNumber } from '../money.ts';
import { jsonAnswer, Refusal } from './answer.ts';
import type { Caller } from './billing-request.ts';
import { answerBuckets } from './bucket-pages.ts';
import type { Entry, Line } from './ledger.ts';
import { expansionOf, idsOf } from './query.ts';
import type { Quirks } from './quirks.ts';
import type { Ask } from './world.ts';

interface Sums {
  quantityNano: bigint;
  subtotalNano: bigint;
  costNano: bigint;
}

type UsageRow = Record<string, unknown>;

/** `GET /models/usage`: what was billed, by bucket x endpoint x unit x price x discount x caller. */
export function answerUsage(ask: Ask) {
  const { query, world } = ask;
  const { quirks } = world;
  const expand = expansionOf(query, ['time_series']);
  const withSeries = expand.has('time_series');
  const withSummary = expand.has('summary');
  if (!withSeries && !withSummary) {
    throw new Refusal(400, "expand: at least one of 'time_series' or 'summary' is required");
  }
  const matches = billedFilter(query);
  const group = (entries: Entry[]) => rowsOf(entries, expand, quirks);
  return jsonAnswer(200, {
    ...answerBuckets(ask, { withSeries, withSummary, matches, group }),
    ...(quirks.extraFields && { generated_by: 'simulator', warnings: [] }),
  });
}

/** Whether a charge is billed and passes the filters of usage and billing events. @throws Refusal 400 */
export function billedFilter(query: URLSearchParams): (entry: Entry) => boolean {
  const endpoints = idsOf(query, 'endpoint_id');
  const keys = idsOf(query, 'api_key_id');
  const people = idsOf(query, 'login_username');
  return ({ request: { quantityNano, billedId, caller } }) =>
    quantityNano > 0n &&
    (!endpoints || endpoints.has(billedId)) &&
    (!keys || keys.has(caller.apiKeyId ?? '')) &&
    (!people || people.has(caller.loginUsername ?? ''));
}

/** The fields `expand=auth_method` and `auth_method_structured` add. */
export function callerFields({ detail, apiKeyId, loginUsername }: Caller, expand: Set<string>) {
  return {
    ...(expand.has('auth_method') && { auth_method: detail }),
    ...(expand.has('auth_method_structured') && {
      auth_method_structured: {
        detail,
        ...(apiKeyId !== undefined && { api_key_id: apiKeyId }),
        ...(loginUsername !== undefined && { login_username: loginUsername }),
      },
    }),
  };
}

function rowsOf(entries: Entry[], expand: Set<string>, quirks: Quirks): UsageRow[] {
  const groups = new Map<Line, Sums>();
  for (const { request, line } of entries) {
    const sums = groups.get(line);
    if (!sums) {
      const { quantityNano, subtotalNano, costNano } = request;
      groups.set(line, { quantityNano, subtotalNano, costNano });
    } else {
      sums.quantityNano += request.quantityNano;
      sums.subtotalNano += request.subtotalNano;
      sums.costNano += request.costNano;
    }
  }
  return [...groups].map(([line, sums]) => rowOf(line, sums, expand, quirks));
}

function rowOf(line: Line, sums: Sums, expand: Set<string>, quirks: Quirks): UsageRow {
  const { foreignCurrency, costOnly, nullOptionals } = quirks;
  const cost = toJsonNumber(sums.costNano);
  return {
    endpoint_id: line.endpointId,
    unit: line.unit,
    quantity: toJsonNumber(sums.quantityNano),
    unit_price: toJsonNumber(line.unitPriceNano),
    ...(!costOnly && {
      percent_discount: nullOptionals ? null : line.percentDiscount,
      cost_subtotal: nullOptionals ? null : toJsonNumber(sums.subtotalNano),
      cost_discount: nullOptionals ? null : toJsonNumber(sums.subtotalNano - sums.costNano),
      cost_total: nullOptionals ? null : cost,
    }),
    cost,
    currency: foreignCurrency?.endpointId === line.endpointId ? foreignCurrency.currency : 'USD',
    ...callerFields(line.caller, expand),
    ...(quirks.extraFields && { region: 'us-east', tags: ['simulated'] }),
  };
}
