import { expiresUnused, type Outlook, runsOutAt } from './projection.ts';

/** How long credits last; `null`: beyond the horizon. `earliest <= until <= latest`. */
export interface Runway {
  until: Temporal.Instant | null;
  earliest: Temporal.Instant | null;
  latest: Temporal.Instant | null;
  /** As far as it was looked. */
  horizon: Temporal.Instant;
  /** What moves it most, `null` where nothing does. */
  driver: RunwayDriver | null;
}

/**
 * An assumption and until when credits would last without it: `events`, that the planned ones take
 * place; `expiry`, that credits expire unused; `pace`, that days cost what they usually do (without:
 * as much as four times of five they cost at most).
 */
export interface RunwayDriver {
  assumption: 'events' | 'expiry' | 'pace';
  without: Temporal.Instant | null;
}

/** A year and a little: purchased credits expire within it. */
export const HORIZON_DAYS = 400;

/** How long the credits last, and which assumption decides it. */
export function runwayOf(outlook: Outlook): Runway {
  const horizon = outlook.now.add({ days: HORIZON_DAYS }).toInstant();
  const until = runsOutAt(outlook, horizon, 'expected');
  const earliest = runsOutAt(outlook, horizon, 'high');
  const latest = runsOutAt(outlook, horizon, 'low');

  const drivers: RunwayDriver[] = [{ assumption: 'pace', without: earliest }];
  if (outlook.events.length > 0) {
    const without = runsOutAt({ ...outlook, events: [] }, horizon, 'expected');
    drivers.push({ assumption: 'events', without });
  }
  // Once nothing is left nothing expires.
  if (expiresUnused(outlook, until ?? horizon).length > 0) {
    const lots = outlook.lots.map((lot) => ({ ...lot, expiresAt: null }));
    drivers.push({
      assumption: 'expiry',
      without: runsOutAt({ ...outlook, lots }, horizon, 'expected'),
    });
  }
  const moves = (driver: RunwayDriver) =>
    Math.abs((driver.without ?? horizon).epochMilliseconds - (until ?? horizon).epochMilliseconds);
  const [driver] = drivers.sort((one, other) => moves(other) - moves(one));
  return {
    ...{ until, earliest, latest, horizon },
    driver: driver && moves(driver) > 0 ? driver : null,
  };
}
