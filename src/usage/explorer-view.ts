import type { BucketState, HistoryAnswer } from '../history/answer.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { earlier } from '../instants.ts';
import { displayStep } from '../money.ts';
import { type ChartView, chartView } from './chart-view.ts';
import { type Change, changeOf, compareWith } from './comparison.ts';
import type { ExplorerFindings } from './explorer-findings.ts';
import {
  averageOf,
  type ExplorerContext,
  type GroupFigures,
  type GroupRow,
  groupRows,
  totalFigures,
} from './explorer-groups.ts';
import { explorerLinks } from './explorer-links.ts';
import type { ExplorerForm, ExplorerQuery } from './explorer-query.ts';
import type { Figure } from './figures.ts';
import { groupNames } from './group-names.ts';
import { daysText } from './period-label.ts';
import { stackedChart } from './stacked-chart.ts';

/** What the copy says, as a person reads it. */
export interface ExplorerView {
  /** `Últimos 7 días`. */
  period: string;
  /** First and last moment with the time zone. */
  range: string;
  freshness: ExplorerFreshness;
  /** Why the sums are lower bounds, a sentence each. */
  partial: string[];
  figures: HeadlineFigure[];
  /** What changes are measured against; `null` where nothing is compared. */
  compared: string | null;
  chart: ChartView | null;
  groupHeading: string;
  rows: GroupRow[];
  total: GroupFigures;
  otherCurrencies: { currency: string; amount: string; exact: string }[];
  /** Nothing was used; nothing was read yet. */
  empty: 'unused' | 'unread' | null;
}

export interface ExplorerFreshness {
  state: BucketState;
  word: string;
  why: string;
  /** When fal was asked; `null` where it was not. */
  asOf: { ago: string; time: string; iso: string } | null;
}

export interface HeadlineFigure {
  label: string;
  figure: Figure;
  change: Change | null;
}

/** @param page address of the page, for the links that ask further. */
export function explorerView(
  { asked }: Pick<ExplorerQuery, 'asked'>,
  findings: ExplorerFindings,
  { page, now, format, t }: { page: string; now: Temporal.Instant; format: Format; t: Translate },
): ExplorerView {
  const { answer, before } = findings;
  const { question } = answer;
  const links = explorerLinks(page, asked);
  const names = groupNames(answer.groups, question.groupBy, t);
  const comparison =
    before && asked.compare !== 'none'
      ? compareWith(before, asked.compare, answer, format, t)
      : null;
  const context: ExplorerContext = { asked, links, comparison, format, t };
  const range = t('usage.between', {
    start: format.dateTime(question.start, question.timezone),
    end: format.dateTime(earlier(question.end, now), question.timezone),
    timezone: question.timezone,
  });
  const empty = emptiness(answer);
  const model = stackedChart(
    answer,
    {
      names: names.map(({ name }) => name),
      ranking: findings.ranking,
      before: comparison && { name: comparison.name, answer: comparison.answer },
      links,
    },
    t,
  );
  return {
    period: periodText(asked, answer, now, format, t),
    range,
    freshness: freshness(answer, now, format, t),
    partial: answer.partial.map((reason) => t(`explorer.partial_${reason}`)),
    figures: headlineFigures(answer, context),
    compared: comparison?.sentence ?? null,
    chart: empty ? null : chartView(model, range, format, t),
    groupHeading: t(`explorer.group_${question.groupBy}`),
    rows: groupRows(findings, names, model.layers, context),
    total: totalFigures(answer, context),
    otherCurrencies: answer.otherCurrencies.map(({ currency, cost }) => ({
      currency,
      amount: format.money(cost, displayStep(cost), currency),
      exact: format.exactMoney(cost, currency),
    })),
    empty,
  };
}

/** `Últimos 7 días`, or the first and last day. */
function periodText(
  { period }: ExplorerForm,
  { question: { start, end, timezone } }: HistoryAnswer,
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): string {
  if (period !== 'custom') return t(`explorer.period_${period}`);
  return daysText({ start, end: earlier(end, now) }, timezone, format, t);
}

function emptiness(answer: HistoryAnswer): ExplorerView['empty'] {
  if (answer.state === 'unknown') return 'unread';
  const isUnused = answer.groups.length === 0 && answer.otherCurrencies.length === 0;
  return isUnused && answer.partial.length === 0 ? 'unused' : null;
}

function freshness(
  { state, asOf, question }: HistoryAnswer,
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): ExplorerFreshness {
  return {
    state,
    word: t(`explorer.state_${state}`),
    why: t(`explorer.state_${state}_why`),
    asOf: asOf && {
      ago: format.ago(asOf, now),
      time: t('explorer.as_of', { time: format.exactTime(asOf, question.timezone) }),
      iso: asOf.toString(),
    },
  };
}

function headlineFigures(answer: HistoryAnswer, context: ExplorerContext): HeadlineFigure[] {
  const { comparison, format, t } = context;
  const { cost, calls, failures, average, change } = totalFigures(answer, context);
  const before = comparison?.answer.total;
  const counted = (field: 'count' | 'failures') =>
    comparison &&
    changeOf(answer.total[field], before?.[field] ?? null, format.count, comparison, format, t);
  return [
    { label: t('usage.cost'), figure: cost, change },
    { label: t('usage.calls_label'), figure: calls, change: counted('count') },
    { label: t('usage.failures'), figure: failures, change: counted('failures') },
    {
      label: t('models.average'),
      figure: average,
      change:
        comparison &&
        changeOf(
          averageOf(answer),
          averageOf(comparison.answer),
          (cost) => format.price(cost),
          comparison,
          format,
          t,
        ),
    },
  ];
}
