import { type MomentView, momentView } from '../http/moment-view.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { displayStep, NANO_PER_UNIT, type Nano } from '../money.ts';
import { dash, type Figure } from '../usage/figures.ts';
import type { NoPaceReason } from '../usage/pace.ts';
import type { KnownSum } from './bucket-sums.ts';
import { type ComparisonName, isEmpty } from './comparisons.ts';
import type { ComparedCost, Costs, Range } from './costs.ts';
import type { Forecast } from './forecast.ts';
import { knownCostFigure } from './known-figures.ts';
import { type SpendView, spendView } from './spend-view.ts';

/** What was spent, and on what. */
export interface CostsView {
  compared: ComparedCostView[];
  forecast: ForecastView;
  spend: SpendView;
  /** When it was read from fal. */
  read: MomentView | null;
}

/** What a period cost until now, and how that compares. */
export interface ComparedCostView {
  name: ComparisonName;
  /** First and last moment. */
  range: string;
  figure: Figure;
  change: ChangeView;
}

/** `▲ +12% frente a ayer hasta las 21:00`, or why nothing can be compared. */
export type ChangeView =
  | { arrow: string; text: string; against: string; exact: string; none: null }
  | { arrow: null; text: null; against: null; exact: null; none: string };

export interface ForecastView {
  figure: Figure;
  /** Between which amounts; `null` without a forecast. */
  range: string | null;
}

export function costsView(
  { compared, forecast, spend, asOf }: Costs,
  asked: { range: Range; timezone: string; now: Temporal.Instant },
  format: Format,
  t: Translate,
): CostsView {
  const { timezone, now } = asked;
  return {
    compared: compared.map((cost) => comparedCostView(cost, timezone, format, t)),
    forecast: forecastView(forecast, format, t),
    spend: spendView(spend, asked, format, t),
    read: asOf && momentView(asOf, 'overview.read_from_fal_at', now, timezone, format, t),
  };
}

function comparedCostView(
  cost: ComparedCost,
  timezone: string,
  format: Format,
  t: Translate,
): ComparedCostView {
  const { name, soFar, spans } = cost;
  return {
    name,
    range: t('usage.between', {
      start: format.dateTime(spans.soFar.start, timezone),
      end: format.dateTime(spans.soFar.end, timezone),
      timezone,
    }),
    figure: knownCostFigure(soFar, t('overview.cost_unknown'), format),
    change: changeView(cost, timezone, format, t),
  };
}

function changeView(
  { name, spans, whole, before }: ComparedCost,
  timezone: string,
  format: Format,
  t: Translate,
): ChangeView {
  const none = (text: string): ChangeView => ({
    ...{ arrow: null, text: null, against: null, exact: null },
    none: text,
  });
  if (isEmpty(spans.whole)) return none(t('overview.change_too_early'));
  if (!isKnown(whole) || !isKnown(before)) return none(t('overview.change_unknown'));
  return {
    ...changeText(whole.value, before.value, format, t),
    against: againstText(name, spans, timezone, format, t),
    exact: t('overview.change_exact', {
      until: format.dateTime(spans.whole.end, timezone),
      whole: format.exactMoney(whole.value),
      before: format.exactMoney(before.value),
    }),
    none: null,
  };
}

/** `▲` and `+12%`. */
export function changeText(
  whole: Nano,
  before: Nano,
  format: Format,
  t: Translate,
): { arrow: string; text: string } {
  if (before === 0n) {
    return whole === 0n
      ? { arrow: '=', text: t('overview.change_same') }
      : { arrow: '▲', text: t('overview.change_from_nothing') };
  }
  const percent = Math.round(Number(((whole - before) * 10_000n) / before) / 100);
  if (percent === 0) return { arrow: '=', text: t('overview.change_same') };
  return percent > 0
    ? { arrow: '▲', text: `+${format.percent(percent)}` }
    : { arrow: '▼', text: `−${format.percent(-percent)}` };
}

function againstText(
  name: ComparisonName,
  { soFar, before }: ComparedCost['spans'],
  timezone: string,
  format: Format,
  t: Translate,
): string {
  const end = before.end.toZonedDateTimeISO(timezone);
  switch (name) {
    case 'today':
      return t('overview.against_today', { time: format.bucket(end, 'hour') });
    case 'last_24h':
      return t('overview.against_last_24h');
    case 'month':
      return before.end.epochMilliseconds === soFar.start.epochMilliseconds
        ? t('overview.against_whole_month')
        : t('overview.against_month', {
            day: format.bucket(end, 'day'),
            time: format.bucket(end, 'hour'),
          });
  }
}

function isKnown(sum: KnownSum<Nano>): sum is { value: Nano; isWhole: true } {
  return sum.isWhole && sum.value !== null;
}

function forecastView(
  forecast: Forecast | NoPaceReason,
  format: Format,
  t: Translate,
): ForecastView {
  if (forecast === 'history_too_short') {
    return { figure: dash(t('overview.forecast_history_too_short')), range: null };
  }
  const { low, expected, high } = forecast;
  const step = forecastStep(expected);
  // Rounded up, all three: what is shown is never below what is spent already.
  const money = (amount: Nano) => format.money(((amount + step - 1n) / step) * step, step);
  return {
    figure: {
      text: `≈ ${money(expected)}`,
      atLeast: false,
      exact: null,
      rounded: false,
      unknown: null,
    },
    range: t('overview.forecast_range', { low: money(low), high: money(high) }),
  };
}

/** Cents of a hundred dollars would pretend to a knowledge that nobody has. */
function forecastStep(expected: Nano): Nano {
  return expected >= 100n * NANO_PER_UNIT ? NANO_PER_UNIT : displayStep(expected);
}
