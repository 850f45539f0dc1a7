import type { IncomingMessage, ServerResponse } from 'node:http';
import { EXHAUSTED_BALANCE } from './accounts.ts';
import { type Answer, type ErrorType, errorAnswer, jsonAnswer } from './answer.ts';

/** What can go wrong between a good request and its answer. */
export type Fault =
  /** Something else is answered. */
  | { kind: 'answer'; answer: Answer }
  /** The request is taken and never answered. */
  | { kind: 'hang' }
  /** The connection is reset before any answer. */
  | { kind: 'reset' }
  /** The connection ends in the middle of the true answer. */
  | { kind: 'truncate' }
  /** The true answer, late. */
  | { kind: 'slow-headers'; ms: number }
  /** The true answer, with a pause in the middle of the body. */
  | { kind: 'slow-body'; ms: number }
  /** An endless-looking JSON body; gzipped it is small on the wire. */
  | { kind: 'oversize'; mebibytes: number; gzip: boolean }
  | { kind: 'custom'; handle: (req: IncomingMessage, res: ServerResponse) => void | Promise<void> };

/** A status with fal's error body. */
export function failWith(status: number, message?: string, type?: ErrorType): Fault {
  return answerWith(errorAnswer(status, message, type));
}

/** A status with the other error body fal uses: `{"detail": ...}`. */
export function failWithDetail(status: number, detail: string | unknown[]): Fault {
  return answerWith(jsonAnswer(status, { detail }));
}

/** fal's lock notice; seen with status 403 and with 200. */
export function lockNotice(reason = EXHAUSTED_BALANCE, status = 403): Fault {
  return answerWith(lockAnswer(reason, status));
}

export function lockAnswer(reason: string, status = 403): Answer {
  return jsonAnswer(status, { detail: `User is locked. Reason: ${reason}` });
}

/** A CDN's challenge page: not fal's answer at all (fal-ai/fal#718). */
export function cdnChallenge(): Fault {
  const body = '<!DOCTYPE html><title>Just a moment...</title><p>Checking your browser.</p>';
  return answerWith(htmlAnswer(403, body, { 'cf-mitigated': 'challenge' }));
}

/** A proxy's error page. */
export function htmlError(status = 502): Fault {
  return answerWith(htmlAnswer(status, `<html><h1>${status} Bad Gateway</h1></html>`));
}

/** 429; the headers that say when to come back are not documented: either, both or none. */
export function rateLimited(
  headers: { retryAfter?: string | number; resetSeconds?: number } = {},
): Fault {
  const { retryAfter, resetSeconds } = headers;
  const answer = errorAnswer(429);
  if (retryAfter !== undefined) answer.headers['retry-after'] = String(retryAfter);
  if (resetSeconds !== undefined) answer.headers['x-ratelimit-reset'] = String(resetSeconds);
  return answerWith(answer);
}

export const hang = (): Fault => ({ kind: 'hang' });
export const resetConnection = (): Fault => ({ kind: 'reset' });
export const truncateBody = (): Fault => ({ kind: 'truncate' });
export const slowHeaders = (ms: number): Fault => ({ kind: 'slow-headers', ms });
export const slowBody = (ms: number): Fault => ({ kind: 'slow-body', ms });

/** Says it is JSON and is not. */
export function notJson(status = 200): Fault {
  return answerWith({ ...jsonAnswer(status, null), body: '{"time_series": [' });
}

/** Good JSON that is not the contract's. */
export function wrongShape(value: unknown = { usage: 'none' }, status = 200): Fault {
  return answerWith(jsonAnswer(status, value));
}

/** Says it is gzip and is not. */
export function corruptGzip(): Fault {
  const { headers } = jsonAnswer(200, null);
  const body = 'this was never compressed';
  return answerWith({ status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body });
}

export function oversize(mebibytes: number, options: { gzip?: boolean } = {}): Fault {
  return { kind: 'oversize', mebibytes, gzip: options.gzip ?? false };
}

export function custom(
  handle: (req: IncomingMessage, res: ServerResponse) => void | Promise<void>,
): Fault {
  return { kind: 'custom', handle };
}

export function answerWith(answer: Answer): Fault {
  return { kind: 'answer', answer };
}

function htmlAnswer(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers }, body };
}
