import type { Format } from '../i18n/format.ts';
import { isTextKey, type Translate } from '../i18n/index.ts';
import { NANO_PER_UNIT } from '../money.ts';
import type { BilledUnits } from './report.ts';

/** What was billed and at which price: `30 imágenes a $0.005`. */
export function unitsText(units: BilledUnits, format: Format, t: Translate): string {
  const { unit, quantity, unitPrice } = units;
  if (quantity === null) return t('usage.units_unknown');
  const formatted = format.quantity(quantity);
  const key = `unit.${textName(unit ?? 'unit')}`;
  const text = isTextKey(key)
    ? t(key, { count: Number(quantity) / Number(NANO_PER_UNIT), formatted })
    : `${formatted} ${unit}`;
  if (unitPrice === null) return text;
  return `${text} ${t('models.at_price', { price: format.price(unitPrice) })}`;
}

/** fal's names come in singular and plural: `image`, `images`, `1000 characters`, `compute seconds`. */
function textName(unit: string): string {
  const name = unit
    .trim()
    .toLowerCase()
    .replace(/^(?:1000|1k)\s+/, 'thousand_')
    .replace(/[\s-]+/g, '_');
  if (name.startsWith('thousand_char')) return 'thousand_characters';
  if (name === 'searches') return 'search';
  return name.replace(/s$/, '');
}
