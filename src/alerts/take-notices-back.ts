import type { Kysely } from 'kysely';
import { cancelDeliveries } from '../deliveries/outbox.ts';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import { writeEntry } from './change-incidents.ts';
import { heardOf, type Sent, sentSince, tellsOf } from './heard.ts';
import { byGravity, type Incident, leadOf } from './incident.ts';
import { incidentsByIds } from './incident-queries.ts';
import { afterQuiet, put, type Receiving } from './tell.ts';

/** What became of notices that said too early that something was over. */
export interface TakenBack {
  /** All that is unresolved; those that everybody believes to be over are untold again. */
  unresolved: Incident[];
  again: Incident[][];
}

/**
 * Takes back what was to say that these are over, as they are not, and tells those who missed that they
 * opened, or have heard that they are over.
 */
export async function takeNoticesBack(
  trx: Kysely<Tables>,
  receiving: Receiving,
  unresolved: readonly Incident[],
  reopened: ReadonlySet<string>,
): Promise<TakenBack> {
  const { account, now, channelsOf } = receiving;
  const back = unresolved.filter(({ id }) => reopened.has(id));
  const since = back.map(({ openedAt }) => openedAt).toSorted(Temporal.Instant.compare)[0];
  if (!since) return { unresolved: [...unresolved], again: [] };
  const sent = await sentSince(trx, account.id, since, now);
  const wrong = sent.filter(
    (each) =>
      each.isNotice &&
      each.state === 'pending' &&
      !each.isBegun &&
      back.some((incident) => tellsOf(each, incident)),
  );
  await cancelDeliveries(
    trx,
    now,
    wrong.map(({ id }) => id),
  );

  const changed = new Map<string, Incident>();
  const unaware = new Map<string, ReadonlySet<string>>();
  for (const incident of back) {
    const heard = heardOf(sent, incident);
    const meant = new Set(
      sent.filter((each) => tellsOf(each, incident)).map(({ channelId }) => channelId),
    );
    const receivers = channelsOf(incident).filter(({ id }) => meant.has(id));
    const missing = receivers.filter(({ id }) => heard.get(id) !== 'open').map(({ id }) => id);
    const isForNobody = receivers.length === 0 && [...heard.values()].includes('over');
    if (
      incident.toldAt === null ||
      isForNobody ||
      (missing.length > 0 && missing.length === receivers.length)
    ) {
      changed.set(incident.id, { ...incident, toldAt: null, toldWith: null });
    } else {
      changed.set(incident.id, { ...incident, toldWith: leadOf(incident) });
      if (missing.length > 0) unaware.set(incident.id, new Set(missing));
    }
  }
  for (const { id, toldAt, toldWith } of changed.values()) {
    await trx
      .updateTable('incidents')
      .set({ told_at: toldAt && toText(toldAt), told_with: toldWith })
      .where('id', '=', id)
      .execute();
  }
  await tellUnaware(trx, receiving, [...changed.values()], unaware);
  return {
    unresolved: unresolved.map((each) => changed.get(each.id) ?? each),
    again: await othersOf(trx, wrong, reopened),
  };
}

/** Some know that it is so: only the others are told. */
async function tellUnaware(
  trx: Kysely<Tables>,
  receiving: Receiving,
  incidents: readonly Incident[],
  unaware: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<void> {
  const { now } = receiving;
  const owed = incidents.filter(({ id, state }) => unaware.has(id) && state === 'open');
  for (const [leadId, group] of Map.groupBy(owed, leadOf)) {
    const members = group.toSorted(byGravity);
    const [gravest] = members;
    if (!gravest) continue;
    const numbers = new Map<string, number>();
    for (const { id } of members) numbers.set(id, await writeEntry(trx, now, id, 'told'));
    await put(trx, receiving, {
      ...{ type: 'opened', leadId, members },
      occasion: `${gravest.id} opened ${numbers.get(gravest.id)}`,
      notBefore: afterQuiet(gravest, now, receiving),
      reaches: ({ id }, channel) => unaware.get(id)?.has(channel.id) ?? false,
    });
  }
}

/** What else the notices tell of, which is over all the same. */
async function othersOf(
  trx: Kysely<Tables>,
  notices: readonly Sent[],
  reopened: ReadonlySet<string>,
): Promise<Incident[][]> {
  const ids = new Set(notices.flatMap(({ about }) => about).filter((id) => !reopened.has(id)));
  const others = (await incidentsByIds(trx, [...ids])).filter(({ state }) => state === 'resolved');
  return others.length > 0 ? [others] : [];
}
