import type { UsageGroup } from '../history/answer.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { earlier } from '../instants.ts';
import { apportion, displayStep, sumNano } from '../money.ts';
import type { ChartModel } from '../usage/chart-model.ts';
import { type ChartView, chartView } from '../usage/chart-view.ts';
import {
  costFigure,
  countFigure,
  dash,
  type Figure,
  percentages,
  shareTexts,
} from '../usage/figures.ts';
import { type ModelName, modelName } from '../usage/model-name.ts';
import { stackedChart } from '../usage/stacked-chart.ts';
import { type KnownSum, sumBuckets } from './bucket-sums.ts';
import type { Costs, Range } from './costs.ts';
import { knownCostFigure, knownCountFigure } from './known-figures.ts';

/** What the models cost in a range, and which calls failed. */
export interface SpendView {
  /** First and last moment. */
  period: string;
  /** `null`: nothing was used. */
  chart: ChartView | null;
  rows: SpendRow[];
  total: { calls: Figure; failures: Figure; cost: Figure };
  failures: FailuresView;
  /** That some costs are in other currencies, and not added up here; `null` where none are. */
  otherCurrencies: string | null;
}

export interface SpendRow {
  /** `null`: all the others. */
  model: ModelName | null;
  /** How many others. */
  others: string;
  calls: Figure;
  failures: Figure;
  cost: Figure;
  /** Whole percent. */
  share: number;
  shareText: string;
}

export interface FailuresView {
  /** Every call is known, and none failed. */
  none: boolean;
  count: Figure;
  /** Of all calls. */
  rate: Figure;
  /** Where most of them were, and how many of the model's calls. */
  models: { model: ModelName; text: string }[];
}

type GroupSums = Pick<UsageGroup, 'key' | 'cost' | 'count' | 'failures'>;

/** As many as are told apart at a glance. */
const SHOWN_MODELS = 7;
const SHOWN_FAILING = 3;

export function spendView(
  answer: Costs['spend'],
  { range, timezone, now }: { range: Range; timezone: string; now: Temporal.Instant },
  format: Format,
  t: Translate,
): SpendView {
  const { groups, series } = answer;
  const sums = sumBuckets(series);
  const first = series[0]?.start.toInstant() ?? answer.question.start;
  const period = t('usage.between', {
    start: format.dateTime(first, timezone),
    end: format.dateTime(earlier(answer.question.end, now), timezone),
    timezone,
  });
  const isEmpty = groups.length === 0 && sums.cost.isWhole;
  const drawn = t(range === 'hours' ? 'usage.last_24h' : 'usage.last_30d');
  return {
    period,
    chart: isEmpty ? null : chartView(spendChart(answer, t), drawn, format, t),
    rows: spendRows(groups, format, t),
    total: {
      calls: knownCountFigure(sums.count, t('usage.calls_unknown'), format),
      failures: knownCountFigure(sums.failures, t('usage.failures_unknown'), format),
      cost: knownCostFigure(sums.cost, t('overview.cost_unknown'), format),
    },
    failures: failuresView(groups, sums, format, t),
    otherCurrencies:
      answer.otherCurrencies.length === 0
        ? null
        : t('overview.other_currencies', {
            currencies: answer.otherCurrencies.map(({ currency }) => currency).join(', '),
          }),
  };
}

function spendChart(answer: Costs['spend'], t: Translate): ChartModel {
  const keys = answer.groups.map(({ key }) => key);
  const names = keys.map((key) => modelName(key).name);
  return stackedChart(answer, { names, ranking: keys, before: null, links: null }, t);
}

/** The costs shown add up to the total that is shown. */
function spendRows(groups: readonly GroupSums[], format: Format, t: Translate): SpendRow[] {
  // A row for a single other one would save nothing.
  const isFew = groups.length <= SHOWN_MODELS + 1;
  const shown = isFew ? groups : groups.slice(0, SHOWN_MODELS);
  const others = groups.slice(shown.length);
  const rest = others.length > 0 ? [sumOthers(others)] : [];
  const rows = [...shown, ...rest];
  const amounts = rows.map(({ cost }) => cost);
  const step = displayStep(sumNano(amounts));
  const rounded = apportion(amounts, step);
  const shares = percentages(amounts);
  return rows.map((row, index) => ({
    model: index < shown.length ? modelName(row.key) : null,
    others: t('overview.other_models', {
      count: others.length,
      formatted: format.count(others.length),
    }),
    calls: countFigure(row.count, t('usage.calls_unknown'), format),
    failures: countFigure(row.failures, t('usage.failures_unknown'), format),
    cost: costFigure(row.cost, step, format, { shown: rounded[index] }),
    ...shareTexts(row.cost, shares[index] ?? 0, format),
  }));
}

function sumOthers(groups: readonly GroupSums[]): GroupSums {
  const sum = (values: (number | null)[]) =>
    values.reduce((total, value) => (total === null || value === null ? null : total + value), 0);
  return {
    key: '',
    cost: sumNano(groups.map(({ cost }) => cost)),
    count: sum(groups.map(({ count }) => count)),
    failures: sum(groups.map(({ failures }) => failures)),
  };
}

function failuresView(
  groups: readonly GroupSums[],
  { count, failures }: { count: KnownSum<number>; failures: KnownSum<number> },
  format: Format,
  t: Translate,
): FailuresView {
  const failing = groups
    .filter((group) => (group.failures ?? 0) > 0)
    .sort((a, b) => (b.failures ?? 0) - (a.failures ?? 0));
  return {
    none: failures.isWhole && failures.value === 0,
    count: knownCountFigure(failures, t('usage.failures_unknown'), format),
    rate: rateFigure(failures, count, format, t),
    models: failing.slice(0, SHOWN_FAILING).map((group) => ({
      model: modelName(group.key),
      text: failingText(group, format, t),
    })),
  };
}

function failingText({ count, failures }: GroupSums, format: Format, t: Translate): string {
  const failed = format.count(failures ?? 0);
  return count
    ? t('overview.failing', {
        failures: failed,
        calls: format.count(count),
        rate: rateText((failures ?? 0) / count, format),
      })
    : failed;
}

function rateFigure(
  failures: KnownSum<number>,
  count: KnownSum<number>,
  format: Format,
  t: Translate,
): Figure {
  if (!failures.isWhole || !count.isWhole || failures.value === null || count.value === null) {
    return dash(t('overview.rate_unknown'));
  }
  if (count.value === 0) return dash(t('overview.rate_no_calls'));
  const text = rateText(failures.value / count.value, format);
  return { text, atLeast: false, exact: null, rounded: false, unknown: null };
}

function rateText(rate: number, format: Format): string {
  return rate > 0 && rate < 0.01 ? `<${format.percent(1)}` : format.percent(rate * 100);
}
