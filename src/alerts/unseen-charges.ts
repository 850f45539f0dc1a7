import { type FalAccount, listAccounts } from '../accounts/accounts.ts';
import { readPaused } from '../history/sync-queries.ts';
import type { Services } from '../services.ts';
import { chargeWatchStates } from './charge-watch-rows.ts';
import { listRules } from './rule-rows.ts';
import { rulesInForce } from './rules-in-force.ts';

/**
 * Accounts whose single charges a rule watches, and fal does not hand out now: a costly one would not be
 * found.
 */
export async function unseenCharges({
  store: { db },
}: Pick<Services, 'store'>): Promise<FalAccount[]> {
  const rules = await listRules(db, 'costly_request');
  const watches = await chargeWatchStates(db);
  const paused = await readPaused(db);
  return (await listAccounts(db)).filter(
    ({ id }) =>
      (watches.get(id)?.errorCode ?? null) !== null &&
      !paused.has(id) &&
      rulesInForce(rules, id).length > 0,
  );
}
