import type { Price } from '../fal/pricing.ts';
import type { HistoryAnswer, UsageGroup } from '../history/answer.ts';
import { type MomentView, momentView } from '../http/moment-view.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { displayStep, type Nano, sumNano } from '../money.ts';
import { sameUnit } from '../planner/output-price.ts';
import { costFigure, dash, type Figure } from '../usage/figures.ts';
import { type ModelName, modelName } from '../usage/model-name.ts';
import type { BilledUnits } from '../usage/report.ts';
import { unitsText } from '../usage/units.ts';
import type { Month } from './month.ts';
import { isStale, type PriceList } from './price-list.ts';
import { changeText, unitText } from './price-view.ts';
import { atListPrice, onOtherModel, type Repriced } from './repricing.ts';

/** What a month cost, and would have cost otherwise. */
export interface MonthView {
  /** `feb 2026` */
  title: string;
  timezone: string;
  name: string;
  months: { value: string; text: string }[];
  /** When usage was read. */
  read: MomentView | null;
  /** Why costs are lower bounds, a sentence each. */
  partial: string[];
  /** What was billed in other currencies, which no sum has; `null`: nothing. */
  otherCurrencies: string | null;
  rows: {
    model: ModelName;
    units: string[];
    billed: Figure;
    today: Figure;
    change: string | null;
    notes: string[];
  }[];
  total: { billed: Figure; today: Figure; change: string | null };
  swap: SwapView;
}

/** The calls of one model as if they had been made of another. */
interface SwapView {
  model: string;
  other: string;
  /** Ids that can be chosen. */
  models: string[];
  others: string[];
  /** `null` until both are chosen. */
  answer: { text: string; assumption: string | null } | null;
}

interface Facts {
  usage: HistoryAnswer;
  list: PriceList;
  /** Prices that were just looked up. */
  found: readonly Price[];
  asked: { model: string; other: string };
  month: Month;
  months: readonly Month[];
  now: Temporal.Instant;
}

/** A discount below this is what rounding leaves. */
const LEAST_DISCOUNT = 0.5;

export function monthView(facts: Facts, format: Format, t: Translate): MonthView {
  const { usage, list, month, months, now } = facts;
  const timezone = month.start.timeZoneId;
  const isPartial = usage.partial.some((reason) => reason !== 'counts_missing');
  const repriced = usage.groups.map((group) => ({ group, at: repricedOf(group, list, month) }));
  const known = repriced.flatMap(({ at }) => at.cost ?? []);
  const isWhole = known.length === repriced.length;
  const billed = usage.total.cost;
  const today = sumNano(known);
  const costs = (amount: Nano, atLeast: boolean) =>
    costFigure(amount, displayStep(amount), format, { atLeast });
  return {
    title: format.bucket(month.start, 'month'),
    timezone,
    name: month.name,
    months: months.map(({ name, start }) => ({ value: name, text: format.bucket(start, 'month') })),
    read:
      usage.asOf && momentView(usage.asOf, 'overview.read_from_fal_at', now, timezone, format, t),
    partial: usage.partial.flatMap((reason) =>
      reason === 'counts_missing' ? [] : [t(`usage.partial_${reason}`)],
    ),
    otherCurrencies:
      usage.otherCurrencies.length === 0
        ? null
        : t('overview.other_currencies', {
            currencies: usage.otherCurrencies.map(({ currency }) => currency).join(', '),
          }),
    rows: repriced.map(({ group, at }) => ({
      model: modelName(group.key),
      units: group.units.map((units) => unitsText(units, format, t)),
      billed: costs(group.cost, isPartial),
      today:
        at.cost === null
          ? dash(t(`pricing.unknown_${at.reason ?? 'no_price'}`))
          : costs(at.cost, isPartial),
      change: at.cost === null ? null : changeText(group.cost, at.cost, format),
      notes: [
        ...staleNotes(list, group.key, timezone, format, t),
        ...notesOf(group, at, format, t),
      ],
    })),
    total: {
      billed: costs(billed, isPartial),
      today: known.length > 0 ? costs(today, isPartial || !isWhole) : dash(t('pricing.none_known')),
      change: isWhole ? changeText(billed, today, format) : null,
    },
    swap: swapView(facts, format, t),
  };
}

function repricedOf(
  group: UsageGroup,
  { prices, changes, knownSince }: PriceList,
  { start }: Month,
): Repriced {
  const price = prices.get(group.key) ?? null;
  const listed = changes
    .filter(({ endpointId }) => endpointId === group.key)
    .flatMap(({ before, after }) => [before, after])
    .filter(({ unit, currency }) => {
      return price && sameUnit(unit, price.unit) && currency === price.currency;
    });
  const since = knownSince.get(group.key);
  return atListPrice(group, price, {
    prices: new Set(listed.map(({ unitPrice }) => unitPrice)),
    isWhole: since !== undefined && Temporal.Instant.compare(since, start.toInstant()) <= 0,
  });
}

/** That a price is not one of today, where it was last read before the others. */
function staleNotes(
  { prices, asOf }: PriceList,
  endpointId: string,
  timezone: string,
  format: Format,
  t: Translate,
): string[] {
  const price = prices.get(endpointId);
  if (!price || !asOf || !isStale(price, asOf)) return [];
  return [t('pricing.price_last_seen', { date: format.date(price.until, timezone) })];
}

function notesOf(group: UsageGroup, at: Repriced, format: Format, t: Translate): string[] {
  const gross = at.discount === null ? 0n : group.cost + at.discount;
  const percent = gross > 0n ? (Number(at.discount) / Number(gross)) * 100 : 0;
  const kept = at.kept.map((units: BilledUnits) => unitsText(units, format, t)).join(', ');
  return [
    ...(percent >= LEAST_DISCOUNT
      ? [t('pricing.had_discount', { percent: format.percent(percent) })]
      : []),
    ...(kept ? [t('pricing.kept', { units: kept })] : []),
  ];
}

function swapView({ usage, list, found, asked }: Facts, format: Format, t: Translate): SwapView {
  const models = usage.groups.flatMap(({ key, count }) => (count ? [key] : []));
  const priced = [...list.prices].flatMap(([id, price]) => (price ? [id] : []));
  const others = [
    ...new Set([...models, ...priced, ...found.map(({ endpointId }) => endpointId)]),
  ].sort();
  const group = usage.groups.find(({ key }) => key === asked.model);
  const { other } = asked;
  const choice = { model: group?.key ?? '', other: others.includes(other) ? other : '' };
  if (!group?.count || !choice.other) return { ...choice, models, others, answer: null };
  const own = usage.groups.find(({ key }) => key === other);
  const priceNow = found.find(({ endpointId }) => endpointId === other);
  const swapped = onOtherModel(group.count, {
    used: own?.count && own.averageCost !== null ? { cost: own.cost, count: own.count } : null,
    list: priceNow ?? list.prices.get(other) ?? null,
  });
  const money = (amount: Nano) => format.money(amount);
  const said = {
    calls: format.count(group.count),
    count: group.count,
    model: group.key,
    other,
    cost: money(group.cost),
  };
  if (!swapped) {
    return {
      ...choice,
      models,
      others,
      answer: { text: t('pricing.swap_unknown', said), assumption: null },
    };
  }
  const { cost, perCall, source, unit } = swapped;
  const change = changeText(group.cost, cost, format);
  const price = source === 'own_average' ? money(perCall) : format.price(perCall);
  return {
    ...choice,
    models,
    others,
    answer: {
      text: t('pricing.swap_answer', {
        ...said,
        swapped: change ? `${money(cost)} (${change})` : money(cost),
      }),
      assumption: t(`pricing.swap_${source}`, {
        price,
        unit: unit ? unitText({ unit }, format, t) : '',
      }),
    },
  };
}
