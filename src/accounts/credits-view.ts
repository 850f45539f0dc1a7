import type { Format } from '../i18n/format.ts';
import type { TextKey, Translate } from '../i18n/index.ts';
import { displayStep } from '../money.ts';
import type { Balance } from '../usage/report.ts';

/** The balance, or why there is none. */
export type CreditsView =
  /** `since` says until when that was so, where it is not fal's answer of now. */
  | { balance: string; exact: string; since: string | null; reason: null }
  | { balance: null; exact: null; since: null; reason: string };

/** @param timezone in which it is said since when, where it was read before. */
export function creditsView(
  balance: Balance,
  format: Format,
  t: Translate,
  timezone = 'UTC',
): CreditsView {
  if (balance.amount === null) {
    return { balance: null, exact: null, since: null, reason: t(reasonText(balance.reason)) };
  }
  const { amount, currency, asOf } = balance;
  // A balance can be a debt.
  const step = displayStep(amount < 0n ? -amount : amount);
  return {
    balance: format.money(amount, step, currency),
    exact: format.exactMoney(amount, currency),
    since: asOf ? t('credits.since', { time: format.dateTime(asOf, timezone) }) : null,
    reason: null,
  };
}

function reasonText(reason: string): TextKey {
  switch (reason) {
    case 'admin_scope_required':
      return 'credits.reason_admin_scope';
    case 'account_locked':
      return 'credits.reason_locked';
    case 'invalid_api_key':
      return 'credits.reason_invalid_key';
    case 'not_stated':
      return 'credits.reason_not_stated';
    default:
      return 'credits.reason_unavailable';
  }
}
