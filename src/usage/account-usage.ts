import type { FalAccount } from '../accounts/accounts.ts';
import { type FalErrorCode, isFalError } from '../fal/errors.ts';
import { RequestError } from '../http/failure.ts';
import type { Services } from '../services.ts';
import type { UsageQuestion } from './live.ts';
import { readLocalCopy } from './local-copy.ts';
import type { UsageReport } from './report.ts';

/** fal's own trouble; what it says of the key or the question is an answer. */
const AWAY = [
  'fal_unavailable',
  'fal_timeout',
  'fal_bad_response',
  'rate_limited',
] as const satisfies FalErrorCode[];

/**
 * What was used, as fal says; while fal is away, as the local copy of a stored account says, which the
 * report tells by its `source`.
 * @param account whose key asks; `null` for a key that is not stored.
 * @throws FalError where the copy has nothing of that period either.
 */
export async function usageOrCopy(
  services: Pick<Services, 'liveUsage' | 'history' | 'store' | 'now'>,
  account: FalAccount | null,
  question: UsageQuestion,
  caller: () => AbortSignal,
): Promise<UsageReport> {
  try {
    return await services.liveUsage(question, caller);
  } catch (error) {
    if (account === null || !isFalError(error, ...AWAY)) throw error;
    const period = question.period(services.now());
    const copy = await readLocalCopy(services, account, { ...question, period }, error.code).catch(
      (refusal: unknown) => {
        // The copy can't be cut as fal itself could be: nothing that was asked is wrong.
        if (refusal instanceof RequestError) return null;
        throw refusal;
      },
    );
    if (copy === null) throw error;
    return copy;
  }
}
