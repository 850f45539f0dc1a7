import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { apportion, displayStep, NANO_PER_UNIT, type Nano, roundTo, sumNano } from '../money.ts';

/** A number, or a dash and why. */
export interface Figure {
  text: string;
  /** Only a lower bound. */
  atLeast: boolean;
  /** The amount to the nano where `text` is rounded or money; for a tooltip. */
  exact: string | null;
  /** Whether `text` is not the whole amount. */
  rounded: boolean;
  /** Why it is not known; then `text` is a dash. */
  unknown: string | null;
}

/** @param shown what stands for the cost where it was rounded with others. */
export function costFigure(
  cost: Nano,
  step: Nano,
  format: Format,
  { shown = cost, atLeast = false }: { shown?: Nano | undefined; atLeast?: boolean } = {},
): Figure {
  const isDust = shown === 0n && cost > 0n;
  return {
    text: isDust ? `<${format.money(step, step)}` : format.money(shown, step),
    atLeast,
    exact: format.exactMoney(cost),
    rounded: cost % step !== 0n,
    unknown: null,
  };
}

export function averageFigure(
  average: Nano | null,
  count: number | null,
  format: Format,
  t: Translate,
): Figure {
  if (average !== null) {
    const step = displayStep(average);
    const text = format.price(roundTo(average, step));
    return { ...costFigure(average, step, format), text };
  }
  return dash(t(count === 0 ? 'usage.average_no_calls' : 'usage.average_unknown'));
}

export function countFigure(
  count: number | null,
  unknown: string,
  format: Format,
  { atLeast = false } = {},
): Figure {
  if (count === null) return dash(unknown);
  return { text: format.count(count), atLeast, exact: null, rounded: false, unknown: null };
}

export function dash(unknown: string): Figure {
  return { text: '—', atLeast: false, exact: null, rounded: false, unknown };
}

/** Whole percents of the sum that add up to 100 (to 0 when the sum is nothing). */
export function percentages(parts: readonly Nano[]): number[] {
  const total = sumNano(parts);
  if (total <= 0n) return parts.map(() => 0);
  const whole = 100n * NANO_PER_UNIT;
  const scaled = parts.map((part) => (part * whole) / total);
  return apportion(scaled, NANO_PER_UNIT).map((part) => Number(part / NANO_PER_UNIT));
}

export function shareTexts(cost: Nano, share: number, format: Format) {
  const text = share === 0 && cost > 0n ? `<${format.percent(1)}` : format.percent(share);
  return { share, shareText: text };
}
