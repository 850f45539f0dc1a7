import type { Kysely } from 'kysely';
import type { FalAccount } from '../accounts/accounts.ts';
import type { FalError } from '../fal/errors.ts';
import { backoffMs } from '../jobs/backoff.ts';
import type { Tables } from '../store/tables.ts';
import type { EpochDay } from './slots.ts';

/**
 * Days of an account that fal fails at while it answers for others: each is tried less often by
 * itself. Known to this process only: another one, or a restart, tries them at once.
 */
export interface FailingDays {
  /** Of the days that are due those whose turn it is. One that is not due any more fails no more. */
  triable(due: readonly EpochDay[], now: Temporal.Instant): EpochDay[];
  /** Puts off the days that a round could not read, longer each time. */
  putOff(failed: ReadonlyMap<EpochDay, FalError>, now: Temporal.Instant): void;
  /** Why some day is not known as it should be; `null` where none fails. */
  reason(): FalError | null;
  /** Whether one fails that is no older than this. */
  isAnySince(day: EpochDay): boolean;
  /** A round that begins before this one was asked for by somebody, and tries every day. */
  expectRound(at: Temporal.Instant): void;
}

interface FailingDay {
  failures: number;
  nextTryAt: Temporal.Instant;
  error: FalError;
}

interface Failing {
  /** Of the account: with another key or zone all is different. */
  version: number;
  days: Map<EpochDay, FailingDay>;
  nextRoundAt: Temporal.Instant | null;
}

const failingOf = new WeakMap<Kysely<Tables>, Map<string, Failing>>();

/** Those of an account as a round of it begins. */
export function failingDays(
  db: Kysely<Tables>,
  { id, version }: Pick<FalAccount, 'id' | 'version'>,
  now: Temporal.Instant,
): FailingDays {
  const all = failingOf.get(db) ?? new Map<string, Failing>();
  failingOf.set(db, all);
  const before = all.get(id);
  const failing: Failing =
    before?.version === version ? before : { version, days: new Map(), nextRoundAt: null };
  const { days, nextRoundAt } = failing;
  const isAsked = nextRoundAt !== null && Temporal.Instant.compare(now, nextRoundAt) < 0;
  if (isAsked) for (const day of days.values()) day.nextTryAt = now;

  return {
    triable(due, at) {
      const isDue = new Set(due);
      for (const day of days.keys()) if (!isDue.has(day)) days.delete(day);
      return due.filter((day) => {
        const nextTryAt = days.get(day)?.nextTryAt;
        return !nextTryAt || Temporal.Instant.compare(nextTryAt, at) <= 0;
      });
    },
    putOff(failed, at) {
      for (const [day, error] of failed) {
        const failures = (days.get(day)?.failures ?? 0) + 1;
        const nextTryAt = at.add({ milliseconds: backoffMs(failures) });
        days.set(day, { failures, nextTryAt, error });
      }
    },
    reason: () => days.values().next().value?.error ?? null,
    isAnySince: (first) => days.keys().some((day) => day >= first),
    expectRound(at) {
      failing.nextRoundAt = at;
      if (days.size > 0) all.set(id, failing);
      else all.delete(id);
    },
  };
}
