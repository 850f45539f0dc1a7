import type { FalAccount } from '../accounts/accounts.ts';
import { balanceReason, type CreditsView, creditsView } from '../accounts/credits-view.ts';
import type { SyncStatus } from '../history/sync-status.ts';
import { type MomentView, momentView } from '../http/moment-view.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { sumNano } from '../money.ts';
import type { AccountState } from './attention.ts';
import { type RunwayView, runwayView } from './outlook-view.ts';
import { isReadFirst } from './shown-accounts.ts';

export interface BalancesView {
  /** Of all that are known in US dollars, and how many those are; `null` for none and for one. */
  total: { balance: string | null; exact: string | null; text: string } | null;
  accounts: {
    account: FalAccount;
    credits: CreditsView;
    read: MomentView | null;
    /** Why and since when it can't be read any more; `null` while it can. */
    away: { reason: string; since: MomentView } | null;
    /** `null` where it was not read. */
    runway: RunwayView | null;
  }[];
}

export interface SyncView {
  account: FalAccount;
  state: SyncStatus['state'] | 'unknown';
  word: string;
  last: MomentView | null;
  /** How far its first reading is, while that goes on. */
  first: { percent: number; text: string } | null;
}

/** @param shown those of them that are listed. */
export function balancesView(
  states: readonly AccountState[],
  shown: readonly AccountState[],
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): BalancesView {
  return {
    total: totalView(states, format, t),
    accounts: shown.map(({ account, balance, outlook }) => {
      const { known, away } = balance ?? { known: null, away: null };
      const moment = (at: Temporal.Instant) =>
        momentView(at, 'overview.read_at', now, account.timezone, format, t);
      return {
        account,
        credits: known
          ? creditsView(
              { amount: known.balance, currency: known.currency, reason: null },
              format,
              t,
            )
          : { balance: null, exact: null, reason: t('overview.balance_never_read') },
        read: known && moment(known.asOf),
        away: away && { reason: balanceReason(away.reason, t), since: moment(away.since) },
        runway: outlook && runwayView(outlook, account, now, format, t),
      };
    }),
  };
}

function totalView(
  states: readonly AccountState[],
  format: Format,
  t: Translate,
): BalancesView['total'] {
  const known = states.flatMap(({ balance }) =>
    balance?.known?.currency === 'USD' ? [balance.known.balance] : [],
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
  state: AccountState,
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): SyncView {
  const { account, sync } = state;
  const last = sync?.lastSuccessAt ?? null;
  return {
    account,
    state: sync?.state ?? 'unknown',
    word: stateWord(sync, format, t),
    last: last && momentView(last, 'overview.read_from_fal_at', now, account.timezone, format, t),
    first: isReadFirst(state) ? firstSync(sync, format, t) : null,
  };
}

function stateWord(sync: SyncStatus | null, format: Format, t: Translate): string {
  if (!sync) return t('overview.state_unknown');
  if (sync.state === 'running' && sync.progress) {
    return t('overview.state_running_part', { percent: format.percent(sync.progress.percent) });
  }
  return t(`overview.state_${sync.state}`);
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
