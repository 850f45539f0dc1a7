import type { FalAccount } from '../accounts/accounts.ts';
import { type MomentView, momentView } from '../http/moment-view.ts';
import type { TextKey } from '../i18n/index.ts';
import type { EntryKind, Incident, IncidentEntry, IncidentState } from './incident.ts';
import type { IncidentEvent } from './incident-message.ts';
import type { IncidentDelivery } from './incident-queries.ts';
import {
  entryText,
  incidentAdvice,
  incidentFacts,
  incidentSentence,
  isOver,
  kindName,
  ruleName,
  sentenceFound,
} from './incident-words.ts';
import type { Rule } from './rule.ts';
import { type SeverityView, severityView, type Words } from './rules-view.ts';
import { stepAtFal } from './step-at-fal.ts';
import type { ToldTo } from './told-to.ts';

/** What a message says, as the line of history of the same is called. */
const ENTRY_OF: Readonly<Record<string, EntryKind>> = {
  opened: 'opened',
  worsened: 'worsened',
  reminder: 'reminded',
  resolved: 'resolved',
} satisfies Record<IncidentEvent, EntryKind>;

/** Longer ones are sentences, and stand as such. */
const LONG_FACT = 30;

/** What was not known when it was found. */
const NOT_YET = '—';

/** In whose words, and seen from when. */
export interface IncidentWords extends Words {
  now: Temporal.Instant;
}

/** An incident in a list. */
export interface IncidentRow {
  id: string;
  severity: SeverityView;
  state: IncidentState;
  stateText: string;
  sentence: string;
  account: FalAccount;
  opened: MomentView;
  /** Until when it lasted; `null` while it does. */
  resolved: string | null;
  told: string;
  mayAcknowledge: boolean;
  mayResolve: boolean;
}

interface IncidentCircumstances {
  words: IncidentWords;
  /** Whom its message reached; `null`: there was none. */
  told: ToldTo | null;
  /** The end of the quiet hours that it waits for; `null`: it waits for none. */
  heldUntil: Temporal.Instant | null;
  mayAct: boolean;
  isCutShort: boolean;
}

/** An incident as lists show it. */
export function incidentRow(
  incident: Incident,
  account: FalAccount,
  { words, told, heldUntil, mayAct, isCutShort }: IncidentCircumstances,
): IncidentRow {
  const { t, format, now } = words;
  const { timezone } = account;
  const { state, resolvedAt } = incident;
  return {
    id: incident.id,
    severity: severityView(incident.severity, t),
    state,
    stateText: t(`alerts.state_${state}`),
    // Nothing is known to be over because somebody said so.
    sentence: (isCutShort ? sentenceFound : incidentSentence)(incident, { t, format, timezone }),
    account,
    opened: momentView(incident.openedAt, 'alerts.opened_at', now, timezone, format, t),
    resolved: resolvedAt && format.dateTime(resolvedAt, timezone),
    told: heldUntil
      ? t('alerts.told_after', { until: format.dateTime(heldUntil, timezone) })
      : toldText(told, words),
    mayAcknowledge: mayAct && state === 'open',
    mayResolve: mayAct && state !== 'resolved',
  };
}

function toldText(told: ToldTo | null, { t }: IncidentWords): string {
  if (told && told.told.length > 0) return t('alerts.told', { channels: told.told.join(', ') });
  if (told && told.waiting.length > 0) {
    return t('alerts.telling', { channels: told.waiting.join(', ') });
  }
  return t('alerts.told_nobody');
}

/** The page of an incident. */
export interface IncidentView {
  row: IncidentRow;
  title: string;
  about: string;
  /** `null`: it is over, or there is nothing to say. */
  advice: string | null;
  step: NextStep;
  /** What fal answered, for its support. */
  evidence: string | null;
  facts: { label: string; isLong: boolean; opened: string; now: string | null }[];
  /** Whether the numbers of now are shown beside those of then. */
  hasNow: boolean;
  entries: { when: string; iso: string; text: string; actor: string | null }[];
  deliveries: DeliveryRow[];
  together: { id: string; sentence: string; severity: SeverityView }[];
  /** The rule that found it, unless it is gone. */
  rule: { id: string; title: string } | null;
}

export interface DeliveryRow {
  channel: string;
  what: string;
  state: IncidentDelivery['state'];
  stateText: string;
  when: string;
  attempts: number;
}

interface NextStep {
  href: string;
  label: string;
  external: boolean;
}

/** All that the page of an incident shows. @param row the same incident. */
export function incidentView(
  row: IncidentRow,
  found: {
    incident: Incident;
    entries: readonly IncidentEntry[];
    deliveries: readonly IncidentDelivery[];
    together: readonly Incident[];
    rule: Rule | null;
  },
  words: IncidentWords,
): IncidentView {
  const { incident, rule } = found;
  const { t, format } = words;
  const { account } = row;
  const { timezone } = account;
  const own = { t, format, timezone };
  const atFirst = incidentFacts(incident.facts, own);
  const lately = incidentFacts(incident.latestFacts, own);
  const latest = new Map(lately.map(({ label, value }) => [label, value]));
  const known = new Set(atFirst.map(({ label }) => label));
  // As a top-up that did not unlock the account.
  const since = lately
    .filter(({ label }) => !known.has(label))
    .map(({ label }) => ({ label, value: NOT_YET }));
  const advice = incidentAdvice(incident, own);
  const numbers = [...atFirst, ...since]
    .map(({ label, value }) => ({
      label,
      isLong: Math.max(value.length, latest.get(label)?.length ?? 0) > LONG_FACT,
      opened: value,
      now: latest.get(label) ?? null,
    }))
    // What to do is no number; it stands above them.
    .filter(({ opened }) => opened !== advice);
  const hasNow = [...atFirst, ...since].some(({ label, value }) => latest.get(label) !== value);
  return {
    row,
    title: ruleName(incident, t),
    about: t(`alert_kind.${incident.kind}.about` as TextKey),
    advice: isOver(incident) ? null : advice,
    step: nextStep(incident, account, words),
    evidence: incident.kind === 'account_trouble' ? `/admin/alerts/${incident.id}/evidence` : null,
    facts: numbers,
    hasNow,
    entries: found.entries.map(({ at, what, actor }) => ({
      when: format.toSecond(at, timezone),
      iso: at.toString(),
      text: entryText(what, t),
      actor,
    })),
    deliveries: found.deliveries.map((each) => deliveryRow(each, timezone, words)),
    together: found.together.map((other) => ({
      id: other.id,
      sentence: incidentSentence(other, own),
      severity: severityView(other.severity, t),
    })),
    rule: rule && { id: rule.id, title: rule.name || kindName(rule.kind, t) },
  };
}

function deliveryRow(
  delivery: IncidentDelivery,
  timezone: string,
  { t, format }: IncidentWords,
): DeliveryRow {
  const { state, endedAt, nextAttemptAt } = delivery;
  return {
    channel: delivery.channelName,
    what: t(`incident.entry.${ENTRY_OF[delivery.occasion] ?? 'told'}`),
    state,
    stateText: t(`alerts.delivery_${state}`),
    when: format.dateTime(endedAt ?? nextAttemptAt, timezone),
    attempts: delivery.attempts,
  };
}

/** Where what is to be done is done. */
function nextStep(incident: Incident, account: FalAccount, { t }: IncidentWords): NextStep {
  const { kind, subject } = incident;
  const inside = (label: string, href: string) => ({ label, href, external: false });
  if (kind === 'event_uncovered') {
    return inside(t('alerts.step_event'), `/admin/events/${subject}`);
  }
  const atFal = stepAtFal(incident, t);
  if (atFal) return { ...atFal, external: true };
  switch (kind) {
    case 'credits_expiring':
      return inside(t('purchases.open'), `/admin/credits/${account.slug}/ledger`);
    case 'price_changed':
      return inside(t('alerts.step_pricing'), '/admin/pricing');
    case 'account_trouble':
      return inside(t('alerts.step_account'), `/admin/accounts/${account.slug}`);
    case 'sync_stale':
      return inside(t('alerts.step_history'), `/admin/history/${account.slug}`);
    default:
      return inside(t('alerts.step_usage'), `/admin/usage?account=${account.slug}`);
  }
}
