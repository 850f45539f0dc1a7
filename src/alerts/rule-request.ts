import { z } from 'zod';
import { looksLikeKey } from '../fal/key.ts';
import { RequestError, refuse } from '../http/failure.ts';
import { parseBody, readTogether } from '../http/parse-body.ts';
import { lineField } from '../http/text-field.ts';
import { TIME_OF_DAY } from '../http/time-of-day.ts';
import { withoutBlanks } from '../usage/request-fields.ts';
import type { AlertKind } from './kind.ts';
import { KINDS } from './kinds/index.ts';
import { RULE_KINDS, type Rule, type RuleKind, SEVERITIES } from './rule.ts';

export const RULE_NAME_MAX = 80;
/** A month. */
export const MAX_REMIND_HOURS = 720;
const MAX_CHANNELS = 100;

/** What people write of a rule; its kind and account stay what they were when it was made. */
export type RuleFields = Omit<Rule, 'id' | 'kind' | 'accountId' | 'version'>;

const timeOfDay = z.string('malformed').regex(TIME_OF_DAY, 'malformed');

const whole = z.union(
  [
    z.number(),
    z
      .string()
      .trim()
      .regex(/^\d{1,6}$/)
      .transform(Number),
  ],
  'not_a_number',
);

export const ruleBody = z.object({
  // In the order of the form, in which faults are named.
  params: z.record(z.string(), z.unknown(), 'malformed').default({}),
  severity: z.enum(SEVERITIES, 'unknown').default('warning'),
  channel_ids: z
    .array(z.string('malformed').regex(/^[\w-]{1,64}$/, 'unknown'), 'malformed')
    .max(MAX_CHANNELS, 'unusable')
    .optional(),
  quiet_from: timeOfDay.optional(),
  quiet_until: timeOfDay.optional(),
  remind_hours: whole
    .pipe(
      z.number().min(1, 'out_of_range').max(MAX_REMIND_HOURS, 'out_of_range').int('not_a_number'),
    )
    .optional(),
  name: lineField(RULE_NAME_MAX).default(''),
  is_enabled: z.boolean('unusable').default(true),
});

const quietHoursBody = ruleBody.pick({ quiet_from: true, quiet_until: true });

/** Of which kind a rule is to be. @throws RequestError */
export function readKind(given: unknown): AlertKind {
  const { kind } = parseBody(z.object({ kind: z.enum(RULE_KINDS, 'unknown_rule_kind') }), given);
  return kindOf(kind);
}

/** @throws RequestError for a kind that this version knows by name only. */
export function kindOf(name: RuleKind): AlertKind {
  const kind = KINDS[name];
  if (!kind) refuse('kind', 'unknown_rule_kind');
  return kind as AlertKind;
}

/**
 * Reads a rule of that kind from JSON, or from the page's form in the words of the API.
 * @throws RequestError naming every field that can't be used; those of its kind as `params.<name>`.
 */
export function readRule(given: unknown, kind: AlertKind): RuleFields {
  const sent = withoutBlanks(given);
  const { params: sentParams = {} } = (sent ?? {}) as { params?: unknown };
  const [params, read, quietHours] = readTogether(
    Object.keys(ruleBody.shape),
    () => readParams(sentParams, kind),
    () => parseBody(ruleBody, sent),
    () => readQuietHours(sent),
  );
  const { channel_ids: channels = [] } = read;
  return {
    name: read.name,
    params,
    severity: read.severity,
    channelIds: channels.length > 0 ? [...new Set(channels)] : null,
    quietHours,
    remindHours: read.remind_hours ?? null,
    isEnabled: read.is_enabled,
  };
}

/** Hours that are none are a fault of the body's. */
function readQuietHours(sent: unknown): Rule['quietHours'] {
  const { success, data } = quietHoursBody.safeParse(sent ?? {});
  if (!success) return null;
  const { quiet_from: from, quiet_until: until } = data;
  if (from === undefined && until === undefined) return null;
  if (from === undefined) refuse('quiet_from', 'missing');
  if (until === undefined) refuse('quiet_until', 'missing');
  if (from === until) refuse('quiet_until', 'no_hours');
  return { from, until };
}

/** Params that are no object are a fault of the body's. */
function readParams(given: unknown, { params, fields }: AlertKind): Rule['params'] {
  const { success, data } = ruleBody.shape.params.safeParse(given);
  if (!success) return {};
  const result = params.safeParse(data);
  // Where a key's id belongs people paste the key itself.
  const keys = fields.filter(({ name }) => hasKey(data[name])).map(({ name }) => `params.${name}`);
  if (result.success && keys.length === 0) return result.data as Rule['params'];
  const byField = new Map<string, string>();
  for (const { path, message } of result.error?.issues ?? []) {
    const [name] = path;
    const field = typeof name === 'string' ? `params.${name}` : 'params';
    if (!byField.has(field)) byField.set(field, message);
  }
  for (const field of keys) byField.set(field, 'looks_like_key');
  throw new RequestError('invalid_request', {
    faults: [...byField].map(([field, fault]) => ({ field, fault })),
  });
}

function hasKey(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasKey);
  return typeof value === 'string' && looksLikeKey(value);
}
