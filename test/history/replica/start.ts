import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

export interface ReplicaOptions {
  /** Of the panel. */
  env: Record<string, string>;
  /** How far its clock is ahead of the machine's. */
  clockAheadMs: number;
  leaseMs: number;
  tickMs: number;
  /** How long after a round the next is due, and how old days become meanwhile; `null`: as ever. */
  intervalMs: number | null;
}

/** Something a replica said; the time is epoch ms by the machine's clock. */
export interface Said {
  event: 'begins' | 'ends' | 'fails';
  job: string;
  at: number;
}

export interface Replica {
  said: Said[];
  /**
   * Resolves once something like that was said, whether before or from now on.
   * @throws where the process ends by itself before that.
   */
  heard(isIt: (said: Said) => boolean): Promise<Said>;
  /** Ends it as a power cut would. @returns when, epoch ms. */
  kill(): Promise<number>;
  /** Has it give back what it does. @returns when it was told to, epoch ms. */
  stop(): Promise<number>;
}

/** Epoch ms by the clock that replicas speak by. */
export function machineNow(): number {
  return performance.timeOrigin + performance.now();
}

/** Starts a process that keeps the local copy up to date; it ends with the test. */
export function startReplica(options: ReplicaOptions): Replica {
  const args = ['--no-maglev-osr', 'test/history/replica/replica.ts', JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: Said[] = [];
  const waiting = new Set<(heard: Said) => void>();
  const ended = new AbortController();
  let isToldToEnd = false;
  const reader = createInterface(child.stdout).on('line', (line) => {
    const heard = JSON.parse(line) as Said;
    said.push(heard);
    for (const tell of waiting) tell(heard);
  });
  const silent = once(reader, 'close');
  child.once('close', (code, signal) => {
    if (!isToldToEnd) ended.abort(new Error(`the replica ended by itself: ${code ?? signal}`));
  });

  async function end(signal: NodeJS.Signals): Promise<number> {
    const at = machineNow();
    isToldToEnd = true;
    child.kill(signal);
    await silent;
    return at;
  }

  return {
    said,
    heard(isIt) {
      const before = said.find(isIt);
      if (before) return Promise.resolve(before);
      if (ended.signal.aborted) return Promise.reject(ended.signal.reason);
      return new Promise((resolve, reject) => {
        function tell(heard: Said): void {
          if (!isIt(heard)) return;
          waiting.delete(tell);
          resolve(heard);
        }
        waiting.add(tell);
        ended.signal.addEventListener('abort', () => reject(ended.signal.reason));
      });
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}
