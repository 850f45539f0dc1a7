import type { Format } from '../i18n/format.ts';
import { isTextKey, type Translate } from '../i18n/index.ts';

/** What else is known of an entry, a line a fact. The name is empty where there is none. */
export interface Fact {
  name: string;
  value: string;
}

/** How whoever asks reads the facts. */
export interface Reader {
  timezone: string;
  format: Format;
  t: Translate;
}

/** What `from` and `to` speak of, which the action already says. */
const CHANGED_FACTS: Record<string, string> = {
  'person.renamed': 'name',
  'person.role_changed': 'role',
  'account.key_replaced': 'key',
};

/** Where the words for values that are known elsewhere stand; of all others: `audit.value.<name>.` */
const VALUE_TEXTS: Record<string, string> = {
  role: 'role.',
  channel_kind: 'channels.kind.',
  alert_kind: 'alert_kind.',
  locale: 'settings.locale_',
  refresh_seconds: 'settings.refresh_',
  history_days: 'settings.history_',
};

/**
 * What else there is to know of an entry, in words; of a change what was and what is. What this
 * version has no words for is shown as it was written down.
 * @param detail the entry's JSON.
 */
export function factsOf(action: string, detail: string | null, reader: Reader): Fact[] {
  const read = parsed(detail);
  if (!isObject(read)) return detail === null ? [] : [{ name: '', value: detail }];
  const { before, after, ...rest } = read;
  if (isObject(before) && isObject(after)) {
    return [...Object.keys({ ...before, ...after })]
      .map((name) => change(name, before[name], after[name], reader))
      .concat(plainFacts(rest, reader));
  }
  const { from, to, ...others } = read;
  const changed = CHANGED_FACTS[action];
  if (changed !== undefined && to !== undefined) {
    return [change(changed, from, to, reader), ...plainFacts(others, reader)];
  }
  return plainFacts(read, reader);
}

function plainFacts(facts: Record<string, unknown>, reader: Reader): Fact[] {
  return Object.entries(facts).map(([name, value]) => ({
    name: nameOf(name, reader),
    value: inWords(name, value, reader),
  }));
}

function change(name: string, from: unknown, to: unknown, reader: Reader): Fact {
  const value = `${inWords(name, from, reader)} → ${inWords(name, to, reader)}`;
  return { name: nameOf(name, reader), value };
}

function nameOf(name: string, { t }: Reader): string {
  const key = `audit.fact.${name}`;
  return isTextKey(key) ? t(key) : name;
}

function inWords(name: string, value: unknown, reader: Reader): string {
  const { format, t } = reader;
  if (value === null || value === undefined) {
    const none = `audit.none.${name}`;
    return isTextKey(none) ? t(none) : '—';
  }
  if (typeof value === 'string' || typeof value === 'number') {
    const key = `${VALUE_TEXTS[name] ?? `audit.value.${name}.`}${value}`;
    if (isTextKey(key)) return t(key);
    if (typeof value === 'number') return format.count(value);
    return name === 'expires_at' ? timeOf(value, reader) : value;
  }
  if (!Array.isArray(value)) return JSON.stringify(value);
  if (name === 'changed') {
    return value
      .map((each) => (typeof each === 'string' ? nameOf(each, reader) : JSON.stringify(each)))
      .join(', ');
  }
  const isKnown = value.every((each) => isTextKey(`audit.value.${name}.${each}`));
  return isKnown
    ? value.map((each) => inWords(name, each, reader)).join(', ')
    : JSON.stringify(value);
}

function timeOf(text: string, { timezone, format }: Reader): string {
  try {
    return format.toSecond(Temporal.Instant.from(text), timezone);
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
