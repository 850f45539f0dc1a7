import { parseDecimal } from '../http/decimal-field.ts';
import type { Format } from '../i18n/format.ts';
import { isTextKey, type TextKey, type TextValues, type Translate } from '../i18n/index.ts';
import { toNano } from '../money.ts';
import type { Fact, Facts } from './finding.ts';
import type { EntryKind, Incident } from './incident.ts';
import type { RuleKind } from './rule.ts';

/** What incidents are put into words with: moments are told in the account's zone. */
export interface IncidentWords {
  t: Translate;
  format: Format;
  timezone: string;
}

/** What is said of an incident: it is found, or it is over. */
type Told = Pick<Incident, 'kind' | 'nature' | 'state' | 'latestFacts'>;

const MISSING = '—';

/** What happened once never is. */
export function isOver({ nature, state }: Pick<Incident, 'nature' | 'state'>): boolean {
  return nature === 'state' && state === 'resolved';
}

/** What was found, or that it is over, in a sentence with its latest numbers. */
export function incidentSentence(incident: Told, words: IncidentWords): string {
  return isOver(incident) ? sentenceOver(incident, words) : sentenceFound(incident, words);
}

/** What was found, also of what is over by now. */
export function sentenceFound({ kind, latestFacts }: Told, words: IncidentWords): string {
  const text = filledIn(`alert.${kind}.found`, latestFacts, words);
  return text ?? words.t('incident.found', { kind: kindName(kind, words.t) });
}

function sentenceOver({ kind, latestFacts }: Told, words: IncidentWords): string {
  const text = filledIn(`alert.${kind}.over`, latestFacts, words);
  return text ?? words.t('incident.over', { kind: kindName(kind, words.t) });
}

/** What to do now; `null` where there is nothing to say. */
export function incidentAdvice(
  { kind, latestFacts }: Pick<Incident, 'kind' | 'latestFacts'>,
  words: IncidentWords,
): string | null {
  const advice = filledIn(`alert.${kind}.advice`, latestFacts, words);
  return advice === MISSING ? null : advice;
}

/** A line of an incident's history. */
export function entryText(what: EntryKind, t: Translate): string {
  return t(`incident.entry.${what}`);
}

/** Numbers with their labels, in the order in which they were found. */
export function incidentFacts(
  facts: Facts,
  words: IncidentWords,
): { label: string; value: string }[] {
  return Object.entries(facts).map(([name, fact]) => {
    const key = `alert_fact.${name}`;
    return {
      label: isTextKey(key) ? words.t(key) : name.replaceAll('_', ' '),
      value: factText(fact, words),
    };
  });
}

/** What a kind of rule is called. */
export function kindName(kind: RuleKind, t: Translate): string {
  const key = `alert_kind.${kind}`;
  return isTextKey(key) ? t(key) : kind.replaceAll('_', ' ');
}

/** A rule by the name that people gave it, else by its kind's. */
export function ruleName(
  { kind, ruleName: name }: Pick<Incident, 'kind' | 'ruleName'>,
  t: Translate,
) {
  return name || kindName(kind, t);
}

/** A number, an amount, a time, as it is written in a language. */
export function factText(fact: Fact, { t, format, timezone }: IncidentWords): string {
  switch (fact.as) {
    case 'money': {
      const nano = parseDecimal(fact.value);
      return nano === null ? MISSING : format.money(nano, undefined, fact.currency);
    }
    case 'moment':
      return orMissing(() => format.dateTime(Temporal.Instant.from(fact.value), timezone));
    case 'day':
      return orMissing(() =>
        format.bucket(Temporal.PlainDate.from(fact.value).toZonedDateTime(timezone), 'long_day'),
      );
    case 'count':
      return orMissing(() => format.count(fact.value));
    case 'percent':
      return orMissing(() => format.percent(fact.value));
    case 'days':
    case 'hours':
    case 'minutes':
    case 'times':
      return orMissing(() =>
        t(`incident.in_${fact.as}` as TextKey, {
          count: fact.value,
          formatted: format.quantity(toNano(fact.value), 1),
        }),
      );
    case 'code': {
      const key = `alert_code.${fact.value}`;
      return isTextKey(key) ? t(key) : fact.value;
    }
    default:
      return fact.value || MISSING;
  }
}

/** What rules wrote is of any age: what can't be read any more is a dash. */
function orMissing(write: () => string): string {
  try {
    return write();
  } catch {
    return MISSING;
  }
}

/** A text with the facts in their places; a fact `count` chooses its plural form, and is `formatted` in it. */
function filledIn(key: string, facts: Facts, words: IncidentWords): string | null {
  if (!isTextKey(key)) return null;
  const texts = Object.entries(facts).map(([name, fact]) => [name, factText(fact, words)]);
  const values: TextValues = Object.fromEntries(texts);
  const { count } = facts;
  if (count?.as === 'count') {
    values.formatted = factText(count, words);
    if (isTextKey(`${key}_other`)) values.count = count.value;
  }
  return words.t(key as TextKey, values).replace(/\{\{\w+\}\}/g, MISSING);
}
