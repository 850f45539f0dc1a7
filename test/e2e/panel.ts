import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type BrowserContext, test as base, devices, expect, type Page } from '@playwright/test';
import { type FalAccount, listAccounts } from '../../src/accounts/accounts.ts';
import { createAccount } from '../../src/accounts/change-accounts.ts';
import { createApp } from '../../src/app.ts';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import type { Role } from '../../src/auth/viewer.ts';
import { readConfig } from '../../src/config.ts';
import { type Simulator, startSimulator } from '../../src/demo/simulator.ts';
import { forgetAccount } from '../../src/history/forget-account.ts';
import { listen } from '../../src/server.ts';
import { createServices, type Services } from '../../src/services.ts';
import type { Engine } from '../../src/store/engine.ts';
import { createDatabaseOn } from '../support/postgres/database.ts';
import { signIn } from '../support/sign-in.ts';

/** A Saturday evening in Mexico City, when the booths are busy. */
export const NOW = Temporal.Instant.from('2026-03-08T03:20:30.5Z');
const { isMobile: _, defaultBrowserType: __, ...pixel } = devices['Pixel 7'];
/** What people hold at a venue, for `test.use`: a window of the size, in the browser there is. */
export const PHONE = pixel;
export const LAST_DAY = { start: NOW.subtract({ hours: 24 }), end: NOW };

export interface WorkerOptions {
  /** Which database keeps the panel's store; set by the project. */
  engine: Engine;
}

interface Worker extends WorkerOptions {
  /** The panel, on a simulated fal with a stopped clock. */
  panel: { url: string; fal: Simulator; services: Services };
}

interface Test {
  fal: Simulator;
}

/** Playwright's test with the panel in it; every page must keep to the content security policy. */
export const test = base.extend<Test, Worker>({
  engine: ['sqlite', { scope: 'worker', option: true }],
  panel: [
    async ({ engine }, use) => {
      const postgres = process.env.TEST_DATABASE_URL ?? '';
      const database = engine === 'postgres' ? await createDatabaseOn(postgres) : null;
      const fal = await startSimulator({ now: () => NOW, days: 40 });
      const dataDir = await mkdtemp(join(tmpdir(), 'fal-usage-panel-'));
      const config = readConfig({
        PORT: '0',
        DATA_DIR: dataDir,
        DATABASE_URL: database?.url,
        BASE_PATH: '/futurelab_ai',
        FAL_API_BASE_URL: fal.url,
        FAL_TIMEOUT_MS: '3000',
        RATE_LIMIT_PER_MINUTE: '100000',
        DEFAULT_TIMEZONE: 'America/Mexico_City',
        LOG_LEVEL: 'silent',
      });
      const services = await createServices(config, { now: () => NOW, backoffMs: 1, cacheMs: 0 });
      const server = await listen(createApp(services), config);
      await use({ url: server.url, fal, services });
      await server.close(1_000);
      await services.close();
      await database?.drop();
      await fal.close();
      await rm(dataDir, { recursive: true });
    },
    { scope: 'worker' },
  ],
  // For every test, whether it asks for it or not: a fault of the one before must not reach it.
  fal: [
    async ({ panel }, use) => {
      panel.fal.reset();
      await use(panel.fal);
    },
    { auto: true },
  ],
  baseURL: async ({ panel }, use) => use(panel.url),
  /** A browser in which an admin is signed in. */
  context: async ({ context, panel }, use) => {
    await signInTo(context, panel);
    await use(context);
  },
  page: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Failed answers are logged by the browser and htmx; those are what some tests are about.
      const isAnswer = /^Failed to load resource|Failed to fetch/.test(message.text());
      if (message.type() === 'error' && !isAnswer) complaints.push(message.text());
    });
    await use(page);
    expect(complaints).toEqual([]);
  },
});

export { expect };

/** Signs a new person in, in that browser. */
export async function signInTo(
  context: BrowserContext,
  { url, services }: Worker['panel'],
  role: Role = 'admin',
): Promise<void> {
  const { cookie } = await signIn(services, role);
  await context.addCookies([{ ...cookie, url }]);
}

/** The simulator's account with traffic, stored as the page does it. */
export function addAccount({ services, fal }: Worker['panel'], name: string): Promise<FalAccount> {
  const fields = { name, note: 'De Ana', timezone: 'America/Mexico_City', color: 3 };
  return createAccount(services, COMMAND_LINE, fields, fal.keys.admin);
}

/** Other tests of the same panel begin with no account stored, and no history. */
export async function forgetAccounts({ services }: Worker['panel']): Promise<void> {
  const { db, engine } = services.store;
  await db.transaction().execute(async (trx) => {
    for (const { id } of await listAccounts(trx)) {
      await forgetAccount(trx, engine, id);
      await trx.deleteFrom('fal_accounts').where('id', '=', id).execute();
    }
  });
}

/** Opens the page and fills the key in. */
export async function openWith(page: Page, key: string, path = '/admin/config'): Promise<void> {
  await page.goto(path);
  await page.locator('#api_key').fill(key);
}

/** Asks with the button of that name and waits for the answer. */
export async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.locator('#ask').getByRole('button', { name }).click();
  await expect(page.locator('#answer')).not.toHaveAttribute('aria-busy');
  await expect(page.locator('#results').locator('[data-result], [data-problem]')).toBeVisible();
}

/** No violation of the accessibility rules that can be checked by a machine. */
export async function expectAccessible(page: Page): Promise<void> {
  // A colour on its way to another is none of them.
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) {
      if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
    }
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}

/** Nothing is wider than the screen. */
export async function expectFits(page: Page): Promise<void> {
  const { scroll, client, path } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    client: document.documentElement.clientWidth,
    path: location.pathname,
  }));
  expect([path, scroll]).toEqual([path, client]);
}
