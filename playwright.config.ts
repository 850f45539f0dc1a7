import { defineConfig, devices } from '@playwright/test';
import type { WorkerOptions } from './test/e2e/panel.ts';
import { findChromium } from './test/support/chromium.ts';

/** What people do that the database must keep, told once more on PostgreSQL. */
const STORIES_OF_THE_STORE = ['**/sign-in.e2e.ts', '**/people.e2e.ts', '**/accounts.e2e.ts'];

export default defineConfig<object, WorkerOptions>({
  globalSetup: './test/e2e/postgres-server.ts',
  testDir: 'test/e2e',
  testMatch: '**/*.e2e.ts',
  forbidOnly: true,
  fullyParallel: true,
  workers: 2,
  reporter: 'list',
  use: {
    locale: 'es-MX',
    timezoneId: 'America/Mexico_City',
    launchOptions: {
      executablePath: findChromium() ?? '',
      // A bare container has no user namespaces and a tiny /dev/shm; the rest keeps Chromium from
      // calling home in the middle of a test.
      args: [
        '--no-sandbox',
        '--disable-dev-shm-usage',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    {
      name: 'desktop',
      use: { viewport: { width: 1280, height: 900 } },
      testIgnore: '**/*.phone.e2e.ts',
    },
    {
      name: 'postgres',
      use: { viewport: { width: 1280, height: 900 }, engine: 'postgres' },
      testMatch: STORIES_OF_THE_STORE,
    },
    { name: 'phone', use: { ...devices['Pixel 7'] }, testMatch: '**/*.phone.e2e.ts' },
  ],
});
