import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

export interface TellerOptions {
  /** Of the panel. */
  env: Record<string, string>;
  /** How far its clock is ahead of the machine's. */
  clockAheadMs: number;
  leaseMs: number;
  /** How many things it has to tell. */
  tell: number;
}

export interface Telling {
  /** Names of what was committed so far. */
  told: string[];
  /** Resolves once there is nothing to do: whether nothing is pending any more. */
  rests: Promise<boolean>;
  /** Ends it as a power cut would, and resolves when all that it said was heard. */
  kill(): Promise<void>;
}

/** Starts a process that tells and delivers; it ends with the test. */
export function startTelling(options: TellerOptions): Telling {
  const args = ['--no-maglev-osr', 'test/deliveries/kill/teller.ts', JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const told: string[] = [];
  const rests = Promise.withResolvers<boolean>();
  const reader = createInterface(child.stdout).on('line', (line) => {
    if (line === 'idle' || line === 'waiting') rests.resolve(line === 'idle');
    else told.push(line);
  });
  const silent = once(reader, 'close').then(() => rests.resolve(false));
  return {
    told,
    rests: rests.promise,
    async kill() {
      child.kill('SIGKILL');
      await silent;
    },
  };
}
