import type { FalAccount } from '../accounts/accounts.ts';
import { type CreditsView, creditsView } from '../accounts/credits-view.ts';
import type { LatestBalance } from '../history/balance-samples.ts';
import type { SyncStatus } from '../history/sync-status.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { sumNano } from '../money.ts';
import type { AccountState } from './attention.ts';
import { type MomentView, momentView } from './moment-view.ts';

export interface BalancesView {
  /** Of all that are known in US dollars, and how many those are; `null` for none and for one. */
  total: { balance: string | null; exact: string | null; text: string } | null;
  accounts: { account: FalAccount; credits: CreditsView; read: MomentView | null }[];
}

export interface SyncView {
  account: FalAccount;
  state: SyncStatus['state'] | 'unknown';
  word: string;
  last: MomentView | null;
  /** How far its first reading is, while that goes on. */
  first: { percent: number; text: string } | null;
}

export function balancesView(
  states: readonly AccountState[],
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): BalancesView {
  return {
    total: totalView(states, format, t),
    accounts: states.map(({ account, balance }) => ({
      account,
      credits: balanceView(balance, format, t),
      read:
        balance && momentView(balance.asOf, 'overview.read_at', now, account.timezone, format, t),
    })),
  };
}

function balanceView(balance: LatestBalance | null, format: Format, t: Translate): CreditsView {
  if (!balance) {
    return { balance: null, exact: null, since: null, reason: t('overview.balance_never_read') };
  }
  const { balance: amount, currency, reason } = balance;
  return creditsView(
    amount === null || currency === null
      ? { amount: null, currency: null, reason: reason ?? 'not_stated' }
      : { amount, currency, reason: null },
    format,
    t,
  );
}

function totalView(
  states: readonly AccountState[],
  format: Format,
  t: Translate,
): BalancesView['total'] {
  const known = states.flatMap(({ balance }) =>
    balance?.balance != null && balance.currency === 'USD' ? [balance.balance] : [],
  );
  if (states.length === 1 || known.length === 0) return null;
  const { balance, exact } = creditsView(
    { amount: sumNano(known), currency: 'USD', reason: null },
    format,
    t,
  );
  return {
    balance,
    exact,
    text: t('overview.balance_total', {
      count: known.length,
      formatted: format.count(known.length),
    }),
  };
}

export function syncView(
  { account, sync }: AccountState,
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): SyncView {
  const last = sync?.lastSuccessAt ?? null;
  return {
    account,
    state: sync?.state ?? 'unknown',
    word: stateWord(sync, format, t),
    last: last && momentView(last, 'overview.read_from_fal_at', now, account.timezone, format, t),
    first: last || isStuck(sync) ? null : firstSync(sync, format, t),
  };
}

function stateWord(sync: SyncStatus | null, format: Format, t: Translate): string {
  if (!sync) return t('overview.state_unknown');
  if (sync.state === 'running' && sync.progress) {
    return t('overview.state_running_part', { percent: format.percent(sync.progress.percent) });
  }
  return t(`overview.state_${sync.state}`);
}

/** It does not go on by itself, which is said elsewhere. */
function isStuck(sync: SyncStatus | null): boolean {
  return sync?.state === 'failing' || sync?.state === 'paused';
}

function firstSync(sync: SyncStatus | null, format: Format, t: Translate): SyncView['first'] {
  const progress = sync?.progress;
  if (!progress) return { percent: 0, text: t('overview.first_sync_waiting') };
  const { percent, rows, secondsLeft } = progress;
  const done = t('overview.first_sync_progress', {
    percent: format.percent(percent),
    rows: format.count(rows),
  });
  const left =
    secondsLeft === null
      ? []
      : [t('overview.first_sync_left', { count: Math.max(1, Math.ceil(secondsLeft / 60)) })];
  return { percent, text: [done, ...left].join(' · ') };
}
