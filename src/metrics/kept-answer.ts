/** At most that long nothing is read again, in ms. */
const LONGEST_MS = 5 * 60_000;
/** As many times as long as it took to read, an answer is kept: a tenth of the time goes to reading. */
const REST_FACTOR = 9;

/**
 * `read`, once at a time, and not again before a while has passed: whoever asks meanwhile gets the
 * same answer. What takes long to read is kept longer, so that reading never fills the time.
 * @param cacheMs at least that long; 0 keeps nothing.
 * @param clock in ms, never set back.
 */
export function keepAnswer<Answer>(
  read: () => Promise<Answer>,
  cacheMs: number,
  clock: () => number = () => performance.now(),
): () => Promise<Answer> {
  let kept: { answer: Promise<Answer>; until: number } | null = null;
  return () => {
    if (kept && clock() < kept.until) return kept.answer;
    const began = clock();
    const own = { answer: read(), until: Infinity };
    kept = own;
    own.answer.then(
      () => {
        const rest = Math.min(LONGEST_MS, REST_FACTOR * (clock() - began));
        own.until = cacheMs === 0 ? 0 : clock() + Math.max(cacheMs, rest);
      },
      // What failed is read again.
      () => {
        kept = null;
      },
    );
    return own.answer;
  };
}
