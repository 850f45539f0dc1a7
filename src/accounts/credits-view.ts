import type { Format } from '../i18n/format.ts';
import type { TextKey, Translate } from '../i18n/index.ts';
import { displayStep } from '../money.ts';
import type { Balance } from '../usage/report.ts';

/** The balance, or why there is none. */
export type CreditsView =
  | { balance: string; exact: string; reason: null }
  | { balance: null; exact: null; reason: string };

export function creditsView(balance: Balance, format: Format, t: Translate): CreditsView {
  if (balance.amount === null) {
    return { balance: null, exact: null, reason: balanceReason(balance.reason, t) };
  }
  const { amount, currency } = balance;
  // A balance can be a debt.
  const step = displayStep(amount < 0n ? -amount : amount);
  return {
    balance: format.money(amount, step, currency),
    exact: format.exactMoney(amount, currency),
    reason: null,
  };
}

/** Why there is no balance, from its code. */
export function balanceReason(reason: string, t: Translate): string {
  return t(reasonText(reason));
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
