import type { FalAccount } from '../accounts/accounts.ts';
import type { Channel } from '../deliveries/channel.ts';
import { recipientsOf } from '../deliveries/recipients.ts';
import { parseDecimal } from '../http/decimal-field.ts';
import type { Format } from '../i18n/format.ts';
import { isTextKey, type TextKey, type Translate } from '../i18n/index.ts';
import type { RuleField } from './kind.ts';
import { KINDS } from './kinds/index.ts';
import { RULE_KINDS, type Rule, type RuleKind, type Severity } from './rule.ts';

/** In whose words. */
export interface Words {
  format: Format;
  t: Translate;
}

/** How grave it is: a word, a sign and a colour, of which the word alone is enough. */
export interface SeverityView {
  severity: Severity;
  word: string;
  sign: string;
  tone: 'accent' | 'warn' | 'danger';
}

const SIGNS = {
  info: { sign: 'i', tone: 'accent' },
  warning: { sign: '!', tone: 'warn' },
  critical: { sign: '‼', tone: 'danger' },
} as const;

export function severityView(severity: Severity, t: Translate): SeverityView {
  return { severity, word: t(`alerts.severity_${severity}`), ...SIGNS[severity] };
}

/** A rule in the list. */
export interface RuleRow {
  id: string;
  version: number;
  /** As people call it; `null`: as its sentence says. */
  name: string | null;
  sentence: string;
  /** `null`: all accounts. */
  account: FalAccount | null;
  severity: SeverityView;
  recipients: string;
  quiet: string | null;
  reminder: string | null;
  isEnabled: boolean;
  /** Which accounts it is not for, or whose place it takes. */
  precedence: string | null;
}

/** The rules of one kind. */
export interface RuleGroup {
  kind: RuleKind;
  title: string;
  about: string;
  rules: RuleRow[];
}

export interface RuleSurroundings {
  accounts: readonly FalAccount[];
  channels: readonly Channel[];
  /** All there are: which of them goes before which. */
  rules: readonly Rule[];
}

/** Rules by kind, in the order in which kinds are offered. */
export function ruleGroups(
  shown: readonly Rule[],
  around: RuleSurroundings,
  words: Words,
): RuleGroup[] {
  const byKind = Map.groupBy(shown, ({ kind }) => kind);
  return RULE_KINDS.flatMap((kind) => {
    const rules = byKind.get(kind);
    if (!rules) return [];
    return { ...kindView(kind, words.t), rules: rules.map((rule) => ruleRow(rule, around, words)) };
  });
}

/** A kind to choose. */
export function kindView(kind: RuleKind, t: Translate): Omit<RuleGroup, 'rules'> {
  return {
    kind,
    title: t(`alert_kind.${kind}` as TextKey),
    about: t(`alert_kind.${kind}.about` as TextKey),
  };
}

function ruleRow(rule: Rule, around: RuleSurroundings, words: Words): RuleRow {
  const { t } = words;
  return {
    id: rule.id,
    version: rule.version,
    name: rule.name || null,
    sentence: ruleSentence(rule, words),
    account: around.accounts.find(({ id }) => id === rule.accountId) ?? null,
    severity: severityView(rule.severity, t),
    recipients: recipients(rule, around.channels, t),
    quiet: rule.quietHours && t('alerts.quiet_text', { ...rule.quietHours }),
    reminder:
      rule.remindHours === null || KINDS[rule.kind]?.isOnce
        ? null
        : t('alerts.remind_text', { count: rule.remindHours }),
    isEnabled: rule.isEnabled,
    precedence: precedence(rule, around, t),
  };
}

/** Who is told, or that nobody is. */
function recipients({ channelIds }: Rule, channels: readonly Channel[], t: Translate): string {
  const told = recipientsOf(channels, channelIds);
  if (told.length === 0) return t('alerts.recipients_nobody');
  if (channelIds === null) return t('alerts.recipients_all');
  return t('alerts.recipients_some', { channels: told.map(({ name }) => name).join(', ') });
}

function precedence(
  { kind, accountId, isEnabled }: Rule,
  { accounts, rules }: RuleSurroundings,
  t: Translate,
): string | null {
  const others = rules.filter((other) => other.kind === kind);
  if (accountId !== null) {
    const isInPlace = others.some((other) => other.accountId === null);
    if (!isInPlace) return null;
    return t(isEnabled ? 'alerts.in_place' : 'alerts.in_place_off');
  }
  const names = accounts
    .filter(({ id }) => others.some((other) => other.accountId === id))
    .map(({ name }) => name);
  return names.length > 0
    ? t('alerts.not_for', { count: names.length, accounts: names.join(', ') })
    : null;
}

/** What a rule is called wherever only its name is said: as people call it, else what it watches. */
export function ruleTitle(rule: Pick<Rule, 'kind' | 'params' | 'name'>, words: Words): string {
  return rule.name || ruleSentence(rule, words);
}

/** What a rule watches: `El gasto de un día pasa de $5.00`. */
export function ruleSentence(
  { kind, params }: Pick<Rule, 'kind' | 'params'>,
  words: Words,
): string {
  const { t } = words;
  const fields = KINDS[kind]?.fields ?? [];
  const values = Object.fromEntries(
    fields.map((field) => [field.name, paramText(field, params[field.name], words)]),
  );
  const key = `alerts.rule.${kind}`;
  const sentence = isTextKey(key) ? t(key, values) : t(`alert_kind.${kind}` as TextKey);
  const only = fields.flatMap(({ name, type }) => {
    if (!values[name]) return [];
    if (type === 'model') return t('alerts.rule_model', { model: values[name] });
    return type === 'api_key' ? t('alerts.rule_key', { key: values[name] }) : [];
  });
  return [sentence, ...only].join(' · ');
}

function paramText(field: RuleField, value: unknown, { format, t }: Words): string {
  if (value === null || value === undefined) return '';
  switch (field.type) {
    case 'money': {
      const nano = parseDecimal(String(value));
      return nano === null ? String(value) : format.price(nano);
    }
    case 'number':
      return unitText(field.unit, Number(value), { format, t });
    case 'choice':
      return t(`alert_option.${field.name}.${value}` as TextKey);
    case 'steps':
      return Array.isArray(value)
        ? value.map((step) => format.percent(Number(step))).join(', ')
        : '';
    case 'checkbox':
      return value === true ? t(`alert_param.${field.name}` as TextKey) : '';
    default:
      return String(value);
  }
}

function unitText(
  unit: Extract<RuleField, { type: 'number' }>['unit'],
  count: number,
  { format, t }: Words,
): string {
  if (unit === 'percent') return format.percent(count);
  const values = { count, formatted: format.count(count) };
  return unit === 'calls' ? t('alerts.unit_calls', values) : t(`incident.in_${unit}`, values);
}

/** What to type into a field of a number: `días, de 1 a 60`. */
export function numberHint(
  { unit, min, max }: Extract<RuleField, { type: 'number' }>,
  { format, t }: Words,
): string {
  return t('alerts.number_hint', {
    unit: t(`alerts.in_${unit}`),
    min: format.count(min),
    max: format.count(max),
  });
}
