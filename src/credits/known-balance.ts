import { type CreditsView, creditsView } from '../accounts/credits-view.ts';
import type { ReadBalance } from '../history/balance-samples.ts';
import { type MomentView, momentView } from '../http/moment-view.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';

/** A balance that was read before, and when. */
export interface KnownBalanceView {
  credits: CreditsView;
  read: MomentView;
}

export function knownBalanceView(
  { balance, currency, asOf }: ReadBalance,
  timezone: string,
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): KnownBalanceView {
  return {
    credits: creditsView({ amount: balance, currency, reason: null }, format, t),
    read: momentView(asOf, 'overview.read_at', now, timezone, format, t),
  };
}
