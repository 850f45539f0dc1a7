import { type Kysely, type Selectable, sql } from 'kysely';
import type { Price } from '../fal/pricing.ts';
import type { Nano } from '../money.ts';
import { digits } from '../store/big-numbers.ts';
import type { ModelPricesTable, Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import { cameLate } from './late-answers.ts';
import { slotOf } from './slots.ts';

/** What a model cost, from the first to the last of the looks in a row that said the same. */
export interface KnownPrice extends Price {
  from: Temporal.Instant;
  until: Temporal.Instant;
}

/** A model that had one price and then another: when in between it changed is not known. */
export interface PriceChange {
  endpointId: string;
  before: KnownPrice;
  after: KnownPrice;
}

/**
 * Writes down what models cost at `now`; of a model that is not among them nothing changes, for fal
 * may have no price to say. A look that comes late changes nothing; what was seen while the clock was
 * ahead is put right. One writer at a time.
 */
export async function recordPrices(
  trx: Kysely<Tables>,
  now: Temporal.Instant,
  prices: readonly Price[],
): Promise<void> {
  const at = toText(now);
  const ids = prices.map(({ endpointId }) => endpointId);
  let known = await pricesOf(trx, ids);
  const ahead = ids.filter((id) => {
    const until = known.get(id)?.until;
    return until && Temporal.Instant.compare(now, until) < 0 && !cameLate(now, until);
  });
  if (ahead.length > 0) {
    await cutSpans(trx, ahead, at);
    known = await pricesOf(trx, ids);
  }
  const changed: Price[] = [];
  for (const price of prices) {
    const last = known.get(price.endpointId);
    if (last && at <= toText(last.until)) continue;
    if (!last || !isSame(last, price)) changed.push(price);
    else {
      await trx
        .updateTable('model_prices')
        .set({ until_at: at })
        .where('endpoint_id', '=', price.endpointId)
        .where('from_at', '=', toText(last.from))
        .execute();
    }
  }
  if (changed.length === 0) return;
  await trx
    .insertInto('model_prices')
    .values(
      changed.map(({ endpointId, unit, unitPrice, currency }) => ({
        endpoint_id: endpointId,
        from_at: at,
        until_at: at,
        unit,
        unit_price: unitPrice,
        currency,
      })),
    )
    .execute();
}

/** Takes back what was seen at `at` and later: of a span that began before, only that is certain. */
async function cutSpans(
  trx: Kysely<Tables>,
  endpointIds: readonly string[],
  at: string,
): Promise<void> {
  await trx
    .deleteFrom('model_prices')
    .where('endpoint_id', 'in', endpointIds)
    .where('from_at', '>=', at)
    .execute();
  await trx
    .updateTable('model_prices')
    .set((row) => ({ until_at: row.ref('from_at') }))
    .where('endpoint_id', 'in', endpointIds)
    .where('until_at', '>=', at)
    .execute();
}

/** The last known price of each of these models that has one, by endpoint id. */
export async function pricesOf(
  db: Kysely<Tables>,
  endpointIds: readonly string[],
): Promise<Map<string, KnownPrice>> {
  if (endpointIds.length === 0) return new Map();
  const rows = await knownPrices(db)
    .where('model_prices.endpoint_id', 'in', endpointIds)
    .where('model_prices.from_at', '=', (query) =>
      query
        .selectFrom('model_prices as newer')
        .select(({ fn }) => fn.max<string>('newer.from_at').as('from_at'))
        .whereRef('newer.endpoint_id', '=', 'model_prices.endpoint_id'),
    )
    .execute();
  return new Map(rows.map((row) => [row.endpoint_id, toPrice(row)]));
}

/** Price changes seen since then, oldest first. */
export async function priceChanges(
  db: Kysely<Tables>,
  since: Temporal.Instant,
): Promise<PriceChange[]> {
  const rows = await knownPrices(db)
    .where('model_prices.endpoint_id', 'in', (query) =>
      query
        .selectFrom('model_prices as changed')
        .select('changed.endpoint_id')
        .where('changed.from_at', '>=', toText(since)),
    )
    .orderBy('model_prices.endpoint_id')
    .orderBy('model_prices.from_at')
    .execute();
  const prices = rows.map(toPrice);
  return prices
    .flatMap((after, index): PriceChange[] => {
      const before = prices[index - 1];
      const isChange = before?.endpointId === after.endpointId;
      return isChange && Temporal.Instant.compare(since, after.from) <= 0
        ? [{ endpointId: after.endpointId, before, after }]
        : [];
    })
    .sort((a, b) => Temporal.Instant.compare(a.after.from, b.after.from));
}

/** Ids of the models that an account, or `null` any, used since then, called or billed. */
export async function modelsInUse(
  db: Kysely<Tables>,
  since: Temporal.Instant,
  accountId: string | null = null,
): Promise<string[]> {
  const rows = await db
    .selectFrom('usage_series')
    .select('endpoint_id')
    .distinct()
    .where('scope', '=', accountId === null ? 'by_endpoint' : 'account')
    .$if(accountId !== null, (query) => query.where('account_id', '=', accountId))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('usage_slots')
          .select('slot')
          .whereRef('series_id', '=', 'usage_series.id')
          .where('slot', '>=', slotOf(since, 60)),
      ),
    )
    .orderBy('endpoint_id')
    .execute();
  return rows.flatMap(({ endpoint_id: id }) => id ?? []);
}

/** Ids of the models that events are planned with which are neither over nor closed. */
export async function plannedModels(db: Kysely<Tables>, now: Temporal.Instant): Promise<string[]> {
  const rows = await db
    .selectFrom('planned_event_models')
    .innerJoin('planned_events', 'planned_events.id', 'planned_event_models.event_id')
    .select('endpoint_id')
    .distinct()
    .where('ends_at', '>', toText(now))
    .where('closed_at', 'is', null)
    .orderBy('endpoint_id')
    .execute();
  return rows.map(({ endpoint_id: id }) => id);
}

function knownPrices(db: Kysely<Tables>) {
  return db
    .selectFrom('model_prices')
    .select([
      'model_prices.endpoint_id',
      'model_prices.from_at',
      'model_prices.until_at',
      'model_prices.unit',
      'model_prices.currency',
    ])
    .select(digits(sql.ref('model_prices.unit_price')).as('unit_price'));
}

type PriceRow = Omit<Selectable<ModelPricesTable>, 'unit_price'> & { unit_price: string };

function toPrice(row: PriceRow): KnownPrice {
  const { endpoint_id: endpointId, unit, currency } = row;
  const unitPrice: Nano = BigInt(row.unit_price);
  const [from, until] = [toInstant(row.from_at), toInstant(row.until_at)];
  return { endpointId, unitPrice, unit, currency, from, until };
}

function isSame(one: Price, other: Price): boolean {
  return (
    one.unitPrice === other.unitPrice && one.unit === other.unit && one.currency === other.currency
  );
}
