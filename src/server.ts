import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from './config.ts';
import { WrongSecretError } from './secrets/check.ts';
import { StoreOpenError } from './store/store.ts';

/** How long a client may take to send its request, in ms. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than proxies keep their connections, so that none is closed under a request, in ms. */
const KEEP_ALIVE_MS = 65_000;
/** A second signal within this time is the same one, sent by a terminal and by npm, in ms. */
const SAME_SIGNAL_MS = 1_000;

export interface RunningServer {
  /** Where it answers, without a path. */
  url: string;
  /** Resolves with the name of the signal that asks the process to stop. */
  untilSignal(): Promise<string>;
  /**
   * Takes no new connections and resolves when the running requests are answered, or cut off after
   * `graceMs`.
   */
  close(graceMs: number): Promise<void>;
}

/** @throws the listen error, such as `EADDRINUSE`. */
export async function listen(
  app: RequestListener,
  { port, host }: { port: number; host: string },
): Promise<RunningServer> {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS },
    app,
  );
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: localUrl(host, address.port),
    untilSignal,
    async close(graceMs) {
      const closed = once(server, 'close');
      server.close();
      // A connection that is kept alive becomes idle again after each answer.
      const sweep = setInterval(() => server.closeIdleConnections(), 100);
      const impatience = setTimeout(() => server.closeAllConnections(), graceMs);
      server.closeIdleConnections();
      await closed;
      clearInterval(sweep);
      clearTimeout(impatience);
    },
  };
}

/** The address of what listens there, without a path. */
export function localUrl(host: string, port: number): string {
  const shown = host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? 'localhost' : host;
  return `http://${shown}:${port}`;
}

/** The first signal asks to stop; another one that is not its echo ends the process at once. */
function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    let first: number | undefined;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        first ??= performance.now();
        if (performance.now() - first > SAME_SIGNAL_MS) process.exit(1);
        resolve(name);
      });
    }
  });
}

/** Why a start failed, for a person at a terminal. */
export function startProblem(error: unknown): string {
  if (error instanceof ConfigError) return `Can't start:\n  ${error.mistakes.join('\n  ')}`;
  if (error instanceof WrongSecretError) {
    return `Can't start: ${error.message}. Nothing was changed: start again with the right one.`;
  }
  if (error instanceof StoreOpenError) {
    return `Can't start: the database can't be used: ${error.message}. Check DATA_DIR and DATABASE_URL.`;
  }
  const { code, message, stack, path } = error as NodeJS.ErrnoException;
  if (path) return `Can't start: ${message}. DATA_DIR must be a folder the panel may write in.`;
  if (code === 'EADDRINUSE' || code === 'EACCES')
    return `Can't start: ${message}. Try another PORT.`;
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL') {
    return `Can't start: ${message}. HOST must be an address of this machine.`;
  }
  return `Can't start: ${stack ?? message}`;
}
