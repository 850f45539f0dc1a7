import type { Cause } from './finding.ts';
import { byGravity, gravity, type Incident, leadOf } from './incident.ts';
import { quietUntil } from './quiet-hours.ts';
import type { Rule } from './rule.ts';
import { isSince } from './transitions.ts';

/** What comes so soon after a message of the same cause, and is no graver, waits to be told. */
const WAITS_FOR = { minutes: 30 };

/** What nobody could be told of for that long, as there was no channel, is on the page alone. */
const TOLD_WITHIN = { hours: 24 };

/** What follows by itself from an account that fal does not let in. */
const FOLLOWS_FROM_ACCESS: readonly Cause[] = ['sync', 'failures'];

/** One message to everybody who is to get it. */
export interface Telling {
  type: 'opened' | 'worsened' | 'reminder';
  /** Id of the incident whose message it is. */
  leadId: string;
  /** What it tells of, the gravest first. */
  members: Incident[];
  /** Where it is to wait for the end of quiet hours. */
  notBefore: Temporal.Instant | null;
}

export interface Plan {
  tellings: Telling[];
  /** What is not told for now, as the message of another has just told of its cause. */
  attached: { incident: Incident; leadId: string }[];
}

export interface TellingFacts {
  /** Open and acknowledged ones of an account. */
  unresolved: readonly Incident[];
  /** Ids of those that have just become graver. */
  worsened: ReadonlySet<string>;
  /** Ids of those of which nobody could be told for so long that they are not told as new any more. */
  tooLate: ReadonlySet<string>;
  /** Resolved ones that others still wait behind, by id. */
  formerLeads: ReadonlyMap<string, Incident>;
  rules: ReadonlyMap<string, Rule>;
  /** Ids of the channels that are told of it. */
  receivers: (incident: Incident) => ReadonlySet<string>;
  timezone: string;
  now: Temporal.Instant;
}

/** Whether there may be anything to tell; asked each minute, before who could be told is read. */
export function mayTell({
  unresolved,
  worsened,
  rules,
  now,
}: Pick<TellingFacts, 'unresolved' | 'worsened' | 'rules' | 'now'>): boolean {
  return (
    worsened.size > 0 ||
    unresolved.some((incident) => isOwed(incident) || isToRemind([incident], rules, now))
  );
}

/**
 * Whom to tell what now. What is not told now because of quiet hours or another message is looked at
 * again the next time, as it will be then.
 */
export function planTellings(facts: TellingFacts): Plan {
  const { unresolved, receivers, tooLate } = facts;
  const due = unresolved.filter(
    (incident) => isOwed(incident) && receivers(incident).size > 0 && !tooLate.has(incident.id),
  );
  const openings = [...Map.groupBy(due, (incident) => groupOf(incident, facts))].map(
    ([group, members]) => planOpening(group, members, facts),
  );
  return {
    tellings: [
      ...openings.flatMap(({ tellings }) => tellings),
      ...planWorsened(facts),
      ...planReminders(facts),
    ],
    attached: openings.flatMap(({ attached }) => attached),
  };
}

/** Whether what was found then is too old to be told of. */
export function isTooLate(since: Temporal.Instant, now: Temporal.Instant): boolean {
  return isSince(since, TOLD_WITHIN, now);
}

/** Told to nobody yet, or to be told anew, and nobody sees to it. */
function isOwed({ toldAt, state }: Incident): boolean {
  return toldAt === null && state === 'open';
}

function planOpening(group: Cause, due: readonly Incident[], facts: TellingFacts): Plan {
  const waiting: { incident: Incident; leadId: string }[] = [];
  const held: Incident[] = [];
  const free: Incident[] = [];
  for (const incident of due) {
    const leadId = waitsBehind(incident, group, facts);
    if (leadId !== null) waiting.push({ incident, leadId });
    else if (quietEnd(incident, facts)) held.push(incident);
    else free.push(incident);
  }
  const members = joined(free, [...waiting.map(({ incident }) => incident), ...held], facts);
  const [lead] = members;
  return {
    tellings: lead ? [{ type: 'opened', leadId: lead.id, members, notBefore: null }] : [],
    attached: waiting.filter(
      ({ incident, leadId }) => !members.includes(incident) && incident.toldWith !== leadId,
    ),
  };
}

/** The incident whose message has just told of the same, if it reached everybody. */
function waitsBehind(incident: Incident, group: Cause, facts: TellingFacts): string | null {
  const { unresolved, formerLeads, now } = facts;
  // The one before it says nothing of how much this one costs, and each counts for itself.
  if (incident.nature === 'moment' && incident.severity === 'critical') return null;
  const others = unresolved.filter(
    (other) =>
      other !== incident && groupOf(other, facts) === group && covers(other, incident, facts),
  );
  if (group !== incident.cause) {
    // As long as the account is not let in, there is nothing to add.
    const access = others.find((other) => other.cause === 'access' && !isOwed(other));
    return access ? (access.toldWith ?? access.id) : null;
  }
  // What is still to come was written before the clock was set back.
  const isRecent = (at: Temporal.Instant | null) =>
    at !== null && Temporal.Instant.compare(at, now) <= 0 && !isSince(at, WAITS_FOR, now);
  const former = incident.toldWith === null ? undefined : formerLeads.get(incident.toldWith);
  // An account that is let in again is read a moment later.
  if (former && former.cause !== incident.cause && isRecent(former.resolvedAt)) return former.id;
  const last = others
    .filter(
      (other) => isRecent(other.toldAt) && gravity(other.severity) >= gravity(incident.severity),
    )
    .toSorted((a, b) => Temporal.Instant.compare(b.toldAt ?? now, a.toldAt ?? now))[0];
  return last ? (last.toldWith ?? last.id) : null;
}

/** What became graver is told at once where it is critical, and whoever knew of it already. */
function planWorsened(facts: TellingFacts): Telling[] {
  const { unresolved, worsened, receivers } = facts;
  const told = unresolved.filter(
    (incident) =>
      worsened.has(incident.id) && incident.toldAt !== null && receivers(incident).size > 0,
  );
  return [...Map.groupBy(told, leadOf)].flatMap(([leadId, group]) => {
    const members = group.toSorted(byGravity);
    const [gravest] = members;
    if (!gravest) return [];
    return [{ type: 'worsened', leadId, members, notBefore: quietEnd(gravest, facts) }];
  });
}

function planReminders(facts: TellingFacts): Telling[] {
  const { unresolved, worsened, rules, receivers, now } = facts;
  const told = unresolved.filter(
    (incident) =>
      incident.toldAt !== null &&
      incident.nature === 'state' &&
      incident.state === 'open' &&
      receivers(incident).size > 0,
  );
  return [...Map.groupBy(told, leadOf)].flatMap(([leadId, group]) => {
    if (!isToRemind(group, rules, now) || group.some(({ id }) => worsened.has(id))) return [];
    const isQuiet = (incident: Incident) => quietEnd(incident, facts) !== null;
    const members = joined(
      group.filter((incident) => !isQuiet(incident)),
      group.filter(isQuiet),
      facts,
    );
    return members.length > 0 ? [{ type: 'reminder', leadId, members, notBefore: null }] : [];
  });
}

/** The time of the rule that reminds most often has passed since anything of the group was told. */
function isToRemind(
  group: readonly Incident[],
  rules: TellingFacts['rules'],
  now: Temporal.Instant,
): boolean {
  const hours = group.flatMap(({ ruleId }) => rules.get(ruleId)?.remindHours ?? []);
  if (hours.length === 0) return false;
  const after = { hours: Math.min(...hours) };
  return group.every(
    ({ toldAt, nature, state }) =>
      toldAt !== null && nature === 'state' && state === 'open' && isSince(toldAt, after, now),
  );
}

/** What goes out now, with whatever else reaches nobody who would not hear of anything now. */
function joined(free: readonly Incident[], others: readonly Incident[], facts: TellingFacts) {
  const reached = new Set(free.flatMap((incident) => [...facts.receivers(incident)]));
  const along = others.filter((incident) => facts.receivers(incident).isSubsetOf(reached));
  return [...free.toSorted(byGravity), ...along.toSorted(byGravity)].toSorted(byGravity);
}

/** Incidents of one group are one message: of one cause, or of what follows from it. */
function groupOf(incident: Incident, facts: TellingFacts): Cause {
  if (!FOLLOWS_FROM_ACCESS.includes(incident.cause)) return incident.cause;
  const { unresolved, receivers } = facts;
  const isExplained = unresolved.some(
    (other) =>
      other.cause === 'access' && receivers(other).size > 0 && covers(other, incident, facts),
  );
  return isExplained ? 'access' : incident.cause;
}

/** Whether everybody who would be told of one is told of the other. */
function covers(other: Incident, incident: Incident, { receivers }: TellingFacts): boolean {
  return receivers(incident).isSubsetOf(receivers(other));
}

/** When the quiet hours end that keep an incident from being told now; `null`: none do. */
export function quietEnd(
  { severity, ruleId }: Incident,
  { rules, timezone, now }: Pick<TellingFacts, 'rules' | 'timezone' | 'now'>,
): Temporal.Instant | null {
  if (severity === 'critical') return null;
  return quietUntil(rules.get(ruleId)?.quietHours ?? null, timezone, now);
}
