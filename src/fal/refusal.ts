import type { FalClient } from './client.ts';
import { FalError, isFalError } from './errors.ts';
import type { Question } from './transport.ts';

/** A model that has had a price for years: asking for it needs a valid key and nothing else. */
export const WELL_KNOWN_MODEL = 'fal-ai/flux/dev';

/**
 * fal says 401 both for a key it does not know and for one without the scope; 403 is only said to
 * known keys. A question that every valid key may ask tells the two meanings of 401 apart.
 * @returns the error to report instead of a bare `unauthorized` or `forbidden`.
 */
export async function explainRefusal(
  fal: Pick<FalClient, 'pricing'>,
  question: Question,
  refusal: FalError,
): Promise<FalError> {
  if (refusal.unbound) return renamed(refusal, 'invalid_api_key');
  if (refusal.code === 'forbidden') return renamed(refusal, 'admin_scope_required');
  try {
    await fal.pricing(question, [WELL_KNOWN_MODEL]);
    return renamed(refusal, 'admin_scope_required');
  } catch (error) {
    if (!isFalError(error)) throw error;
    if (error.code === 'unauthorized') return renamed(refusal, 'invalid_api_key', error.unbound);
    // A key that may read nothing at all is known, or fal would have said 401.
    if (error.code === 'forbidden') return renamed(refusal, 'admin_scope_required');
    return error;
  }
}

function renamed(
  refusal: FalError,
  code: 'invalid_api_key' | 'admin_scope_required',
  unbound = refusal.unbound,
): FalError {
  const status = refusal.status === null ? {} : { status: refusal.status };
  return new FalError(code, refusal.message, { ...status, unbound, cause: refusal });
}
