import type { FalAccount } from '../accounts/accounts.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { NANO_PER_UNIT, type Nano } from '../money.ts';
import type { Check } from './check.ts';
import { verdictText } from './check-answer.ts';
import type { CheckedEvent, NoVerdict } from './check-event.ts';
import { type EventState, stateOf } from './event-answer.ts';
import type { PlannedEvent } from './planned-event.ts';
import type { EventCheck } from './read-check.ts';
import type { Verdict } from './verdict.ts';

/** In whose words. */
export interface Words {
  format: Format;
  t: Translate;
  now: Temporal.Instant;
}

export type Tone = 'ok' | 'warn' | 'danger';

export const TONES: Record<Verdict, Tone> = { enough: 'ok', tight: 'warn', top_up: 'danger' };
const CENT = NANO_PER_UNIT / 100n;

/** An event in a list. */
export interface EventRow {
  id: string;
  name: string;
  place: string;
  when: string;
  account: FalAccount;
  state: EventState;
  stateText: string;
  participants: string;
  /** `null` of what is over. */
  verdict: { tone: Tone; word: string } | null;
  cost: string | null;
  credits: string | null;
  /** What to add, by when. */
  topUp: string | null;
  /** Why there is no verdict of what is to come. */
  missing: string | null;
}

export function eventRow(
  event: PlannedEvent,
  account: FalAccount,
  checked: CheckedEvent | null,
  { format, t, now }: Words,
): EventRow {
  const check = checked && 'check' in checked ? checked.check : null;
  const state = stateOf(event, now);
  return {
    id: event.id,
    name: event.name,
    place: [event.venue, event.client].filter(Boolean).join(' · '),
    when: whenText(event, format, now),
    account,
    state,
    stateText: t(`events.state_${state}`),
    participants: participantsText(event.participants, format, t),
    verdict: check && { tone: TONES[check.verdict], word: t(`events.verdict_${check.verdict}`) },
    cost: check && rangeText(check.cost, format, t),
    credits: check && shortMoney(check.available, format),
    topUp: check && topUpText(check, event, { format, t, now }),
    missing:
      checked && 'missing' in checked && checked.missing !== 'over'
        ? missingText(checked, account, t)
        : null,
  };
}

/** What leads the page of an event, and a what-if. */
export interface VerdictView {
  tone: Tone;
  verdict: Verdict;
  sentence: string;
  topUp: string | null;
}

export function verdictView(
  checked: EventCheck,
  { timezone }: Pick<PlannedEvent, 'timezone'>,
  { format, t, now }: Words,
): VerdictView {
  const { check } = checked;
  return {
    tone: TONES[check.verdict],
    verdict: check.verdict,
    sentence: verdictText(checked, format, t),
    topUp: topUpText(check, { timezone }, { format, t, now }),
  };
}

export function topUpText(
  { topUp, topUpBy }: Pick<Check, 'topUp' | 'topUpBy'>,
  { timezone }: Pick<PlannedEvent, 'timezone'>,
  { format, t, now }: Words,
): string | null {
  if (topUpBy === null) return null;
  const amount = shortMoney(topUp, format);
  return Temporal.Instant.compare(topUpBy, now) <= 0
    ? t('events.top_up_now', { amount })
    : t('events.top_up_by', { amount, when: momentText(topUpBy, timezone, format, now) });
}

export function missingText(
  { missing, endpointId }: NoVerdict,
  { name }: Pick<FalAccount, 'name'>,
  t: Translate,
): string {
  return t(`events.missing_${missing}`, { model: endpointId ?? '', account: name });
}

/** `sáb 14 mar, 18:00 – 23:00` */
export function whenText(
  { start, end, timezone }: PlannedEvent,
  format: Format,
  now: Temporal.Instant,
): string {
  const [from, to] = [start, end].map((at) => at.toZonedDateTimeISO(timezone)) as [
    Temporal.ZonedDateTime,
    Temporal.ZonedDateTime,
  ];
  const isSameDay = from.toPlainDate().equals(to.toPlainDate());
  const ends = format.bucket(to, isSameDay ? 'hour' : 'day_and_hour');
  return `${momentText(start, timezone, format, now)} – ${ends}`;
}

/** `sáb 14 mar, 18:00`, with its year where that is another. */
export function momentText(
  at: Temporal.Instant,
  timezone: string,
  format: Format,
  now: Temporal.Instant,
): string {
  const local = at.toZonedDateTimeISO(timezone);
  return local.year === now.toZonedDateTimeISO(timezone).year
    ? format.bucket(local, 'day_and_hour')
    : format.dateTime(at, timezone);
}

export function participantsText(count: number, format: Format, t: Translate): string {
  return t('events.participants', { count, formatted: format.count(count) });
}

/** Of what an event costs, as long as it is worth a dollar in cents. */
export function shortMoney(amount: Nano, format: Format): string {
  return format.money(amount, amount >= NANO_PER_UNIT ? CENT : undefined);
}

export function rangeText(cost: { low: Nano; high: Nano }, format: Format, t: Translate): string {
  const [low, high] = [shortMoney(cost.low, format), shortMoney(cost.high, format)];
  return low === high ? high : t('events.cost_range', { low, high });
}
