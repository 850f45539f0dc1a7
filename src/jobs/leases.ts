import { randomUUID } from 'node:crypto';
import type { ExpressionBuilder, Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';

/** A job that is ours to do for now. */
export interface Lease {
  name: string;
  /** Aborts when the lease is lost or the process stops. */
  signal: AbortSignal;
  /**
   * Inside a transaction, before it writes: makes sure the job is still ours, and keeps it so until
   * the commit. @throws LeaseLostError
   */
  confirm(trx: Kysely<Tables>): Promise<void>;
}

/** A lease as its holder's scheduler has it. */
export interface HeldLease extends Lease {
  /** Of the runs before this one, in a row. */
  failures: number;
  /** Renews it when a third of its time has passed; one that is lost aborts the signal. */
  keep(): Promise<void>;
  abort(reason: unknown): void;
  /** Gives it back, unless somebody else has it by now. */
  release(outcome: Outcome): Promise<void>;
}

export interface Outcome {
  nextRunAt: Temporal.Instant;
  /** In a row; 0 after a success. */
  failures: number;
}

/** Somebody else may do the job by now: nothing of it may be written any more. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor(job: string) {
    super(`the lease of ${job} is lost`);
  }
}

export interface LeasesOptions {
  db: Kysely<Tables>;
  now: () => Temporal.Instant;
  /** Says in the table who it is; need not be unique. */
  holder: string;
  leaseMs: number;
}

export type Leases = ReturnType<typeof createLeases>;

/** Who may do which job, in the table `jobs`. Each function throws what the database does. */
export function createLeases({ db, now, holder, leaseMs }: LeasesOptions) {
  const untilFrom = (at: Temporal.Instant) => at.add({ milliseconds: leaseMs });

  /** Every job there is a row of; `dueSince` is null where it is not due or somebody does it. */
  async function read(): Promise<{ name: string; dueSince: Temporal.Instant | null }[]> {
    const rows = await db
      .selectFrom('jobs')
      .select((eb) => [
        'name',
        eb.case().when(isDue(now())(eb)).then(eb.ref('next_run_at')).end().as('due_since'),
      ])
      .orderBy('next_run_at')
      .orderBy('name')
      .execute();
    return rows.map(({ name, due_since }) => ({
      name,
      dueSince: due_since === null ? null : toInstant(due_since),
    }));
  }

  /** Makes jobs known that may not be, due at once. */
  async function register(names: readonly string[]): Promise<void> {
    const next_run_at = toText(now());
    await db
      .insertInto('jobs')
      .values(names.map((name) => ({ name, next_run_at, failures: 0 })))
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
  }

  /** Removes those that have been due since then, with nobody doing them. */
  async function forget(names: readonly string[], since: Temporal.Instant): Promise<void> {
    await db.deleteFrom('jobs').where('name', 'in', names).where(isDue(since)).execute();
  }

  /** @returns `null` when it is not due, or somebody else was first. */
  async function acquire(name: string): Promise<HeldLease | null> {
    // Unlike its holder's name it is never used again: who lost a lease can't take a later one of
    // the same process for it.
    const token = `${holder} ${randomUUID()}`;
    const startedAt = now();
    const until = untilFrom(startedAt);
    const row = await db
      .updateTable('jobs')
      .set({
        holder: token,
        lease_until: toText(until),
        last_started_at: toText(startedAt),
        // Whoever makes it due meanwhile writes something else here.
        next_run_at: toText(until),
      })
      .where('name', '=', name)
      .where(isDue(startedAt))
      .returning('failures')
      .executeTakeFirst();
    return row ? hold({ name, token, until, failures: row.failures }) : null;
  }

  function hold(acquired: {
    name: string;
    token: string;
    until: Temporal.Instant;
    failures: number;
  }): HeldLease {
    const { name, token, failures } = acquired;
    const control = new AbortController();
    const lost = new LeaseLostError(name);
    let { until } = acquired;
    let renewal: Promise<void> | null = null;

    /** @returns whether it was still ours. */
    async function renew(on: Kysely<Tables>, at: Temporal.Instant): Promise<boolean> {
      const { numUpdatedRows } = await on
        .updateTable('jobs')
        .set({ lease_until: toText(untilFrom(at)) })
        .where('name', '=', name)
        .where('holder', '=', token)
        .where('lease_until', '>', toText(at))
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    }

    async function extend(): Promise<void> {
      const at = now();
      if (await renew(db, at)) until = untilFrom(at);
      else control.abort(lost);
    }

    return {
      name,
      failures,
      signal: control.signal,
      abort: (reason) => control.abort(reason),

      async confirm(trx) {
        if (await renew(trx, now())) return;
        control.abort(lost);
        throw lost;
      },

      async keep() {
        const msLeft = now().until(until).total('milliseconds');
        // Whether or not the database can be asked.
        if (msLeft <= 0) control.abort(lost);
        if (control.signal.reason === lost || msLeft > (leaseMs * 2) / 3) return;
        // One at a time; whoever comes meanwhile hears how it went as well.
        renewal ??= extend().finally(() => {
          renewal = null;
        });
        await renewal;
      },

      async release({ nextRunAt, failures }) {
        await db
          .updateTable('jobs')
          .set((eb) => ({
            holder: null,
            lease_until: null,
            last_ended_at: toText(now()),
            next_run_at: eb
              .case()
              .when('next_run_at', '=', toText(acquired.until))
              .then(toText(nextRunAt))
              .else(eb.ref('next_run_at'))
              .end(),
            failures,
          }))
          .where('name', '=', name)
          .where('holder', '=', token)
          .execute();
      },
    };
  }

  return { read, register, forget, acquire };
}

/** Makes a job due at once; one that is being done is done again afterwards. */
export async function dueNow(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  name: string,
): Promise<void> {
  const next_run_at = toText(now);
  await db
    .insertInto('jobs')
    .values({ name, next_run_at, failures: 0 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ next_run_at }))
    .execute();
}

/** Makes a job due at a time, unless it is due before; one that is being done is done again then. */
export async function dueBy(db: Kysely<Tables>, at: Temporal.Instant, name: string): Promise<void> {
  const next_run_at = toText(at);
  await db
    .insertInto('jobs')
    .values({ name, next_run_at, failures: 0 })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ next_run_at })
        .where('jobs.next_run_at', '>', next_run_at),
    )
    .execute();
}

/** It is its time, and nobody does it or whoever did has not been heard of. */
function isDue(at: Temporal.Instant) {
  return ({ eb, or, and }: ExpressionBuilder<Tables, 'jobs'>) =>
    and([
      eb('next_run_at', '<=', toText(at)),
      or([eb('lease_until', 'is', null), eb('lease_until', '<=', toText(at))]),
    ]);
}
