import fc from 'fast-check';
import { onTestFinished } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { madeUpKey } from '../../../src/demo/accounts.ts';
import { type BillingRequest, billingRequests } from '../../../src/demo/billing-request.ts';
import { type Simulator, startSimulator } from '../../../src/demo/simulator.ts';
import { createServices, type Services } from '../../../src/services.ts';
import type { Engine } from '../../../src/store/engine.ts';
import { temporaryDatabase } from '../../support/databases.ts';
import { storeAccount } from '../../support/stored-account.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { traffic } from '../../support/traffic.ts';
import { syncOnce } from '../synced.ts';
import { dump } from './dump.ts';

const START = Temporal.Instant.from('2026-03-20T00:00Z');
const NOON = START.add({ hours: 12 });
const ZONES = ['America/Mexico_City', 'Asia/Calcutta', 'Europe/Madrid'];

export interface SettingOptions {
  accounts: number;
  /** Days before today that are read. */
  days: number;
  requestsOfEach: number;
  latencyMs?: number;
}

/** A fal with some accounts, and places for panels that have them. */
export interface Setting {
  fal: Simulator;
  slugs: string[];
  /** How far everybody's clock is ahead of the machine's. */
  aheadMs(): number;
  forward(ms: number): void;
  /** Where a panel keeps things, with nothing read yet; as the variables it starts with. */
  emptyPlace(engine: Engine): Promise<Record<string, string>>;
  /** Opens what is kept there; it is closed with the test if not before. */
  open(place: Record<string, string>): Promise<Services>;
}

/** At noon of a day; all that happened, did so before it and is known: any hour of reading finds the same. */
export async function setUp(options: SettingOptions): Promise<Setting> {
  const { days, requestsOfEach, latencyMs = 0 } = options;
  let aheadMs = NOON.epochMilliseconds - Date.now();
  const now = () => Temporal.Now.instant().add({ milliseconds: aheadMs });
  const accounts = Array.from({ length: options.accounts }, (_, index) => ({
    slug: `account-${index + 1}`,
    key: madeUpKey(`f${index.toString(16)}`),
    timezone: ZONES[index % ZONES.length] ?? 'UTC',
    traffic: pastTraffic(days, requestsOfEach, index),
  }));
  const fal = await startSimulator({
    now,
    latencyMs,
    pageSize: 12,
    accounts: accounts.map(({ slug, key, traffic }) => ({
      username: slug,
      balance: 100,
      traffic,
      keys: [{ key, alias: 'Panel', scope: 'ADMIN', createdAt: '2025-01-15T12:00:00Z' }],
    })),
  });
  onTestFinished(() => fal.close());

  async function open(place: Record<string, string>): Promise<Services> {
    const services = await createServices(readConfig(place), { now, backoffMs: 1 });
    onTestFinished(() => services.close());
    return services;
  }

  return {
    fal,
    slugs: accounts.map(({ slug }) => slug),
    aheadMs: () => aheadMs,
    forward(ms) {
      aheadMs += ms;
    },
    open,
    async emptyPlace(engine) {
      const place = {
        DATA_DIR: temporaryFolder(),
        ...(engine === 'postgres' && { DATABASE_URL: await temporaryDatabase() }),
        FAL_API_BASE_URL: fal.url,
        BACKFILL_DAYS: String(days),
        DEFAULT_TIMEZONE: 'America/Mexico_City',
        LOG_LEVEL: 'silent',
      };
      const services = await open(place);
      for (const { slug, key, timezone } of accounts) {
        await storeAccount(services, { slug, name: slug, key, timezone });
      }
      await services.close();
      return place;
    },
  };
}

/** Reads what is left. @returns what is kept then. */
export async function finish(setting: Setting, place: Record<string, string>) {
  const services = await setting.open(place);
  for (const slug of setting.slugs) await syncOnce({ services }, slug);
  const rows = await dump(services.store.db);
  await services.close();
  return rows;
}

/** Of the days before today; and a model that was paid for on the first of them and failed on all. */
function pastTraffic(days: number, requests: number, seed: number): BillingRequest[] {
  const start = START.subtract({ hours: days * 24 });
  const [sample = []] = fc.sample(
    traffic({ start, days, requests: { min: requests, max: requests } }),
    { seed, numRuns: 1 },
  );
  const known = sample.map(({ knownAtMs: _late, correction: _, ...request }) => request);
  const rare = { endpointId: 'fal-ai/rare', unit: 'images' };
  const failed = Array.from({ length: days }, (_, day) => ({
    ...rare,
    at: start.add({ hours: day * 24 + 5 }).epochMilliseconds,
    outcome: 'server_error' as const,
  }));
  return [...known, ...billingRequests([{ ...rare, at: start.epochMilliseconds }, ...failed])];
}
