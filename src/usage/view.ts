import { type CreditsView, creditsView } from '../accounts/credits-view.ts';
import { type MomentView, momentView } from '../http/moment-view.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { earlier } from '../instants.ts';
import { apportion, displayStep, divideNano, type Nano } from '../money.ts';
import { plainChart } from './chart-model.ts';
import { type ChartView, chartView } from './chart-view.ts';
import {
  averageFigure,
  costFigure,
  countFigure,
  type Figure,
  percentages,
  shareTexts,
} from './figures.ts';
import { type ModelName, modelName } from './model-name.ts';
import type { Period } from './period.ts';
import type { UsageReport } from './report.ts';
import { unitsText } from './units.ts';

/** The answer to one "Ver Uso", as a person reads it. */
export interface UsageView {
  /** `Uso · últimas 24 horas`, in two parts. */
  title: string;
  period: string;
  /** First and last moment with the time zone. */
  range: string;
  timezone: string;
  freshness: FreshnessView;
  cost: Figure;
  calls: Figure;
  models: string;
  failures: Figure;
  /** Cost of one call over all models. */
  average: Figure;
  /** Why the sums are lower bounds, a sentence each; empty for a whole count. */
  partial: string[];
  /** What else is worth knowing about where the numbers come from. */
  notes: string[];
  mostUsed: ModelName | null;
  rows: ModelRow[];
  otherCurrencies: { currency: string; amount: string; exact: string }[];
  chart: ChartView | null;
  /** Nothing was used and nothing is missing. */
  empty: boolean;
  credits: CreditsView;
  /** When the balance was read, where it was before and fal could not be asked now. */
  balanceRead: MomentView | null;
}

/** What an account used, in a few figures. */
export type UsageSummary = Pick<
  UsageView,
  'cost' | 'calls' | 'partial' | 'freshness' | 'timezone' | 'credits' | 'balanceRead'
>;

export interface FreshnessView {
  state: 'live' | 'settling' | 'final';
  word: string;
  why: string;
  ago: string;
  /** When fal was asked: for people and for programs. */
  time: string;
  iso: string;
}

export interface ModelRow {
  model: ModelName;
  mostUsed: boolean;
  calls: Figure;
  failures: Figure;
  cost: Figure;
  average: Figure;
  units: string[];
  /** Whole percent; those of all rows add up to 100. */
  share: number;
  shareText: string;
}

/** fal corrects usage for up to this long after the fact. */
const SETTLING_HOURS = 72;
/** Usage appears at fal with a delay of minutes. */
const LIVE_MINUTES = 15;

export function usageView(
  report: UsageReport,
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): UsageView {
  const { period, partial } = report;
  const range = t('usage.between', {
    start: format.dateTime(period.start, period.timezone),
    // The copy answers by whole hours, of which the last may not be over.
    end: format.dateTime(earlier(period.end, now), period.timezone),
    timezone: period.timezone,
  });
  const empty =
    report.endpoints.length === 0 && report.otherCurrencies.length === 0 && partial.length === 0;
  return {
    title: t('usage.title'),
    period: periodText(period, format, t),
    range,
    ...usageSummary(report, now, format, t),
    models: format.count(report.endpoints.length),
    failures: countFigure(report.failedRequests, t('usage.failures_unknown'), format, {
      atLeast: partial.length > 0,
    }),
    average: averageFigure(totalAverage(report), report.totalRequests, format, t),
    notes: report.source === 'usage' ? [] : [t(`usage.source_${report.source}`)],
    mostUsed: report.mostUsed === null ? null : modelName(report.mostUsed),
    rows: modelRows(report, format, t),
    otherCurrencies: report.otherCurrencies.map(({ currency, cost }) => ({
      currency,
      amount: format.money(cost, displayStep(cost), currency),
      exact: format.exactMoney(cost, currency),
    })),
    chart: empty ? null : chartView(plainChart(report.series, period.resolution), range, format, t),
    empty,
  };
}

function usageSummary(
  report: UsageReport,
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): UsageSummary {
  const { period, partial } = report;
  return {
    timezone: period.timezone,
    freshness: freshness(report, now, format, t),
    cost: costFigure(report.totalCost, displayStep(report.totalCost), format, {
      atLeast: isCostPartial(report),
    }),
    calls: countFigure(report.totalRequests, t('usage.calls_unknown'), format, {
      atLeast: partial.length > 0,
    }),
    partial: partialTexts(report, format, t),
    credits: creditsView(report.balance, format, t),
    balanceRead: balanceRead(report, now, format, t),
  };
}

function balanceRead(
  { balance, period }: UsageReport,
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): MomentView | null {
  if (balance.amount === null || !balance.asOf) return null;
  return momentView(balance.asOf, 'overview.read_at', now, period.timezone, format, t);
}

function periodText(period: Period, format: Format, t: Translate): string {
  if (period.preset !== 'custom') return t(`usage.last_${period.preset}`);
  const first = format.date(period.start, period.timezone);
  const last = format.date(period.end.subtract({ nanoseconds: 1 }), period.timezone);
  return first === last ? first : t('period.custom', { start: first, end: last });
}

function freshness(
  { period, asOf, source }: UsageReport,
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): FreshnessView {
  const minutes = period.end.until(asOf).total('minutes');
  const state =
    minutes < LIVE_MINUTES ? 'live' : minutes < SETTLING_HOURS * 60 ? 'settling' : 'final';
  const shown = source === 'local_copy' ? 'copy' : state;
  return {
    // However sure the copy is, fal may know more by now.
    state: source === 'local_copy' ? 'settling' : state,
    word: t(`usage.freshness_${shown}`),
    why: t(`usage.freshness_${shown}_why`),
    ago: format.ago(asOf, now),
    time: t('usage.as_of', { time: format.exactTime(asOf, period.timezone) }),
    iso: asOf.toString(),
  };
}

/** Costs are missing, not only counts. */
function isCostPartial({ partial }: UsageReport): boolean {
  return partial.some((reason) => reason !== 'counts_missing');
}

const LISTED_MODELS = 3;

function partialTexts(report: UsageReport, format: Format, t: Translate): string[] {
  return report.partial.map((reason) => {
    if (reason !== 'counts_missing') return t(`usage.partial_${reason}`);
    const { uncounted } = report;
    if (uncounted.length === 0) return t('usage.partial_counts_missing_all');
    const listed = uncounted.slice(0, LISTED_MODELS).join(', ');
    const more = uncounted.length - LISTED_MODELS;
    return t('usage.partial_counts_missing', {
      count: uncounted.length,
      formatted: format.count(uncounted.length),
      models:
        more > 0 ? t('usage.and_more', { models: listed, formatted: format.count(more) }) : listed,
    });
  });
}

function modelRows(report: UsageReport, format: Format, t: Translate): ModelRow[] {
  const { endpoints, totalCost, mostUsed } = report;
  const step = displayStep(totalCost);
  const costs = apportion(
    endpoints.map(({ cost }) => cost),
    step,
  );
  const shares = percentages(endpoints.map(({ cost }) => cost));
  const atLeast = isCostPartial(report);
  return endpoints.map((endpoint, index) => ({
    model: modelName(endpoint.endpointId),
    mostUsed: endpoint.endpointId === mostUsed,
    calls: countFigure(endpoint.count, t('usage.calls_unknown'), format),
    failures: countFigure(endpoint.failures, t('usage.failures_unknown'), format),
    cost: costFigure(endpoint.cost, step, format, { shown: costs[index], atLeast }),
    average: averageFigure(endpoint.averageCost, endpoint.count, format, t),
    units: endpoint.units.map((units) => unitsText(units, format, t)),
    ...shareTexts(endpoint.cost, shares[index] ?? 0, format),
  }));
}

/** `null` where costs or calls are missing: what is left of them says nothing about one call. */
function totalAverage({ totalCost, totalRequests, partial }: UsageReport): Nano | null {
  return totalRequests && partial.length === 0 ? divideNano(totalCost, totalRequests) : null;
}
