import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    globalSetup: ['test/support/postgres-server.ts'],
    // As `npm start` has it: docs/decisions/0011-a-compiler-left-out.md.
    execArgv: ['--no-maglev-osr'],
    restoreMocks: true,
    testTimeout: 20_000,
  },
});
