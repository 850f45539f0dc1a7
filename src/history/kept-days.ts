import type { EpochDay } from './slots.ts';

/** How well a UTC day is known; *partial*: pages of it are missing, *unread*: nothing is known. */
export const COVERAGES = ['final', 'settling', 'partial', 'unread'] as const;
export type CoverageKind = (typeof COVERAGES)[number];

/** Days in a row that are known equally well. */
export interface CoverageRun {
  coverage: CoverageKind;
  days: number;
}

/** How well each day is known, from the first to the last one, both included. */
export function coverageRuns(
  known: readonly { day: EpochDay; isFinal: boolean; isComplete: boolean }[],
  first: EpochDay,
  last: EpochDay,
): CoverageRun[] {
  const readings = new Map(known.map((each) => [each.day, each]));
  const runs: CoverageRun[] = [];
  for (let day = first; day <= last; day += 1) {
    const reading = readings.get(day);
    const coverage = !reading
      ? 'unread'
      : !reading.isComplete
        ? 'partial'
        : reading.isFinal
          ? 'final'
          : 'settling';
    const run = runs.at(-1);
    if (run?.coverage === coverage) run.days += 1;
    else runs.push({ coverage, days: 1 });
  }
  return runs;
}
