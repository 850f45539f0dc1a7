import { askBalance } from '../credits/balance.ts';
import { callerOf } from '../fal/auth-method.ts';
import { FalError } from '../fal/errors.ts';
import { openQuestion } from '../fal/transport.ts';
import type { UsageRow } from '../fal/usage.ts';
import { type Nano, sumNano } from '../money.ts';
import type { Services } from '../services.ts';
import type { Period } from '../usage/period.ts';
import type { Balance } from '../usage/report.ts';

/** What fal charged to some keys of an account, and to all of it. */
export interface KeysAnswer {
  cost: Nano;
  accountCost: Nano;
  /** Pages are missing: both are lower bounds. */
  isPartial: boolean;
  /** `null`: fal did not say. */
  balance: Balance | null;
}

/**
 * Asks fal what some keys were charged in a period. How many calls that were it does not say by key.
 * @param apiKeyIds as the local copy knows callers. @throws FalError
 */
export async function askByKeys(
  services: Pick<Services, 'fal' | 'now' | 'config'>,
  key: string,
  { start, end, timezone, resolution }: Period,
  apiKeyIds: readonly string[],
  caller: AbortSignal,
): Promise<KeysAnswer> {
  const { fal, config } = services;
  using question = openQuestion(key, config.falTimeoutMs, caller);
  const [usage, balance] = await Promise.all([
    fal.usage(question, { start, end, timezone, timeframe: resolution }),
    askBalance(services, key, caller).catch((error: unknown) => {
      // It is a help, not the answer.
      if (!(error instanceof FalError)) throw error;
      return null;
    }),
  ]);
  const dollars = usage.rows.filter(({ currency }) => currency === 'USD');
  const own = dollars.filter((row) => apiKeyIds.includes(callerOf(row.auth)));
  return {
    cost: costOf(own),
    accountCost: costOf(dollars),
    isPartial: usage.stops.length > 0,
    balance: balance?.balance ?? null,
  };
}

function costOf(rows: readonly UsageRow[]): Nano {
  return sumNano(rows.map(({ cost }) => cost));
}
