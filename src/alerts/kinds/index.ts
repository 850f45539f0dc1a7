import type { AlertKind } from '../kind.ts';
import type { RuleKind } from '../rule.ts';
import { accountTrouble } from './account-trouble.ts';
import { balanceBelow } from './balance-below.ts';
import { budget } from './budget.ts';
import { costlyRequest } from './costly-request.ts';
import { creditsExpiring } from './credits-expiring.ts';
import { eventUncovered } from './event-uncovered.ts';
import { failureRate } from './failure-rate.ts';
import { priceChanged } from './price-changed.ts';
import { runwayShort } from './runway-short.ts';
import { spendAbove } from './spend-above.ts';
import { spendUnusual } from './spend-unusual.ts';
import { syncStale } from './sync-stale.ts';

/** How each kind of rule reads and judges. */
export const KINDS: Record<RuleKind, AlertKind> = {
  spend_above: spendAbove as AlertKind,
  budget: budget as AlertKind,
  spend_unusual: spendUnusual as AlertKind,
  failure_rate: failureRate as AlertKind,
  price_changed: priceChanged as AlertKind,
  costly_request: costlyRequest as AlertKind,
  balance_below: balanceBelow as AlertKind,
  runway_short: runwayShort as AlertKind,
  credits_expiring: creditsExpiring as AlertKind,
  event_uncovered: eventUncovered as AlertKind,
  account_trouble: accountTrouble as AlertKind,
  sync_stale: syncStale as AlertKind,
};
