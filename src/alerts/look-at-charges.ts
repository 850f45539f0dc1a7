import type { Kysely } from 'kysely';
import type { OpenAccount } from '../accounts/accounts.ts';
import { bucketStart } from '../buckets.ts';
import type { FalClient } from '../fal/client.ts';
import { FalError, isFalError } from '../fal/errors.ts';
import { explainRefusal } from '../fal/refusal.ts';
import { openQuestion } from '../fal/transport.ts';
import { holdAccount } from '../history/hold-account.ts';
import { whileOurs } from '../history/while-ours.ts';
import { later } from '../instants.ts';
import type { Lease } from '../jobs/leases.ts';
import type { Nano } from '../money.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import {
  dropOldCharges,
  learnCharges,
  type RecentCharge,
  readUsual,
  recentlyCostly,
  writeCostly,
} from './charge-rows.ts';
import { type ChargeWatchState, chargeWatchStates, writeWatch } from './charge-watch-rows.ts';
import { type CostlyParams, costlyParams, tellsFrom } from './costly-rule.ts';
import { dropOldRefusals, isOtherDay } from './refusals.ts';
import { listRules } from './rule-rows.ts';
import { rulesInForce } from './rules-in-force.ts';
import {
  chargesByModel,
  farAbove,
  type RequestCharge,
  requestSums,
  standsOut,
  usualOf,
} from './usual-charges.ts';

/** A page of 10,000 charges takes fal a while; nobody waits for it. */
const PAGE_MS = 60_000;
/** Charges come minutes late: what is younger is looked at again, and learnt from when it is older. */
const LATE_MINUTES = 10;
/** Once an hour it is looked further back, for what came later or was corrected. */
const CORRECTED_HOURS = 6;
/** As far as the local copy is asked what calls cost. */
const MEAN_DAYS = 30;
/** What is older is no news; a new account's is learnt from. */
const NEWS_HOURS = 24;
/** While nothing is charged it is written down so often that it was looked. */
const WRITTEN_EVERY_MINUTES = 5;
/** As many charges as are looked at in one go. */
const MOST_CHARGES = 500_000;
/** What is older has to stand out of what was charged around it as well: what is usual changes. */
const FRESH_HOURS = 1;
/** So many of a model in a day are the same news; what is twice as much is not. */
const MOST_ALIKE = 3;

export type ChargeServices = Pick<Services, 'store' | 'seal' | 'now' | 'history'> & {
  /** The jobs' own. */
  fal: Pick<FalClient, 'billingEvents' | 'pricing'>;
};

/**
 * Looks at every charge since the last time. Finding one and having looked so far are one transaction:
 * who dies before it looks again, and who dies after it finds nothing twice.
 * @throws FalError where they could not all be read, after what was read is written down.
 */
export async function lookAtCharges(
  services: ChargeServices,
  { account, key }: OpenAccount,
  lease: Lease,
): Promise<void> {
  const { store, now, fal } = services;
  const { db } = store;
  const at = now();
  const state = (await chargeWatchStates(db)).get(account.id) ?? null;
  const span = spanOf(state, at);
  const sums = requestSums();
  const charges = chargesByModel(span);
  let count = 0;
  const ask = () => openQuestion(key, PAGE_MS, lease.signal);
  const stops = await fal
    .billingEvents(ask, { start: span.start, end: at }, (events) => {
      charges.add(sums.add(events));
      count += events.length;
      return count >= MOST_CHARGES ? 'enough' : undefined;
    })
    .catch(async (error: unknown) => {
      if (!isFalError(error, 'unauthorized', 'forbidden')) throw error;
      using question = ask();
      throw await explainRefusal(fal, question, error);
    });
  charges.add(sums.rest());

  const [stop] = stops;
  const usual = await readUsual(db, account.id, [...charges.models.keys()]);
  const learnt = new Map<string, Nano[]>();
  for (const endpointId of charges.models.keys()) {
    const costs = charges.learntOf(endpointId);
    if (costs.length > 0) learnt.set(endpointId, costs);
  }
  const newsMs = at.epochMilliseconds - NEWS_HOURS * 3_600_000;
  const freshMs = at.epochMilliseconds - FRESH_HOURS * 3_600_000;
  const dear = [...charges.models.keys()]
    .flatMap((endpointId) => charges.dearOf(endpointId))
    .filter(({ atMs, endpointId, cost }) => {
      if (atMs >= freshMs) return true;
      const around = usualOf(charges.seenOf(endpointId), MOST_ALIKE);
      return atMs >= newsMs && (around === null || standsOut(cost, around));
    });
  /** What was known before; of a model that is new, what it was used for until now. */
  const knownOf = (endpointId: string) => {
    const before = usual.get(endpointId) ?? [];
    return usualOf(before) ? before : [...before, ...(learnt.get(endpointId) ?? [])];
  };
  const unsure = dear.filter(({ endpointId }) => usualOf(knownOf(endpointId)) === null);
  const means = await meansBefore(services, account.id, unsure, at);
  const isNews = dear.length > 0 || learnt.size > 0 || span.isDeep;
  if (!stop && !isNews && state && isKnownOf(state, at)) return;
  const rules = dear.length > 0 ? await rulesOf(db, account.id) : [];

  await whileOurs(db, lease, async (trx) => {
    await holdAccount(trx, account.id);
    const recent = await recentlyCostly(trx, account.id, at.subtract({ hours: NEWS_HOURS }));
    const costly = dear.flatMap((charge) => {
      const { endpointId, requestId, cost } = charge;
      const found = farAbove(cost, knownOf(endpointId), means.get(endpointId) ?? null);
      if (!found) return [];
      const one = { endpointId, requestId, cost, usualCost: found.usual };
      if (recent.filter((other) => hides(other, one, rules)).length >= MOST_ALIKE) return [];
      recent.push(one);
      return [{ ...charge, usual: found.usual }];
    });
    await writeCostly(trx, account.id, costly, at);
    // What is missing is looked for again from where this look began.
    if (stop) return;
    await learnCharges(trx, account.id, usual, learnt);
    await writeWatch(trx, account.id, {
      looked_until: toText(span.learnUntil),
      looked_at: toText(at),
      error_code: null,
    });
    if (span.isDeep) {
      await dropOldCharges(trx, account.id, at);
      if (isOtherDay(state?.lookedAt ?? null, at)) await dropOldRefusals(trx, at);
    }
  });
  if (stop) throw stop.cause ?? new FalError('fal_bad_response', `charges: ${stop.reason}`);
}

/** Whether one that was found is the same news: nearly as dear, and told by every rule that tells of this one. */
function hides(other: RecentCharge, one: RecentCharge, rules: readonly CostlyParams[]): boolean {
  const tells = ({ cost, usualCost }: RecentCharge, rule: CostlyParams) =>
    cost >= tellsFrom(usualCost, rule);
  return (
    other.endpointId === one.endpointId &&
    other.requestId !== one.requestId &&
    other.cost * 2n >= one.cost &&
    rules.every((rule) => !tells(one, rule) || tells(other, rule))
  );
}

async function rulesOf(db: Kysely<Tables>, accountId: string): Promise<CostlyParams[]> {
  const rules = rulesInForce(await listRules(db, 'costly_request'), accountId);
  return rules.flatMap(({ params }) => costlyParams.safeParse(params).data ?? []);
}

/** Whether it was written down a moment ago that all can be looked at. */
function isKnownOf({ lookedAt, errorCode }: ChargeWatchState, at: Temporal.Instant): boolean {
  if (lookedAt === null || errorCode !== null) return false;
  return lookedAt.until(at).total('minutes') < WRITTEN_EVERY_MINUTES;
}

/** What is looked at, and what of it is learnt from: all that was late enough to be known by then, once. */
function spanOf(state: ChargeWatchState | null, at: Temporal.Instant) {
  const learnUntil = at.subtract({ minutes: LATE_MINUTES });
  const longest = at.subtract({ hours: NEWS_HOURS });
  const since = later(state?.lookedUntil ?? longest, longest);
  const learnFrom = Temporal.Instant.compare(since, learnUntil) > 0 ? learnUntil : since;
  const isDeep = !state?.lookedAt || !hourOf(state.lookedAt).equals(hourOf(at));
  const deep = at.subtract({ hours: CORRECTED_HOURS });
  const isOlder = Temporal.Instant.compare(deep, learnFrom) < 0;
  return {
    start: isDeep && isOlder ? deep : learnFrom,
    learnUntil,
    learnFromMs: learnFrom.epochMilliseconds,
    learnUntilMs: learnUntil.epochMilliseconds,
    isDeep,
  };
}

/** What a call cost by the local copy, by model, before the first of these charges. */
async function meansBefore(
  { history }: ChargeServices,
  accountId: string,
  charges: readonly RequestCharge[],
  at: Temporal.Instant,
): Promise<Map<string, Nano>> {
  if (charges.length === 0) return new Map();
  const firstMs = Math.min(...charges.map(({ atMs }) => atMs));
  const { groups } = await history.usage({
    start: at.subtract({ hours: MEAN_DAYS * 24 }),
    end: hourOf(Temporal.Instant.fromEpochMilliseconds(firstMs)),
    ...{ timezone: 'UTC', resolution: 'day', groupBy: 'endpoint', accountId },
    ...{ endpointIds: [], apiKeyIds: [], groupsApart: 0 },
  });
  return new Map(
    groups.flatMap(({ key, averageCost }) => (averageCost === null ? [] : [[key, averageCost]])),
  );
}

function hourOf(at: Temporal.Instant): Temporal.Instant {
  return bucketStart(at, 'hour', 'UTC').toInstant();
}
