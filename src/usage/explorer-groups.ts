import type { HistoryAnswer, UsageGroup, UsageSums } from '../history/answer.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { apportion, displayStep, divideNano, type Nano, sumNano } from '../money.ts';
import type { ChartModel } from './chart-model.ts';
import { type Change, type ComparedWith, changeOf } from './comparison.ts';
import type { ExplorerFindings } from './explorer-findings.ts';
import type { ExplorerLinks } from './explorer-links.ts';
import type { ExplorerForm } from './explorer-query.ts';
import {
  averageFigure,
  costFigure,
  countFigure,
  dash,
  type Figure,
  percentages,
  shareTexts,
} from './figures.ts';
import { COLORED_GROUPS, LEFT_OVER_COLOR } from './group-colors.ts';
import { type ModelName, modelName } from './model-name.ts';
import { unitsText } from './units.ts';

/** What a group used, or all of them together. */
export interface GroupFigures {
  cost: Figure;
  share: number;
  shareText: string;
  calls: Figure;
  failures: Figure;
  average: Figure;
  p50: Figure;
  p95: Figure;
  change: Change | null;
}

export interface GroupRow extends GroupFigures {
  name: ModelName;
  /** 1 to 8: its colour in the chart; the grey of all others where it has none. */
  color: number;
  /** Shows this group alone, or what it is made of; `null` where there is no such question. */
  href: string | null;
  units: string[];
  /** A sentence for each change of price, newest first. */
  prices: string[];
  /** Of others where each of them is to be found. */
  note: string | null;
}

/** What all parts of the page are written with. */
export interface ExplorerContext {
  asked: ExplorerForm;
  links: ExplorerLinks;
  /** `null` where nothing is compared. */
  comparison: ComparedWith | null;
  format: Format;
  t: Translate;
}

/** Unknown where costs or calls are missing: what is left of them says nothing about one call. */
export function averageOf({ total, partial, otherCurrencies }: HistoryAnswer): Nano | null {
  const isWhole = partial.length === 0 && otherCurrencies.length === 0;
  return total.count && isWhole ? divideNano(total.cost, total.count) : null;
}

/** What all groups used together. */
export function totalFigures(answer: HistoryAnswer, context: ExplorerContext): GroupFigures {
  const { comparison, format, t } = context;
  const { total, partial } = answer;
  const step = displayStep(total.cost);
  const isLess = partial.includes('days_not_read') || partial.includes('usage_pages_missing');
  return {
    cost: costFigure(total.cost, step, format, { atLeast: isLess }),
    ...countFigures(total, context, partial.length > 0),
    average: averageFigure(averageOf(answer), total.count, format, t),
    share: 100,
    shareText: format.percent(100),
    p50: dash(t('explorer.duration_of_all')),
    p95: dash(t('explorer.duration_of_all')),
    change:
      comparison &&
      changeOf(
        total.cost,
        comparison.answer.total.cost,
        (cost) => format.money(cost),
        comparison,
        format,
        t,
      ),
  };
}

function countFigures(
  { count, failures }: UsageSums,
  { asked, format, t }: ExplorerContext,
  atLeast = false,
): Pick<GroupFigures, 'calls' | 'failures'> {
  const byKey = asked.api_key_id.length > 0 || asked.group_by === 'api_key';
  const uncut = byKey
    ? 'explorer.calls_by_key'
    : asked.group_by === 'unit' && 'explorer.calls_by_unit';
  const reason = t(uncut || 'usage.calls_unknown');
  const failureReason = t(uncut || 'usage.failures_unknown');
  return {
    calls: countFigure(count, reason, format, { atLeast }),
    failures: countFigure(failures, failureReason, format, { atLeast }),
  };
}

/** Groups with a row of their own: somebody may have hundreds of keys. */
const LISTED_GROUPS = 50;

/** The costs shown add up to the total that is shown. */
export function groupRows(
  { answer, priceChanges }: ExplorerFindings,
  names: readonly ModelName[],
  layers: ChartModel['layers'],
  context: ExplorerContext,
): GroupRow[] {
  const { asked, links, format, t } = context;
  const { groups, question } = answer;
  // A row for a single other one would save nothing.
  const listed = groups.length <= LISTED_GROUPS + 1 ? groups : groups.slice(0, LISTED_GROUPS);
  const others = groups.slice(listed.length);
  const figures = groupFigures(answer, listed, others, context);
  const rows = listed.map((group, index) => ({
    ...(figures[index] as GroupFigures),
    name: names[index] ?? modelName(group.key),
    color: (index < COLORED_GROUPS && layers[index]?.color) || LEFT_OVER_COLOR,
    href: links.group(group.key),
    units: unitTexts(group, asked, format, t),
    note: null,
    prices: priceChanges
      .filter(({ endpointId }) => endpointId === group.key)
      .map(({ at, from, to }) =>
        t('explorer.price_changed', {
          date: format.date(at, question.timezone),
          from: format.price(from),
          to: format.price(to),
        }),
      ),
  }));
  const last = figures[listed.length];
  if (!last) return rows;
  const rest = {
    name: { prefix: '', name: t('explorer.others', { count: others.length }) },
    color: LEFT_OVER_COLOR,
    href: null,
    units: [],
    prices: [],
    note: t('explorer.others_in_files'),
  };
  return [...rows, { ...last, ...rest }];
}

/** Of each group that is listed, then of all others together, where there are any. */
function groupFigures(
  { total, partial }: HistoryAnswer,
  listed: readonly UsageGroup[],
  others: readonly UsageGroup[],
  context: ExplorerContext,
): GroupFigures[] {
  const { comparison, format, t } = context;
  const step = displayStep(total.cost);
  const sums = others.length > 0 ? [...listed, sumGroups(others)] : listed;
  const costs = sums.map(({ cost }) => cost);
  const shown = apportion(costs, step);
  const shares = percentages(costs);
  const isLess = partial.includes('days_not_read') || partial.includes('usage_pages_missing');
  const before = listed.map(({ key }) => comparison?.groups.get(key)?.cost ?? 0n);
  const beforeOthers = (comparison?.answer.total.cost ?? 0n) - sumNano(before);
  return sums.map((group, index) => ({
    cost: costFigure(group.cost, step, format, { shown: shown[index], atLeast: isLess }),
    ...shareTexts(group.cost, shares[index] ?? 0, format),
    ...countFigures(group, context),
    average: averageFigure(group.averageCost, group.count, format, t),
    p50: durationFigure(group.p50Ms, format, t),
    p95: durationFigure(group.p95Ms, format, t),
    change:
      comparison &&
      changeOf(
        group.cost,
        before[index] ?? beforeOthers,
        (cost) => format.money(cost),
        comparison,
        format,
        t,
      ),
  }));
}

function sumGroups(groups: readonly UsageGroup[]): Omit<UsageGroup, 'key' | 'name' | 'units'> {
  const sum = (field: 'count' | 'successes' | 'failures') =>
    groups.reduce((all: number | null, { [field]: own }) => {
      return all === null || own === null ? null : all + own;
    }, 0);
  const cost = sumNano(groups.map((group) => group.cost));
  const count = sum('count');
  return {
    cost,
    count,
    successes: sum('successes'),
    failures: sum('failures'),
    averageCost: count ? divideNano(cost, count) : null,
    share: groups.reduce((all, { share }) => all + share, 0),
    p50Ms: null,
    p95Ms: null,
  };
}

/** Units listed beside a group at most. */
const LISTED_UNITS = 4;

/** Of models with their prices; of what has many models only the quantities, added up by unit. */
function unitTexts(
  { units }: UsageGroup,
  { group_by }: ExplorerForm,
  format: Format,
  t: Translate,
): string[] {
  const hasPrices = group_by === 'endpoint' || group_by === 'unit';
  const listed = hasPrices
    ? units
    : [...Map.groupBy(units, ({ unit }) => unit)].map(([unit, same]) => {
        const quantities = same.map(({ quantity }) => quantity);
        const known = quantities.filter((quantity) => quantity !== null);
        const quantity = known.length < quantities.length ? null : sumNano(known);
        return { unit, quantity, unitPrice: null };
      });
  const texts = listed.map((each) => unitsText(each, format, t));
  const more = texts.length - LISTED_UNITS;
  if (more <= 1) return texts;
  return [...texts.slice(0, LISTED_UNITS), t('explorer.others', { count: more })];
}

function durationFigure(ms: number | null, format: Format, t: Translate): Figure {
  if (ms === null) return dash(t('explorer.duration_unknown'));
  return { ...dash(''), text: format.milliseconds(ms), unknown: null };
}
