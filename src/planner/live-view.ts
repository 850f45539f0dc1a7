import type { CostRange } from '../credits/projection.ts';
import { type MomentView, momentView } from '../http/moment-view.ts';
import type { Format } from '../i18n/format.ts';
import { isTextKey, type Translate } from '../i18n/index.ts';
import { displayStep, NANO_PER_UNIT, type Nano } from '../money.ts';
import { costFigure, countFigure, dash, type Figure } from '../usage/figures.ts';
import {
  type Course,
  courseOf,
  creditsLastUntil,
  type Elapsed,
  elapsedAt,
  perEach,
  projectedEnd,
} from './live-progress.ts';
import type { LiveAnswer, LiveReading } from './live-reading.ts';
import type { PlannedEvent } from './planned-event.ts';

/** How an event is doing, as it is read from across a room. */
export interface LiveView {
  /** How it is doing, in a sentence. */
  sentence: string;
  tone: 'ok' | 'warn';
  spent: Figure;
  /** What was planned for; `null`: nobody knows. */
  plan: string | null;
  bar: BarView | null;
  projected: Figure;
  range: string | null;
  calls: Figure;
  perMinute: Figure;
  failures: Figure;
  perParticipant: Figure;
  credits: Figure;
  /** Until when they last at this pace. */
  creditsLast: string;
  /** They run out before the event ends. */
  runsOut: string | null;
  isLive: boolean;
  read: MomentView;
  /** What else is to be known about the numbers. */
  notes: string[];
}

/** Lengths in per cent of the bar. */
interface BarView {
  spent: number;
  projected: number;
  expected: number;
  high: number;
  label: string;
}

interface Showing {
  format: Format;
  t: Translate;
  now: Temporal.Instant;
}

const CENT = NANO_PER_UNIT / 100n;

export function liveView(
  event: PlannedEvent,
  { reading, awayReason }: LiveAnswer & { reading: LiveReading },
  plan: CostRange | null,
  showing: Showing,
): LiveView {
  const { format, t, now } = showing;
  const { cost, asOf, isPartial } = reading;
  const money = moneyIn(format);
  const elapsed = elapsedAt({ start: reading.start, end: event.end }, asOf);
  const course = courseOf(cost, elapsed, plan);
  const end = projectedEnd(cost, elapsed);
  const unknownCounts = t(event.apiKeyIds ? 'event_live.by_key' : 'usage.calls_unknown');
  const perParticipant = perEach(cost, event.participants);
  return {
    sentence: courseText(course, format, t),
    tone: course.state === 'above' ? 'warn' : 'ok',
    spent: costFigure(cost, displayStep(cost), format, { atLeast: isPartial }),
    plan:
      plan && t('event_live.planned', { expected: money(plan.expected), high: money(plan.high) }),
    bar: plan && plan.high > 0n ? barView(cost, end, plan, showing) : null,
    projected: end
      ? costFigure(end.expected, displayStep(end.expected), format)
      : dash(t('event_live.too_early')),
    range:
      end && end.low < end.high
        ? t('event_live.between', { low: money(end.low), high: money(end.high) })
        : null,
    calls: countFigure(reading.count, unknownCounts, format, { atLeast: isPartial }),
    perMinute: perMinuteFigure(event, reading, showing),
    failures: countFigure(reading.failures, unknownCounts, format, { atLeast: isPartial }),
    perParticipant:
      perParticipant === null
        ? dash(t('event_live.nobody_planned'))
        : costFigure(perParticipant, displayStep(perParticipant), format),
    ...creditsPart(event, reading, elapsed, showing),
    isLive: reading.source === 'live' && awayReason === null,
    read: momentView(
      asOf,
      reading.source === 'live' ? 'overview.read_from_fal_at' : 'overview.read_at',
      now,
      event.timezone,
      format,
      t,
    ),
    notes: notesOf(event, reading, awayReason, showing),
  };
}

function courseText(course: Course, format: Format, t: Translate): string {
  if (course.state === 'too_early') return t('event_live.too_early');
  const cost = moneyIn(format)(course.cost);
  if (course.state === 'no_plan') return t('event_live.no_plan', { cost });
  const percent = format.percent(Math.max(1, Math.abs(course.percent)));
  return t(`event_live.${course.state}`, { cost, percent });
}

function perMinuteFigure(
  event: PlannedEvent,
  { lately }: LiveReading,
  { format, t }: Showing,
): Figure {
  if (!lately) return dash(t(event.apiKeyIds ? 'event_live.by_key' : 'event_live.only_live'));
  if (lately.calls === null || lately.minutes <= 0) return dash(t('usage.calls_unknown'));
  const perMinute = Math.round((10 * lately.calls) / lately.minutes) / 10;
  return countFigure(perMinute, '', format);
}

/** Credits are the account's: whatever else it does spends them too. */
function creditsPart(
  event: PlannedEvent,
  { balance, accountCost }: LiveReading,
  elapsed: Elapsed,
  { format, t }: Showing,
): Pick<LiveView, 'credits' | 'creditsLast' | 'runsOut'> {
  if (!balance) {
    return { credits: dash(t('credits.no_balance')), creditsLast: '', runsOut: null };
  }
  const left = balance.balance < 0n ? -balance.balance : balance.balance;
  const credits: Figure = {
    ...costFigure(balance.balance, displayStep(left), format),
    text: format.money(balance.balance, displayStep(left), balance.currency),
    exact: format.exactMoney(balance.balance, balance.currency),
  };
  if (balance.currency !== 'USD') return { credits, creditsLast: '', runsOut: null };
  const until = creditsLastUntil(balance.balance, accountCost, elapsed, balance.asOf);
  if (!until) return { credits, creditsLast: t('event_live.lasts'), runsOut: null };
  const time = format.dateTime(until, event.timezone);
  const isShort = Temporal.Instant.compare(until, event.end) < 0;
  return {
    credits,
    creditsLast: t(isShort ? 'event_live.lasts_until' : 'event_live.lasts_past_end', { time }),
    runsOut: isShort ? t('event_live.runs_out', { time }) : null,
  };
}

function barView(
  spent: Nano,
  end: CostRange | null,
  plan: CostRange,
  { format, t }: Showing,
): BarView {
  const money = moneyIn(format);
  const projected = end?.expected ?? spent;
  const beyond = projected - plan.high;
  const whole = plan.high + (beyond > 0n ? beyond : 0n);
  const part = (amount: Nano) => Number((1_000n * amount) / whole) / 10;
  return {
    spent: part(spent),
    projected: part(projected),
    expected: part(plan.expected),
    high: part(plan.high),
    label: t('event_live.bar', {
      spent: money(spent),
      expected: money(plan.expected),
      high: money(plan.high),
    }),
  };
}

function notesOf(
  event: PlannedEvent,
  { source, start, asOf }: LiveReading,
  awayReason: string | null,
  { format, t }: Showing,
): string[] {
  const isWidened = Temporal.Instant.compare(start, event.start) < 0;
  const time = format.dateTime(asOf, event.timezone);
  return [
    ...(awayReason === null
      ? []
      : [t('event_live.away', { what: troubleText(awayReason, t), time })]),
    ...(event.apiKeyIds ? [t('event_live.of_keys'), t('event_live.by_key')] : []),
    ...(source === 'local_copy' && isWidened
      ? [t('event_live.whole_hours', { time: format.dateTime(start, event.timezone) })]
      : []),
    t('event_live.lag'),
  ];
}

/** Why fal did not answer. @param reason a code of the public contract. */
export function troubleText(reason: string, t: Translate): string {
  const key = `problem.${reason}.what`;
  return t(isTextKey(key) ? key : 'problem.fal_unavailable.what');
}

/** Cents from a dollar up; below it as many decimals as are needed. */
export function moneyIn(format: Format): (amount: Nano) => string {
  return (amount) => format.money(amount, amount >= NANO_PER_UNIT ? CENT : undefined);
}
