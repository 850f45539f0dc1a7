import { readPaused } from '../history/sync-queries.ts';
import type { Round } from './kind.ts';
import { openRefusals, recentRefusals } from './recent-refusals.ts';
import { type LastAnswers, type Refusal, type RefusalKind, readLastAnswers } from './refusals.ts';
import type { Rule } from './rule.ts';
import { listRules } from './rule-rows.ts';
import { rulesInForce } from './rules-in-force.ts';

/** What comes of fal or of the way to it, not of an account, and so meets all of them at once. */
const SHARED_KINDS = ['outage', 'cdn'] as const satisfies readonly RefusalKind[];
type SharedKind = (typeof SHARED_KINDS)[number];
/**
 * While it ends accounts are answered one after the other, and nobody else begins to tell of it: what fails is tried
 * again after a quarter of an hour, of the first one that was refused and then of the last one.
 */
const ENDS_WITHIN_MINUTES = 35;

/** What several accounts are refused with at once. */
export interface SharedOutage {
  /** Id of the account that tells of it for all of them: the first that was refused. */
  toldBy: string;
  /** How many accounts are refused now. */
  accounts: number;
}

/** An account is refused, or was until a moment ago. */
interface Sufferer {
  accountId: string;
  from: Temporal.Instant;
  until: Temporal.Instant;
  isOpen: boolean;
}

/** By account id and kind, what other accounts are refused with as well. */
export type SharedOutages = ReadonlyMap<string, ReadonlyMap<RefusalKind, SharedOutage>>;

/**
 * Outages that several accounts have at once, of those that the same channels are told of and are not paused.
 * Whose balance alone can't be read does not have the same as those whose usage can't.
 */
export function sharedOutages(round: Round): Promise<SharedOutages> {
  return round.once('shared_outages', async () => {
    const { db } = round.services.store;
    const refusals = await recentRefusals(round);
    const answers = await round.once('last_answers', () => readLastAnswers(db));
    const paused = await round.once('paused_accounts', () => readPaused(db));
    const rules = await listRules(db, 'account_trouble');
    const groups = new Map<string, { kind: SharedKind; sufferers: Sufferer[] }>();
    for (const [accountId, own] of refusals) {
      if (paused.has(accountId)) continue;
      for (const kind of SHARED_KINDS) {
        const found = suffererOf(accountId, own, answers.get(accountId) ?? {}, kind, round);
        if (!found) continue;
        const { isUsage, ...sufferer } = found;
        const name = groupName(rules, accountId, kind, isUsage);
        if (name === null) continue;
        const group = groups.get(name) ?? { kind, sufferers: [] };
        groups.set(name, group);
        group.sufferers.push(sufferer);
      }
    }
    const shared = new Map<string, Map<RefusalKind, SharedOutage>>();
    for (const { kind, sufferers } of groups.values()) {
      for (const [accountId, outage] of sharedBy(sufferers)) {
        shared.set(accountId, (shared.get(accountId) ?? new Map()).set(kind, outage));
      }
    }
    return shared;
  });
}

function suffererOf(
  accountId: string,
  refusals: readonly Refusal[],
  answers: LastAnswers,
  kind: SharedKind,
  { now, services }: Round,
): (Sufferer & { isUsage: boolean }) | null {
  // Each account is asked once a round of its sync, however seldom that is.
  const within = Math.max(ENDS_WITHIN_MINUTES, (2 * services.config.syncIntervalSeconds) / 60);
  // How it is now of an account that is not asked any more, or only told to wait, nobody knows.
  const isRecent = (refusal: Refusal) =>
    refusal.kind === kind && refusal.until.until(now).total('minutes') <= within;
  const open = openRefusals(refusals, answers).filter(isRecent);
  const lately = refusals.filter((refusal) => refusal.asked !== 'ledger' && isRecent(refusal));
  const meant = open.length > 0 ? open : lately;
  const chosen = meant.find(({ asked }) => asked === 'usage') ?? meant[0];
  if (!chosen) return null;
  const isOpen = open.length > 0;
  const until = isOpen ? now : chosen.until;
  return { accountId, from: chosen.from, until, isOpen, isUsage: chosen.asked === 'usage' };
}

/** The same of accounts that the same channels are told of; `null`: none is. */
function groupName(
  rules: readonly Rule[],
  accountId: string,
  kind: SharedKind,
  isUsage: boolean,
): string | null {
  const channels = rulesInForce(rules, accountId).map(({ channelIds }) =>
    JSON.stringify(channelIds?.toSorted() ?? null),
  );
  return channels.length === 0
    ? null
    : JSON.stringify([kind, isUsage, [...new Set(channels)].sort()]);
}

/** By account id; what one account has alone is not in it. */
function sharedBy(sufferers: readonly Sufferer[]): Map<string, SharedOutage> {
  const inOrder = sufferers.toSorted(
    (one, other) =>
      Temporal.Instant.compare(one.from, other.from) || (one.accountId < other.accountId ? -1 : 1),
  );
  const accounts = sufferers.filter(({ isOpen }) => isOpen).length;
  const toldBy = new Map<string, string>();
  inOrder.forEach((sufferer, index) => {
    const before = inOrder
      .slice(0, index)
      .find(({ until }) => Temporal.Instant.compare(until, sufferer.from) >= 0);
    const first = before ? (toldBy.get(before.accountId) ?? before.accountId) : sufferer.accountId;
    toldBy.set(sufferer.accountId, first);
  });
  return new Map(
    inOrder.flatMap(({ accountId, isOpen }) => {
      const first = toldBy.get(accountId) ?? accountId;
      const isAlone = first === accountId && accounts < 2;
      return isOpen && !isAlone ? [[accountId, { toldBy: first, accounts }] as const] : [];
    }),
  );
}
