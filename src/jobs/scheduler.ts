import { hostname } from 'node:os';
import type { Kysely } from 'kysely';
import type { Logger } from '../log.ts';
import type { Tables } from '../store/tables.ts';
import { backoffMs } from './backoff.ts';
import {
  createLeases,
  type HeldLease,
  type Lease,
  LeaseLostError,
  type Outcome,
} from './leases.ts';
import { NotBeforeError } from './not-before.ts';
import { PartlyDoneError } from './partly-done.ts';

/** How long a holder may be silent before another takes its job over. */
const LEASE_MS = 60_000;
const TICK_MS = 1_500;
const PARALLEL = 4;
/**
 * How long a job that is not listed here is left undone before its row goes: during an update a
 * replica of another version may know it, and would begin it anew each time.
 */
const ABANDONED_AFTER = { hours: 1 };

/** Something to be done again and again, by one replica at a time. */
export interface Job {
  /** Unique, such as `sync:<account id>`. */
  name: string;
  /** Only jobs of the same kind wait for each other's room, so that slow ones stop no others. */
  kind?: string;
  /**
   * Does it; answers when to do it again. A throw counts as a failure: backoff, logged once; a
   * `NotBeforeError` may ask for a longer wait, a `PartlyDoneError` for none.
   */
  run(lease: Lease): Promise<Temporal.Instant>;
}

export interface Scheduler {
  /** Looks for due jobs from now on. */
  start(): void;
  /** Looks for due jobs now; those there was room for have begun when it is over. Never throws. */
  wake(): Promise<void>;
  /** Aborts what is running, waits for it and gives it back, due at once. For good. */
  stop(): Promise<void>;
}

export interface SchedulerOptions {
  db: Kysely<Tables>;
  now: () => Temporal.Instant;
  log: Logger;
  /** What there is to do; asked at each look, so that it may change. */
  jobs: () => Promise<readonly Job[]>;
  /** Says in the table who it is; need not be unique. */
  holder?: string;
  leaseMs?: number;
  tickMs?: number;
  /** How many jobs of a kind run here at a time. */
  parallel?: number;
}

/** Does each job when it is due, at the same time as nobody else on the same database. */
export function createScheduler({
  db,
  now,
  log,
  jobs,
  holder = `${hostname()} ${process.pid}`,
  leaseMs = LEASE_MS,
  tickMs = TICK_MS,
  parallel = PARALLEL,
}: SchedulerOptions): Scheduler {
  const leases = createLeases({ db, now, holder, leaseMs });
  const running = new Map<string, { job: Job; lease: HeldLease; ended: Promise<void> }>();
  const looking = logged(log, 'due jobs could not be looked for');
  const keeping = logged(log, 'a lease could not be renewed');
  const releasing = logged(log, 'a lease could not be given back');
  let timer: NodeJS.Timeout | undefined;
  let current = Promise.resolve();
  let next: Promise<void> | null = null;
  let isStopping = false;
  /** Whether the last look left something due for want of room. */
  let isCrowded = false;

  /** One look at a time; whoever asks during one shares the next. */
  function look(): Promise<void> {
    next ??= current.then(() => {
      next = null;
      current = looking(beginDue);
      return current;
    });
    return next;
  }

  async function beginDue(): Promise<void> {
    isCrowded = false;
    if (isStopping) return;
    // In this order: a row that is there before and a job that is not there after is gone.
    const rows = await leases.read();
    const wanted = new Map((await jobs()).map((job) => [job.name, job]));

    const known = new Set(rows.map(({ name }) => name));
    // Sorted: two replicas that write the same rows in two orders could wait for each other.
    const unknown = [...wanted.keys()].filter((name) => !known.has(name)).sort();
    if (unknown.length > 0) await leases.register(unknown);

    const due = rows.flatMap(({ name, dueSince }) => (dueSince ? [{ name, dueSince }] : []));
    const longAgo = now().subtract(ABANDONED_AFTER);
    const abandoned = due
      .filter(({ dueSince }) => Temporal.Instant.compare(dueSince, longAgo) <= 0)
      .map(({ name }) => name)
      .filter((name) => !wanted.has(name));
    if (abandoned.length > 0) await leases.forget(abandoned, longAgo);

    for (const name of [...due.map((row) => row.name), ...unknown]) {
      const job = wanted.get(name);
      // One that lost its lease may still be running here.
      if (!job || running.has(name)) continue;
      if (isStopping) return;
      if (!hasRoomFor(job)) {
        isCrowded = true;
        continue;
      }
      const lease = await leases.acquire(name);
      if (lease) begin(job, lease);
    }
  }

  function hasRoomFor({ kind }: Job): boolean {
    return (
      running
        .values()
        .filter(({ job }) => job.kind === kind)
        .toArray().length < parallel
    );
  }

  function begin(job: Job, lease: HeldLease): void {
    if (isStopping) lease.abort(stopped());
    const ended = perform(job, lease).finally(() => {
      running.delete(job.name);
      if (isCrowded) void look();
    });
    running.set(job.name, { job, lease, ended });
  }

  async function perform(job: Job, lease: HeldLease): Promise<void> {
    const outcome = await attempt(job, lease);
    await releasing(() => lease.release(outcome));
  }

  async function attempt(job: Job, lease: HeldLease): Promise<Outcome> {
    const { signal, failures } = lease;
    try {
      signal.throwIfAborted();
      const nextRunAt = await job.run(lease);
      if (failures > 0) log.info({ job: job.name, failures }, 'a job works again');
      return { nextRunAt, failures: 0 };
    } catch (error) {
      if (signal.aborted) {
        if (signal.reason instanceof LeaseLostError) {
          log.warn({ job: job.name }, 'a job took too long to be heard of, and its lease is lost');
        }
        return { nextRunAt: now(), failures };
      }
      const isWaiting = error instanceof NotBeforeError;
      const isPartlyDone = error instanceof PartlyDoneError;
      const err = isWaiting || isPartlyDone ? error.cause : error;
      if (failures === 0) log.error({ err, job: job.name }, 'a job failed');
      // Its first failure altogether is not put off as if there had been many before.
      if (isPartlyDone) return { nextRunAt: error.nextRunAt, failures: 1 };
      const leastMs = isWaiting ? error.wait.total('milliseconds') : 0;
      const milliseconds = Math.max(leastMs, backoffMs(failures + 1));
      return { nextRunAt: now().add({ milliseconds }), failures: failures + 1 };
    }
  }

  async function keep(): Promise<void> {
    const held = [...running.values()];
    await keeping(() => Promise.all(held.map(({ lease }) => lease.keep())));
  }

  async function wake(): Promise<void> {
    await Promise.all([keep(), look()]);
  }

  return {
    start() {
      if (isStopping) return;
      timer ??= setInterval(() => void wake(), tickMs).unref();
      void wake();
    },
    wake,
    async stop() {
      isStopping = true;
      for (const { lease } of running.values()) lease.abort(stopped());
      await look();
      // Leases are renewed meanwhile: what does not heed its signal is still ours.
      await Promise.all([...running.values()].map(({ ended }) => ended));
      clearInterval(timer);
    },
  };
}

function stopped(): DOMException {
  return new DOMException('the process stops', 'AbortError');
}

/** Does what may fail for a while, as when the database is away; logs the first failure in a row. */
function logged(log: Logger, failure: string) {
  let isFailing = false;
  return async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.error({ err: error }, failure);
      isFailing = true;
    }
  };
}
