import type { Format } from '../i18n/format.ts';
import { displayStep, type Nano } from '../money.ts';
import { costFigure, countFigure, dash, type Figure } from '../usage/figures.ts';
import type { KnownSum } from './bucket-sums.ts';

/** An amount, a lower bound where it is not whole, a dash and why where nothing is known. */
export function knownCostFigure(
  { value, isWhole }: KnownSum<Nano>,
  unknown: string,
  format: Format,
): Figure {
  if (value === null) return dash(unknown);
  return costFigure(value, displayStep(value), format, { atLeast: !isWhole });
}

/** The same for a number of calls. */
export function knownCountFigure(
  { value, isWhole }: KnownSum<number>,
  unknown: string,
  format: Format,
): Figure {
  return countFigure(value, unknown, format, { atLeast: !isWhole });
}
