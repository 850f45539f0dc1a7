import type { FalAccount } from '../accounts/accounts.ts';
import { includesRole } from '../auth/viewer.ts';
import type { PageLocals } from '../http/page.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { plannedCosts } from '../planner/planned-costs.ts';
import type { Services } from '../services.ts';
import { type KeptBalanceView, keptBalance } from './kept-balance.ts';
import { readStatement } from './statement.ts';
import { type StatementView, statementView } from './statement-view.ts';

/** All that is known of an account's credits without asking fal what is left. */
export interface KeptCreditsView extends KeptBalanceView {
  statement: StatementView;
  /** Whether who looks may write in the ledger. */
  mayWrite: boolean;
}

export async function keptCredits(
  services: Services,
  account: FalAccount,
  { format, t, viewer }: Pick<PageLocals, 'viewer'> & { format: Format; t: Translate },
  caller: AbortSignal,
): Promise<KeptCreditsView> {
  const planned = await plannedCosts(services, account, caller);
  const [balance, statement] = await Promise.all([
    keptBalance(services, account, format, t),
    readStatement(services, account, planned),
  ]);
  return {
    ...balance,
    statement: statementView(statement, { format, t }),
    mayWrite: viewer !== null && includesRole(viewer.role, 'operator'),
  };
}
