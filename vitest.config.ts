import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    globalSetup: ['test/support/postgres-server.ts'],
    // As `npm start` has it: docs/decisions/0011-a-compiler-left-out.md.
    execArgv: ['--no-maglev-osr'],
    // By default one core is left to the runner, which needs next to none: of two, one would wait.
    maxWorkers: '100%',
    restoreMocks: true,
    testTimeout: 20_000,
  },
});
