import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import type { Figure } from '../usage/figures.ts';
import { type ModelName, modelName } from '../usage/model-name.ts';
import type { FoundModels } from './live-prices.ts';
import { priceFigure, unitText } from './price-view.ts';

/** Models that were searched for, as a person reads them. */
export interface FoundView {
  heading: string;
  rows: { model: ModelName; name: string; price: Figure; unit: string }[];
  hasMore: boolean;
}

export function foundView(
  { models, hasMore }: FoundModels,
  format: Format,
  t: Translate,
): FoundView {
  const count = models.length;
  return {
    heading: t('pricing.found', { count, formatted: format.count(count) }),
    rows: models.map(({ endpointId, displayName, category, price }) => ({
      model: modelName(endpointId),
      name: [displayName, category].filter(Boolean).join(' · '),
      price: priceFigure(price, t('pricing.no_price_at_fal'), format),
      unit: price ? unitText(price, format, t) : '',
    })),
    hasMore,
  };
}
