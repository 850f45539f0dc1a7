import { z } from 'zod';
import type { FalAccount } from '../../accounts/accounts.ts';
import { daysFrom } from '../../calendar-days.ts';
import type { Nano } from '../../money.ts';
import { type Forecast, periodForecast } from '../../overview/forecast.ts';
import { BASIS_DAYS, type DayCost } from '../../usage/pace.ts';
import { type AccountUsage, filteredUsageOf, longUsageOf } from '../account-usage.ts';
import { type CalendarPeriod, periodsAt } from '../calendar-periods.ts';
import { moneyFact } from '../facts.ts';
import { type Evaluation, type Facts, type Finding, lapsedOf } from '../finding.ts';
import { readEveryHour } from '../hours.ts';
import type { AlertKind, Round } from '../kind.ts';
import { type MainModel, mainModel, modelFacts } from '../main-model.ts';
import { amountOf, amountParam, filterOf, filterParams, wholeParam } from '../param-fields.ts';
import { SEVERITIES, type Severity } from '../rule.ts';

const BUDGET_PERIODS = ['day', 'week', 'month'] as const;
const MAX_STEPS = 10;

const params = z.object({
  amount: amountParam(),
  period: z.enum(BUDGET_PERIODS, 'unknown').default('month'),
  steps: z
    .array(wholeParam(1, 1_000), 'malformed')
    .min(1, 'missing')
    .max(MAX_STEPS, 'too_many')
    .default([50, 80, 100])
    .transform((steps) => [...new Set(steps)].sort((a, b) => a - b)),
  forecast: z.boolean('unusable').default(true),
  ...filterParams,
});
type Params = z.infer<typeof params>;

/** What was spent of a budget in a period, and what it will come to. */
export interface BudgetLook {
  /** The period's first day. */
  day: string;
  /** Its last day. */
  lastDay: string;
  /** Up to where it was spent: its end, or now. */
  until: Temporal.Instant;
  spent: Nano;
  /** Otherwise it is a lower bound. */
  isWhole: boolean;
  isOver: boolean;
  /** Only once enough of the period is over, and while it is not. */
  forecast: Forecast | null;
  model: MainModel | null;
}

export type BudgetReading = readonly BudgetLook[];

/** Of each period this part is over before anything is foretold: before, it is mostly a guess. */
const FORETOLD_AFTER = { day: 0.5, week: 0.25, month: 0.2 };
/** Also the lower bound of what is foretold must be beyond this part of the amount, in per cent. */
const LOW_BEYOND = 80n;
/** What is open is over below this part of what opened it, in per cent. */
const OVER_BELOW = 90n;

/** A part of a budget is spent, or all of it will be. */
export const budget: AlertKind<Params, BudgetReading> = {
  kind: 'budget',
  params,
  fields: [
    { name: 'amount', type: 'money' },
    { name: 'period', type: 'choice', options: BUDGET_PERIODS },
    { name: 'steps', type: 'steps' },
    { name: 'forecast', type: 'checkbox' },
    { name: 'endpoint_id', type: 'model' },
    { name: 'api_key_id', type: 'api_key' },
  ],
  defaults: [],

  async read(round, account, asked) {
    const since = reach(round.now);
    const usage = await filteredUsageOf(round, account, filterOf(asked), since);
    const looks = looksAt(usage, round.now, asked);
    return Promise.all(looks.map((look) => withModel(round, account, look, asked)));
  },

  judge(looks, asked, firing, severity = 'warning'): Evaluation {
    const limit = amountOf(asked.amount);
    const findings = looks.flatMap((look) => [
      ...stepFindings(look, asked, limit, firing, severity),
      ...forecastFindings(look, asked, limit, firing),
    ]);
    return {
      isKnown: findings.length > 0 || looks.every(({ isWhole }) => isWhole),
      findings,
      ...lapsedOf(firing, (subject) => isOfThePast(subject, looks)),
    };
  },

  async past(round, account, asked, span) {
    const usage = await longUsageOf(round, account, reach(span.start), filterOf(asked));
    return readEveryHour(span, (at) => looksAt(usage, at, asked));
  },
};

/** A month with the one before it, and what the forecast goes by. */
function reach(now: Temporal.Instant): Temporal.Instant {
  return now.subtract({ hours: 63 * 24 });
}

function looksAt(usage: AccountUsage, now: Temporal.Instant, asked: Params): BudgetLook[] {
  return periodsAt(now, asked.period, usage.account.timezone).map((period) => {
    const { start, end, isOver } = period;
    const until = isOver ? end.toInstant() : now;
    return {
      until,
      day: period.day,
      lastDay: end.toPlainDate().subtract({ days: 1 }).toString(),
      spent: usage.used(start, until).cost,
      isWhole: usage.isWhole(start, until),
      isOver,
      forecast: isOver || !asked.forecast ? null : forecastAt(usage, now, period, asked.period),
      model: null,
    };
  });
}

function forecastAt(
  usage: AccountUsage,
  now: Temporal.Instant,
  { start, end }: CalendarPeriod,
  period: Params['period'],
): Forecast | null {
  const over = now.epochMilliseconds - start.epochMilliseconds;
  const whole = end.epochMilliseconds - start.epochMilliseconds;
  if (over < whole * FORETOLD_AFTER[period]) return null;
  const zoned = now.toZonedDateTimeISO(start.timeZoneId);
  const days = Math.round(start.until(end).total({ unit: 'days', relativeTo: start }));
  const found = periodForecast(dayCosts(usage, zoned), zoned, {
    first: start.toPlainDate(),
    days,
  });
  return typeof found === 'string' ? null : found;
}

/** Every day of the eight weeks until `now`, as far as it is known. */
function dayCosts(usage: AccountUsage, now: Temporal.ZonedDateTime): DayCost[] {
  const today = now.startOfDay();
  const days: DayCost[] = [];
  let date = today.toPlainDate().subtract({ days: BASIS_DAYS });
  let startMs: number | null = null;
  for (const day of daysFrom(today.subtract({ days: BASIS_DAYS }).startOfDay())) {
    if (startMs !== null) {
      const [start, end] = [{ epochMilliseconds: startMs }, { epochMilliseconds: day.startMs }];
      const isWhole = usage.isWhole(start, end);
      days.push({ date, cost: usage.cost(startMs, day.startMs), isWhole });
      date = date.add({ days: 1 });
    }
    if (day.startMs >= today.epochMilliseconds) break;
    startMs = day.startMs;
  }
  const soFar = usage.cost(today.epochMilliseconds, now.epochMilliseconds);
  return [...days, { date: today.toPlainDate(), cost: soFar, isWhole: false }];
}

async function withModel(
  round: Round,
  account: FalAccount,
  look: BudgetLook,
  { amount, steps, endpoint_id, api_key_id }: Params,
): Promise<BudgetLook> {
  const isNear = look.spent * 100n >= amountOf(amount) * BigInt(steps[0] ?? 0);
  if (!isNear || endpoint_id !== null || api_key_id !== null) return look;
  const start = Temporal.PlainDate.from(look.day).toZonedDateTime(account.timezone).toInstant();
  const model = await mainModel(round, account, { start, end: look.until }, 'cost', look.spent);
  return { ...look, model };
}

/** The highest step that was reached; lower ones only while they are open, so that they don't end early. */
function stepFindings(
  look: BudgetLook,
  { amount, steps }: Params,
  limit: Nano,
  firing: ReadonlySet<string>,
  severity: Severity,
): Finding[] {
  const isReached = (step: number) => look.spent * 100n >= limit * BigInt(step);
  const highest = steps.findLast(isReached);
  const stays = (step: number) =>
    firing.has(subjectOf(look, step)) &&
    (!look.isWhole || look.spent * 10_000n >= limit * BigInt(step) * OVER_BELOW);
  return steps
    .filter((step) => step === highest || stays(step))
    .map((step) => ({
      subject: subjectOf(look, step),
      nature: 'state',
      cause: 'spend',
      ...(step < 100 ? { severity: lower(severity) } : {}),
      facts: {
        standing: { as: 'code', value: step < 100 ? 'budget_step' : 'budget_spent' },
        ...factsOf(look, amount, limit),
        step: { as: 'percent', value: step },
      },
    }));
}

/** Not once all of it is spent: there is nothing left to foretell. */
function forecastFindings(
  look: BudgetLook,
  { amount, forecast: isAsked }: Params,
  limit: Nano,
  firing: ReadonlySet<string>,
): Finding[] {
  const subject = forecastSubject(look);
  const { forecast, spent, isOver } = look;
  const isOpen = firing.has(subject);
  if (!isAsked || isOver || (spent >= limit && !isOpen)) return [];
  // What is open stays so while nobody can foretell.
  const isBeyond = isOpen
    ? !forecast || forecast.expected * 100n >= limit * OVER_BELOW
    : forecast && forecast.expected > limit && forecast.low * 100n >= limit * LOW_BEYOND;
  if (!isBeyond) return [];
  return [
    {
      subject,
      nature: 'state',
      cause: 'spend',
      facts: {
        standing: { as: 'code', value: 'budget_short' },
        ...factsOf(look, amount, limit),
        ...(forecast && {
          forecast: moneyFact(forecast.expected),
        }),
      },
    },
  ];
}

function forecastSubject({ day }: BudgetLook): string {
  return `${day} forecast`;
}

/** Whether it is of a period that is over: what was foretold of it at once, what was spent of it later. */
function isOfThePast(subject: string, looks: BudgetReading): boolean {
  const look = looks.find(({ day }) => subject.startsWith(`${day} `));
  return !look || (look.isOver && subject === forecastSubject(look));
}

function subjectOf({ day }: BudgetLook, step: number): string {
  return `${day} ${step}`;
}

function factsOf({ spent, day, lastDay, model }: BudgetLook, amount: string, limit: Nano): Facts {
  return {
    spent: moneyFact(spent),
    budget: { as: 'money', value: amount, currency: 'USD' },
    used: { as: 'percent', value: Number((spent * 100n) / limit) },
    from: { as: 'day', value: day },
    until: { as: 'day', value: lastDay },
    ...modelFacts(model),
  };
}

/** One level less grave. */
function lower(severity: Severity): Severity {
  return SEVERITIES[SEVERITIES.indexOf(severity) - 1] ?? 'info';
}
