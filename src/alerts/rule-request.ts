import { z } from 'zod';
import { looksLikeKey } from '../fal/key.ts';
import { RequestError, refuse } from '../http/failure.ts';
import { parseBody } from '../http/parse-body.ts';
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
  // In the order of the form: the first that is wrong is the first that is met there.
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

export const ruleVersion = z.object({
  version: z.coerce.number('unusable').int('unusable').min(1, 'unusable'),
});

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
  const read = parseBody(ruleBody, withoutBlanks(given));
  const { quiet_from: from, quiet_until: until, channel_ids: channels = [] } = read;
  const params = readParams(read.params, kind);
  if (from === undefined && until !== undefined) refuse('quiet_from', 'missing');
  if (until === undefined && from !== undefined) refuse('quiet_until', 'missing');
  if (from !== undefined && from === until) refuse('quiet_until', 'no_hours');
  return {
    name: read.name,
    params,
    severity: read.severity,
    channelIds: channels.length > 0 ? [...new Set(channels)] : null,
    quietHours: from === undefined || until === undefined ? null : { from, until },
    remindHours: read.remind_hours ?? null,
    isEnabled: read.is_enabled,
  };
}

function readParams(given: Record<string, unknown>, { params, fields }: AlertKind): Rule['params'] {
  // Where a key's id belongs people paste the key itself.
  const keys = fields.filter(({ name }) => hasKey(given[name]));
  if (keys.length > 0) {
    const faults = keys.map(({ name }) => ({ field: `params.${name}`, fault: 'looks_like_key' }));
    throw new RequestError('invalid_request', { faults });
  }
  const result = params.safeParse(given);
  if (result.success) return result.data as Rule['params'];
  const byField = Map.groupBy(result.error.issues, ({ path: [name] }) =>
    typeof name === 'string' ? `params.${name}` : 'params',
  );
  throw new RequestError('invalid_request', {
    faults: [...byField].map(([field, [issue]]) => ({
      field,
      fault: issue?.message ?? 'unusable',
    })),
  });
}

function hasKey(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasKey);
  return typeof value === 'string' && looksLikeKey(value);
}

const deletion = ruleVersion.extend({ confirm: z.literal('yes', 'missing') });

/** @returns the version whose deletion was confirmed; @throws RequestError */
export function readDeletion(given: unknown): number {
  return parseBody(deletion, given).version;
}

/** Which version of a rule somebody saw. @throws RequestError */
export function readVersion(given: unknown): number {
  return parseBody(ruleVersion, given).version;
}
