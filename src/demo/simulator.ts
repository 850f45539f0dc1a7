import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO_KEYS, type DemoKeys, demoAccounts, type SimulatedAccount } from './accounts.ts';
import { errorAnswer } from './answer.ts';
import type { BillingRequest } from './billing-request.ts';
import { deliver } from './delivery.ts';
import type { Fault } from './faults.ts';
import { generatedHistory, type History, writtenHistory } from './history.ts';
import { Ledger } from './ledger.ts';
import { noQuirks, type Quirks } from './quirks.ts';
import { answerTo, keyIdOf } from './router.ts';
import { chargesOf, type Truth, truthOf } from './truth.ts';
import { knownUntil, type World } from './world.ts';

const BASE_PATH = '/v1';

export interface SimulatorOptions {
  /** Default 0: a free one. */
  port?: number;
  seed?: number;
  now?: () => Temporal.Instant;
  /** Where the venue is (IANA): shapes the day. Default America/Mexico_City. */
  timezone?: string;
  /** Days of history before now. Default 45. */
  days?: number;
  /** Fixed delay before each answer. Default 0. */
  latencyMs?: number;
  /** Most buckets on a page of usage or analytics, and the default. Default 50. */
  pageSize?: number;
  /** Most rows on a page of billing events; 1000 without a `limit`. Default 10,000. */
  eventsPageSize?: number;
  accounts?: SimulatedAccount[];
  /** Hand-written requests instead of generated ones, of accounts with `traffic: true`. */
  traffic?: BillingRequest[];
}

export interface ReceivedRequest {
  method: string;
  /** Below `/v1`. */
  path: string;
  query: URLSearchParams;
  /** The part of the key that is not secret; null without a key. */
  keyId: string | null;
}

export interface Simulator {
  /** `http://127.0.0.1:PORT/v1` */
  url: string;
  keys: DemoKeys;
  /** Every request so far, in order, answered or not. */
  received: ReceivedRequest[];
  quirks: Quirks;
  /**
   * Lets requests fail. The oldest fault that matches is used until its `times` are up.
   * @param path below `/v1`, exact; or an expression for `path` or `path?query`.
   * @returns a function that takes the fault away.
   */
  fault(path: string | RegExp, fault: Fault, times?: number): () => void;
  /**
   * The true totals of the first account that has traffic, added up from its requests.
   * @param period end is exclusive. @param endpointIds called or billed.
   */
  truth(period: TruePeriod, endpointIds?: string[]): Truth;
  /**
   * Every charge of an account and period, oldest first, as it is known at the clock: late ones
   * once they are known, corrected ones as corrected.
   * @param period end is exclusive.
   */
  charges(username: string, period: TruePeriod): BillingRequest[];
  setLatency(ms: number): void;
  /** Forgets faults, quirks, received requests and a changed latency. */
  reset(): void;
  close(): Promise<void>;
}

interface TruePeriod {
  start: Temporal.Instant;
  end: Temporal.Instant;
}

interface PlannedFault {
  path: string | RegExp;
  fault: Fault;
  left: number;
}

/** Starts a simulator of fal's Platform API on 127.0.0.1. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { accounts = demoAccounts() } = options;
  const world = createWorld(options, accounts);
  const closing = new AbortController();
  const faults: PlannedFault[] = [];
  const received: ReceivedRequest[] = [];
  let latencyMs = options.latencyMs ?? 0;
  let answered = 0;

  function trueCharges(account: SimulatedAccount, { start, end }: TruePeriod): BillingRequest[] {
    const requests = world.ledgerOf(account).entries.map(({ request }) => request);
    const period = { startMs: start.epochMilliseconds, endMs: end.epochMilliseconds };
    return chargesOf(requests, period, knownUntil(world));
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = req;
    const { pathname, searchParams: query } = new URL(req.url ?? '/', 'http://localhost');
    const inside = pathname.startsWith(`${BASE_PATH}/`);
    const path = inside ? pathname.slice(BASE_PATH.length) : pathname;
    const { authorization } = headers;
    received.push({ method, path, query, keyId: keyIdOf(authorization) });
    const fault = takeFault(faults, path, query);
    const body = await text(req);
    if (latencyMs > 0) await sleep(latencyMs, undefined, { signal: closing.signal });
    await deliver({ req, res, signal: closing.signal }, fault, () => {
      answered += 1;
      if (!inside) return errorAnswer(404);
      const incoming = { method, path, query, authorization, body };
      return answerTo(incoming, accounts, world, `simulated-${answered}`);
    });
  }

  const server = createServer((req, res) => {
    handle(req, res).catch((error: Error) => {
      // Clients hang up and waits end with the simulator; anything else is a bug in here.
      if (!closing.signal.aborted && !req.socket.destroyed) process.emitWarning(error);
      req.socket.destroy();
    });
  });
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;

  return {
    url: `http://127.0.0.1:${port}${BASE_PATH}`,
    keys: DEMO_KEYS,
    received,
    quirks: world.quirks,
    fault(path, fault, times = Infinity) {
      const planned = { path, fault, left: times };
      faults.push(planned);
      return () => {
        planned.left = 0;
      };
    },
    truth(period, endpointIds) {
      const account = accounts.find(({ traffic }) => traffic);
      if (!account) throw new Error('no account has traffic');
      const wanted = endpointIds && new Set(endpointIds);
      const charges = trueCharges(account, period);
      return truthOf(
        charges.filter(
          ({ endpointId, billedId }) => !wanted || wanted.has(endpointId) || wanted.has(billedId),
        ),
      );
    },
    charges(username, period) {
      const account = accounts.find((each) => each.username === username);
      if (!account) throw new Error(`no account ${username}`);
      return trueCharges(account, period);
    },
    setLatency(ms) {
      latencyMs = ms;
    },
    reset() {
      faults.length = 0;
      received.length = 0;
      Object.assign(world.quirks, noQuirks());
      latencyMs = options.latencyMs ?? 0;
    },
    async close() {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function createWorld(options: SimulatorOptions, accounts: readonly SimulatedAccount[]): World {
  const { now = () => Temporal.Now.instant(), traffic } = options;
  const { seed = 20_260_112, timezone = 'America/Mexico_City', days = 45 } = options;
  const nowMs = () => now().epochMilliseconds;
  const shared = traffic
    ? writtenHistory(traffic)
    : generatedHistory({ seed, timezone, days, nowMs: nowMs() });
  const histories = new Map(
    accounts.map((account) => [account, historyOf(account, shared)] as const),
  );
  const nothing = new Ledger();
  return {
    quirks: noQuirks(),
    nowMs,
    ledgerOf: (account) => histories.get(account)?.upTo(nowMs()) ?? nothing,
    pageSize: options.pageSize ?? 50,
    eventsPageSize: options.eventsPageSize ?? 10_000,
  };
}

function historyOf({ traffic }: SimulatedAccount, shared: History): History {
  if (typeof traffic === 'boolean') return traffic ? shared : writtenHistory([]);
  return writtenHistory(traffic);
}

function takeFault(faults: PlannedFault[], path: string, query: URLSearchParams): Fault | null {
  const planned = faults.find(({ path: wanted, left }) => {
    if (left <= 0) return false;
    if (typeof wanted === 'string') return wanted === path;
    return path.search(wanted) >= 0 || `${path}?${query}`.search(wanted) >= 0;
  });
  if (!planned) return null;
  planned.left -= 1;
  return planned.fault;
}
