/** After the first failure, the second, and so on; the last one holds for all that follow. */
const WAITS_MS = [30, 2 * 60, 8 * 60, 30 * 60, 60 * 60].map((seconds) => seconds * 1_000);
/** By so much of itself a wait may be shorter or longer: receivers that were down are not hit at once. */
export const JITTER = 0.2;
/** A receiver that wishes for more rest than that is asked again all the same: alerts can't wait a day. */
const LONGEST_WISH_MS = 60 * 60 * 1_000;
/** How long something is tried before it is given up. */
const TRIED_FOR = { hours: 24 };

/** What is known of a delivery that could not be delivered. */
export interface FailedAttempt {
  /** Failures up to now, 1 or more. */
  attempts: number;
  firstAttemptAt: Temporal.Instant;
  now: Temporal.Instant;
  /** How long the receiver asked to wait, in ms; of more than an hour an hour counts. */
  retryAfterMs: number | null;
}

/**
 * When it is tried again: later each time, for the last time a day after the first.
 * @param random from 0 to 1.
 * @returns `null` when it is given up.
 */
export function nextAttemptAt(
  { attempts, firstAttemptAt, now, retryAfterMs }: FailedAttempt,
  random: number,
): Temporal.Instant | null {
  const last = firstAttemptAt.add(TRIED_FOR);
  if (Temporal.Instant.compare(now, last) >= 0) return null;
  const usual = WAITS_MS[Math.min(attempts, WAITS_MS.length) - 1] ?? 0;
  const wait = usual * (1 + JITTER * (2 * random - 1));
  const left = now.until(last).total('milliseconds');
  const milliseconds = Math.round(Math.min(Math.max(wait, restMs(retryAfterMs ?? 0)), left));
  return now.add({ milliseconds });
}

/** How much of the rest that a receiver asks for it gets, in ms. */
export function restMs(retryAfterMs: number): number {
  return Math.min(retryAfterMs, LONGEST_WISH_MS);
}
