import { NOW } from './panel.ts';

/** A clock that stands still until a test puts it forward. */
export function stoppedClock(start = NOW) {
  let now = start;
  return {
    now: () => now,
    forward: (duration: Temporal.DurationLike) => {
      now = now.add(duration);
    },
  };
}
