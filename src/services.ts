import { createDoctor, type Doctor } from './accounts/doctor.ts';
import type { Config } from './config.ts';
import { createFalClient, type FalClient } from './fal/client.ts';
import { createTransport } from './fal/transport.ts';
import { createLogger, type Logger } from './log.ts';
import { createLiveUsage, type LiveUsage } from './usage/live.ts';

/** How long the same question gets the same answer. */
const CACHE_MS = 10_000;

/** Everything a request needs, built once. */
export interface Services {
  config: Config;
  log: Logger;
  now: () => Temporal.Instant;
  fal: FalClient;
  liveUsage: LiveUsage;
  doctor: Doctor;
  /** Told to stop: whoever watches should send no more requests. */
  stopping: boolean;
  close: () => Promise<void>;
}

/** What a test or the demo puts in the place of the real thing. */
export interface Parts {
  log?: Logger;
  now?: () => Temporal.Instant;
  /** First pause before fal is asked again, in ms. */
  backoffMs?: number;
  /** How long the same question gets the same answer, in ms. */
  cacheMs?: number;
}

/** Builds everything from the configuration. */
export function createServices(config: Config, parts: Parts = {}): Services {
  const now = parts.now ?? Temporal.Now.instant;
  const log =
    parts.log ?? createLogger(config.logLevel, process.stdout.isTTY ? 'terminal' : undefined);
  const fal = createFalClient(
    createTransport({
      baseUrl: config.falApiBaseUrl,
      ...(parts.backoffMs === undefined ? {} : { backoffMs: parts.backoffMs }),
    }),
  );
  const asking = { fal, now, timeoutMs: config.falTimeoutMs };
  return {
    config,
    log,
    now,
    fal,
    liveUsage: createLiveUsage({ ...asking, cacheMs: parts.cacheMs ?? CACHE_MS }),
    doctor: createDoctor(asking),
    stopping: false,
    close: () => fal.close(),
  };
}
