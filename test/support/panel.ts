import { Writable } from 'node:stream';
import supertest from 'supertest';
import { onTestFinished } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { custom } from '../../src/demo/faults.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/demo/simulator.ts';
import { createLogger } from '../../src/log.ts';
import { createServices, type Parts, type Services } from '../../src/services.ts';

/** A Saturday evening in Mexico City, when the booths are busy. */
export const NOW = Temporal.Instant.from('2026-03-08T03:20:30.5Z');

export interface Panel {
  http: ReturnType<typeof supertest>;
  fal: Simulator;
  services: Services;
  /** Everything logged so far. */
  logged(): string;
}

/** The whole app on a simulated fal with a stopped clock; both end with the test. */
export async function startPanel(
  env: Record<string, string> = {},
  { parts = {}, simulator = {} }: { parts?: Parts; simulator?: SimulatorOptions } = {},
): Promise<Panel> {
  const fal = await startSimulator({ now: () => NOW, days: 12, ...simulator });
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const config = readConfig({
    FAL_API_BASE_URL: fal.url,
    RATE_LIMIT_PER_MINUTE: '100000',
    DEFAULT_TIMEZONE: 'America/Mexico_City',
    LOG_LEVEL: 'trace',
    ...env,
  });
  const log = createLogger(config.logLevel, sink);
  const services = createServices(config, {
    now: () => NOW,
    backoffMs: 1,
    cacheMs: 0,
    log,
    ...parts,
  });
  onTestFinished(async () => {
    await services.close();
    await fal.close();
  });
  return { http: supertest(createApp(services)), fal, services, logged: () => lines.join('') };
}

/** Posts a question and hangs up while fal is working on it; resolves when fal was let go. */
export async function hangUpMidway(panel: Panel, path: string): Promise<void> {
  const arrived = Promise.withResolvers<void>();
  const dropped = Promise.withResolvers<void>();
  panel.fal.fault(
    '/models/usage',
    custom((_req, res) => {
      res.once('close', () => dropped.resolve());
      arrived.resolve();
    }),
  );
  const asking = panel.http.post(path).send({ api_key: panel.fal.keys.admin });
  asking.end(() => {});
  await arrived.promise;
  asking.abort();
  await dropped.promise;
}
