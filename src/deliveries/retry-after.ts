/** Deliveries are not tried for longer. */
const MOST_MS = 24 * 3_600_000;

/**
 * How long `Retry-After` asks to wait: seconds or an HTTP date (RFC 9110 10.2.3), a day at most.
 * @returns ms, `null` if it says nothing of use.
 */
export function retryAfterMs(
  header: string | readonly string[] | undefined,
  now: Temporal.Instant,
): number | null {
  const text = typeof header === 'string' ? header.trim() : '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return secondsMs(Number(text));
  const moment = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(moment) ? null : bounded(moment - now.epochMilliseconds);
}

/** @returns ms, a day at most. */
export function secondsMs(seconds: number): number {
  return bounded(seconds * 1_000);
}

function bounded(ms: number): number {
  return Math.round(Math.min(Math.max(ms, 0), MOST_MS));
}
