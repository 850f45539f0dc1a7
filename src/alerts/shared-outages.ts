import { readPaused } from '../history/sync-queries.ts';
import { foundSince } from './incident-queries.ts';
import type { Round } from './kind.ts';
import { type LastAnswers, readLastAnswers } from './last-answers.ts';
import { openRefusals, recentRefusals } from './recent-refusals.ts';
import type { Refusal, RefusalKind } from './refusals.ts';
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
  kind: SharedKind;
  isUsage: boolean;
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
    const sufferers = [...refusals]
      .filter(([accountId]) => !paused.has(accountId))
      .flatMap(([accountId, own]) =>
        SHARED_KINDS.flatMap(
          (kind) => suffererOf(accountId, own, answers.get(accountId) ?? {}, kind, round) ?? [],
        ),
      );
    const found = await foundAmong(sufferers, round);
    const rules = await listRules(db, 'account_trouble');
    const groups = Map.groupBy(sufferers, (sufferer) => groupName(rules, sufferer));
    groups.delete(null);
    const shared = new Map<string, Map<RefusalKind, SharedOutage>>();
    for (const group of groups.values()) {
      for (const [{ accountId, kind }, outage] of sharedBy(group, found)) {
        shared.set(accountId, (shared.get(accountId) ?? new Map()).set(kind, outage));
      }
    }
    return shared;
  });
}

/** Each account is asked once a round of its sync, however seldom that is. */
function minutesToEnd({ services }: Round): number {
  return Math.max(ENDS_WITHIN_MINUTES, (2 * services.config.syncIntervalSeconds) / 60);
}

function suffererOf(
  accountId: string,
  refusals: readonly Refusal[],
  answers: LastAnswers,
  kind: SharedKind,
  round: Round,
): Sufferer | null {
  const { now } = round;
  const within = minutesToEnd(round);
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
  return { accountId, kind, from: chosen.from, until, isOpen, isUsage: chosen.asked === 'usage' };
}

/**
 * Those that are not refused now and that a rule finds, or did until a moment ago. Others were refused for a
 * moment, perhaps time and again, and never for long enough.
 */
async function foundAmong(
  sufferers: readonly Sufferer[],
  round: Round,
): Promise<ReadonlySet<Sufferer>> {
  const over = sufferers.filter(({ isOpen }) => !isOpen);
  const { db } = round.services.store;
  const ids = [...new Set(over.map(({ accountId }) => accountId))];
  const since = round.now.subtract({ minutes: minutesToEnd(round) });
  const found = await foundSince(db, 'account_trouble', ids, since);
  return new Set(over.filter(({ accountId, kind }) => found.get(accountId)?.has(kind)));
}

/** The same of accounts that the same channels are told of; `null`: none is. */
function groupName(rules: readonly Rule[], { accountId, kind, isUsage }: Sufferer): string | null {
  const channels = rulesInForce(rules, accountId).map(({ channelIds }) =>
    JSON.stringify(channelIds?.toSorted() ?? null),
  );
  return channels.length === 0
    ? null
    : JSON.stringify([kind, isUsage, [...new Set(channels)].sort()]);
}

/** What one account has alone is not in it. @param found those that tell although they are not refused now. */
function sharedBy(
  sufferers: readonly Sufferer[],
  found: ReadonlySet<Sufferer>,
): Map<Sufferer, SharedOutage> {
  const inOrder = sufferers.toSorted(
    (one, other) =>
      Temporal.Instant.compare(one.from, other.from) || (one.accountId < other.accountId ? -1 : 1),
  );
  const accounts = sufferers.filter(({ isOpen }) => isOpen).length;
  const toldBy = new Map<Sufferer, string>();
  for (const sufferer of inOrder) {
    const before = toldBy
      .keys()
      .find(({ until }) => Temporal.Instant.compare(until, sufferer.from) >= 0);
    const first = before && toldBy.get(before);
    if (!first && !sufferer.isOpen && !found.has(sufferer)) continue;
    toldBy.set(sufferer, first ?? sufferer.accountId);
  }
  return new Map(
    [...toldBy].flatMap(([sufferer, first]) => {
      const isAlone = first === sufferer.accountId && accounts < 2;
      return sufferer.isOpen && !isAlone ? [[sufferer, { toldBy: first, accounts }] as const] : [];
    }),
  );
}
