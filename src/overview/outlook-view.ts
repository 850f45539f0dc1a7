import type { FalAccount } from '../accounts/accounts.ts';
import { HORIZON_DAYS, type Runway } from '../credits/runway.ts';
import type { NoRunwayReason } from '../credits/stated-runway.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { type EventRow, eventRow } from '../planner/events-view.ts';
import type { PlannedEvent } from '../planner/planned-event.ts';
import type { AccountState } from './attention.ts';

/** How long an account's credits last, in a sentence; where nobody knows the balance that is said already. */
export interface RunwayView {
  text: string;
  /** Within which it lies; `null` where there is nothing to say. */
  range: string | null;
}

/** The next event, with whether its credits will last as the page of events says it. */
export interface NextEventView extends Pick<EventRow, 'verdict' | 'topUp' | 'missing'> {
  name: string;
  when: string;
  /** Where it takes place, or empty. */
  venue: string;
  account: FalAccount;
  /** Below the base path. */
  href: string;
}

/** Until then an hour is worth saying. */
const HOURLY_DAYS = 14;

export function runwayView(
  { runway }: { runway: Pick<Runway, 'until' | 'earliest' | 'latest'> | NoRunwayReason },
  { timezone }: Pick<FalAccount, 'timezone'>,
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): RunwayView | null {
  if (runway === 'balance_unknown') return null;
  if (typeof runway === 'string') return { text: t(`overview.no_runway_${runway}`), range: null };
  const { until, earliest, latest } = runway;
  const beyond = t('overview.beyond', { days: HORIZON_DAYS });
  const said = (at: Temporal.Instant | null) =>
    at ? estimated(at, timezone, now, format) : beyond;
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

/** An estimate of a moment to come, which is good to the hour at best. */
export function estimated(
  at: Temporal.Instant,
  timezone: string,
  now: Temporal.Instant,
  format: Format,
): string {
  const hour = at
    .toZonedDateTimeISO(timezone)
    .round({ smallestUnit: 'hour', roundingMode: 'floor' });
  return moment(hour.toInstant(), timezone, now, format);
}

/** A moment to come: with its weekday and hour where it is near. */
function moment(
  at: Temporal.Instant,
  timezone: string,
  now: Temporal.Instant,
  format: Format,
): string {
  return now.until(at).total('hours') <= 24 * HOURLY_DAYS
    ? format.bucket(at.toZonedDateTimeISO(timezone), 'day_and_hour')
    : format.date(at, timezone);
}

/** @param outlook of its account; `null` where it could not be read. */
export function nextEventView(
  event: PlannedEvent,
  { account, outlook }: AccountState,
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): NextEventView {
  const { id, name, venue, start, timezone } = event;
  const isOn = Temporal.Instant.compare(start, now) <= 0;
  const { verdict, topUp, missing } = eventRow(event, account, outlook?.check ?? null, {
    ...{ format, t, now },
  });
  return {
    ...{ name, venue, account, verdict, topUp, missing },
    when: isOn ? t('overview.event_on') : moment(start, timezone, now, format),
    href: `/admin/events/${id}`,
  };
}
