import type { OverviewSources } from '../overview/sources.ts';
import type { Round } from './kind.ts';

interface Looks {
  since: Temporal.Instant;
  last: Temporal.Instant;
}

const looks = new WeakMap<OverviewSources, Map<string, Looks>>();

/**
 * Since when this process has looked at an account that is read without a pause of so many minutes: what was
 * due while it was off, its computer asleep or the account paused is not late before there was a chance to do it.
 */
export function awakeSince(
  { now, services: { overviewSources } }: Round,
  accountId: string,
  pauseMinutes: number,
): Temporal.Instant {
  const known = looks.get(overviewSources) ?? new Map<string, Looks>();
  looks.set(overviewSources, known);
  const name = `${accountId} ${pauseMinutes}`;
  const before = known.get(name);
  const pause = before ? before.last.until(now).total('minutes') : Infinity;
  const goesOn = before && pause <= pauseMinutes && pause >= 0;
  const since = goesOn ? before.since : now;
  known.set(name, { since, last: now });
  return since;
}
