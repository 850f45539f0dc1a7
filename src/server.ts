import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How long running requests may take to finish when the process is told to stop, in ms. */
const STOP_GRACE_MS = 25_000;

export interface RunningServer {
  /** Where it answers, without a path. */
  url: string;
  /** Resolves with the name of the signal that asks the process to stop. */
  untilSignal(): Promise<string>;
  /** Takes no new connections and resolves when the running requests are answered. */
  close(): Promise<void>;
}

/** @throws the listen error, such as `EADDRINUSE`. */
export async function listen(
  app: RequestListener,
  { port, host }: { port: number; host: string },
): Promise<RunningServer> {
  const server = createServer(app);
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const shown = host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? 'localhost' : host;
  return {
    url: `http://${shown}:${address.port}`,
    untilSignal: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
      }),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const impatience = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
      await closed;
      clearTimeout(impatience);
    },
  };
}
