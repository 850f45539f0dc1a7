import type { OverviewSources } from '../overview/sources.ts';
import type { Round } from './kind.ts';

interface Rounds {
  since: Temporal.Instant;
  last: Temporal.Instant;
}

const rounds = new WeakMap<OverviewSources, Map<number, Rounds>>();

/**
 * Since when this process has looked without a pause of so many minutes: what was due while it was off,
 * or its computer asleep, is not late before there was a chance to do it.
 */
export function awakeSince(round: Round, pauseMinutes: number): Temporal.Instant {
  const { overviewSources } = round.services;
  const known = rounds.get(overviewSources) ?? new Map<number, Rounds>();
  rounds.set(overviewSources, known);
  const before = known.get(pauseMinutes);
  const pause = before ? before.last.until(round.now).total('minutes') : Infinity;
  const goesOn = before && pause <= pauseMinutes && pause >= 0;
  const since = goesOn ? before.since : round.now;
  known.set(pauseMinutes, { since, last: round.now });
  return since;
}
