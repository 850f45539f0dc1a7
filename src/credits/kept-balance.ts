import type { FalAccount } from '../accounts/accounts.ts';
import { type CreditsView, creditsView } from '../accounts/credits-view.ts';
import { latestBalance } from '../history/balance-samples.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { type MomentView, momentView } from '../overview/moment-view.ts';
import type { Services } from '../services.ts';
import { type BalanceChartView, balanceChart } from './balance-chart.ts';

/** What the local copy knows of an account's balance: fal is not asked. */
export interface KeptBalanceView {
  /** The last that could be read, and when; `null` where none ever was. */
  last: { credits: CreditsView; read: MomentView } | null;
  /** Since when it can't be read; `null` while it can. */
  away: MomentView | null;
  chart: BalanceChartView | null;
}

export async function keptBalance(
  services: Pick<Services, 'store' | 'now'>,
  account: FalAccount,
  format: Format,
  t: Translate,
): Promise<KeptBalanceView> {
  const { id, timezone } = account;
  const latest = await latestBalance(services.store.db, id);
  const moment = (at: Temporal.Instant) =>
    momentView(at, 'overview.read_at', services.now(), timezone, format, t);
  if (!latest?.known)
    return { last: null, away: latest?.away ? moment(latest.away.since) : null, chart: null };
  const { balance, currency, asOf } = latest.known;
  return {
    last: {
      credits: creditsView({ amount: balance, currency, reason: null }, format, t),
      read: moment(asOf),
    },
    away: latest.away && moment(latest.away.since),
    chart: await balanceChart(services, account, currency, format, t),
  };
}
