import type { Response } from 'express';

/** Longer than a phone takes from one cell of its network to the next. */
const STALLED_MS = 60_000;

/**
 * Cuts an answer off of which nothing was taken for that long although something was there: whoever
 * stops reading, without hanging up, would keep what the answer is read from. How long it takes to
 * make it doesn't count, nor how slowly it is taken.
 */
export function cutOffStalled(res: Response, afterMs = STALLED_MS): void {
  // Node's own: it begins again with every write, and while a large one gets on.
  res.setTimeout(afterMs, () => {
    if (res.writableLength > 0) res.destroy();
  });
}
