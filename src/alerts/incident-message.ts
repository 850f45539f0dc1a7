import type { Kysely } from 'kysely';
import type { FalAccount } from '../accounts/accounts.ts';
import type { DeliveryContent, Message } from '../deliveries/message.ts';
import { panelUrl } from '../http/panel-url.ts';
import { createFormat } from '../i18n/format.ts';
import { type Locale, translator } from '../i18n/index.ts';
import { defaultSettings, readSettings } from '../settings/settings.ts';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import type { Incident } from './incident.ts';
import {
  type IncidentWords,
  incidentAdvice,
  incidentFacts,
  incidentSentence,
  ruleName,
} from './incident-words.ts';
import type { Rule } from './rule.ts';
import type { SettleServices } from './settle.ts';
import { stepAtFal } from './step-at-fal.ts';

export type IncidentEvent = 'opened' | 'worsened' | 'reminder' | 'resolved';

/** As many others as a message tells in full, and as an event does. */
const OTHERS = 5;
const OTHERS_OF_EVENT = 50;
/** What was found that long ago is said to be open since then. */
const SINCE_MINUTES = 5;

export interface MessageFacts {
  account: FalAccount;
  /** Whether people have to be told which account it is. */
  isOneOfMany: boolean;
  rules: ReadonlyMap<string, Pick<Rule, 'name'>>;
  /** Where the panel is, with its base path; `null`: that is not configured. */
  panelUrl: string | null;
  now: Temporal.Instant;
}

/** Makes messages about an account's incidents. */
export async function composer(
  trx: Kysely<Tables>,
  {
    services: { config },
    account,
    rules,
    now,
  }: Omit<MessageFacts, 'isOneOfMany' | 'panelUrl'> & { services: SettleServices },
): Promise<(type: IncidentEvent, members: readonly Incident[], locale: Locale) => DeliveryContent> {
  const { currencyDisplay } = { ...defaultSettings(config), ...(await readSettings(trx)) };
  const accounts = await trx.selectFrom('fal_accounts').select('id').limit(2).execute();
  const facts: MessageFacts = {
    ...{ account, rules, now },
    isOneOfMany: accounts.length > 1,
    panelUrl: panelUrl(config),
  };
  return (type, members, locale) =>
    incidentContent(type, members, facts, locale, {
      t: translator(locale),
      format: createFormat(locale, currencyDisplay),
      timezone: account.timezone,
    });
}

/**
 * What people and programs are told of incidents of one account.
 * @param members at least one; the first is what the message is about, the others are told along.
 */
export function incidentContent(
  type: IncidentEvent,
  members: readonly Incident[],
  facts: MessageFacts,
  locale: Locale,
  words: IncidentWords,
): DeliveryContent {
  const [incident, ...others] = members;
  if (!incident) throw new Error('a message about nothing');
  const { t } = words;
  const { account, isOneOfMany } = facts;
  const isOver = type === 'resolved';
  const advice = incidentAdvice(incident, words);
  // What to do is a sentence, and none once it is over.
  const numbers = incidentFacts(incident.latestFacts, words).filter(
    ({ value }) => value !== advice,
  );
  const sentence = incidentSentence(incident, words);
  const what = {
    opened: sentence,
    resolved: sentence,
    worsened: t('incident.title_worsened', { what: sentence }),
    reminder: t('incident.title_reminder', { what: sentence }),
  }[type];
  const message: Message = {
    locale,
    tone: isOver ? 'resolved' : incident.severity,
    title: isOneOfMany ? t('incident.title_of', { account: account.name, what }) : what,
    text: [
      ...times(type, incident, facts.now, words),
      ...(isOver && numbers.length > 0 ? [t('incident.numbers_before')] : []),
      ...othersText(others, words),
      ...(isOver || advice === null ? [] : [advice]),
    ],
    facts: numbers,
    tables: [],
    image: null,
    links: links(incident, facts.panelUrl, isOver, t),
    footer: t('incident.footer', { rule: currentName(incident, facts, t), app: t('app.name') }),
  };
  return { message, event: incidentEvent(type, incident, others, facts, words) };
}

/** How long it has been so, where that is not at once. */
function times(
  type: IncidentEvent,
  { nature, openedAt, resolvedAt }: Incident,
  now: Temporal.Instant,
  { t, format, timezone }: IncidentWords,
): string[] {
  if (nature === 'moment') return [];
  const from = format.dateTime(openedAt, timezone);
  if (type === 'resolved') {
    const until = format.dateTime(resolvedAt ?? now, timezone);
    return [t('incident.lasted', { from, until })];
  }
  const isOld = openedAt.until(now).total('minutes') >= SINCE_MINUTES;
  return isOld ? [t('incident.open_since', { from })] : [];
}

function othersText(others: readonly Incident[], words: IncidentWords): string[] {
  const { t, format } = words;
  const told = others.slice(0, OTHERS);
  const count = others.length - told.length;
  return [
    ...told.map((other) => t('incident.also', { what: incidentSentence(other, words) })),
    ...(count > 0 ? [t('incident.and_more', { count, formatted: format.count(count) })] : []),
  ];
}

/** First what the advice says, if that is done at fal. */
function links(
  incident: Incident,
  panelUrl: string | null,
  isOver: boolean,
  t: IncidentWords['t'],
): Message['links'] {
  const { id, kind } = incident;
  const atFal = isOver ? null : stepAtFal(incident, t);
  const show = panelUrl && { label: t('incident.show'), href: `${panelUrl}/admin/alerts/${id}` };
  // How much is missing is to be looked at first.
  const inOrder = kind === 'event_uncovered' ? [show, atFal] : [atFal, show];
  return inOrder.flatMap((link) => link || []);
}

/** People may have called the rule something else since. */
function currentName(incident: Incident, { rules }: MessageFacts, t: IncidentWords['t']): string {
  const name = rules.get(incident.ruleId)?.name ?? incident.ruleName;
  return ruleName({ kind: incident.kind, ruleName: name }, t);
}

function incidentEvent(
  type: IncidentEvent,
  incident: Incident,
  others: readonly Incident[],
  facts: MessageFacts,
  { t }: IncidentWords,
): DeliveryContent['event'] {
  const told = (each: Incident) => ({
    incident_id: each.id,
    account: facts.account.slug,
    rule: { id: each.ruleId, kind: each.kind, name: currentName(each, facts, t) },
    severity: each.severity,
    state: each.state,
    cause: each.cause,
    subject: each.subject,
    facts: each.latestFacts,
    opened_at: toText(each.openedAt),
    resolved_at: each.resolvedAt && toText(each.resolvedAt),
  });
  const also = others.slice(0, OTHERS_OF_EVENT).map(told);
  return {
    type: `incident.${type}`,
    data: { ...told(incident), also, more: others.length - also.length },
  };
}
