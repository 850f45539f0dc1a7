import type { Kysely } from 'kysely';
import { cancelDeliveries } from '../deliveries/outbox.ts';
import type { Tables } from '../store/tables.ts';
import { awaitingNotice, sentSince, tellsOf } from './heard.ts';
import { byGravity, type Incident, leadOf } from './incident.ts';
import { incidentsByIds, notFoundAnyMore } from './incident-queries.ts';
import { afterQuiet, put, type Receiving } from './tell.ts';
import { isTooLate } from './tellings.ts';
import { COOL_DOWN } from './transitions.ts';

/** For how long something has to be over before people are told: it may come back. */
const NOTICE_AFTER = { minutes: 10 };

export interface Over {
  /** What was found until now, and is not any more, or whose time is over. */
  ended: readonly Incident[];
  /** Open and acknowledged ones. */
  unresolved: readonly Incident[];
  /** What is over for longer, in groups whose notices were taken back for the sake of others. */
  again: readonly (readonly Incident[])[];
}

/**
 * That it is over is told of a message, once nothing that it told of is still there. What is over of one
 * cause is one notice, also with what waits to be told already.
 */
export async function planNotices(
  trx: Kysely<Tables>,
  receiving: Receiving,
  { ended, unresolved, again }: Over,
): Promise<void> {
  const { now } = receiving;
  const isStillThere = (leadId: string) =>
    unresolved.some((each) => isNoticed(each) && each.toldAt && leadOf(each) === leadId);
  const leadIds = new Set(
    ended
      .filter(({ toldAt }) => toldAt !== null)
      .filter(isNoticed)
      .map(leadOf),
  );
  const parts: Incident[][] = [];
  for (const leadId of leadIds) {
    if (isStillThere(leadId)) continue;
    parts.push((await notFoundAnyMore(trx, leadId)).filter(isNoticed));
  }
  for (const group of again) parts.push(group.filter((each) => !isStillThere(leadOf(each))));
  const missed = ended.filter((incident) => isMissed(incident, now));
  parts.push(...Map.groupBy(missed, ({ cause }) => cause).values());

  const byCause = Map.groupBy(
    parts.filter(([first]) => first !== undefined),
    (part) => part.toSorted(byGravity)[0]?.cause,
  );
  for (const group of byCause.values()) {
    await putNotice(trx, receiving, { over: group.flat(), missed, unresolved });
  }
}

/** A state, and not only good to know: people want to hear when it is over. */
function isNoticed({ nature, severity }: Incident): boolean {
  return nature === 'state' && severity !== 'info';
}

/** What opened and was over while nobody was to be disturbed is told in short afterwards. */
function isMissed(incident: Incident, now: Temporal.Instant): boolean {
  return (
    incident.toldAt === null &&
    incident.toldWith === null &&
    incident.acknowledgedAt === null &&
    isNoticed(incident) &&
    !isTooLate(incident.openedAt, now)
  );
}

async function putNotice(
  trx: Kysely<Tables>,
  receiving: Receiving,
  { over, missed, unresolved }: Record<'over' | 'missed' | 'unresolved', readonly Incident[]>,
): Promise<void> {
  const { account, now } = receiving;
  const since = over.map(({ openedAt }) => openedAt).toSorted(Temporal.Instant.compare)[0] ?? now;
  const sent = await sentSince(trx, account.id, since, now);
  const cause = over.toSorted(byGravity)[0]?.cause;
  const waiting = sent.filter(
    ({ isNotice, state, isBegun, isCut }) => isNotice && state === 'pending' && !isBegun && !isCut,
  );
  const known = await incidentsByIds(trx, [...new Set(waiting.flatMap(({ about }) => about))]);
  const ofCause = new Map(known.map((each) => [each.id, each]));
  const joined = waiting.filter(({ about: [first = ''] }) => ofCause.get(first)?.cause === cause);
  const along = joined.flatMap(({ about }) => about.flatMap((id) => ofCause.get(id) ?? []));
  const byId = new Map([...over, ...along].map((each) => [each.id, each]));
  const members = [...byId.values()].toSorted(byGravity);
  const [gravest] = members;
  if (!gravest) return;

  const awaiting = new Map(members.map((each) => [each.id, awaitingNotice(sent, each, now)]));
  for (const { id } of missed) awaiting.delete(id);
  const leadIds = new Set(members.map(leadOf));
  const open = new Set(unresolved.map(({ id }) => id));
  // What waits for its next attempt would be out of date.
  const outOfDate = sent.filter(
    (each) =>
      joined.includes(each) ||
      (each.state === 'pending' &&
        (each.isNotice
          ? !each.isBegun && members.some((member) => tellsOf(each, member))
          : leadIds.has(each.leadId) && !each.about.some((id) => open.has(id)))),
  );
  await cancelDeliveries(
    trx,
    now,
    outOfDate.map(({ id }) => id),
  );
  const leadId = leadOf(gravest);
  const untold = members.filter(({ toldAt, toldWith }) => toldAt === null && toldWith === null);
  if (untold.length > 0) {
    const ids = untold.map(({ id }) => id);
    await trx.updateTable('incidents').set({ told_with: leadId }).where('id', 'in', ids).execute();
  }
  const wait = (await hasFlapped(trx, members)) ? COOL_DOWN : NOTICE_AFTER;
  await put(trx, receiving, {
    ...{ type: 'resolved', leadId, members },
    // Each time it is over is told once; who settles at the same time finds it settled.
    occasion: `${gravest.id} resolved ${now.epochMilliseconds}`,
    notBefore: afterQuiet(gravest, now.add(wait), receiving),
    reaches: ({ id }, channel) => awaiting.get(id)?.has(channel.id) ?? true,
  });
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
