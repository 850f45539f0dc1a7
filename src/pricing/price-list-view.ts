import type { KnownPrice, PriceChange } from '../history/model-prices.ts';
import { type MomentView, momentView } from '../http/moment-view.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { sameUnit } from '../planner/output-price.ts';
import type { Figure } from '../usage/figures.ts';
import { type ModelName, modelName } from '../usage/model-name.ts';
import { isStale, type PriceList } from './price-list.ts';
import { changeText, priceFigure, unitText } from './price-view.ts';

/** Prices of the models in use, as a person reads them. */
export interface PriceListView {
  asOf: MomentView | null;
  rows: {
    model: ModelName;
    price: Figure;
    /** Empty without a price. */
    unit: string;
    since: string;
    /** The last change, where it is recent. */
    changed: string | null;
  }[];
  changes: {
    model: ModelName;
    before: string;
    after: string;
    change: string;
    between: string;
  }[];
}

/** A change is news for so long. */
const NEWS_DAYS = 30;
/** @param also models whose changes are shown beside those of the models in use. */
export function priceListView(
  { listed, prices, changes, asOf }: PriceList,
  also: readonly string[],
  { timezone, now }: { timezone: string; now: Temporal.Instant },
  format: Format,
  t: Translate,
): PriceListView {
  const date = (at: Temporal.Instant) => format.date(at, timezone);
  const lastChange = new Map(changes.toReversed().map((change) => [change.endpointId, change]));
  const since = (price: KnownPrice, change: PriceChange | undefined) => {
    if (asOf && isStale(price, asOf)) {
      return t('pricing.last_seen', { date: date(price.until) });
    }
    return t(change ? 'pricing.since' : 'pricing.since_at_least', { date: date(price.from) });
  };
  return {
    asOf: asOf && momentView(asOf, 'overview.read_from_fal_at', now, timezone, format, t),
    rows: listed.map((id) => {
      const price = prices.get(id) ?? null;
      const change = lastChange.get(id);
      const isNews = change && change.after.from.until(now).total('hours') <= 24 * NEWS_DAYS;
      return {
        model: modelName(id),
        price: priceFigure(price, t('pricing.no_price_yet'), format),
        unit: price ? unitText(price, format, t) : '',
        since: price ? since(price, change) : '',
        changed: isNews ? changeOf(change, format, t) : null,
      };
    }),
    changes: changes
      .filter(({ endpointId }) => listed.includes(endpointId) || also.includes(endpointId))
      .map((each) => ({
        model: modelName(each.endpointId),
        before: priceText(each.before, format, t),
        after: priceText(each.after, format, t),
        change: changeOf(each, format, t),
        between: t('pricing.changed_between', {
          from: format.dateTime(each.before.until, timezone),
          until: format.dateTime(each.after.from, timezone),
        }),
      })),
  };
}

function priceText(price: KnownPrice, format: Format, t: Translate): string {
  return t('pricing.per_unit', {
    price: format.price(price.unitPrice, price.currency),
    unit: unitText(price, format, t),
  });
}

/** In per cent where the two can be compared. */
function changeOf({ before, after }: PriceChange, format: Format, t: Translate): string {
  if (before.currency !== after.currency) return t('pricing.other_currency');
  if (!sameUnit(before.unit, after.unit)) return t('pricing.other_unit');
  return changeText(before.unitPrice, after.unitPrice, format) ?? t('pricing.was_free');
}
