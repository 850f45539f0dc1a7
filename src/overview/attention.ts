import type { FalAccount } from '../accounts/accounts.ts';
import type { Incident } from '../alerts/incident.ts';
import type { Expiring } from '../credits/stated-runway.ts';
import type { TopUp } from '../credits/top-ups.ts';
import type { LatestBalance } from '../history/balance-samples.ts';
import type { AccountDrift } from '../history/reconciliations.ts';
import { hasFailedSince, type SyncStatus } from '../history/sync-status.ts';
import type { CreditOutlook } from './outlooks.ts';

/** An account, and what is kept of it beside its usage; `null` where there is nothing yet. */
export interface AccountState {
  account: FalAccount;
  balance: LatestBalance | null;
  sync: SyncStatus | null;
  /** Read only of accounts that are listed. */
  outlook: CreditOutlook | null;
}

/** Something that does not mend itself. */
export type Attention =
  | { kind: 'incident'; account: FalAccount; incident: Incident }
  /** Beside those that are listed. */
  | { kind: 'more_incidents'; count: number }
  | { kind: 'locked'; account: FalAccount }
  | { kind: 'failing'; account: FalAccount; code: string; lastSuccessAt: Temporal.Instant | null }
  | { kind: 'paused'; account: FalAccount }
  | { kind: 'stale'; account: FalAccount; lastSuccessAt: Temporal.Instant }
  | { kind: 'short_runway'; account: FalAccount; until: Temporal.Instant }
  | { kind: 'expiring'; account: FalAccount; expiring: Expiring }
  | { kind: 'top_up'; account: FalAccount; topUp: TopUp }
  | { kind: 'drift'; account: FalAccount; latest: AccountDrift; days: number }
  /** Messages that were given up lately. */
  | { kind: 'undelivered'; messages: number }
  | { kind: 'month_incomplete' }
  | { kind: 'alone' };

/** What was to be read that long ago is not waiting for its turn. */
const OVERDUE_SECONDS = 60 * 60;

/** Credits that last for less are worth a look today: a top-up can take days to arrive. */
const SHORT_RUNWAY_HOURS = 3 * 24;
/** Credits that expire unused later can still be used. */
const EXPIRING_HOURS = 30 * 24;

/** What is to be done, the gravest first. */
export function attentionOf(
  accounts: readonly AccountState[],
  drifts: readonly AccountDrift[],
  now: Temporal.Instant,
  found: {
    isMonthIncomplete: boolean;
    isAlone: boolean;
    undelivered: number;
    syncIntervalSeconds: number;
  },
): Attention[] {
  const ofAccounts = accounts.flatMap((state): Attention[] => {
    const { account, sync } = state;
    if (isLocked(state)) return [{ kind: 'locked', account }];
    if (!sync) return [];
    const { lastSuccessAt } = sync;
    if (isFailing(sync)) {
      const code = sync.lastError?.code ?? 'internal_error';
      return [{ kind: 'failing', account, code, lastSuccessAt }];
    }
    if (sync.state === 'paused') return [{ kind: 'paused', account }];
    const staleAfter = found.syncIntervalSeconds + OVERDUE_SECONDS;
    const isStale = lastSuccessAt && lastSuccessAt.until(now).total('seconds') > staleAfter;
    return isStale && sync.state !== 'running' ? [{ kind: 'stale', account, lastSuccessAt }] : [];
  });
  const ofCredits = accounts.flatMap((state) =>
    isLocked(state) ? [] : creditsAttention(state, now),
  );
  const ofDrifts = accounts.flatMap(({ account }): Attention[] => {
    const own = drifts.filter(({ accountId }) => accountId === account.id);
    const latest = own.at(-1);
    return latest ? [{ kind: 'drift', account, latest, days: own.length }] : [];
  });
  return [
    ...ofAccounts.toSorted((a, b) => gravity(a) - gravity(b)),
    ...ofCredits,
    ...(found.undelivered > 0
      ? [{ kind: 'undelivered', messages: found.undelivered } as const]
      : []),
    ...ofDrifts,
    ...(found.isMonthIncomplete ? [{ kind: 'month_incomplete' } as const] : []),
    ...(found.isAlone ? [{ kind: 'alone' } as const] : []),
  ];
}

function creditsAttention({ account, outlook }: AccountState, now: Temporal.Instant): Attention[] {
  if (!outlook) return [];
  const { runway, expiring, proposals } = outlook;
  const isWithin = (at: Temporal.Instant, hours: number) => now.until(at).total('hours') < hours;
  const until = typeof runway === 'string' ? null : runway.until;
  const soon = expiring.find(({ expiresAt }) => isWithin(expiresAt, EXPIRING_HOURS));
  const [topUp] = proposals;
  return [
    ...(until && isWithin(until, SHORT_RUNWAY_HOURS)
      ? [{ kind: 'short_runway', account, until } as const]
      : []),
    ...(soon ? [{ kind: 'expiring', account, expiring: soon } as const] : []),
    ...(topUp ? [{ kind: 'top_up', account, topUp } as const] : []),
  ];
}

/** Whether fal has locked it, as far as the local copy knows. */
export function isLocked({ balance, sync }: Pick<AccountState, 'balance' | 'sync'>): boolean {
  const isRefused = sync && isFailing(sync) && sync.lastError?.code === 'account_locked';
  return isRefused || balance?.away?.reason === 'account_locked';
}

/** Also while it is tried again, but not while it is paused. */
export function isFailing(sync: SyncStatus): boolean {
  return sync.state !== 'paused' && hasFailedSince(sync);
}

function gravity({ kind }: Attention): number {
  return ['locked', 'failing', 'stale', 'paused'].indexOf(kind);
}
