import type { Price } from '../fal/pricing.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { NANO_PER_UNIT, type Nano } from '../money.ts';
import { dash, type Figure } from '../usage/figures.ts';
import { unitsText } from '../usage/units.ts';

/** A price with every decimal it has. */
export function priceFigure(price: Price | null, unknown: string, format: Format): Figure {
  if (!price) return dash(unknown);
  const text = format.price(price.unitPrice, price.currency);
  return { text, atLeast: false, exact: null, rounded: false, unknown: null };
}

/** What a price is of: `1 imagen`. */
export function unitText({ unit }: Pick<Price, 'unit'>, format: Format, t: Translate): string {
  return unitsText({ unit, quantity: NANO_PER_UNIT, unitPrice: null }, format, t);
}

/** A change in words that need no colour: `▲ +20%`; `null` where there was nothing before. */
export function changeText(before: Nano, after: Nano, format: Format): string | null {
  if (before === 0n) return after === 0n ? format.change(0) : null;
  const percent = Number(((after - before) * 10_000n) / (before < 0n ? -before : before)) / 100;
  const mark = percent > 0 ? '▲ ' : percent < 0 ? '▼ ' : '= ';
  return mark + format.change(percent);
}
