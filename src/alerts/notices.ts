import type { Kysely } from 'kysely';
import { cancelPending } from '../deliveries/outbox.ts';
import type { Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import { byGravity, gravity, type Incident } from './incident.ts';
import { toldWith } from './incident-queries.ts';
import { quietUntil } from './quiet-hours.ts';
import { put, type Receiving } from './tell.ts';
import { COOL_DOWN } from './transitions.ts';

/** For how long something has to be over before people are told: it may come back. */
const NOTICE_AFTER = { minutes: 10 };

/** That it is over is told of the message, once nothing that it told of is still there. */
export async function planNotices(
  trx: Kysely<Tables>,
  receiving: Receiving,
  over: readonly Incident[],
  unresolved: readonly Incident[],
): Promise<void> {
  const leadIds = new Set(over.filter(isTold).map(({ id, toldWith: leadId }) => leadId ?? id));
  for (const leadId of leadIds) {
    const isStillThere = unresolved.some(
      (incident) => isTold(incident) && incident.nature === 'state' && incident.toldWith === leadId,
    );
    if (!isStillThere) await noticeOf(trx, receiving, leadId);
  }
  await noticeOfMissed(trx, receiving, over);
}

function isTold({ toldAt }: Incident): boolean {
  return toldAt !== null;
}

/** Whoever was told that it opened is told that it is over; whoever was not yet, of both at once. */
async function noticeOf(trx: Kysely<Tables>, receiving: Receiving, leadId: string): Promise<void> {
  const { now } = receiving;
  const source = { kind: 'incident', id: leadId } as const;
  const deliveries = await deliveriesOf(trx, leadId);
  const told = new Set(
    deliveries
      .filter(
        ({ occasion, state }) =>
          !occasion.startsWith(noticePrefix(leadId)) && (state === 'sent' || state === 'pending'),
      )
      .map(({ channel_id }) => channel_id),
  );
  // What waits for its next attempt would be out of date.
  await cancelPending(trx, now, source);
  const members = (await toldWith(trx, leadId))
    .filter((incident) => isTold(incident) && incident.nature === 'state')
    .toSorted(byGravity);
  const [gravest] = members;
  if (!gravest) return;
  const wait = (await hasFlapped(trx, members)) ? COOL_DOWN : NOTICE_AFTER;
  await put(
    trx,
    receiving,
    {
      ...{ type: 'resolved', leadId, members },
      occasion: noticeOccasion(leadId, now),
      notBefore: afterQuiet(gravest, now.add(wait), receiving),
    },
    told,
  );
}

/** What opened and was over while nobody was to be disturbed is told in short afterwards. */
async function noticeOfMissed(
  trx: Kysely<Tables>,
  receiving: Receiving,
  over: readonly Incident[],
): Promise<void> {
  const { now } = receiving;
  const missed = over.filter(
    (incident) =>
      !isTold(incident) &&
      incident.toldWith === null &&
      incident.acknowledgedAt === null &&
      gravity(incident.severity) >= gravity('warning'),
  );
  for (const group of Map.groupBy(missed, ({ cause }) => cause).values()) {
    const members = group.toSorted(byGravity);
    const [gravest] = members;
    if (!gravest) continue;
    const ids = members.map(({ id }) => id);
    await trx
      .updateTable('incidents')
      .set({ told_with: gravest.id })
      .where('id', 'in', ids)
      .execute();
    await put(trx, receiving, {
      ...{ type: 'resolved', leadId: gravest.id, members },
      occasion: noticeOccasion(gravest.id, now),
      notBefore: afterQuiet(gravest, now.add(NOTICE_AFTER), receiving),
    });
  }
}

/**
 * Takes back what was to say that these are over, as they are not.
 * @returns the unresolved ones, of which those that people believe to be over are untold again.
 */
export async function takeNoticesBack(
  trx: Kysely<Tables>,
  now: Temporal.Instant,
  unresolved: readonly Incident[],
  reopened: ReadonlySet<string>,
): Promise<Incident[]> {
  const known: Incident[] = [];
  for (const incident of unresolved) {
    const isToTell = reopened.has(incident.id) && (await takeNoticeBack(trx, now, incident));
    known.push(isToTell ? { ...incident, toldAt: null, toldWith: null } : incident);
    if (!isToTell) continue;
    await trx
      .updateTable('incidents')
      .set({ told_at: null, told_with: null })
      .where('id', '=', incident.id)
      .execute();
  }
  return known;
}

/** @returns whether somebody has heard, or is just hearing, that it is over, or never heard that it opened. */
async function takeNoticeBack(
  trx: Kysely<Tables>,
  now: Temporal.Instant,
  { toldAt, toldWith: leadId }: Incident,
): Promise<boolean> {
  if (leadId === null) return true;
  // What came before people were last told is out of date.
  const deliveries = (await deliveriesOf(trx, leadId)).filter(
    ({ created_at }) => toldAt === null || created_at >= toText(toldAt),
  );
  const isNotice = ({ occasion }: { occasion: string }) =>
    occasion.startsWith(noticePrefix(leadId));
  const isHeard = deliveries.filter(isNotice).some(
    ({ state, attempts, next_attempt_at }) =>
      state === 'sent' ||
      // Whoever sends it may be at it.
      (state === 'pending' &&
        (attempts > 0 || Temporal.Instant.compare(toInstant(next_attempt_at), now) <= 0)),
  );
  if (!isHeard)
    await cancelPending(trx, now, { kind: 'incident', id: leadId }, noticePrefix(leadId));
  const isMissed = deliveries.some((each) => !isNotice(each) && each.state === 'cancelled');
  return isHeard || isMissed || toldAt === null;
}

function deliveriesOf(trx: Kysely<Tables>, leadId: string) {
  return trx
    .selectFrom('deliveries')
    .select(['channel_id', 'occasion', 'state', 'created_at', 'attempts', 'next_attempt_at'])
    .where('source_kind', '=', 'incident')
    .where('source_id', '=', leadId)
    .execute();
}

async function hasFlapped(trx: Kysely<Tables>, members: readonly Incident[]): Promise<boolean> {
  const ids = members.map(({ id }) => id);
  const entry = await trx
    .selectFrom('incident_entries')
    .select('number')
    .where('incident_id', 'in', ids)
    .where('what', '=', 'reopened')
    .limit(1)
    .executeTakeFirst();
  return entry !== undefined;
}

function noticePrefix(leadId: string): string {
  return `${leadId} resolved`;
}

/** Each time it is over is told once; who settles at the same time finds it settled. */
function noticeOccasion(leadId: string, now: Temporal.Instant): string {
  return `${noticePrefix(leadId)} ${now.epochMilliseconds}`;
}

function afterQuiet(
  { severity, ruleId }: Incident,
  earliest: Temporal.Instant,
  { rules, account }: Receiving,
): Temporal.Instant {
  if (severity === 'critical') return earliest;
  const quiet = rules.get(ruleId)?.quietHours ?? null;
  return quietUntil(quiet, account.timezone, earliest) ?? earliest;
}
