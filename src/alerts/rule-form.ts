import { textAgain, textsAgain, typedText } from '../http/typed-text.ts';
import type { AlertKind, RuleField } from './kind.ts';
import type { Rule } from './rule.ts';
import { RULE_NAME_MAX } from './rule-request.ts';

const TEXTS = {
  name: RULE_NAME_MAX,
  account: 64,
  severity: 20,
  quiet_from: 20,
  quiet_until: 20,
  remind_hours: 20,
} as const;

/** More than any param has. */
const PARAM_MAX = 200;

/** The form as it stands there, and as it comes back. */
export interface RuleForm extends Record<keyof typeof TEXTS, string> {
  /** By the names of the kind's fields; of a checkbox `yes` or empty. */
  params: Record<string, string>;
  channel_ids: string[];
  is_enabled: boolean;
}

/** The body of the form in the words of the API: its texts become what JSON would have. */
export function ruleFormBody(body: unknown, { fields }: AlertKind): Record<string, unknown> {
  const params = fields.map((field) => [field.name, paramOf(field, typedParam(body, field))]);
  return {
    ...(body as object),
    params: Object.fromEntries(params.filter(([, value]) => value !== undefined)),
    channel_ids: typedChannels(body),
    is_enabled: typedText(body, 'is_enabled') === 'yes',
  };
}

/** What was filled in, but nothing that looks like a key: people paste into the wrong field. */
export function ruleFormAgain(body: unknown, { fields }: AlertKind, otherwise: RuleForm): RuleForm {
  if (body === undefined) return otherwise;
  return {
    ...textsAgain(body, TEXTS),
    params: Object.fromEntries(
      fields.map((field) => [field.name, textAgain(typedParam(body, field), PARAM_MAX)]),
    ),
    channel_ids: typedChannels(body),
    is_enabled: typedText(body, 'is_enabled') === 'yes',
  };
}

/** A rule that nobody has made yet begins as those that every panel begins with, else as JSON would. */
export function newRuleForm(kind: AlertKind, account: string): RuleForm {
  const usual = kind.defaults[0] ?? kind.suggested;
  return {
    ...{ name: '', account, quiet_from: '', quiet_until: '', remind_hours: '' },
    severity: usual?.severity ?? 'warning',
    params: paramTexts(kind, usualParams(kind, usual?.params ?? {})),
    channel_ids: [],
    is_enabled: true,
  };
}

/** What the kind takes where nothing is said; an amount has to be said, so one stands in for it. */
function usualParams({ fields, params }: AlertKind, said: Rule['params']): Rule['params'] {
  const amounts = fields.filter(({ name, type }) => type === 'money' && !(name in said));
  const given = Object.fromEntries(amounts.map(({ name }) => [name, '1']));
  const { data } = params.safeParse({ ...given, ...said });
  const blank = Object.fromEntries(amounts.map(({ name }) => [name, '']));
  return { ...((data ?? said) as Rule['params']), ...blank };
}

/** The form of a rule that is kept. @param account slug of the one it is for; empty where that stays. */
export function ruleFormOf(rule: Rule, kind: AlertKind, account: string): RuleForm {
  return {
    name: rule.name,
    account,
    severity: rule.severity,
    quiet_from: rule.quietHours?.from ?? '',
    quiet_until: rule.quietHours?.until ?? '',
    remind_hours: rule.remindHours === null ? '' : String(rule.remindHours),
    params: paramTexts(kind, rule.params),
    channel_ids: [...(rule.channelIds ?? [])],
    is_enabled: rule.isEnabled,
  };
}

function paramTexts({ fields }: AlertKind, params: Rule['params']): Record<string, string> {
  return Object.fromEntries(fields.map(({ name }) => [name, paramText(params[name])]));
}

function paramText(value: unknown): string {
  if (value === null || value === undefined || value === false) return '';
  if (value === true) return 'yes';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** What JSON would have in the place of what was typed; left out where nothing was. */
function paramOf({ type }: RuleField, typed: string): unknown {
  if (type === 'checkbox') return typed === 'yes';
  if (typed === '') return undefined;
  if (type === 'steps')
    return typed
      .split(/[\s,;%]+/)
      .filter(Boolean)
      .map(toNumber);
  return type === 'number' ? toNumber(typed) : typed;
}

/** Text that is no number stays what it is, to be refused. */
function toNumber(typed: string): number | string {
  return /^-?\d{1,15}(?:[.,]\d{1,9})?$/.test(typed) ? Number(typed.replace(',', '.')) : typed;
}

function typedParam(body: unknown, { name }: RuleField): string {
  return typedText(body, `params.${name}`).trim();
}

function typedChannels(body: unknown): string[] {
  const { channel_ids: ids } = (body ?? {}) as { channel_ids?: unknown };
  return [ids].flat().filter((id) => typeof id === 'string');
}
