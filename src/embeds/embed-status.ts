import { type FalAccount, findAccount, listAccounts } from '../accounts/accounts.ts';
import { OLD_HOURS } from '../credits/stated-balance.ts';
import type { LatestBalance } from '../history/balance-samples.ts';
import { earlier } from '../instants.ts';
import { type Nano, sumNano } from '../money.ts';
import { readAccountStates, zoneOf } from '../overview/account-states.ts';
import { type AccountState, type Attention, attentionOf } from '../overview/attention.ts';
import { type KnownSum, sumBuckets } from '../overview/bucket-sums.ts';
import { comparisonsAt, isEmpty } from '../overview/comparisons.ts';
import type { CreditOutlook } from '../overview/outlooks.ts';
import { areMany } from '../overview/shown-accounts.ts';
import type { OverviewSources } from '../overview/sources.ts';
import type { PlannedEvent } from '../planner/planned-event.ts';
import type { Services } from '../services.ts';
import type { EmbedPart } from './embed-tokens.ts';

/** How an account is doing, in a word. */
export type EmbedState = 'ok' | 'attention' | 'locked' | 'unknown';

/** Why it is not `ok`. What is only to be written down, such as a top-up to confirm, is none of them. */
export const EMBED_REASONS = [
  'locked',
  'failing',
  'stale',
  'paused',
  'no_credits',
  'short_runway',
  'expiring',
  'event_short',
  'unknown',
] as const;
export type EmbedReason = (typeof EMBED_REASONS)[number];

/** Reasons that say something of credits or of an event: who is shown none of these parts is not told. */
const TOLD_WITH: Partial<Record<EmbedReason, readonly EmbedPart[]>> = {
  no_credits: ['amounts', 'runway'],
  short_runway: ['runway'],
  expiring: ['amounts', 'runway'],
  event_short: ['event'],
};

/** Those that a token tells, which shows only some parts. */
export function toldReasons(
  reasons: readonly EmbedReason[],
  shows: readonly EmbedPart[],
): EmbedReason[] {
  return reasons.filter(
    (reason) => TOLD_WITH[reason]?.some((part) => shows.includes(part)) ?? true,
  );
}

/** What is left, as fal last said. */
export interface EmbedBalance {
  amount: Nano;
  currency: string;
  /** The oldest word of fal's in it. */
  asOf: Temporal.Instant;
  isOld: boolean;
  /** Of how many accounts it is. */
  known: number;
}

/** What there is to show of an account, or of all of them together; from the local copy alone. */
export interface EmbedStatus {
  /** `null`: all accounts. */
  account: FalAccount | null;
  /** How many accounts it is about. */
  accounts: number;
  /** In which today is counted. */
  timezone: string;
  state: EmbedState;
  reasons: EmbedReason[];
  spentToday: KnownSum<Nano>;
  balance: EmbedBalance | null;
  /** Of the account whose credits end first; `null`: nobody knows. */
  runway: { account: FalAccount; outlook: CreditOutlook } | null;
  /** The next one, with its account. */
  event: { event: PlannedEvent; state: AccountState } | null;
  /** When usage was last read from fal: of all accounts the one that is read worst. */
  readAt: Temporal.Instant | null;
}

type StatusServices = Pick<
  Services,
  'store' | 'now' | 'log' | 'config' | 'settings' | 'overviewSources'
>;

/**
 * Reads it by the overview's own questions: fal is not asked.
 * @param accountId `null`: of all accounts.
 * @returns `null` where the account is gone.
 */
export async function readEmbedStatus(
  { store, now, log, config, settings, overviewSources: sources }: StatusServices,
  accountId: string | null,
): Promise<EmbedStatus | null> {
  const account = accountId === null ? null : await findAccount(store.db, accountId);
  if (accountId !== null && !account) return null;
  const accounts = account ? [account] : await listAccounts(store.db);
  const at = now();
  const timezone = zoneOf(accounts, settings.current().timezone);
  /** One account's trouble must not hide the others: of it nobody knows. */
  const outlookOf: Parameters<typeof readAccountStates>[3] = async (question) => {
    try {
      return await sources.outlook(question);
    } catch (error) {
      log.warn({ err: error, account: question.account.slug }, 'no outlook to embed');
      return null;
    }
  };
  const [{ states, next }, spentToday] = await Promise.all([
    readAccountStates(sources, accounts, at, outlookOf),
    readToday(sources, { at, timezone, accountId }),
  ]);
  const attention = attentionOf(states, [], at, {
    ...{ isMonthIncomplete: false, isAlone: false, undelivered: 0 },
    syncIntervalSeconds: config.syncIntervalSeconds,
  });
  const nextState = states.find((state) => state.account.id === next?.accountId);
  const event = next && nextState ? { event: next, state: nextState } : null;
  const reasons = reasonsOf(states, attention, event?.state ?? null);
  return {
    ...{ account, accounts: accounts.length, timezone, reasons, spentToday, event },
    state: stateOf(reasons),
    balance: balanceOf(states, at),
    runway: firstToEnd(states),
    readAt: worstRead(states),
  };
}

async function readToday(
  { usage }: Pick<OverviewSources, 'usage'>,
  asked: { at: Temporal.Instant; timezone: string; accountId: string | null },
): Promise<KnownSum<Nano>> {
  const { at, timezone, accountId } = asked;
  const span = comparisonsAt(at, timezone).today.soFar;
  if (isEmpty(span)) return { value: 0n, isWhole: true };
  const { series } = await usage({
    ...span,
    ...{ timezone, accountId, resolution: 'hour', groupBy: 'endpoint' },
    ...{ endpointIds: [], apiKeyIds: [], groupsApart: 0 },
  });
  return sumBuckets(series).cost;
}

/** The gravest first, each once. */
export function reasonsOf(
  states: readonly AccountState[],
  attention: readonly Pick<Attention, 'kind'>[],
  ofNextEvent: AccountState | null,
): EmbedReason[] {
  const kinds = new Set<string>(attention.map(({ kind }) => kind));
  const check = ofNextEvent?.outlook?.check;
  if (check && 'check' in check && check.check.verdict === 'top_up') kinds.add('event_short');
  if (states.some(({ balance }) => isSpent(balance))) kinds.add('no_credits');
  // Few are all looked into; of many those that are left out are known by their balance.
  const isKnown = ({ sync, balance, outlook }: AccountState) =>
    Boolean(sync?.lastSuccessAt) &&
    (outlook || !areMany(states)
      ? outlook !== null && outlook.runway !== 'balance_unknown'
      : Boolean(balance?.known));
  if (states.length === 0 || !states.every(isKnown)) kinds.add('unknown');
  return EMBED_REASONS.filter((reason) => kinds.has(reason));
}

function isSpent(balance: LatestBalance | null): boolean {
  return balance?.known ? balance.known.balance <= 0n : false;
}

/** How it is doing, by what is wrong, the gravest first. */
export function stateOf([gravest]: readonly EmbedReason[]): EmbedState {
  if (gravest === undefined) return 'ok';
  return gravest === 'locked' || gravest === 'unknown' ? gravest : 'attention';
}

/** All that is known in US dollars together; of one account whatever its currency is. */
function balanceOf(states: readonly AccountState[], at: Temporal.Instant): EmbedBalance | null {
  const known = states.flatMap(({ balance }) => balance?.known ?? []);
  const currency = states.length === 1 ? (known[0]?.currency ?? 'USD') : 'USD';
  const added = known.filter((each) => each.currency === currency);
  const [first] = added;
  if (!first) return null;
  const asOf = added.reduce((oldest, each) => earlier(oldest, each.asOf), first.asOf);
  return {
    ...{ asOf, currency, known: added.length },
    amount: sumNano(added.map(({ balance }) => balance)),
    isOld: asOf.until(at).total('hours') > OLD_HOURS,
  };
}

/** One account's, whatever is known; of many the one whose credits end first. */
function firstToEnd(states: readonly AccountState[]): EmbedStatus['runway'] {
  const looked = states.flatMap(({ account, outlook }) => (outlook ? [{ account, outlook }] : []));
  if (states.length === 1) return looked[0] ?? null;
  const known = looked.filter(({ outlook }) => typeof outlook.runway !== 'string');
  const endMs = ({ outlook: { runway } }: (typeof known)[number]) =>
    typeof runway === 'string' ? Infinity : (runway.until?.epochMilliseconds ?? Infinity);
  return known.toSorted((one, other) => compare(endMs(one), endMs(other)))[0] ?? null;
}

/** Two that never end are equal: the difference of infinities is no number. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

function worstRead(states: readonly AccountState[]): Temporal.Instant | null {
  const read = states.map(({ sync }) => sync?.lastSuccessAt ?? null);
  return read.reduce(
    (worst, each) => (worst && each ? earlier(worst, each) : null),
    read[0] ?? null,
  );
}
