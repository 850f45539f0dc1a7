import { Writable } from 'node:stream';
import type { Express } from 'express';
import supertest from 'supertest';
import { onTestFinished } from 'vitest';
import { createApp } from '../../src/app.ts';
import type { Role } from '../../src/auth/viewer.ts';
import { readConfig } from '../../src/config.ts';
import { custom } from '../../src/demo/faults.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/demo/simulator.ts';
import { createLogger } from '../../src/log.ts';
import { createServices, type Parts, type Services } from '../../src/services.ts';
import type { Engine } from '../../src/store/engine.ts';
import { temporaryDatabase } from './databases.ts';
import { type SignedIn, signIn } from './sign-in.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Every database the store can be kept in, for `describe.each`. */
export const ENGINES = ['sqlite', 'postgres'] as const satisfies Engine[];

/** A Saturday evening in Mexico City, when the booths are busy. */
export const NOW = Temporal.Instant.from('2026-03-08T03:20:30.5Z');

export interface Panel {
  app: Express;
  http: ReturnType<typeof supertest>;
  fal: Simulator;
  services: Services;
  /** A browser in which a new person of that role is signed in. */
  as(role: Role): Promise<Browser>;
  /** Everything logged so far. */
  logged(): string;
}

export interface Browser extends SignedIn {
  get(path: string): supertest.Test;
  /** Sends a form of a page of this session. */
  post(path: string, fields?: Record<string, string>): supertest.Test;
}

export interface PanelOptions {
  parts?: Parts;
  simulator?: SimulatorOptions;
  /** Which database keeps its store; both are real. */
  engine?: Engine;
}

/** The whole app on a simulated fal with a stopped clock; all of it ends with the test. */
export async function startPanel(
  env: Record<string, string> = {},
  { parts = {}, simulator = {}, engine = 'sqlite' }: PanelOptions = {},
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
    DATA_DIR: temporaryFolder(),
    ...(engine === 'postgres' ? { DATABASE_URL: await temporaryDatabase() } : {}),
    ...env,
  });
  const log = createLogger(config.logLevel, sink);
  const services = await createServices(config, {
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
  const app = createApp(services);
  const http = supertest(app);
  async function as(role: Role): Promise<Browser> {
    const session = await signIn(services, role);
    return {
      ...session,
      get: (path) => http.get(path).set('Cookie', session.header),
      post: (path, fields = {}) =>
        http
          .post(path)
          .set('Cookie', session.header)
          .type('form')
          .send({ _csrf: session.formToken, ...fields }),
    };
  }
  return { app, http, fal, services, as, logged: () => lines.join('') };
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
