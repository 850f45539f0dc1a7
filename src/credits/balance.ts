import type { FalClient } from '../fal/client.ts';
import { isFalError } from '../fal/errors.ts';
import { explainRefusal } from '../fal/refusal.ts';
import { openQuestion } from '../fal/transport.ts';
import type { Services } from '../services.ts';
import type { Balance } from '../usage/report.ts';

interface LiveBalance {
  balance: Balance;
  /** The account's name at fal. */
  username: string | null;
  asOf: Temporal.Instant;
}

/** Asks fal what is left in a key's account. @throws FalError, or the caller's reason to go away. */
export async function askBalance(
  { fal, now, config }: Pick<Services, 'config' | 'now'> & { fal: Reading },
  key: string,
  caller: AbortSignal,
): Promise<LiveBalance> {
  using question = openQuestion(key, config.falTimeoutMs, caller);
  const asOf = now();
  try {
    const { credits, username } = await fal.accountBilling(question);
    const balance: Balance = credits
      ? { amount: credits.balance, currency: credits.currency, reason: null }
      : { amount: null, currency: null, reason: 'not_stated' };
    return { balance, username, asOf };
  } catch (error) {
    throw isFalError(error, 'unauthorized', 'forbidden')
      ? await explainRefusal(fal, question, error)
      : error;
  }
}

type Reading = Pick<FalClient, 'accountBilling' | 'pricing'>;
