/** No answer takes longer than this from being asked for to being stored. */
const LONGEST_WAY = { hours: 1 };

/**
 * Whether an answer is older than the one that is kept, such as another process's. One that is much
 * older is not: then the clock was ahead when the other was kept, and has been put right since.
 */
export function cameLate(at: Temporal.Instant, keptAt: Temporal.Instant): boolean {
  return (
    Temporal.Instant.compare(at, keptAt) < 0 &&
    Temporal.Instant.compare(keptAt, at.add(LONGEST_WAY)) <= 0
  );
}
