import type { FalAccount } from '../accounts/accounts.ts';
import type { Channel } from '../deliveries/channel.ts';
import { recipientsOf } from '../deliveries/recipients.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { canonicalTimezone } from '../timezone.ts';
import { nextDue } from './due.ts';
import type { Schedule } from './schedule.ts';

export interface ScheduleView {
  id: string;
  cadence: string;
  when: string;
  /** What it is about. */
  about: string;
  to: string;
  /** When the next one is due; `null`: it is switched off, or has a fault. */
  next: string | null;
  /** Why none can be made. */
  fault: string | null;
}

/** A schedule as lists show it, with when its next report is due. */
export function scheduleView(
  schedule: Schedule,
  { accounts, channels }: { accounts: readonly FalAccount[]; channels: readonly Channel[] },
  { format, t, now }: { format: Format; t: Translate; now: Temporal.Instant },
): ScheduleView {
  const { id, cadence, accountId, timezone, isEnabled } = schedule;
  const account = accounts.find((each) => each.id === accountId);
  const isUsable = canonicalTimezone(timezone) !== null;
  const time = () =>
    format.bucket(nextDue(schedule, now).at.toZonedDateTimeISO(timezone), 'day_and_hour');
  return {
    ...{ id, cadence: t(`reports.cadence_${cadence}`) },
    when: whenText(schedule, format, t),
    about: account?.name ?? t('reports.all_accounts'),
    to: recipientsText(schedule, channels, t),
    next: isEnabled && isUsable ? t('reports.schedule_next', { time: time() }) : null,
    fault: isUsable ? null : t('reports.schedule_zone_unknown'),
  };
}

function whenText(schedule: Schedule, format: Format, t: Translate): string {
  const { cadence, localTime, timezone, weekday, monthDay } = schedule;
  return t(`reports.when_${cadence}`, {
    time: localTime.toString({ smallestUnit: 'minute' }),
    weekday: weekdayName(weekday, format),
    day: monthDay,
    timezone,
  });
}

function recipientsText(
  { channelIds }: Schedule,
  channels: readonly Channel[],
  t: Translate,
): string {
  const recipients = recipientsOf(channels, channelIds);
  if (recipients.length === 0) return t('reports.to_none');
  if (channelIds === null && recipients.length === channels.length) return t('reports.to_all');
  return t('reports.to_some', { channels: recipients.map(({ name }) => name).join(', ') });
}

/** @param weekday 1 is Monday. */
export function weekdayName(weekday: number, format: Format): string {
  // The first of January 2024 was a Monday.
  return format.weekday(new Temporal.PlainDate(2024, 1, weekday).toZonedDateTime('UTC'));
}
