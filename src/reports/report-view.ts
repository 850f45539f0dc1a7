import type { Translate } from '../i18n/index.ts';
import { apportion, displayStep, sumNano } from '../money.ts';
import { changeText } from '../overview/costs-view.ts';
import { knownCostFigure, knownCountFigure } from '../overview/known-figures.ts';
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
import { type CreditsView, creditsView, type EventView, eventView } from './credits-view.ts';
import { type PartSums, sumParts } from './parts.ts';
import { EVENT_DAYS, type Report, type ReportSummary } from './report.ts';
import { reportChart } from './report-chart.ts';
import { daysOf, nameOf, shortDays, type Words } from './report-words.ts';

/** What a list says of a report. */
export interface SummaryView {
  /** `Reporte diario`. */
  name: string;
  /** Its days in a few words, and written out. */
  short: string;
  days: string;
  /** What it is about: an account's name, or all of them. */
  about: string;
  cost: Figure;
  calls: Figure;
  change: { arrow: string; text: string; before: string } | { none: string };
}

/** A report as pages and messages say it. */
export interface ReportView extends SummaryView {
  /** First and last moment. */
  between: string;
  timezone: string;
  made: string;
  failures: Figure;
  /** Of all calls. */
  failureRate: Figure;
  mostUsed: ModelName | null;
  /** How sure it is; `null` where all of it is final. */
  state: { tone: 'warn' | 'info'; text: string } | null;
  models: PartRow[];
  accounts: PartRow[] | null;
  otherCurrencies: string[];
  /** `null`: nothing was used. */
  chart: ChartView | null;
  credits: CreditsView;
  events: EventView[];
  eventDays: number;
  openIncidents: string;
}

/** A model or an account; `null` names: all the others. */
export interface PartRow {
  model: ModelName | null;
  name: string;
  calls: Figure;
  failures: Figure;
  cost: Figure;
  /** Whole percent. */
  share: number;
  shareText: string;
}

const SHOWN_PARTS = 10;

export function summaryView(report: ReportSummary, words: Words): SummaryView {
  const { format, t } = words;
  const { period, total, account } = report;
  return {
    name: nameOf(period.cadence, t),
    short: shortDays(period, format),
    days: daysOf(report, words),
    about: account?.name ?? t('reports.all_accounts'),
    cost: knownCostFigure(total.cost, t('overview.cost_unknown'), format),
    calls: knownCountFigure(total.calls, t('usage.calls_unknown'), format),
    change: changeOf(report, words),
  };
}

export function reportView(report: Report, words: Words): ReportView {
  const { format, t } = words;
  const { period, total, start, end } = report;
  const { timezone } = period;
  const summary = summaryView(report, words);
  const hasUse = report.models.length > 0 || !total.cost.isWhole;
  return {
    ...summary,
    between: t('usage.between', {
      start: format.dateTime(start, timezone),
      end: format.dateTime(end, timezone),
      timezone,
    }),
    timezone,
    made: t('reports.made', { time: format.dateTime(report.madeAt, timezone) }),
    failures: knownCountFigure(total.failures, t('usage.failures_unknown'), format),
    failureRate: rateFigure(report, words),
    mostUsed: report.mostUsed === null ? null : modelName(report.mostUsed),
    state: stateOf(report, t),
    models: partRows(
      report.models.map(({ endpointId, ...sums }) => ({ model: modelName(endpointId), ...sums })),
      report.otherModels,
      (count) => t('overview.other_models', { count, formatted: format.count(count) }),
      words,
    ),
    accounts:
      report.accounts &&
      partRows(
        report.accounts.listed.map(({ slug: _, ...account }) => ({ model: null, ...account })),
        report.accounts.others,
        (count) => t('reports.other_accounts', { count, formatted: format.count(count) }),
        words,
      ),
    otherCurrencies: report.otherCurrencies.map(({ currency, cost }) =>
      format.money(cost, displayStep(cost), currency),
    ),
    chart: hasUse ? chartView(reportChart(report, t), summary.days, format, t) : null,
    credits: creditsView(report, words),
    events: report.events.map((event) => eventView(event, report, words)),
    eventDays: EVENT_DAYS,
    openIncidents: t('reports.open_incidents', {
      count: report.openIncidents,
      formatted: format.count(report.openIncidents),
    }),
  };
}

function rateFigure({ total }: Report, { format, t }: Words): Figure {
  const [calls, failures] = [total.calls, total.failures];
  if (!calls.isWhole || !failures.isWhole || calls.value === null || failures.value === null) {
    return dash(t('overview.rate_unknown'));
  }
  if (calls.value === 0) return dash(t('overview.rate_no_calls'));
  const rate = failures.value / calls.value;
  const text = rate > 0 && rate < 0.01 ? `<${format.percent(1)}` : format.percent(rate * 100);
  return { text, atLeast: false, exact: null, rounded: false, unknown: null };
}

function changeOf(
  { total, before, period }: ReportSummary,
  { format, t }: Words,
): ReportView['change'] {
  if (!before) return { none: t('reports.change_not_over') };
  const [now, then] = [total.cost, before.cost];
  if (!now.isWhole || !then.isWhole || now.value === null || then.value === null) {
    return { none: t('overview.change_unknown') };
  }
  return {
    ...changeText(now.value, then.value, format, t),
    before: t(`reports.before_${period.cadence}`, {
      cost: format.money(then.value, displayStep(then.value)),
    }),
  };
}

function stateOf({ state, isOver }: Report, t: Translate): ReportView['state'] {
  const running = isOver ? [] : [t('reports.state_running')];
  if (state === 'partial' || state === 'unknown') {
    return { tone: 'warn', text: [...running, t(`reports.state_${state}`)].join(' ') };
  }
  if (!isOver) return { tone: 'info', text: running.join() };
  return state === 'final' ? null : { tone: 'info', text: t('reports.state_settling') };
}

interface Part extends PartSums {
  model: ModelName | null;
  name?: string;
}

/** The costs shown add up to the total that is shown. */
function partRows(
  parts: readonly Part[],
  others: Report['otherModels'],
  othersText: (count: number) => string,
  { format, t }: Words,
): PartRow[] {
  const shown =
    parts.length + (others ? 1 : 0) <= SHOWN_PARTS + 1 ? parts : parts.slice(0, SHOWN_PARTS);
  const hidden = parts.slice(shown.length);
  const number = hidden.length + (others?.number ?? 0);
  const rest: Part[] =
    number > 0
      ? [
          {
            model: null,
            name: othersText(number),
            ...sumParts(others ? [...hidden, others] : hidden),
          },
        ]
      : [];
  const rows = [...shown, ...rest];
  const amounts = rows.map(({ cost }) => cost);
  const step = displayStep(sumNano(amounts));
  const rounded = apportion(amounts, step);
  const shares = percentages(amounts);
  return rows.map((row, index) => ({
    model: row.model,
    name: row.name ?? '',
    calls: countFigure(row.calls, t('usage.calls_unknown'), format),
    failures: countFigure(row.failures, t('usage.failures_unknown'), format),
    cost: costFigure(row.cost, step, format, { shown: rounded[index] }),
    ...shareTexts(row.cost, shares[index] ?? 0, format),
  }));
}
