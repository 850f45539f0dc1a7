export interface QueueOptions {
  /** How much work is done at the same time. */
  parallel: number;
  /** How much may wait its turn. */
  waiting: number;
  /** What more than that is refused with. */
  full: () => Error;
}

/** Does the work that is handed to it a few pieces at a time, first come, first served. */
export function createQueue({ parallel, waiting, full }: QueueOptions) {
  const line: (() => void)[] = [];
  let running = 0;

  /** @throws what the work throws, or `full()` when too much waits already. */
  return async function queued<T>(work: () => Promise<T>): Promise<T> {
    if (running < parallel) running += 1;
    else if (line.length >= waiting) throw full();
    // Whoever ends hands its place on: `running` stays as it is.
    else await new Promise<void>((resolve) => line.push(resolve));
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
