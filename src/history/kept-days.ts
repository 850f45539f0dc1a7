import type { EpochDay } from './slots.ts';

/**
 * How well a UTC day is known; *forgotten*: as fal said once and no longer does, *partial*: pages of it
 * are missing, *unread*: nothing is known.
 */
export const COVERAGES = ['final', 'settling', 'forgotten', 'partial', 'unread'] as const;
export type CoverageKind = (typeof COVERAGES)[number];

/** Days in a row that are known equally well. */
export interface CoverageRun {
  coverage: CoverageKind;
  days: number;
}

/** What is known of how a day was read. */
export interface KeptDay {
  day: EpochDay;
  isFinal: boolean;
  isComplete: boolean;
  isForgotten?: boolean;
}

/** How well each day is known, from the first to the last one, both included. */
export function coverageRuns(
  known: readonly KeptDay[],
  first: EpochDay,
  last: EpochDay,
): CoverageRun[] {
  const readings = new Map(known.map((each) => [each.day, each]));
  const runs: CoverageRun[] = [];
  for (let day = first; day <= last; day += 1) {
    const coverage = coverageOfDay(readings.get(day));
    const run = runs.at(-1);
    if (run?.coverage === coverage) run.days += 1;
    else runs.push({ coverage, days: 1 });
  }
  return runs;
}

function coverageOfDay(reading: KeptDay | undefined): CoverageKind {
  if (!reading) return 'unread';
  if (!reading.isComplete) return 'partial';
  if (reading.isForgotten) return 'forgotten';
  return reading.isFinal ? 'final' : 'settling';
}
