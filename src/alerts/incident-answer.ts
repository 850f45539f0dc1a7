import type { FalAccount } from '../accounts/accounts.ts';
import { zoned } from '../usage/answer.ts';
import type { Facts } from './finding.ts';
import type { Incident } from './incident.ts';
import type { IncidentHistory } from './incident-queries.ts';
import { incidentAdvice, isOver, sentenceFound } from './incident-words.ts';
import type { Words } from './rules-view.ts';

/** An incident in the words of `/api/v1/alerts`. */
export function incidentAnswer(incident: Incident, account: FalAccount, { t, format }: Words) {
  const { timezone } = account;
  const at = (instant: Temporal.Instant | null) => instant && zoned(instant, timezone);
  return {
    id: incident.id,
    rule_id: incident.ruleId,
    account: account.slug,
    kind: incident.kind,
    subject: incident.subject,
    cause: incident.cause,
    severity: incident.severity,
    state: incident.state,
    // What was found: whether that is over is the state's to say, and by whom the history's.
    sentence: sentenceFound(incident, { t, format, timezone }),
    facts: factsAnswer(incident.facts),
    latest_facts: factsAnswer(incident.latestFacts),
    timezone,
    opened_at: zoned(incident.openedAt, timezone),
    seen_at: zoned(incident.seenAt, timezone),
    acknowledged_at: at(incident.acknowledgedAt),
    acknowledged_by: incident.acknowledgedBy,
    resolved_at: at(incident.resolvedAt),
    told_at: at(incident.toldAt),
  };
}

/** The same with its history. */
export function incidentHistoryAnswer(
  { incident, account, entries, deliveries, together }: IncidentHistory & { account: FalAccount },
  { t, format }: Words,
) {
  const { timezone } = account;
  return {
    ...incidentAnswer(incident, account, { t, format }),
    advice: isOver(incident) ? null : incidentAdvice(incident, { t, format, timezone }),
    entries: entries.map(({ at, what, actor }) => ({ at: zoned(at, timezone), what, actor })),
    deliveries: deliveries.map((each) => ({
      id: each.id,
      channel: each.channelName,
      channel_kind: each.channelKind,
      occasion: each.occasion,
      state: each.state,
      attempts: each.attempts,
      last_error: each.lastError,
      ended_at: each.endedAt && zoned(each.endedAt, timezone),
    })),
    told_with: together.map(({ id }) => id),
  };
}

/** Each number or name as it was found: amounts as decimal texts, as they are in messages to programs. */
function factsAnswer(facts: Facts) {
  return Object.entries(facts).map(([name, fact]) => ({
    name,
    type: fact.as,
    value: fact.value,
    currency: fact.as === 'money' ? fact.currency : null,
  }));
}
