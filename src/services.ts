import { createDoctor, type Doctor } from './accounts/doctor.ts';
import { seedAccount } from './accounts/seed.ts';
import { chargeWatchJobs } from './alerts/charge-watch.ts';
import { alertsJob } from './alerts/evaluation.ts';
import { incidentRetentionJob } from './alerts/incident-retention.ts';
import type { BetterAuth } from './auth/better-auth.ts';
import { type AuthKeys, createAuthKeys } from './auth/keys.ts';
import { createSessions, type Sessions } from './auth/sessions.ts';
import type { Config, OidcConfig } from './config.ts';
import { deliveryJobs } from './deliveries/jobs.ts';
import { createSender, type Sender } from './deliveries/send.ts';
import { createFalClient, type FalClient } from './fal/client.ts';
import { createTransport } from './fal/transport.ts';
import type { UsageHistory } from './history/answer.ts';
import { historyJobs } from './history/jobs.ts';
import { createUsageHistory } from './history/usage-history.ts';
import { createScheduler, type Job, type Scheduler } from './jobs/scheduler.ts';
import { createLogger, type Logger } from './log.ts';
import { localSources, type OverviewSources } from './overview/sources.ts';
import { type AskedPrices, createAskedPrices } from './planner/asked-prices.ts';
import { reportJobs } from './reports/job.ts';
import { readAppSecret } from './secrets/app-secret.ts';
import { createSeal, type Seal } from './secrets/seal.ts';
import { settleSecret } from './secrets/settle.ts';
import { type CurrentSettings, openSettings } from './settings/current-settings.ts';
import { defaultSettings } from './settings/settings.ts';
import { openStore, type Store } from './store/store.ts';
import { type Catalogue, createCatalogue } from './usage/catalogue.ts';
import { createLiveUsage, type LiveUsage } from './usage/live.ts';

/** How long the same question gets the same answer. */
const CACHE_MS = 10_000;
/** How long a change of the settings by another process may go unseen. */
const SETTINGS_REFRESH_MS = 5_000;
/** Somebody looks at a blank page meanwhile. */
const OIDC_TIMEOUT_MS = 10_000;

/** Everything a request needs, built once. */
export interface Services {
  config: Config;
  log: Logger;
  now: () => Temporal.Instant;
  store: Store;
  settings: CurrentSettings;
  seal: Seal;
  authKeys: AuthKeys;
  sessions: Sessions;
  /** Loaded when somebody first signs in: it is a third of the process's memory. */
  betterAuth: () => Promise<BetterAuth>;
  /** The same for those who come from the OpenID Connect provider. */
  oidcAuth: () => Promise<BetterAuth>;
  /** How long the provider may take for one of the two things it is asked, in ms. */
  oidcTimeoutMs: number;
  fal: FalClient;
  /** fal's list of models, read once for everybody. */
  catalogue: Catalogue;
  liveUsage: LiveUsage;
  askedPrices: AskedPrices;
  history: UsageHistory;
  doctor: Doctor;
  overviewSources: OverviewSources;
  /** Carries what the outbox has to where it goes. */
  sender: Sender;
  /** What is to be done again and again, as things stand. */
  jobs: () => Promise<readonly Job[]>;
  /** Does what is to be done again and again, once it is started. */
  scheduler: Scheduler;
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
  /** How long a statement waits for another process's write to SQLite, in ms. */
  busyPatienceMs?: number;
  /** How long another process's change of the settings may go unseen, in ms. */
  settingsRefreshMs?: number;
  oidcTimeoutMs?: number;
  history?: UsageHistory;
  overviewSources?: OverviewSources;
  sender?: Sender;
}

/**
 * Builds everything from the configuration.
 * @throws WrongSecretError, or what keeps the database from being opened.
 */
export async function createServices(config: Config, parts: Parts = {}): Promise<Services> {
  const now = parts.now ?? Temporal.Now.instant;
  const log =
    parts.log ?? createLogger(config.logLevel, process.stdout.isTTY ? 'terminal' : undefined);
  const readSecret = readAppSecret(config);
  const { busyPatienceMs } = parts;
  const store = await openStore({ ...config, log, ...(busyPatienceMs && { busyPatienceMs }) });
  let seal: Seal;
  let authKeys: AuthKeys;
  let settings: CurrentSettings;
  try {
    const appSecret = await settleSecret(store.db, config, readSecret, now());
    seal = createSeal(appSecret);
    authKeys = createAuthKeys(appSecret);
    await seedAccount({ config, store, seal, now });
    settings = await openSettings({
      db: store.db,
      defaults: defaultSettings(config),
      log,
      refreshMs: parts.settingsRefreshMs ?? SETTINGS_REFRESH_MS,
    });
  } catch (error) {
    await store.close();
    throw error;
  }
  const openClient = () =>
    createFalClient(
      createTransport({
        baseUrl: config.falApiBaseUrl,
        ...(parts.backoffMs === undefined ? {} : { backoffMs: parts.backoffMs }),
      }),
    );
  const fal = openClient();
  // Apart from what people ask, who would wait for a connection behind a long backfill.
  const jobsFal = openClient();
  const catalogue = createCatalogue(fal, now);
  async function loadBetterAuth(oidc: OidcConfig | null): Promise<BetterAuth> {
    const { createBetterAuth } = await import('./auth/better-auth.ts');
    const { db, engine } = store;
    return createBetterAuth({ config, db, engine, keys: authKeys, log, oidc });
  }
  const cacheMs = parts.cacheMs ?? CACHE_MS;
  const askedPrices = createAskedPrices(cacheMs > 0);
  const history =
    parts.history ?? createUsageHistory({ engine: store.engine, reader: store.reader, now });
  const overviewSources =
    parts.overviewSources ??
    localSources({ store, history, seal, fal, askedPrices, config, log, now }, cacheMs);
  const alerts = alertsJob({ config, log, now, store, history, overviewSources });
  const asking = { fal, now, timeoutMs: config.falTimeoutMs };
  const sender = parts.sender ?? createSender({ config, now });
  const jobs = allOf([
    historyJobs({ config, log, now, store, settings, seal, fal: jobsFal, catalogue }),
    deliveryJobs({ store, seal, sender, now, log }),
    chargeWatchJobs({ now, store, seal, history, fal: jobsFal }),
    async () => [alerts, incidentRetentionJob({ store, now })],
    reportJobs({ config, log, now, store, settings, seal, fal: jobsFal, askedPrices, history }),
  ]);
  const scheduler = createScheduler({ db: store.db, now, log, jobs });
  return {
    config,
    log,
    now,
    store,
    settings,
    seal,
    authKeys,
    sessions: createSessions({ db: store.db, keys: authKeys, now }),
    betterAuth: once(() => loadBetterAuth(null)),
    oidcAuth: once(() => loadBetterAuth(config.oidc)),
    oidcTimeoutMs: parts.oidcTimeoutMs ?? OIDC_TIMEOUT_MS,
    fal,
    catalogue,
    askedPrices,
    liveUsage: createLiveUsage({ ...asking, catalogue, cacheMs }),
    history,
    doctor: createDoctor(asking),
    sender,
    overviewSources,
    jobs,
    scheduler,
    stopping: false,
    async close() {
      // Before what its jobs use.
      await scheduler.stop();
      sender.close();
      settings.close();
      await Promise.all([fal.close(), jobsFal.close()]);
      await store.close();
    },
  };
}

/** What each feature has to have done, together. */
function allOf(
  features: readonly (() => Promise<readonly Job[]>)[],
): () => Promise<readonly Job[]> {
  return async () => (await Promise.all(features.map((jobs) => jobs()))).flat();
}

/** Does the work the first time; everybody gets that result. A failure is tried again. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work().catch((error: unknown) => {
      result = undefined;
      throw error;
    });
    return result;
  };
}
