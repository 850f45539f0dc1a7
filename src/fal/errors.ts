import { withoutKey } from './key.ts';
import { type Lock, parseLock } from './lock.ts';

/** Why a question to fal failed. `unauthorized` and `forbidden` are fal's words for two different
 * things (unknown key, missing scope) until `explainRefusal` has told them apart. */
export type FalErrorCode =
  | 'unauthorized'
  | 'forbidden'
  | 'invalid_api_key'
  | 'admin_scope_required'
  | 'account_locked'
  | 'invalid_request'
  | 'not_found'
  | 'rate_limited'
  | 'fal_bad_response'
  | 'fal_unavailable'
  | 'fal_timeout';

export interface FalErrorFacts {
  /** HTTP status of fal's answer, when there was one. */
  status?: number;
  lock?: Lock;
  /** A CDN challenge page answered instead of fal (fal-ai/fal#718): says nothing about the key. */
  challenged?: boolean;
  /** fal knows the key but not yet its owner (fal-ai/fal#1068). */
  unbound?: boolean;
  /** How long fal asks to wait, in ms. */
  retryAfterMs?: number;
  /** Whether asking again may help. */
  retryable?: boolean;
  cause?: unknown;
}

/** One failed question to fal. Its message never contains a key. */
export class FalError extends Error {
  override readonly name = 'FalError';
  readonly code: FalErrorCode;
  readonly status: number | null;
  readonly lock: Lock | null;
  readonly challenged: boolean;
  readonly unbound: boolean;
  readonly retryAfterMs: number | null;
  readonly retryable: boolean;

  constructor(code: FalErrorCode, message: string, facts: FalErrorFacts = {}) {
    super(message, 'cause' in facts ? { cause: facts.cause } : undefined);
    this.code = code;
    this.status = facts.status ?? null;
    this.lock = facts.lock ?? null;
    this.challenged = facts.challenged ?? false;
    this.unbound = facts.unbound ?? false;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.retryable = facts.retryable ?? false;
  }
}

export function isFalError(error: unknown, ...codes: FalErrorCode[]): error is FalError {
  return error instanceof FalError && (codes.length === 0 || codes.includes(error.code));
}

/** What came back from fal, before anybody trusts it. */
export interface FalAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Parsed body; `undefined` when it is not JSON. */
  json: unknown;
}

/** Says what is wrong with an answer, or `null` for a good one. */
export function answerError(answer: FalAnswer, path: string, key: string | null): FalError | null {
  const { status, json, headers } = answer;
  const said = key === null ? statedReason(json) : withoutKey(statedReason(json), key);
  const message = (what: string) => `${path}: ${what}${said && ` (${said})`}`;

  const lock = parseLock(said);
  if (lock) return new FalError('account_locked', message('account locked'), { status, lock });

  // fal itself refuses in JSON; a page with status 403 comes from the CDN before it.
  if (headers['cf-mitigated'] !== undefined || (status === 403 && json === undefined)) {
    return new FalError('fal_unavailable', message('a CDN challenge answered instead of fal'), {
      status,
      challenged: true,
    });
  }
  if (status >= 200 && status < 300) {
    if (json !== undefined) return null;
    return new FalError('fal_bad_response', message('answered without JSON'), { status });
  }

  switch (status) {
    case 400:
    case 422:
      return new FalError('invalid_request', message('refused the question'), { status });
    case 401:
      return new FalError('unauthorized', message('refused the key'), {
        status,
        unbound: /no user found/i.test(said),
      });
    case 403:
      return new FalError('forbidden', message('refused the key'), { status });
    case 404:
      return new FalError('not_found', message('not found'), { status });
    case 429:
      return new FalError('rate_limited', message('too many questions'), {
        status,
        retryable: true,
        ...retryAfter(answer),
      });
    case 502:
    case 503:
    case 504:
      return new FalError('fal_unavailable', message(`answered ${status}`), {
        status,
        retryable: true,
        ...retryAfter(answer),
      });
    default:
      return status >= 500
        ? new FalError('fal_unavailable', message(`answered ${status}`), { status })
        : new FalError('fal_bad_response', message(`answered ${status}`), { status });
  }
}

/** fal's own words: `{error: {message}}`, `{detail: text}` or `{detail: [{msg}]}`. */
function statedReason(json: unknown): string {
  if (typeof json !== 'object' || json === null) return '';
  const { error, detail } = json as { error?: unknown; detail?: unknown };
  if (typeof detail === 'string') return detail;
  if (Array.isArray(detail)) {
    return detail.map((item) => String((item as { msg?: unknown })?.msg ?? '')).join('; ');
  }
  const message = (error as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : '';
}

/** `Retry-After` (seconds or HTTP date, RFC 9110 10.2.3), else fal's `x-ratelimit-reset` (seconds). */
function retryAfter({ headers }: FalAnswer): { retryAfterMs?: number } {
  for (const name of ['retry-after', 'x-ratelimit-reset']) {
    const value = headers[name];
    if (typeof value !== 'string' || value.trim() === '') continue;
    const seconds = Number(value);
    if (Number.isFinite(seconds) && seconds >= 0) return { retryAfterMs: seconds * 1000 };
    const date = Date.parse(value);
    if (Number.isFinite(date)) return { retryAfterMs: Math.max(0, date - Date.now()) };
  }
  return {};
}
