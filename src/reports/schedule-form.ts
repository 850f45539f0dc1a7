import { z } from 'zod';
import { looksLikeKey } from '../fal/key.ts';
import { parseBody } from '../http/parse-body.ts';
import { TIME_OF_DAY } from '../http/time-of-day.ts';
import { typedText } from '../http/typed-text.ts';
import { canonicalTimezone, timezoneField } from '../timezone.ts';
import { CADENCES, isCadence } from './period.ts';
import type { Schedule, ScheduleFields } from './schedule.ts';

const timeField = z
  .string('missing')
  .trim()
  .transform((text, context) => {
    if (TIME_OF_DAY.test(text)) return Temporal.PlainTime.from(text);
    context.addIssue('time_not_understood');
    return z.NEVER;
  });

const MAX_CHANNELS = 100;

const scheduleBody = z.object({
  cadence: z.enum(CADENCES, 'unknown'),
  account: z.string().trim().max(64, 'unknown').default(''),
  local_time: timeField,
  timezone: timezoneField,
  weekday: z.coerce.number('unknown').int('unknown').min(1, 'unknown').max(7, 'unknown').default(1),
  month_day: z.coerce
    .number('month_day_range')
    .int('month_day_range')
    .min(1, 'month_day_range')
    .max(31, 'month_day_range')
    .default(1),
  channels: z.enum(['all', 'chosen'], 'unknown').default('all'),
  channel_ids: z
    .union([z.string(), z.array(z.string())], 'unknown')
    .default([])
    .transform((ids) => [...new Set([ids].flat())])
    .pipe(z.array(z.string().regex(/^[\w-]{1,64}$/, 'unknown')).max(MAX_CHANNELS, 'unusable')),
  enabled: z.literal('yes', 'unknown').optional(),
});

/** What was sent, before its account was looked up. */
export interface SentSchedule extends Omit<ScheduleFields, 'accountId'> {
  /** Slug or id; empty: all of them together. */
  account: string;
}

/** @throws RequestError naming every field that can't be used. */
export function readSchedule(body: unknown): SentSchedule {
  const read = parseBody(scheduleBody, usedFields(body));
  return {
    account: read.account,
    cadence: read.cadence,
    localTime: read.local_time,
    timezone: read.timezone,
    weekday: read.weekday,
    monthDay: read.month_day,
    channelIds: read.channels === 'all' ? null : read.channel_ids,
    isEnabled: read.enabled === 'yes',
  };
}

/** A day that the cadence does not use is not seen, and can't be put right. */
function usedFields(body: unknown): object {
  const { weekday, month_day, ...fields } = (body ?? {}) as Record<string, unknown>;
  if (fields.cadence === 'weekly') return { ...fields, weekday };
  return fields.cadence === 'monthly' ? { ...fields, month_day } : fields;
}

/** The form as it stands there, and as it comes back. */
export interface ScheduleForm {
  cadence: string;
  account: string;
  local_time: string;
  timezone: string;
  weekday: string;
  month_day: string;
  channels: string;
  channel_ids: string[];
  isEnabled: boolean;
}

/** The form of a schedule that nobody has made yet. @param account slug; empty: all of them together. */
export function newScheduleForm(account: string, timezone: string): ScheduleForm {
  return {
    ...{ cadence: 'daily', account, local_time: '09:00', timezone },
    ...{ weekday: '1', month_day: '1', channels: 'all', channel_ids: [], isEnabled: true },
  };
}

/** @param account the slug of its account, or empty. */
export function scheduleForm(schedule: Schedule, account: string): ScheduleForm {
  return {
    cadence: schedule.cadence,
    account,
    local_time: schedule.localTime.toString({ smallestUnit: 'minute' }),
    timezone: schedule.timezone,
    weekday: String(schedule.weekday),
    month_day: String(schedule.monthDay),
    channels: schedule.channelIds === null ? 'all' : 'chosen',
    channel_ids: schedule.channelIds ?? [],
    isEnabled: schedule.isEnabled,
  };
}

/** What was filled in, but nothing that looks like a key: people paste into the wrong field. */
export function scheduleFormAgain(body: unknown, otherwise: ScheduleForm): ScheduleForm {
  if (body === undefined) return otherwise;
  const kept = (name: string, max = 64) => {
    const text = typedText(body, name);
    return text.length > max || looksLikeKey(text) ? '' : text;
  };
  const cadence = typedText(body, 'cadence');
  const { channel_ids: ids } = body as { channel_ids?: unknown };
  return {
    cadence: isCadence(cadence) ? cadence : otherwise.cadence,
    account: kept('account'),
    local_time: kept('local_time', 8),
    timezone: canonicalTimezone(kept('timezone')) ?? otherwise.timezone,
    weekday: kept('weekday', 4),
    month_day: kept('month_day', 4),
    channels: typedText(body, 'channels') === 'chosen' ? 'chosen' : 'all',
    channel_ids: [ids].flat().filter((id) => typeof id === 'string'),
    isEnabled: typedText(body, 'enabled') === 'yes',
  };
}
