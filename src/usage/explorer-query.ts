import { z } from 'zod';
import type { AccountChoice } from '../accounts/choose-account.ts';
import { bucketStart, RESOLUTIONS, type Resolution } from '../buckets.ts';
import { GROUPINGS, type GroupBy, type HistoryQuestion } from '../history/answer.ts';
import { RequestError } from '../http/failure.ts';
import { parseBody } from '../http/parse-body.ts';
import { timezoneField } from '../timezone.ts';
import { resolvePeriod } from './period.ts';
import {
  apiKeyIdsField,
  dateField,
  endpointIdsField,
  idInList,
  validPeriod,
  withoutBlanks,
} from './request-fields.ts';
import {
  COMPARISONS,
  type Comparison,
  daysUntil,
  presetSpan,
  SPAN_PRESETS,
  type Span,
  type SpanPreset,
  spanBefore,
} from './spans.ts';

/** Hours of more days than these are more bars than a screen has room for. */
const MAX_HOURLY_DAYS = 31;
/** Up to this many days the usual resolution is hours, and up to that many days. */
const AUTO_HOURS_DAYS = 3;
const AUTO_DAYS_DAYS = 92;

/** What the page is asked where its address does not say so. */
export interface ExplorerDefaults {
  /** All stored accounts. */
  accounts: readonly { id: string; slug: string; timezone: string }[];
  /** Slug of the one that was chosen before; `null`: all of them. */
  chosen: string | null;
  /** The panel's own zone, for accounts in several. */
  timezone: string;
}

/** What questions to the copy leave out, for the pages and files of one person's choice. */
export function explorerDefaults(
  { accounts, chosen }: AccountChoice,
  timezone: string,
): ExplorerDefaults {
  return { accounts, chosen: chosen?.slug ?? null, timezone };
}

/** The question of an address, understood. */
export interface ExplorerQuery {
  question: HistoryQuestion;
  /** The same question of another time; `null` where nothing is compared. */
  comparison: HistoryQuestion | null;
  asked: ExplorerForm;
}

/** The question in the words of the form and the address. Empty texts are what was left out. */
export interface ExplorerForm {
  period: SpanPreset | 'custom';
  start_date: string;
  end_date: string;
  timezone: string;
  timeframe: Resolution | 'auto';
  group_by: GroupBy;
  /** A slug; `''` is all accounts. */
  account: string;
  endpoint_id: readonly string[];
  api_key_id: readonly string[];
  compare: Comparison | 'none';
}

const explorerQuery = z.object({
  period: z.enum([...SPAN_PRESETS, 'custom'], 'unknown').optional(),
  start_date: dateField.default(''),
  end_date: dateField.default(''),
  timezone: timezoneField.optional(),
  timeframe: z.enum(['auto', ...RESOLUTIONS], 'unknown').default('auto'),
  group_by: z.enum(GROUPINGS, 'unknown').default('endpoint'),
  endpoint_id: endpointIdsField,
  api_key_id: apiKeyIdsField,
  compare: z.enum(['none', ...COMPARISONS], 'unknown').default('none'),
});

/**
 * Reads the question in the address of `/admin/usage` and of the files of the same figures:
 * `period` (or `start_date` and `end_date`, as in the API), `timezone`, `timeframe`, `group_by`,
 * `account`, `endpoint_id`, `api_key_id` and `compare`. Without any it is the last seven days by
 * model; an account left blank is all of them. Both ends are widened to whole hours of the zone.
 * @throws RequestError naming every field that can't be used, or `not_found` for the account.
 */
export function readExplorerQuery(
  query: object,
  defaults: ExplorerDefaults,
  now: Temporal.Instant,
): ExplorerQuery {
  const read = parseBody(explorerQuery, withoutBlanks(query), 'usage');
  const account = (query as { account?: unknown }).account ?? defaults.chosen ?? '';
  const stored = defaults.accounts.find(({ slug }) => slug === account) ?? null;
  if (account !== '' && !stored) throw new RequestError('not_found', { subject: 'account' });

  const timezone = read.timezone ?? usualTimezone(stored ? [stored] : defaults.accounts, defaults);
  const isDated = read.start_date !== '' || read.end_date !== '';
  const period = read.period ?? (isDated ? 'custom' : '7d');
  const span = wholeHours(spanOf(period, read, timezone, now), timezone, now);
  const days = daysUntil(span.start.toZonedDateTimeISO(timezone), span.end, timezone);
  const resolution = read.timeframe === 'auto' ? usualResolution(days) : read.timeframe;
  if (resolution === 'hour' && days > MAX_HOURLY_DAYS) refuse('timeframe', 'too_fine');

  const question: HistoryQuestion = {
    ...span,
    timezone,
    resolution,
    groupBy: read.group_by,
    accountId: stored?.id ?? null,
    endpointIds: read.endpoint_id ?? [],
    apiKeyIds: read.api_key_id ?? [],
  };
  const comparison: HistoryQuestion | null =
    read.compare === 'none'
      ? null
      : {
          ...question,
          ...spanBefore(span, { preset: period, comparison: read.compare, timezone }, now),
        };
  return {
    question,
    comparison,
    asked: {
      period,
      start_date: period === 'custom' ? read.start_date : '',
      end_date: period === 'custom' ? read.end_date : '',
      timezone: read.timezone ?? '',
      timeframe: read.timeframe,
      group_by: read.group_by,
      account: stored?.slug ?? '',
      endpoint_id: question.endpointIds,
      api_key_id: question.apiKeyIds,
      compare: read.compare,
    },
  };
}

/** A question as it stands in an address: the account always, of the rest what is not the usual. */
export function explorerAddress(asked: ExplorerForm): URLSearchParams {
  const { period, start_date, end_date, timezone, timeframe, group_by, compare } = asked;
  return new URLSearchParams(
    Object.entries({
      account: asked.account,
      period,
      ...(start_date && { start_date }),
      ...(end_date && { end_date }),
      ...(timezone && { timezone }),
      ...(timeframe !== 'auto' && { timeframe }),
      ...(group_by !== 'endpoint' && { group_by }),
      endpoint_id: asked.endpoint_id,
      api_key_id: asked.api_key_id.map(idInList),
      ...(compare !== 'none' && { compare }),
    }).flatMap(([name, value]) => [value].flat().map((each) => [name, each])),
  );
}

function spanOf(
  period: SpanPreset | 'custom',
  { start_date: start, end_date: end }: { start_date: string; end_date: string },
  timezone: string,
  now: Temporal.Instant,
): Span {
  if (period !== 'custom') return presetSpan(period, timezone, now);
  if (start === '') refuse('start_date', 'missing');
  return validPeriod(() => resolvePeriod({ start, end, timezone }, now));
}

/** The copy is kept in whole hours (or finer): asked for so, no two spans side by side share one. */
function wholeHours({ start, end }: Span, timezone: string, now: Temporal.Instant): Span {
  const hour = (instant: Temporal.Instant) => bucketStart(instant, 'hour', timezone).toInstant();
  const isWhole = hour(end).equals(end) || end.epochMilliseconds === now.epochMilliseconds;
  return { start: hour(start), end: isWhole ? end : hour(end.add({ hours: 1 })) };
}

function usualResolution(days: number): Resolution {
  if (days <= AUTO_HOURS_DAYS) return 'hour';
  return days <= AUTO_DAYS_DAYS ? 'day' : 'week';
}

/** The zone that the accounts share, or the panel's own. */
export function usualTimezone(
  accounts: readonly { timezone: string }[],
  { timezone }: Pick<ExplorerDefaults, 'timezone'>,
): string {
  const zones = new Set(accounts.map((account) => account.timezone));
  const [only = timezone] = zones;
  return zones.size === 1 ? only : timezone;
}

function refuse(field: string, fault: string): never {
  throw new RequestError('invalid_request', { faults: [{ field, fault }], subject: 'usage' });
}
