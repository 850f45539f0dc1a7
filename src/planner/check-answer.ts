import type { CostRange } from '../credits/projection.ts';
import { OLD_HOURS } from '../credits/stated-balance.ts';
import type { CreditStatement } from '../credits/statement.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { NANO_PER_UNIT, type Nano, toJsonNumber } from '../money.ts';
import { numberOrNull, zoned } from '../usage/answer.ts';
import type { PricedModel } from './check.ts';
import { PRICE_SOURCES, type PriceSource } from './output-price.ts';
import type { EventCheck } from './read-check.ts';

const CENT = NANO_PER_UNIT / 100n;

/**
 * The `check` object of `POST /api/v1/planned-events/check`. Amounts are JSON numbers in US dollars.
 * @param timezone in which times are written.
 */
export function checkAnswer(checked: EventCheck, timezone: string, now: Temporal.Instant) {
  const { check, models, start, account } = checked;
  return {
    verdict: check.verdict,
    expected_cost: toJsonNumber(check.cost.expected),
    cost_low: toJsonNumber(check.cost.low),
    cost_high: toJsonNumber(check.cost.high),
    available: toJsonNumber(check.available),
    top_up_amount: toJsonNumber(check.topUp),
    top_up_by: check.topUpBy && zoned(check.topUpBy, timezone),
    price_source: worstSource(models),
    reasons: reasonsOf(checked, now),
    decided_by: check.decidedBy,
    currency: 'USD',
    starts_at: zoned(start, timezone),
    timezone,
    account: account?.slug ?? null,
    models: models.map((model, index) => modelAnswer(model, check.costs[index])),
  };
}

function modelAnswer({ endpointId, share, output }: PricedModel, cost: CostRange | undefined) {
  return {
    endpoint_id: endpointId,
    share: toJsonNumber(share),
    price_per_output: toJsonNumber(output.price.expected),
    price_source: output.source,
    unit: output.units?.unit ?? null,
    unit_price: numberOrNull(output.units?.unitPrice ?? null),
    units_per_output: numberOrNull(output.units?.perOutput ?? null),
    expected_cost: numberOrNull(cost?.expected ?? null),
  };
}

/** The least sure of the prices: what the whole rests on. */
function worstSource(models: readonly PricedModel[]): PriceSource | null {
  const used = new Set(models.map(({ output }) => output.source));
  return PRICE_SOURCES.findLast((source) => used.has(source)) ?? null;
}

/** What to know about the verdict, by codes that never change. */
export function reasonsOf(
  { check, models, start, statement, isOn, uncounted }: EventCheck,
  now: Temporal.Instant,
): string[] {
  const weighs = new Set(check.weights.map(({ assumption }) => assumption));
  // Where nobody said when, it begins now: then there is no moment to be late for.
  const isDated = isOn || !isPast(start, now);
  return [
    ...(isOn ? ['has_begun'] : []),
    ...(isDated && check.topUpBy && isPast(check.topUpBy, now) ? ['top_up_late'] : []),
    ...(weighs.has('everyday') ? ['everyday_spend_before'] : []),
    ...(weighs.has('events') ? ['other_events_before'] : []),
    ...(uncounted > 0 ? ['other_events_unpriced'] : []),
    ...(weighs.has('expiry') ? ['credits_expire_before'] : []),
    ...(weighs.has('price') ? ['price_varies'] : []),
    ...(models.some(({ output }) => output.source === 'estimate') ? ['price_estimated'] : []),
    ...(statement ? statementReasons(statement, now) : ['credit_limit_given']),
  ];
}

function statementReasons({ balance, pace, difference }: CreditStatement, now: Temporal.Instant) {
  const isOld = balance.asOf !== null && isPast(balance.asOf.add({ hours: OLD_HOURS }), now);
  return [
    ...(balance.source === 'estimate' ? ['balance_estimated'] : []),
    ...(isOld ? ['balance_old'] : []),
    ...(typeof pace === 'string' ? [pace] : []),
    ...(difference ? ['ledger_differs'] : []),
  ];
}

function isPast(at: Temporal.Instant, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(at, now) <= 0;
}

/** The verdict as a sentence. */
export function verdictText(
  { check, isOn }: Pick<EventCheck, 'check' | 'isOn'>,
  format: Format,
  t: Translate,
): string {
  const { verdict, cost, available, topUp } = check;
  const money = (amount: Nano) => format.money(amount, amount >= NANO_PER_UNIT ? CENT : undefined);
  const range =
    cost.low === cost.high
      ? t('planner.cost_exactly', { cost: money(cost.high) })
      : t('planner.cost_between', { low: money(cost.low), high: money(cost.high) });
  // One that has begun has no time before it.
  return t(`planner.verdict_${verdict === 'top_up' && isOn ? 'top_up_on' : verdict}`, {
    range,
    available: money(available),
    amount: money(topUp),
  });
}
