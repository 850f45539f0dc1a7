import type { CostRange } from '../credits/projection.ts';
import type { HistoryAnswer } from '../history/answer.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { displayStep, type Nano } from '../money.ts';
import { costFigure, countFigure, dash, type Figure } from '../usage/figures.ts';
import { type ModelName, modelName } from '../usage/model-name.ts';
import { unitsText } from '../usage/units.ts';
import { type Closing, closingOf, type Lesson } from './closing-figures.ts';
import { isRead, type Learnt } from './learnt.ts';
import { moneyIn } from './live-view.ts';
import type { PlannedEvent } from './planned-event.ts';

/** What an event came to. */
export interface ClosingView {
  cost: Figure;
  /** What was planned for; `null`: not known. */
  plan: string | null;
  /** Against the plan, in a sentence, and why. */
  against: { text: string; why: string | null; tone: 'ok' | 'warn' } | null;
  perParticipant: Figure;
  perOutput: Figure;
  outputs: Figure;
  price: Figure;
  margin: Figure;
  marginPart: string | null;
  /** How sure the numbers are. */
  freshness: string[];
  models: ClosingModel[];
  /** What to change next time, a sentence each. */
  lessons: string[];
  /** Why there are none; `null` where there are. */
  noLessons: string | null;
  suggested: SuggestedView | null;
}

interface ClosingModel {
  model: ModelName;
  units: string[];
  calls: Figure;
  failures: Figure;
  cost: Figure;
}

/** What the next plan may begin with. */
interface SuggestedView {
  title: string;
  outputs: Figure;
  allowance: Figure;
  price: Figure;
}

interface Showing {
  format: Format;
  t: Translate;
  now: Temporal.Instant;
  /** For so long fal makes corrections. */
  settleHours: number;
}

export function closingView(
  event: PlannedEvent,
  usage: HistoryAnswer,
  plan: CostRange | null,
  learnt: Learnt | null,
  showing: Showing,
): ClosingView {
  const { format, t } = showing;
  const money = moneyIn(format);
  const wasRead = isRead(usage);
  const closing = wasRead ? closingOf({ event, actual: usage.total }, plan) : null;
  const amount = (nano: Nano | null | undefined, unknown: string) =>
    moneyFigure(nano ?? null, wasRead ? unknown : t('closing.unread'), format);
  const noCounts = t(event.apiKeyIds ? 'event_live.by_key' : 'closing.outputs_unknown');
  const lessons = closing?.lessons.map((lesson) =>
    t(`closing.next_${lesson.of}`, said(lesson, format)),
  );
  return {
    cost: wasRead
      ? costFigure(usage.total.cost, displayStep(usage.total.cost), format, {
          atLeast: usage.partial.length > 0,
        })
      : dash(t('closing.unread')),
    plan: plan && t('event_live.between', { low: money(plan.low), high: money(plan.high) }),
    against: closing && againstView(closing, showing),
    perParticipant: amount(
      closing?.costPerParticipant,
      t(event.participantsCame === 0 ? 'closing.nobody_came' : 'closing.participants_unknown'),
    ),
    perOutput: amount(closing?.costPerOutput, noCounts),
    outputs: countFigure(wasRead ? usage.total.successes : null, noCounts, format),
    price: moneyFigure(event.priceCharged, t('closing.price_unknown'), format),
    margin: amount(closing?.margin, t('closing.price_unknown')),
    marginPart:
      closing && closing.marginPercent !== null
        ? t('closing.margin_of_price', { percent: format.percent(closing.marginPercent) })
        : null,
    freshness: freshnessOf(event, usage, showing),
    models: usage.groups.map(({ key, units, count, failures, cost }) => ({
      model: modelName(key),
      units: units.map((each) => unitsText(each, format, t)),
      calls: countFigure(count, noCounts, format),
      failures: countFigure(failures, noCounts, format),
      cost: costFigure(cost, displayStep(cost), format),
    })),
    lessons: lessons ?? [],
    noLessons: lessons && lessons.length > 0 ? null : noLessons(closing, event, t),
    suggested: learnt && suggestedView(learnt, format, t),
  };
}

function againstView({ against, why }: Closing, { format, t }: Showing): ClosingView['against'] {
  if (!against) return null;
  const percent = format.percent(Math.abs(against.percent ?? 0));
  // There is no percentage of nothing.
  const isOfNothing = against.percent === null && against.place === 'above';
  return {
    text: isOfNothing ? t('closing.above_nothing') : t(`closing.${against.place}`, { percent }),
    why: why && t(`closing.why_${why.of}`, said(why, format)),
    tone: against.place === 'above' ? 'warn' : 'ok',
  };
}

/** Nothing to change is known only where it is known what came of it. */
function noLessons(closing: Closing | null, event: PlannedEvent, t: Translate): string {
  const isKnown = closing?.against && closing.costPerOutput !== null && event.participantsCame;
  return t(isKnown ? 'closing.next_nothing' : 'closing.next_unknown');
}

function said({ of, planned, actual }: Lesson, format: Format) {
  const say = {
    participants: (count: Nano) => format.count(count),
    outputs: (count: Nano) => format.quantity(count),
    allowance: (percent: Nano) => percentText(percent, format),
    price: moneyIn(format),
  }[of];
  return { planned: say(planned), actual: say(actual) };
}

function suggestedView({ rates, events }: Learnt, format: Format, t: Translate): SuggestedView {
  const { outputsPerParticipant, allowancePercent, costPerCall } = rates;
  const unknown = t('closing.outputs_unknown');
  const text = (known: string | null): Figure =>
    known === null ? dash(unknown) : { ...dash(''), text: known, unknown: null };
  return {
    title: t('closing.suggested', { count: events, formatted: format.count(events) }),
    outputs: text(outputsPerParticipant === null ? null : format.quantity(outputsPerParticipant)),
    allowance: text(allowancePercent === null ? null : percentText(allowancePercent, format)),
    price: moneyFigure(costPerCall, unknown, format),
  };
}

function percentText(percent: Nano, format: Format): string {
  return `${format.quantity(percent, 1)}%`;
}

/** Money that may be below nothing. */
function moneyFigure(amount: Nano | null, unknown: string, format: Format): Figure {
  if (amount === null) return dash(unknown);
  const step = displayStep(amount < 0n ? -amount : amount);
  return costFigure(amount, step, format);
}

function freshnessOf(
  event: PlannedEvent,
  usage: HistoryAnswer,
  { format, t, now, settleHours }: Showing,
): string[] {
  const time = (at: Temporal.Instant) => format.dateTime(at, event.timezone);
  const settled = event.end.add({ hours: settleHours });
  if (usage.asOf === null || !isRead(usage)) return [t('closing.unread')];
  const isOver = Temporal.Instant.compare(now, event.end) >= 0;
  const sure =
    usage.state === 'final'
      ? t('closing.settled', { hours: settleHours })
      : Temporal.Instant.compare(now, settled) < 0
        ? t('closing.settling', { time: time(settled) })
        : t('closing.to_read_again');
  const { start, end } = usage.question;
  const isWidened =
    Temporal.Instant.compare(start, event.start) < 0 ||
    Temporal.Instant.compare(end, event.end) > 0;
  return [
    ...(isOver ? [] : [t('closing.live_yet')]),
    ...(isOver ? [sure] : []),
    t('closing.read', { time: time(usage.asOf) }),
    ...(usage.partial.includes('days_not_read') ? [t('closing.partial')] : []),
    ...(isWidened ? [t('closing.window', { start: time(start), end: time(end) })] : []),
    ...(event.apiKeyIds ? [t('event_live.by_key')] : []),
  ];
}
