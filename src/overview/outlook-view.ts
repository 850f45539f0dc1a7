import type { FalAccount } from '../accounts/accounts.ts';
import { HORIZON_DAYS } from '../credits/runway.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import type { PlannedEvent } from '../planner/planned-event.ts';
import type { CreditOutlook } from './outlooks.ts';

/** How long an account's credits last, in a sentence; where nobody knows the balance that is said already. */
export interface RunwayView {
  text: string;
  /** Within which it lies; `null` where there is nothing to say. */
  range: string | null;
}

export interface NextEventView {
  name: string;
  when: string;
  /** Where it takes place, or empty. */
  venue: string;
  account: FalAccount | null;
  /** Below the base path. */
  href: string;
}

/** Until then an hour is worth saying. */
const HOURLY_DAYS = 14;

export function runwayView(
  { runway }: CreditOutlook,
  { timezone }: FalAccount,
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): RunwayView | null {
  if (runway === 'balance_unknown') return null;
  if (typeof runway === 'string') return { text: t(`overview.no_runway_${runway}`), range: null };
  const { until, earliest, latest } = runway;
  const beyond = t('overview.beyond', { days: HORIZON_DAYS });
  const said = (at: Temporal.Instant | null) => (at ? moment(at, timezone, now, format) : beyond);
  const range =
    earliest || latest
      ? t('overview.runway_range', { earliest: said(earliest), latest: said(latest) })
      : null;
  if (until === null) return { text: t('overview.runway_beyond', { days: HORIZON_DAYS }), range };
  if (Temporal.Instant.compare(until, now) <= 0) {
    return { text: t('overview.runway_over'), range: null };
  }
  return { text: t('overview.runway_until', { when: said(until) }), range };
}

/** A moment to come: with its weekday and hour where it is near. */
export function moment(
  at: Temporal.Instant,
  timezone: string,
  now: Temporal.Instant,
  format: Format,
): string {
  return now.until(at).total('hours') <= 24 * HOURLY_DAYS
    ? format.bucket(at.toZonedDateTimeISO(timezone), 'day_and_hour')
    : format.date(at, timezone);
}

export function nextEventView(
  { id, accountId, name, venue, start, timezone }: PlannedEvent,
  accounts: readonly FalAccount[],
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): NextEventView {
  const isOn = Temporal.Instant.compare(start, now) <= 0;
  return {
    name,
    venue,
    when: isOn ? t('overview.event_on') : moment(start, timezone, now, format),
    account: accounts.find((account) => account.id === accountId) ?? null,
    href: `/admin/events/${id}`,
  };
}
