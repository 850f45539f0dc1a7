const FIRST_MS = 30_000;
const LONGEST_MS = 15 * 60_000;

/** How long to wait after so many failures in a row (1 or more), in ms: twice as long each time. */
export function backoffMs(failures: number): number {
  return Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
}
