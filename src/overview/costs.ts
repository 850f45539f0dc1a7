import {
  type HistoryAnswer,
  type HistoryQuestion,
  isWhole,
  type UsageBucket,
} from '../history/answer.ts';
import { earlier } from '../instants.ts';
import type { Nano } from '../money.ts';
import { COLORED_GROUPS } from '../usage/group-colors.ts';
import { BASIS_DAYS, type NoPaceReason } from '../usage/pace.ts';
import type { Span } from '../usage/spans.ts';
import { bucketsWithin, type KnownSum, sumBuckets } from './bucket-sums.ts';
import {
  COMPARISONS,
  type Comparison,
  type ComparisonName,
  comparisonsAt,
  isEmpty,
} from './comparisons.ts';
import { type Forecast, monthForecast } from './forecast.ts';
import { remembered } from './remembered.ts';
import type { OverviewSources } from './sources.ts';

/** What a period cost until now, and its whole hours beside the same part of the period before. */
export interface ComparedCost {
  name: ComparisonName;
  spans: Comparison;
  soFar: KnownSum<Nano>;
  whole: KnownSum<Nano>;
  before: KnownSum<Nano>;
}

/** How finely spend is drawn: the hours of a day, or the days of a month. */
export const RANGES = ['hours', 'days'] as const;
export type Range = (typeof RANGES)[number];
const RANGE_DAYS = 30;

export interface Costs {
  compared: ComparedCost[];
  forecast: Forecast | NoPaceReason;
  /** Of the range asked for, by model. */
  spend: HistoryAnswer;
  /** When fal was asked for the oldest of what may still change; `null`: nothing was read. */
  asOf: Temporal.Instant | null;
}

export interface CostsQuestion {
  now: Temporal.Instant;
  timezone: string;
  /** `null`: all accounts. */
  accountId: string | null;
  range: Range;
}

/** Reads costs, and gives the same question the same answer for `cacheMs`; 0: reads every time. */
export function createCostsReader(
  sources: Pick<OverviewSources, 'usage'>,
  cacheMs: number,
): (question: CostsQuestion) => Promise<Costs> {
  return remembered(
    (question: CostsQuestion) => readCosts(sources.usage, question),
    ({ timezone, accountId, range }) => JSON.stringify([timezone, accountId, range]),
    cacheMs,
  );
}

/**
 * Everything the page says about costs: the hours of the last two days, the days of the last weeks,
 * and what is drawn, by model. Where last month is cut within a day, its hours are a fourth question.
 */
async function readCosts(
  usage: OverviewSources['usage'],
  { now, timezone, accountId, range }: CostsQuestion,
): Promise<Costs> {
  const spans = comparisonsAt(now, timezone);
  const today = spans.today.soFar.start;
  const cutDay = spans.month.before.end.toZonedDateTimeISO(timezone).startOfDay().toInstant();
  const daysAgo = (days: number) =>
    now.toZonedDateTimeISO(timezone).subtract({ days }).startOfDay().toInstant();
  // Only what is drawn tells models apart, and no more than have a colour.
  const ask = ({ start, end }: Span, resolution: HistoryQuestion['resolution'], groupsApart = 0) =>
    usage({
      ...{ start, end, timezone, resolution, accountId, groupsApart },
      ...{ groupBy: 'endpoint', endpointIds: [], apiKeyIds: [] },
    });
  const cutSpan = { start: cutDay, end: spans.month.before.end };
  const [hours, days, spend, cut] = await Promise.all([
    ask(
      { start: earlier(spans.today.before.start, spans.last_24h.before.start), end: now },
      'hour',
    ),
    ask({ start: earlier(spans.month.before.start, daysAgo(BASIS_DAYS)), end: now }, 'day'),
    range === 'hours'
      ? ask(spans.last_24h.soFar, 'hour', COLORED_GROUPS)
      : ask({ start: daysAgo(RANGE_DAYS - 1), end: now }, 'day', COLORED_GROUPS),
    isEmpty(cutSpan) ? null : ask(cutSpan, 'hour'),
  ]);

  const sumHours = (span: Span) => sumBuckets(bucketsWithin(hours.series, span)).cost;
  const ofMonth = {
    soFar: bucketsWithin(days.series, spans.month.soFar),
    whole: [
      ...bucketsWithin(days.series, { start: spans.month.whole.start, end: today }),
      ...bucketsWithin(hours.series, { start: today, end: spans.month.whole.end }),
    ],
    before: [
      ...bucketsWithin(days.series, { start: spans.month.before.start, end: cutDay }),
      ...bucketsWithin(cut?.series ?? [], cutSpan),
    ],
  };
  const sumsOf = (name: ComparisonName) =>
    name === 'month'
      ? {
          soFar: sumBuckets(ofMonth.soFar).cost,
          whole: sumBuckets(ofMonth.whole).cost,
          before: sumBuckets(ofMonth.before).cost,
        }
      : {
          soFar: sumHours(spans[name].soFar),
          whole: sumHours(spans[name].whole),
          before: sumHours(spans[name].before),
        };
  return {
    compared: COMPARISONS.map((name) => ({ name, spans: spans[name], ...sumsOf(name) })),
    forecast: monthForecast(days.series.map(dayCost), now.toZonedDateTimeISO(timezone)),
    spend,
    asOf: hours.asOf ?? days.asOf,
  };
}

function dayCost(bucket: UsageBucket) {
  return { date: bucket.start.toPlainDate(), cost: bucket.cost, isWhole: isWhole(bucket) };
}
