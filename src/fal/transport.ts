import { setImmediate as othersFirst, setTimeout as sleep } from 'node:timers/promises';
import { type Dispatcher, errors, Pool } from 'undici';
import { createQueue } from '../queue.ts';
import { answerError, FalError } from './errors.ts';
import { createInflate } from './inflate.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const BODY_IDLE_TIMEOUT_MS = 10_000;
/** 10,000 billing events are about 5 MB; ten times that is not an answer. */
const MAX_ANSWER_BYTES = 48 * 1024 * 1024;
/** From here on, in characters, it takes a while to parse an answer and to make rows of it. */
const LARGE_ANSWER = 256 * 1024;
const CONNECTIONS = 16;
const MAX_ATTEMPTS = 4;

/** Who asks and how long they wait: made once for everything one person asked for. */
export interface Question {
  /** `null` where fal answers anybody. */
  key: string | null;
  /** Aborts when the caller goes away or the deadline passes. */
  signal: AbortSignal;
  /** When the caller stops waiting, on the clock of `performance.now()`. */
  deadline: number;
}

/** A question that whoever opened it closes: what is still being asked for it is dropped then. */
export type OpenQuestion = Question & Disposable;

const CLOSED = new DOMException('the question is over', 'AbortError');

/**
 * Opens a question that ends `timeoutMs` from now, when the caller goes away, or when it is closed.
 * One left open keeps its timer, and with it all it was asked for, until its time is over.
 */
export function openQuestion(
  key: string | null,
  timeoutMs: number,
  caller?: AbortSignal,
): OpenQuestion {
  const abort = new AbortController();
  const leave = () => abort.abort(caller?.reason);
  const timer = setTimeout(() => {
    abort.abort(new DOMException('no answer in time', 'TimeoutError'));
  }, timeoutMs).unref();
  if (caller?.aborted) leave();
  caller?.addEventListener('abort', leave, { once: true });
  return {
    key,
    signal: abort.signal,
    deadline: performance.now() + timeoutMs,
    [Symbol.dispose]() {
      clearTimeout(timer);
      caller?.removeEventListener('abort', leave);
      abort.abort(CLOSED);
    },
  };
}

export interface FalRequest {
  method?: 'GET' | 'POST';
  /** Below the base URL, such as `/models/usage`. */
  path: string;
  query?: URLSearchParams;
  body?: unknown;
}

export interface FalTransport {
  /**
   * Sends one request, again while that may help and the question's deadline allows.
   * @returns the parsed JSON of a good answer.
   * @throws FalError, or the caller's own reason when it went away.
   */
  send(question: Question, request: FalRequest): Promise<unknown>;
  close(): Promise<void>;
}

export interface TransportOptions {
  /** fal's API with its version, such as `https://api.fal.ai/v1`. */
  baseUrl: string;
  /** Longest silence in the middle of an answer. Default 10 s. */
  idleMs?: number;
  /** First pause before asking again; doubles each time. Default 250 ms. */
  backoffMs?: number;
  /** 0 to 1, spreads the pauses. Default `Math.random`. */
  random?: () => number;
}

export function createTransport(options: TransportOptions): FalTransport {
  const { baseUrl, idleMs = BODY_IDLE_TIMEOUT_MS, backoffMs = 250, random = Math.random } = options;
  const { origin, pathname } = new URL(baseUrl);
  const prefix = pathname.replace(/\/+$/, '');
  const pool = new Pool(origin, {
    connections: CONNECTIONS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    // The question's own deadline ends a slow answer: a heavy account may need most of it.
    headersTimeout: 0,
    bodyTimeout: idleMs,
    keepAliveTimeout: 30_000,
    maxResponseSize: MAX_ANSWER_BYTES,
  });

  async function attempt(question: Question, request: FalRequest): Promise<unknown> {
    const { path, query, method = 'GET', body } = request;
    const response = await pool.request({
      method,
      path: `${prefix}${path}${query?.size ? `?${query}` : ''}`,
      headers: {
        ...(question.key === null ? {} : { authorization: `Key ${question.key}` }),
        accept: 'application/json',
        'accept-encoding': 'gzip, br',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: question.signal,
    });
    const text = await readText(response.body, response.headers['content-encoding']);
    const json = text.length < LARGE_ANSWER ? parseJson(text) : await parseInTurn(text);
    const answer = { status: response.statusCode, headers: response.headers, json };
    const error = answerError(answer, path, question.key);
    if (error) throw error;
    return json;
  }

  async function send(question: Question, request: FalRequest): Promise<unknown> {
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await attempt(question, request);
      } catch (cause) {
        const error = asFalError(cause, question, request.path);
        const pause = error.retryAfterMs ?? backoff(backoffMs, attempts, random());
        const left = question.deadline - performance.now();
        if (!error.retryable || attempts === MAX_ATTEMPTS || pause >= left) throw error;
        await sleep(pause, undefined, { signal: question.signal }).catch((aborted) => {
          throw asFalError(aborted, question, request.path);
        });
      }
    }
  }

  return { send, close: () => pool.destroy() };
}

/** Exponential, each pause half fixed and half chance, so that a crowd does not come back at once. */
function backoff(baseMs: number, attempts: number, random: number): number {
  return baseMs * 2 ** (attempts - 1) * (0.5 + random / 2);
}

const inflate = {
  gzip: createInflate('gzip', MAX_ANSWER_BYTES),
  br: createInflate('br', MAX_ANSWER_BYTES),
};

/** A plain body becomes text piece by piece: whole, it would be in memory twice. */
async function readText(body: Dispatcher.ResponseData['body'], encoding: unknown): Promise<string> {
  if (encoding === 'gzip' || encoding === 'br') return inflate[encoding](await body.bytes());
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

const turn = createQueue({
  parallel: 1,
  waiting: Infinity,
  full: () => new Error('too many wait'),
});

/** Several large answers that come at once would keep everything else waiting in a row. */
function parseInTurn(text: string): Promise<unknown> {
  return turn(async () => {
    const json = parseJson(text);
    await othersFirst();
    return json;
  });
}

/** `undefined` for a body that is not JSON: an HTML page is an answer too, just not fal's. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const UNREACHABLE = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETDOWN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** @throws the caller's own abort reason: nobody is left to read an error of ours. */
function asFalError(cause: unknown, question: Question, path: string): FalError {
  if (cause instanceof FalError) return cause;
  if (question.signal.aborted) {
    const { reason } = question.signal;
    if (reason?.name !== 'TimeoutError') throw reason;
    return new FalError('fal_timeout', `${path}: no answer in time`, { cause });
  }
  const { code } = cause as { code?: string };
  if (cause instanceof errors.BodyTimeoutError) {
    return new FalError('fal_timeout', `${path}: the answer stopped half-way`, { cause });
  }
  if (cause instanceof errors.ResponseExceededMaxSizeError || code === 'ERR_BUFFER_TOO_LARGE') {
    return new FalError('fal_bad_response', `${path}: the answer is too large`, { cause });
  }
  // zlib's codes, and brotli's.
  if (code?.startsWith('Z_') || code?.startsWith('ERR__ERROR')) {
    return new FalError('fal_bad_response', `${path}: the answer can't be decompressed`, { cause });
  }
  if (code && UNREACHABLE.has(code)) {
    return new FalError('fal_unavailable', `${path}: fal can't be reached (${code})`, {
      cause,
      retryable: true,
    });
  }
  return new FalError('fal_unavailable', `${path}: the connection failed`, { cause });
}
