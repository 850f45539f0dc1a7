import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { FalAccount } from '../accounts/accounts.ts';
import { listChannels } from '../deliveries/channel-rows.ts';
import { recipientsOf } from '../deliveries/recipients.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import { applyTransitions, attach } from './apply-transitions.ts';
import { UNKNOWN } from './finding.ts';
import type { Incident } from './incident.ts';
import {
  incidentsByIds,
  knownMoments,
  lastNews,
  openIncidents,
  resolvedSince,
} from './incident-queries.ts';
import { planNotices } from './notices.ts';
import { takeNoticesBack } from './take-notices-back.ts';
import { tell } from './tell.ts';
import { isTooLate, mayTell, planTellings } from './tellings.ts';
import {
  type Judgement,
  novelties,
  RESOLVED_BY_HAND_FOR,
  type Transition,
  transitions,
} from './transitions.ts';

/** What messages are composed with. */
export type SettleServices = Pick<Services, 'config' | 'store'>;

export interface Judged {
  account: FalAccount;
  /** Every rule in force; one that could not be judged with `UNKNOWN`. What others have open is closed. */
  judged: readonly Judgement[];
  now: Temporal.Instant;
}

/**
 * Opens, updates and resolves an account's incidents by what its rules found, and puts into the outbox
 * what people are told, all in one transaction. Whoever does so at the same time waits, and finds
 * it done.
 */
export async function settleIncidents(
  trx: Kysely<Tables>,
  services: SettleServices,
  { account, judged, now }: Judged,
): Promise<void> {
  if (!(await hold(trx, services, account.id))) return;
  const current = await unchanged(trx, judged);
  const before = await openIncidents(trx, account.id);
  const changes = await applyTransitions(
    trx,
    now,
    await decide(trx, before, {
      ...{ account, now },
      judged: judged.map((each) =>
        current.includes(each) ? each : { rule: each.rule, evaluation: UNKNOWN },
      ),
    }),
  );
  const standingNow = standing(before, changes);
  const rules = new Map(judged.map(({ rule }) => [rule.id, rule]));
  const worsened = idsOf(changes, 'worsened');
  const reopened = idsOf(changes, 'reopened');
  const ended = changes
    .filter(({ what }) => what === 'resolved' || what === 'lapsed')
    .map(({ incident }) => incident);
  const isQuiet = ended.length === 0 && reopened.size === 0;
  if (isQuiet && !mayTell({ unresolved: standingNow, worsened, rules, now })) return;

  const enabled = (await listChannels(trx)).filter(({ isEnabled }) => isEnabled);
  const channels = new Map(
    current.map(({ rule: { id, channelIds } }) => [id, recipientsOf(enabled, channelIds)]),
  );
  const ids = new Map([...channels].map(([id, own]) => [id, new Set(own.map((each) => each.id))]));
  const channelsOf = ({ ruleId }: Incident) => channels.get(ruleId) ?? [];
  const receiving = { services, account, rules, channelsOf, enabled, now };
  const { unresolved, again } = await takeNoticesBack(trx, receiving, standingNow, reopened);
  await planNotices(trx, receiving, { ended, unresolved, again });
  const plan = planTellings({
    ...{ unresolved, worsened, rules, now },
    tooLate: await tooLateToTell(trx, unresolved, now),
    formerLeads: await formerLeads(trx, unresolved),
    receivers: ({ ruleId }) => ids.get(ruleId) ?? NOBODY,
    timezone: account.timezone,
  });
  await attach(trx, now, plan.attached);
  await tell(trx, receiving, plan.tellings);
}

const NOBODY: ReadonlySet<string> = new Set();

/** Lets one settlement of an account follow the other. @returns whether there is such an account. */
async function hold(
  trx: Kysely<Tables>,
  { store }: SettleServices,
  accountId: string,
): Promise<boolean> {
  const row = trx.selectFrom('fal_accounts').select('id').where('id', '=', accountId);
  // On SQLite whoever writes is alone.
  const held = store.engine === 'postgres' ? row.forNoKeyUpdate() : row;
  return (await held.executeTakeFirst()) !== undefined;
}

/** Of a rule that was changed, switched off or deleted since it was judged nothing is known now, nor told. */
async function unchanged(
  trx: Kysely<Tables>,
  judged: readonly Judgement[],
): Promise<readonly Judgement[]> {
  if (judged.length === 0) return [];
  const rows = await trx
    .selectFrom('alert_rules')
    .select(['id', 'version'])
    .where('is_enabled', '=', 1)
    .where(
      'id',
      'in',
      judged.map(({ rule }) => rule.id),
    )
    .execute();
  const versions = new Map(rows.map(({ id, version }) => [id, version]));
  return judged.filter(({ rule }) => versions.get(rule.id) === rule.version);
}

async function decide(
  trx: Kysely<Tables>,
  unresolved: readonly Incident[],
  { account, judged, now }: Judged,
): Promise<Transition[]> {
  const news = novelties(unresolved, judged);
  const isNewState = news.some(({ nature }) => nature === 'state');
  const since = now.subtract(RESOLVED_BY_HAND_FOR);
  const known = {
    unresolved,
    resolved: isNewState ? await resolvedSince(trx, account.id, since) : [],
    moments: await knownMoments(
      trx,
      account.id,
      news.filter(({ nature }) => nature === 'moment'),
    ),
  };
  return transitions(known, judged, { accountId: account.id, now, newId: randomUUID });
}

function idsOf(changes: readonly Transition[], what: Transition['what']): ReadonlySet<string> {
  return new Set(
    changes.filter((change) => change.what === what).map(({ incident }) => incident.id),
  );
}

/** What is not over after the changes. */
function standing(before: readonly Incident[], changes: readonly Transition[]): Incident[] {
  const all = new Map(before.map((incident) => [incident.id, incident]));
  for (const { incident } of changes) all.set(incident.id, incident);
  return [...all.values()].filter(({ state }) => state !== 'resolved');
}

/** Those that are untold, wait behind no other, and were found, or became worse, too long ago. */
async function tooLateToTell(
  trx: Kysely<Tables>,
  unresolved: readonly Incident[],
  now: Temporal.Instant,
): Promise<ReadonlySet<string>> {
  const ids = unresolved
    .filter(({ toldAt, toldWith }) => toldAt === null && toldWith === null)
    .filter(({ openedAt }) => isTooLate(openedAt, now))
    .map(({ id }) => id);
  const last = await lastNews(trx, ids);
  return new Set(ids.filter((id) => isTooLate(last.get(id) ?? now, now)));
}

/** The resolved incidents that untold ones wait behind. */
async function formerLeads(
  trx: Kysely<Tables>,
  unresolved: readonly Incident[],
): Promise<ReadonlyMap<string, Incident>> {
  const open = new Set(unresolved.map(({ id }) => id));
  const ids = unresolved
    .filter(({ toldAt }) => toldAt === null)
    .flatMap(({ toldWith }) => toldWith ?? [])
    .filter((id) => !open.has(id));
  const leads = ids.length > 0 ? await incidentsByIds(trx, [...new Set(ids)]) : [];
  return new Map(leads.map((lead) => [lead.id, lead]));
}
