import { type FalError, type FalErrorCode, isFalError } from '../fal/errors.ts';
import type { LockKind } from '../fal/lock.ts';
import { WrongSecretError } from '../secrets/check.ts';
import { SealError } from '../secrets/seal.ts';
import { isStoreError } from '../store/errors.ts';

/** One field of a request that can't be used; `fault` names the text that says why. */
export interface FieldFault {
  field: string;
  fault: string;
}

/** A request that can't be answered, for a reason the caller can mend. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code:
    | 'invalid_request'
    | 'not_signed_in'
    | 'forbidden'
    | 'form_expired'
    | 'not_found'
    | 'conflict'
    | 'own_account'
    | 'unsupported_media_type'
    | 'rate_limited';
  readonly faults: FieldFault[];
  readonly retryAfterSeconds: number | null;
  readonly subject: string | null;

  constructor(
    code: RequestError['code'],
    {
      faults = [],
      retryAfterSeconds = null,
      subject = null,
    }: Partial<Pick<Failure, 'faults' | 'retryAfterSeconds' | 'subject'>> = {},
  ) {
    super([code, ...faults.map(({ field, fault }) => `${field}: ${fault}`)].join('; '));
    this.code = code;
    this.faults = faults;
    this.retryAfterSeconds = retryAfterSeconds;
    this.subject = subject;
  }
}

/** Refuses a field of a request. @throws RequestError, always. */
export function refuse(field: string, fault: string): never {
  throw new RequestError('invalid_request', { faults: [{ field, fault }] });
}

export type FailureCode =
  | RequestError['code']
  | 'payload_too_large'
  | Exclude<FalErrorCode, 'unauthorized' | 'forbidden'>
  | 'store_unavailable'
  | 'key_unreadable'
  | 'internal_error';

/** What a caller is told about a failure, before it is put into words. */
export interface Failure {
  status: number;
  code: FailureCode;
  faults: FieldFault[];
  lockKind: LockKind | null;
  /** A CDN challenge stood before fal. */
  challenged: boolean;
  /** fal knows the key but not yet its owner. */
  unbound: boolean;
  /** Whole seconds to wait before asking again. */
  retryAfterSeconds: number | null;
  /** What it is about, where that has words of its own: texts `problem.<code>_<subject>`. */
  subject: string | null;
}

export const FAILURE_STATUS: Record<FailureCode, number> = {
  invalid_request: 400,
  invalid_api_key: 401,
  not_signed_in: 401,
  admin_scope_required: 403,
  account_locked: 403,
  forbidden: 403,
  form_expired: 403,
  not_found: 404,
  conflict: 409,
  own_account: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal_error: 500,
  key_unreadable: 500,
  fal_bad_response: 502,
  fal_unavailable: 503,
  store_unavailable: 503,
  fal_timeout: 504,
};

function failure(
  code: FailureCode,
  facts: Partial<Omit<Failure, 'code' | 'status'>> = {},
): Failure {
  return {
    status: FAILURE_STATUS[code],
    code,
    faults: facts.faults ?? [],
    lockKind: facts.lockKind ?? null,
    challenged: facts.challenged ?? false,
    unbound: facts.unbound ?? false,
    retryAfterSeconds: facts.retryAfterSeconds ?? null,
    subject: facts.subject ?? null,
  };
}

/** Any error as what may be said about it; one that nobody foresaw is an `internal_error`. */
export function toFailure(error: unknown): Failure {
  if (error instanceof RequestError) return failure(error.code, error);
  if (isFalError(error)) {
    return failure(publicCode(error.code), {
      lockKind: error.lock?.kind ?? null,
      challenged: error.challenged,
      unbound: error.unbound,
      retryAfterSeconds: waitSeconds(error),
    });
  }
  if (error instanceof SealError || error instanceof WrongSecretError) {
    return failure('key_unreadable');
  }
  if (isStoreError(error)) return failure('store_unavailable');
  return bodyFailure(error) ?? failure('internal_error');
}

/** Where fal does not say how long, its limit is taken for one of questions a minute. */
function waitSeconds({ code, retryAfterMs }: FalError): number | null {
  if (retryAfterMs !== null) return Math.max(1, Math.ceil(retryAfterMs / 1000));
  return code === 'rate_limited' ? 60 : null;
}

/**
 * Where nobody told an unknown key from a missing scope, 401 and 403 mean what they usually do. A
 * question that fal does not understand or find was ours, not the caller's.
 */
function publicCode(code: FalErrorCode): FailureCode {
  switch (code) {
    case 'unauthorized':
      return 'invalid_api_key';
    case 'forbidden':
      return 'admin_scope_required';
    case 'invalid_request':
    case 'not_found':
      return 'fal_bad_response';
    default:
      return code;
  }
}

/** What Express' own body and URL parsing throw: http-errors with a `type` or a 4xx `status`. */
function bodyFailure(error: unknown): Failure | null {
  if (!(error instanceof Error)) return null;
  const { type, status } = error as { type?: unknown; status?: unknown };
  if (type === 'entity.too.large' || type === 'parameters.too.many') {
    return failure('payload_too_large');
  }
  if (type === 'charset.unsupported' || type === 'encoding.unsupported') {
    return failure('unsupported_media_type');
  }
  if (typeof status !== 'number' || status < 400 || status >= 500) return null;
  return status === 404
    ? failure('not_found')
    : failure('invalid_request', {
        faults: [{ field: 'body', fault: 'not_understood' }],
      });
}
