import { type Nano, toJsonNumber } from '../money.ts';
import { jsonAnswer, Refusal } from './answer.ts';
import type { Entry } from './ledger.ts';
import { answerPage, type Page, type Placed } from './paging.ts';
import { expansionOf, idsOf, limitOf } from './query.ts';
import type { Quirks } from './quirks.ts';
import { billedFilter, callerFields } from './usage-endpoint.ts';
import { parsePeriod, withoutPeriod } from './window.ts';
import { type Ask, type Slice, sliceOf } from './world.ts';

const DEFAULT_ROWS = 1000;
const MAX_PERIOD_MS = 90 * 24 * 3_600_000;

type BillingEvent = Record<string, unknown>;

/** `GET /models/billing-events`: one row a charge, newest first. */
export function answerBillingEvents({ query, account, world }: Ask) {
  const { quirks, eventsPageSize } = world;
  if (quirks.billingEventsDown) throw new Refusal(500);
  const period = parsePeriod(quirks.ignoreWindow ? withoutPeriod(query) : query, world.nowMs());
  if (period.endMs - period.startMs > MAX_PERIOD_MS) {
    throw new Refusal(400, 'start: the date range is capped at 90 days per request');
  }
  const expand = expansionOf(query);
  const billed = billedFilter(query);
  const requestIds = idsOf(query, 'request_id');
  const read = eventPages(sliceOf(world, account, period), {
    limit: limitOf(query, DEFAULT_ROWS, eventsPageSize),
    matches: (entry) => billed(entry) && (!requestIds || requestIds.has(entry.request.requestId)),
    rows: (entry) => eventsOf(entry, expand, quirks),
  });
  const { items, paging } = answerPage(query.get('cursor'), quirks, read);
  return jsonAnswer(200, {
    billing_events: items,
    ...paging,
    ...(quirks.extraFields && { generated_by: 'simulator' }),
  });
}

/** A position is the index of a request; pages go down from it. */
function eventPages(
  { from, to, at }: Slice,
  options: {
    limit: number;
    matches: (entry: Entry) => boolean;
    rows: (entry: Entry) => BillingEvent[];
  },
) {
  const { limit, matches, rows } = options;

  function nextMatch(index: number): number {
    let next = index;
    for (; next >= from; next -= 1) {
      const entry = at(next);
      if (entry && matches(entry)) return next;
    }
    return next;
  }

  return (position: number | null): Page<BillingEvent> => {
    const items: Placed<BillingEvent>[] = [];
    // Cursors past every end come from the repeating quirk: nothing is left for them.
    let index = nextMatch(position === Number.MAX_SAFE_INTEGER ? -1 : (position ?? to - 1));
    while (index >= from) {
      const entry = at(index);
      const more = entry ? rows(entry) : [];
      if (items.length > 0 && items.length + more.length > limit) break;
      for (const item of more) items.push({ position: index, item });
      index = nextMatch(index - 1);
    }
    return { items, next: index >= from ? index : null };
  };
}

function eventsOf(entry: Entry, expand: Set<string>, quirks: Quirks): BillingEvent[] {
  const { quantityNano, subtotalNano, costNano, billedId } = entry.request;
  const whole = { quantityNano, subtotalNano, costNano };
  if (!quirks.splitCharges.includes(billedId)) return [eventOf(entry, whole, expand, quirks)];
  const part = {
    quantityNano: quantityNano / 3n,
    subtotalNano: subtotalNano / 3n,
    costNano: costNano / 3n,
  };
  const rest = {
    quantityNano: quantityNano - part.quantityNano,
    subtotalNano: subtotalNano - part.subtotalNano,
    costNano: costNano - part.costNano,
  };
  return [part, rest].map((sums) => eventOf(entry, sums, expand, quirks));
}

function eventOf(
  { request, line }: Entry,
  sums: { quantityNano: Nano; subtotalNano: Nano; costNano: Nano },
  expand: Set<string>,
  { nullOptionals, extraFields }: Quirks,
): BillingEvent {
  return {
    request_id: request.requestId,
    endpoint_id: request.billedId,
    timestamp: Temporal.Instant.fromEpochMilliseconds(request.atMs).toString({
      smallestUnit: 'millisecond',
    }),
    output_units: nullOptionals ? null : toJsonNumber(sums.quantityNano),
    unit_price: nullOptionals ? null : toJsonNumber(line.unitPriceNano),
    percent_discount: nullOptionals ? null : line.percentDiscount,
    cost_subtotal: toJsonNumber(sums.subtotalNano),
    cost_discount: toJsonNumber(sums.subtotalNano - sums.costNano),
    cost_total: toJsonNumber(sums.costNano),
    cost_estimate_nano_usd: Number(sums.costNano),
    ...callerFields(line.caller, expand),
    ...(extraFields && { region: 'us-east' }),
  };
}
