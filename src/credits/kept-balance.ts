import type { FalAccount } from '../accounts/accounts.ts';
import { latestBalance } from '../history/balance-samples.ts';
import { type MomentView, momentView } from '../http/moment-view.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import type { Services } from '../services.ts';
import { type BalanceChartView, balanceChart } from './balance-chart.ts';
import { type KnownBalanceView, knownBalanceView } from './known-balance.ts';

/** What the local copy knows of an account's balance: fal is not asked. */
export interface KeptBalanceView {
  /** The last that could be read; `null` where none ever was. */
  last: KnownBalanceView | null;
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
  const now = services.now();
  const latest = await latestBalance(services.store.db, id);
  const { known, away } = latest ?? { known: null, away: null };
  return {
    last: known && knownBalanceView(known, timezone, now, format, t),
    away: away && momentView(away.since, 'overview.read_at', now, timezone, format, t),
    chart: known && (await balanceChart(services, account, known.currency, format, t)),
  };
}
