import type { Evaluation, Finding } from './finding.ts';
import { gravity, type Incident } from './incident.ts';
import type { Rule } from './rule.ts';

/** What is found again so soon after it was over is the same incident. */
export const COOL_DOWN = { minutes: 60 };
/** For how long what a person resolved, and is found all the time, stays resolved. */
export const RESOLVED_BY_HAND_FOR = { hours: 24 };
/** What was not found for that long was gone. */
const GONE_AFTER = { minutes: 30 };
/** How old a moment becomes. */
const MOMENT_LASTS = { hours: 72 };
/** How often it is written that something is still found, while its numbers stay the same. */
const SEEN_EVERY = { minutes: 10 };

/** A step in the life of an incident; it is given as it is after it. */
export interface Transition {
  what:
    | 'opened'
    | 'reopened'
    | 'worsened'
    | 'seen'
    | 'resolved'
    | 'past'
    | 'lapsed'
    | 'turned'
    | 'rule_gone';
  incident: Incident;
}

export interface Judgement {
  rule: Rule;
  evaluation: Evaluation;
}

/** What is known of an account's incidents. */
export interface Known {
  /** Open and acknowledged ones. */
  unresolved: readonly Incident[];
  /** States that are over since `RESOLVED_BY_HAND_FOR` or less, the latest first. */
  resolved: readonly { incident: Incident; isByHand: boolean }[];
  /** Moments that were found before, as `<rule id> <subject>`. */
  moments: ReadonlySet<string>;
}

/** The rule's name for what it found: there is one incident of it at a time. */
export function incidentKey({ ruleId, subject }: Pick<Incident, 'ruleId' | 'subject'>): string {
  return `${ruleId} ${subject}`;
}

/** What was found and is not open. */
export function novelties(
  unresolved: readonly Incident[],
  judged: readonly Judgement[],
): { ruleId: string; subject: string; nature: Finding['nature'] }[] {
  const open = new Set(unresolved.map(incidentKey));
  return judged
    .flatMap(({ rule, evaluation }) =>
      evaluation.findings.map(({ subject, nature }) => ({ ruleId: rule.id, subject, nature })),
    )
    .filter((found) => !open.has(incidentKey(found)));
}

/**
 * What becomes of an account's incidents by what its rules found now. An evaluation that is not known
 * resolves nothing; an incident whose rule is not among the judged ones is over.
 * @param newId gives each new incident its id.
 */
export function transitions(
  known: Known,
  judged: readonly Judgement[],
  { accountId, now, newId }: { accountId: string; now: Temporal.Instant; newId: () => string },
): Transition[] {
  const open = new Map(known.unresolved.map((incident) => [incidentKey(incident), incident]));
  const seen = new Set<string>();
  const found = judged.flatMap(({ rule, evaluation }) =>
    evaluation.findings.flatMap((finding): Transition[] => {
      const key = incidentKey({ ruleId: rule.id, subject: finding.subject });
      if (seen.has(key)) return [];
      seen.add(key);
      const standing = open.get(key);
      if (standing) return whileOpen(standing, finding, rule, now);
      if (finding.nature === 'moment' && known.moments.has(key)) return [];
      const last = known.resolved.find(({ incident }) => incidentKey(incident) === key);
      const again =
        last && finding.nature === 'state' ? afterwards(last, finding, rule, now) : null;
      if (again) return again;
      return [{ what: 'opened', incident: opened(finding, rule, { accountId, now, id: newId() }) }];
    }),
  );
  const rules = new Map(judged.map(({ rule, evaluation }) => [rule.id, evaluation]));
  const over = known.unresolved.flatMap((incident): Transition[] => {
    const evaluation = rules.get(incident.ruleId);
    const ended = (what: Transition['what']): Transition[] => [
      { what, incident: { ...incident, state: 'resolved', resolvedAt: now } },
    ];
    if (!evaluation) return ended('rule_gone');
    if (incident.nature === 'moment') {
      return isSince(incident.openedAt, MOMENT_LASTS, now) ? ended('past') : [];
    }
    const isFound = seen.has(incidentKey(incident));
    // Also where nothing else can be told.
    if (!isFound && evaluation.lapsed?.includes(incident.subject)) return ended('lapsed');
    if (!isFound && evaluation.turned?.includes(incident.subject)) return ended('turned');
    return evaluation.isKnown && !isFound ? ended('resolved') : [];
  });
  return [...found, ...over];
}

function opened(
  { subject, nature, cause, severity, facts }: Finding,
  rule: Rule,
  { id, accountId, now }: { id: string; accountId: string; now: Temporal.Instant },
): Incident {
  return {
    ...{ id, accountId, subject, nature, cause, facts, latestFacts: facts },
    ruleId: rule.id,
    kind: rule.kind,
    ruleName: rule.name,
    severity: severity ?? rule.severity,
    state: 'open',
    openedAt: now,
    seenAt: now,
    acknowledgedAt: null,
    acknowledgedBy: null,
    resolvedAt: null,
    toldAt: null,
    toldWith: null,
  };
}

/** It worsens where it was never as grave; of a moment only more may be known. */
function whileOpen(
  incident: Incident,
  finding: Finding,
  rule: Rule,
  now: Temporal.Instant,
): Transition[] {
  const severity = finding.severity ?? rule.severity;
  const latest = { ...incident, latestFacts: finding.facts, seenAt: now };
  const isChanged = JSON.stringify(finding.facts) !== JSON.stringify(incident.latestFacts);
  if (incident.nature === 'moment') return isChanged ? [{ what: 'seen', incident: latest }] : [];
  const isGraver = gravity(severity) > gravity(incident.severity);
  // A key that could not read the balance reads nothing any more: who was told of less has to hear of it.
  const isWider = finding.cause === 'access' && incident.cause !== 'access';
  if (isGraver || isWider) {
    const worse = {
      // Somebody saw to less, of which nobody else was told.
      ...(isGraver && { severity, ...(incident.toldAt === null && { state: 'open' as const }) }),
      ...(isWider && { cause: finding.cause }),
    };
    return [{ what: 'worsened', incident: { ...latest, ...worse } }];
  }
  return isChanged || isSince(incident.seenAt, SEEN_EVERY, now)
    ? [{ what: 'seen', incident: latest }]
    : [];
}

/** What is found that was over; `null` where it is something new. */
function afterwards(
  { incident, isByHand }: Known['resolved'][number],
  finding: Finding,
  rule: Rule,
  now: Temporal.Instant,
): Transition[] | null {
  const severity = finding.severity ?? rule.severity;
  const isGraver = gravity(severity) > gravity(incident.severity);
  if (isByHand && !isGraver && !isSince(incident.seenAt, GONE_AFTER, now)) {
    const isToWrite = isSince(incident.seenAt, SEEN_EVERY, now);
    return isToWrite ? [{ what: 'seen', incident: { ...incident, seenAt: now } }] : [];
  }
  if (!incident.resolvedAt || isSince(incident.resolvedAt, COOL_DOWN, now)) return null;
  const again: Incident = {
    ...incident,
    state: incident.acknowledgedAt && !isGraver ? 'acknowledged' : 'open',
    resolvedAt: null,
    cause: finding.cause,
    latestFacts: finding.facts,
    seenAt: now,
  };
  return [
    { what: 'reopened', incident: again },
    ...(isGraver ? [{ what: 'worsened', incident: { ...again, severity } } as const] : []),
  ];
}

/** Whether at least so long has passed since a moment. */
export function isSince(
  at: Temporal.Instant,
  duration: Temporal.DurationLike,
  now: Temporal.Instant,
): boolean {
  return Temporal.Instant.compare(at.add(duration), now) <= 0;
}
