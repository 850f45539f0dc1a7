import { BILLING_URL } from '../fal/links.ts';
import type { Translate } from '../i18n/index.ts';
import type { Incident } from './incident.ts';
import type { Trouble } from './kinds/account-trouble.ts';

/** Locks that a top-up lifts, and those that something else in fal's billing does. */
const OF_MONEY: readonly string[] = ['exhausted_balance', 'top_up'] satisfies Trouble[];
const OF_BILLING: readonly string[] = [
  'payment_method',
  'budget_exceeded',
  'locked',
] satisfies Trouble[];

/** What an incident's advice sends people to fal for; `null` where that is nothing. */
export function stepAtFal(
  { kind, subject, latestFacts }: Pick<Incident, 'kind' | 'subject' | 'latestFacts'>,
  t: Translate,
): { label: string; href: string } | null {
  const topUp = { label: t('events.open_billing'), href: BILLING_URL };
  const billing = { label: t('credits.open'), href: BILLING_URL };
  switch (kind) {
    case 'balance_below':
    case 'runway_short':
    case 'event_uncovered':
      return topUp;
    case 'account_trouble':
      // Where there is money already, more of it may not help.
      if (OF_MONEY.includes(subject)) return latestFacts.although ? billing : topUp;
      return OF_BILLING.includes(subject) ? billing : null;
    default:
      return null;
  }
}
