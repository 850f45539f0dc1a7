import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    globalSetup: ['test/support/postgres-server.ts'],
    restoreMocks: true,
    testTimeout: 20_000,
  },
});
