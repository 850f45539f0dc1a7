import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { StatementSync } from 'node:sqlite';
import { rotateSecretCommand } from '../../src/cli/rotate-secret.ts';
import { readConfig } from '../../src/config.ts';
import { createServices } from '../../src/services.ts';

/**
 * A process that rotates the secret of its data folder and is killed just before the n-th thing it
 * does to the disk; with a large enough n it comes to its end.
 */
const dieAt = Number(process.argv[2]);
let armed = false;
let done = 0;

function countOn(holder: object, names: readonly string[]): void {
  const functions = holder as Record<string, (...args: unknown[]) => unknown>;
  for (const name of names) {
    const original = functions[name];
    if (!original) throw new Error(`no ${name} to count`);
    functions[name] = function counted(this: unknown, ...args) {
      if (armed) done += 1;
      if (done === dieAt) process.kill(process.pid, 'SIGKILL');
      return original.apply(this, args);
    };
  }
}

countOn(fs, ['openSync', 'writeSync', 'fsyncSync', 'linkSync', 'renameSync', 'rmSync']);
syncBuiltinESMExports();
// Not `prepare`: a statement that is asked for again stays prepared.
countOn(StatementSync.prototype, ['all', 'run']);

const config = readConfig(process.env);
const services = await createServices(config);
await rotateSecretCommand.run([], {
  config,
  async services() {
    armed = true;
    return services;
  },
  print: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write(`${done} steps\n`);
await services.close();
