import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import { DeliveryError } from './delivery-error.ts';
import { reachableAddresses } from './reachable-addresses.ts';
import { retryAfterMs } from './retry-after.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const WHOLE_TIMEOUT_MS = 10_000;
/** More than a receiver needs to say what is wrong. */
const MAX_ANSWER_BYTES = 16 * 1024;

const HEADERS = { 'user-agent': 'fal-usage-panel', accept: '*/*', 'accept-encoding': 'identity' };

export interface GuardedRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Whether an answer's body says if it was accepted; else the body of a good one is not waited for. */
  isAnswerRead: boolean;
}

export interface Answer {
  status: number;
  /** How long the receiver asks to wait, in ms. */
  retryAfterMs: number | null;
  /** Its beginning, if it was not read to its end. */
  text: string;
  isWhole: boolean;
}

/** Addresses of a host. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/**
 * Posts to an address that somebody typed in, and follows no redirect.
 * @throws DeliveryError where no answer came, or the caller's own reason when it went away.
 */
export type GuardedPost = (request: GuardedRequest, signal: AbortSignal) => Promise<Answer>;

export interface GuardOptions {
  /** Subnets, addresses and names of hosts that are allowed though they are private. */
  allowNetworks: readonly string[];
  resolve?: Resolve;
  now: () => Temporal.Instant;
  /** For the whole answer. Default 10 s. */
  timeoutMs?: number;
}

const lookUp: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * The name is looked up by the connection itself, once, and it connects only to what was checked: a
 * name that answers otherwise a moment later gains nothing. What it makes throws a `DeliveryError`.
 */
export function createGuardedPost(options: GuardOptions): GuardedPost {
  const { allowNetworks, resolve = lookUp, now, timeoutMs = WHOLE_TIMEOUT_MS } = options;
  const { isAllowed } = reachableAddresses(allowNetworks);

  async function checkedAddresses(host: string): Promise<readonly string[]> {
    const addresses = await resolve(host);
    if (addresses.some((address) => !isAllowed(host, address))) {
      throw new DeliveryError('address_refused', `${host} leads to a private address`);
    }
    return addresses;
  }

  const lookupChecked: LookupFunction = (host, { all }, done) => {
    checkedAddresses(withoutLastDot(host)).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        const [first] = found;
        if (!first) done(notFound(host), '');
        else if (all) done(null, found);
        else done(null, first.address, first.family);
      },
      (error) => done(error, ''),
    );
  };

  function checkedUrl(text: string): URL {
    // Decimal, octal and hexadecimal forms, and digits of other scripts, are plain addresses then.
    const url = URL.parse(text);
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw refusedForGood('it is no http or https address');
    }
    if (url.username || url.password) throw refusedForGood('the address has a password in it');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) && !isAllowed(host, host)) throw refusedForGood(`${host} is a private address`);
    return url;
  }

  return async function post(request, signal) {
    const url = checkedUrl(request.url);
    signal.throwIfAborted();
    const client = new Client(url.origin, {
      connect: { timeout: CONNECT_TIMEOUT_MS, lookup: lookupChecked },
      // The deadline below ends what is slow.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const responding = client.request({
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: { ...HEADERS, ...request.headers },
        body: request.body,
        signal: deadline,
      });
      const response = await Promise.race([responding, aborted(deadline, responding)]);
      const { statusCode: status, headers } = response;
      const isRead = request.isAnswerRead || status < 200 || status > 299;
      return {
        status,
        retryAfterMs: retryAfterMs(headers['retry-after'], now()),
        ...(isRead && !headers['content-encoding']
          ? await readBeginning(response.body)
          : { text: '', isWhole: true }),
      };
    } catch (cause) {
      throw asDeliveryError(cause, signal, deadline, url.hostname);
    } finally {
      client.destroy().catch(() => {});
    }
  };
}

/** Rejects when the signal aborts: undici itself notices only once it is connected. */
function aborted(signal: AbortSignal, waiting: Promise<unknown>): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const leave = () => reject(signal.reason);
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  waiting.catch(() => {}).finally(() => signal.removeEventListener('abort', leave));
  return promise;
}

/** As much as comes in time and is not too much. */
async function readBeginning(
  body: Dispatcher.ResponseData['body'],
): Promise<{ text: string; isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  const text = () => new TextDecoder().decode(Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES));
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) return { text: text(), isWhole: false };
    }
  } catch {
    return { text: text(), isWhole: false };
  }
  return { text: text(), isWhole: true };
}

function asDeliveryError(
  cause: unknown,
  caller: AbortSignal,
  deadline: AbortSignal,
  host: string,
): unknown {
  if (cause instanceof DeliveryError) return cause;
  if (caller.aborted) return caller.reason;
  const code = (cause as { code?: string }).code ?? '';
  if (deadline.aborted || code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return new DeliveryError('timed_out', `${host} did not answer in time`, { cause });
  }
  const why = code ? ` (${code})` : '';
  return new DeliveryError('unreachable', `${host} can't be reached${why}`, { cause });
}

function refusedForGood(why: string): DeliveryError {
  return new DeliveryError('address_refused', why, { isFinal: true });
}

function notFound(host: string): Error {
  return Object.assign(new Error(`no address of ${host}`), { code: 'ENOTFOUND' });
}

function withoutLastDot(host: string): string {
  return host.replace(/\.$/, '');
}
