import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of its own, so that its work and its memory are not counted with ours. */
export interface Child<Ready> {
  pid: number | undefined;
  /** What it said when it was ready. */
  ready: Ready;
  /** Sends it a message and waits for its next one. */
  ask<Reply>(message: unknown): Promise<Reply>;
  stop(): Promise<void>;
}

/**
 * Starts `bench/<file>` with Node and waits for its first message.
 * @throws when it ends before it has answered.
 */
export async function startChild<Ready>(
  file: string,
  args: readonly string[] = [],
  execArgv: readonly string[] = [],
): Promise<Child<Ready>> {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const child = fork(path, args, {
    // As `npm start` has it, and the environment too.
    execArgv: ['--no-maglev-osr', ...execArgv],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, MALLOC_ARENA_MAX: '2' },
  });
  const exited = once(child, 'exit');

  async function nextMessage<Reply>(): Promise<Reply> {
    const abort = new AbortController();
    const ended = exited.then(([code, signal]) => {
      throw new Error(`bench/${file} ended early (${code ?? signal})`);
    });
    try {
      const message = once(child, 'message', { signal: abort.signal });
      message.catch(() => {});
      const [reply] = await Promise.race([message, ended]);
      return reply;
    } finally {
      abort.abort();
      ended.catch(() => {});
    }
  }

  return {
    pid: child.pid,
    ready: await nextMessage<Ready>(),
    ask(message) {
      child.send(message as object);
      return nextMessage();
    },
    async stop() {
      // Not by a signal, which would leave its folders behind: see `endWithParent`.
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** In a child: tells the parent something. */
export function tellParent(message: unknown): void {
  process.send?.(message);
}

/** In a child: ends with the parent, however that ends. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit());
}
